-- name: lock
-- One hand on words at a time, so that nobody decides on what somebody else has just decided.
lock table departure_word in share row exclusive mode;

-- name: open_ends
-- Departures that HR leaves open: ends that were planned and have passed, people who are no longer listed, and people who
-- left by one record and work here by another; beside them those that a person denied, as long as that counts. Each with
-- the last word on it.
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
    d.ended_because = 'denied' and w.verdict = 'deny' and w.until > now() and not exists (
        select from departure l where l.person_uid = d.person_uid and l.departure_id > d.departure_id)))
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
