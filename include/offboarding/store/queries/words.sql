-- name: lock
-- One hand on words at a time, so that nobody decides on what somebody else has just decided.
lock table departure_word in share row exclusive mode;

-- name: open_ends
-- Departures that HR leaves open: ends that were planned and have passed, and people who are no longer listed; beside
-- them those that a person denied, as long as that counts. Each with the last word on it.
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
order by d.left_at, d.departure_id;

-- name: end_of_departure
-- Which end a departure was about, however it stands now.
select departure_id, person_uid::text, basis, left_at from departure where departure_id = %(departure_id)s;

-- name: insert_word
insert into departure_word (person_uid, basis, left_at, verdict, reason, author, until)
values (%(person_uid)s, %(basis)s, %(left_at)s, %(verdict)s, %(reason)s, %(author)s,
    case when %(verdict)s = 'deny' then now() + make_interval(days => %(days)s) end);
