-- name: make_upcoming
-- Who works here at a moment and leaves by another, the day told by HR (or planned), or by a notice; one row a person.
-- Who has another employment that goes on doesn't leave.
create temp table upcoming on commit drop as
with told as (
    select w.person_uid, w.worker_pk, w.roster, e.start_on, coalesce(e.last_working_on, e.end_on) as left_on,
        coalesce(e.zone, %(zone)s) as zone, e.last_working_on is not null or e.status = 'left' as by_hr,
        day_ends(coalesce(e.last_working_on, e.end_on), coalesce(e.zone, %(zone)s)) as left_at
    from employment e join worker w using (worker_pk) join roster r on r.name = w.roster
    where r.configured and w.missing_since is null and not w.superseded
), ahead as (
    select n.person_uid, n.left_at, ((n.left_at - interval '1 microsecond') at time zone n.zone)::date as left_on, n.zone,
        'notice' as basis, 'notice ' || n.notice_id as told
    from notice n
    where n.ended_at is null and n.confirmed_at is null and n.left_at > %(as_of)s and n.left_at <= %(until)s
    union all
    select t.person_uid, t.left_at, t.left_on, t.zone, case when t.by_hr then 'actual' else 'planned' end,
        case when t.by_hr then 'roster ' || t.roster else 'planned end in roster ' || t.roster end
    from told t
    where t.left_at > %(as_of)s and t.left_at <= %(until)s and not exists (
        select from told o
        where o.person_uid = t.person_uid and (o.worker_pk, o.start_on) is distinct from (t.worker_pk, t.start_on)
            and (o.left_at is null or o.left_at > t.left_at))
)
select distinct on (a.person_uid) a.*
from ahead a
where not exists (
    select from departure d
    where d.person_uid = a.person_uid and d.valid_to is null and not d.returned and d.certain_at <= %(as_of)s
        and d.basis <> 'away')
order by a.person_uid, a.left_at, a.basis;

-- name: upcoming
-- They, with what they hold that isn't dead, as far as it is known today: of clouds credentials are looked at once
-- somebody has left.
select u.person_uid::text, w.id_space, w.worker_id, u.left_at, u.left_on, u.zone, u.basis, u.told,
    coalesce(h.accounts, 0) as accounts, coalesce(h.credentials, 0) as credentials,
    coalesce(h.privileged, 0) as privileged, coalesce(h.labels, '{}') as labels
from upcoming u
join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
left join lateral (
    select count(*)::int as accounts, count(*) filter (where a.privileged)::int as privileged,
        sum(c.credentials)::int as credentials, array_agg(r.source || ': ' || a.label order by r.source, a.label) as labels
    from link l
    join account a using (account_pk) join realm r using (realm)
    cross join lateral (
        select count(*) as credentials from credential c
        where c.account_pk = a.account_pk and c.gone_at is null and c.standing <> 'dead') c
    where l.person_uid = u.person_uid and l.valid_to is null and l.decision = 'linked' and l.relation in ('is', 'owns')
        and a.gone_at is null and a.standing <> 'dead') h on true
order by u.left_at, w.id_space, w.worker_id;
