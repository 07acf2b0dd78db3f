-- name: lock
-- One hand on words at a time, so that nobody decides on what somebody else has just decided.
lock table departure_word in share row exclusive mode;

-- name: open_ends
-- Departures that HR leaves open: ends that were planned and have passed, people who are no longer listed, and people who
-- left by one record and work here by another; beside them those that a person denied, as long as that counts, and those
-- that a person confirmed after that, up to the night that acts on it. Each with the last word on it.
select d.departure_id, d.person_uid::text, coalesce(s.id_space, p.id_space) as id_space,
    coalesce(s.worker_id, p.worker_id) as worker_id, d.basis, d.left_at, d.left_on, d.zone, d.confirmed, d.roster, d.told,
    d.valid_from, w.verdict, w.reason, w.author, w.decided_at, w.until
from departure d join person p using (person_uid)
left join worker s on s.worker_pk = p.shown_worker_pk
left join lateral (
    select k.verdict, k.reason, k.author, k.decided_at, k.until from departure_word k
    where k.person_uid = d.person_uid and k.basis = d.basis and k.left_at = d.left_at
    order by k.word_id desc limit 1) w on true
where d.basis in ('planned', 'inferred') and not d.returned and (d.valid_to is null or (
    d.ended_because = 'denied' and case w.verdict when 'deny' then w.until > now() when 'confirm' then not exists (
        select from run r where r.kind = 'nightly' and r.finished_at > w.decided_at) end
    and not exists (select from departure l where l.person_uid = d.person_uid and l.departure_id > d.departure_id)))
union all
select h.departure_id, h.person_uid::text, s.id_space, s.worker_id, 'hidden', h.left_at, h.left_on, h.zone, false, s.roster,
    h.told || '; and ' || v.roster || ' says of ' || v.id_space || ':' || v.worker_id || ': ' || h.here_told,
    h.valid_from, w.verdict, w.reason, w.author, w.decided_at, w.until
from hidden_departure h join worker s using (worker_pk) join worker v on v.worker_pk = h.here_worker_pk
left join lateral (
    select k.verdict, k.reason, k.author, k.decided_at, k.until from departure_word k
    where k.person_uid = h.person_uid and k.basis = 'hidden' and k.left_at = h.left_at
    order by k.word_id desc limit 1) w on true
where h.valid_to is null
order by left_at, departure_id;

-- name: ended_ends
-- Ends that HR left open once and that aren't any more, each as it stood last: since when, why, and the last word on it.
with ended as (
    select distinct on (d.person_uid, d.basis, d.left_at) d.departure_id, d.person_uid, d.worker_pk, d.basis, d.left_at,
        d.left_on, d.zone, d.confirmed, d.roster, d.told, d.valid_from, coalesce(d.valid_to, d.valid_from) as ended_at,
        case when d.returned and d.valid_to is null then 'returned' else coalesce(d.ended_because, '') end as ended_because
    from departure d where d.basis in ('planned', 'inferred') and (d.valid_to is not null or d.returned)
    order by d.person_uid, d.basis, d.left_at, d.departure_id desc
), hidden as (
    select distinct on (h.person_uid, h.worker_pk, h.left_at) h.departure_id, h.person_uid, h.worker_pk, 'hidden' as basis,
        h.left_at, h.left_on, h.zone, false as confirmed, v.roster, h.told, h.valid_from, h.valid_to as ended_at,
        '' as ended_because
    from hidden_departure h join worker v using (worker_pk) where h.valid_to is not null
    order by h.person_uid, h.worker_pk, h.left_at, h.departure_id desc
)
select e.departure_id, e.person_uid::text, coalesce(s.id_space, p.id_space) as id_space,
    coalesce(s.worker_id, p.worker_id) as worker_id, e.basis, e.left_at, e.left_on, e.zone, e.confirmed, e.roster, e.told,
    e.valid_from, w.verdict, w.reason, w.author, w.decided_at, w.until, e.ended_at, e.ended_because
from (select * from ended union all select * from hidden) e join person p using (person_uid)
left join worker s on s.worker_pk = case e.basis when 'hidden' then e.worker_pk else p.shown_worker_pk end
left join lateral (
    select k.verdict, k.reason, k.author, k.decided_at, k.until from departure_word k
    where k.person_uid = e.person_uid and k.basis = e.basis and k.left_at = e.left_at
    order by k.word_id desc limit 1) w on true
where not exists (
    select from ({open_ends}
) o where o.person_uid = e.person_uid::text and o.basis = e.basis and o.left_at = e.left_at)
order by e.left_at, e.departure_id;

-- name: end_of_departure
-- Which end a departure was about, however it stands now.
select departure_id, person_uid::text, basis, left_at from departure where departure_id = %(departure_id)s
union all
select departure_id, person_uid::text, 'hidden', left_at from hidden_departure where departure_id = %(departure_id)s;

-- name: insert_word
insert into departure_word (person_uid, basis, left_at, verdict, reason, author, until)
values (%(person_uid)s, %(basis)s, %(left_at)s, %(verdict)s, %(reason)s, %(author)s,
    case when %(verdict)s = 'deny' and %(basis)s <> 'hidden' then now() + make_interval(days => %(days)s) end)
returning word_id;
