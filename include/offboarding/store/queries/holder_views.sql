-- name: add_everyone
-- Everyone is asked about as if they left at this moment, unless they did earlier: what they held until then counts.
insert into leaver
select p.person_uid, %(as_of)s from person p
where not exists (select from person_alias a where a.alias_uid = p.person_uid)
    and not exists (select from leaver v where v.person_uid = p.person_uid);
update leaver set left_at = %(as_of)s where left_at > %(as_of)s;
analyze leaver;

-- name: leave_some
-- The same of some people, where nobody else is asked about.
insert into leaver
select p.person_uid, %(as_of)s from person p
where p.person_uid = any(%(only)s::uuid[]) and not exists (select from leaver v where v.person_uid = p.person_uid);
update leaver set left_at = %(as_of)s where left_at > %(as_of)s;
analyze leaver;

-- name: holders
-- Who may have held a key, or which keys somebody may have held, and why: the surest first.
select k.material, v.person_uid::text, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, d.left_at as gone_at, n.newer, h.grade as told__grade,
    h.text as told__text, h.at as told__at, h.event_id as told__event_id, h.action as told__action
from custody_held h
join signing_key k using (key_pk)
join leaver v using (person_uid)
join custody_holder n using (key_pk, person_uid)
join person p using (person_uid)
left join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = v.person_uid and d.valid_to is null and not d.returned and d.confirmed
    and d.certain_at <= %(as_of)s and d.basis <> 'away'
where (%(material)s::text is null or k.material = %(material)s)
    and (%(person_uid)s::uuid is null or v.person_uid = %(person_uid)s)
order by array_position(array['proved', 'registered', 'could', 'inferred'], h.grade), h.at desc nulls first, h.text;

-- name: strangers
-- Custodians of an entry of whom no roster has ever told: a typing error in the register, or somebody long gone.
select distinct c.space || ':' || c.holder as worker
from custodian c
where c.name = %(name)s and c.kind = 'worker' and c.valid_to is null and not exists (
    select from worker_key k where k.kind = 'number' and k.space = c.space and k.value = c.holder)
order by worker;
