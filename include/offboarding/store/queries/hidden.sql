-- Departures that another employment of the same person hides, and numbers that are nearly a leaver's.

-- name: hidden_cases
-- People who have left by one record and work here by another, and of whom nobody has said which is true.
select p.person_uid::text, w.worker_id, p.episode, w.id_space || ':' || w.worker_id as hidden__worker,
    h.left_at as hidden__departure__left_at, h.certain_at as hidden__departure__certain_at,
    h.left_on as hidden__departure__left_on, h.zone as hidden__departure__zone, h.basis as hidden__departure__basis,
    h.basis = 'actual' as hidden__departure__confirmed, w.roster as hidden__departure__roster,
    h.told as hidden__departure__told, w.location as hidden__departure__location, v.id_space || ':' || v.worker_id as hidden__here_worker,
    v.roster as hidden__here_roster, h.here_told as hidden__here_told, h.joined_by as hidden__joined_by
from hidden_departure h join person p using (person_uid)
join worker w on w.worker_pk = h.worker_pk join worker v on v.worker_pk = h.here_worker_pk
where h.valid_to is null and (%(persons)s::uuid[] is null or h.person_uid = any(%(persons)s))
    and 'deny' is distinct from (
        select k.verdict from departure_word k
        where k.person_uid = h.person_uid and k.basis = 'hidden' and k.left_at = h.left_at
        order by k.word_id desc limit 1)
order by p.person_uid, h.left_at desc, h.worker_pk;

-- name: hidden_then
-- Departures that were hidden when a run ended, and the last word on each.
select w.id_space, w.worker_id, h.left_at, v.id_space as here_space, v.worker_id as here_worker_id,
    coalesce((
        select k.verdict = 'deny' from departure_word k
        where k.person_uid = h.person_uid and k.basis = 'hidden' and k.left_at = h.left_at
            and k.decided_at <= coalesce(r.finished_at, clock_timestamp())
        order by k.word_id desc limit 1), false) as settled
from run r join hidden_departure h on h.valid_from <= r.as_of and (h.valid_to is null or h.valid_to > r.as_of)
join worker w using (worker_pk) join worker v on v.worker_pk = h.here_worker_pk
where r.run_id = %(run_id)s
order by settled, h.left_at desc, w.id_space, w.worker_id;

-- name: alike_then
-- Of those who left in the last half year: workers of the same roster who work here, and whose numbers differ from theirs
-- by leading zeros alone. They may well be two people.
with gone as materialized (
    select w.id_space, w.worker_id, w.roster, w.person_uid, k.space, k.value, ltrim(k.value, '0') as digits
    from run r
    join departure d on d.valid_from <= r.as_of and (d.valid_to is null or d.valid_to > r.as_of) and not d.returned
        and d.basis <> 'away' and d.left_at > r.as_of - interval '180 days'
    join worker w using (worker_pk)
    join worker_key k on k.worker_pk = w.worker_pk and k.kind = 'number' and k.origin = 'current' and k.valid_to is null
    where r.run_id = %(run_id)s and k.value ~ '^[0-9]+$' and ltrim(k.value, '0') <> ''
), alike as (
    -- Of two that differ by leading zeros alone one begins with a zero, as few do: either theirs ...
    select g.*, o.worker_pk from gone g
    join worker_key o on ltrim(o.value, '0') = g.digits and o.space = g.space and o.value <> g.value
    where o.value >= '0' and o.value < '1' and o.kind = 'number' and o.origin = 'current' and o.valid_to is null
    union all
    -- ... or that of whoever left, and theirs doesn't.
    select g.*, o.worker_pk from gone g
    join worker_key o on o.value = g.digits and o.space = g.space
    where g.value <> g.digits and o.kind = 'number' and o.origin = 'current' and o.valid_to is null
)
select g.id_space, g.worker_id, v.worker_id as here_worker_id
from alike g
join worker v on v.worker_pk = g.worker_pk and v.roster = g.roster and v.missing_since is null
    and v.person_uid <> g.person_uid
where not exists (
    select from departure d
    where d.person_uid = v.person_uid and d.valid_to is null and not d.returned and d.basis <> 'away')
order by g.id_space, g.worker_id, v.worker_id;
