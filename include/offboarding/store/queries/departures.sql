-- name: persons_called
-- Whom a worker id, a mail or a login stands for: everyone who ever bore it, with the id that people know them by. A worker
-- id that is somebody's own isn't meant as another one's previous id.
select distinct p.person_uid::text, w.id_space, w.worker_id
from worker_key k
join worker o using (worker_pk)
join person p using (person_uid)
join worker w on w.worker_pk = coalesce(p.shown_worker_pk, o.worker_pk)
where k.kind = %(kind)s and k.value = %(value)s and (%(space)s::text is null or lower(k.space) = lower(%(space)s))
    and (k.kind <> 'number' or k.origin = 'current' or not exists (
        select from worker_key own join worker b using (worker_pk)
        where own.kind = k.kind and own.value = k.value and own.space = k.space and own.origin = 'current'
            and b.person_uid <> o.person_uid))
order by w.id_space, w.worker_id;

-- name: space_of_roster
-- The id space that a roster's name stands for: of one that has it for itself, where no id space is called so.
select r.id_space from roster r
where lower(r.name) = lower(%(roster)s)
    and not exists (select from roster o where lower(o.id_space) = lower(%(roster)s))
    and not exists (select from roster o where o.id_space = r.id_space and o.name <> r.name and o.configured);

-- name: note_person
insert into run_person (run_id, person_uid, named) values (%(run_id)s, %(person_uid)s, %(named)s)
on conflict do nothing;

-- name: persons_of_run
select person_uid::text from run_person where run_id = %(run_id)s order by person_uid;

-- name: people_of_run
-- Whom the run is about, and whether they have left by its moment.
select w.id_space, w.worker_id, d.left_on, case
        when d.person_uid is null then case when exists (
                select from notice t where t.person_uid = r.person_uid and t.ended_at is null and t.left_at > n.as_of)
            or exists (
                select from worker e join employment j using (worker_pk)
                where e.person_uid = r.person_uid and e.missing_since is null
                    and (j.last_working_on is not null or j.status = 'left')
                    and coalesce(j.last_working_on, j.end_on) >= (n.as_of at time zone coalesce(j.zone, 'UTC'))::date - 1)
            then 'leaves later' else 'works here' end
        when d.returned then 'came back'
        when d.basis = 'away' then 'is away'
        when not d.confirmed then 'waits for confirmation'
        when d.certain_at > n.as_of then 'leaves later'
        else 'left' end as standing
from run_person r join run n using (run_id) join person p using (person_uid)
join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = r.person_uid and d.valid_to is null
where r.run_id = %(run_id)s
order by w.id_space, w.worker_id;

-- name: keys_of_run
-- What these people are looked for by: every number, mail, login and directory id they ever bore, and the ids of their
-- accounts, by which other systems may name them.
select distinct k.kind, k.value, k.loose, k.space, k.origin, k.kind as name, k.raw
from run_person r join worker w using (person_uid) join worker_key k using (worker_pk)
where r.run_id = %(run_id)s and k.kind in ('directory_id', 'number', 'mail', 'login')
union
select 'directory_id', v.value, '', a.realm, 'current', 'directory_id', v.raw
from run_person r join link l using (person_uid) join account a using (account_pk) cross join lateral (
    select lower(a.native_id), a.native_id
    union
    select k ->> 1, k ->> 5 from jsonb_array_elements(a.keys) k where k ->> 0 = 'directory_id' and k ->> 4 = 'id'
    ) v(value, raw)
where r.run_id = %(run_id)s and l.valid_to is null and l.relation = 'is' and l.decision = 'linked'
order by kind, value, space, origin;

-- name: compare_anew
-- What was read of these people and their accounts stands no longer for what it was told as, nor for later than it can be:
-- the next read of it compares each row, and writes what differs. Their links are worked out anew.
with anew as materialized (
    select a.account_pk
    from run_person r join link l using (person_uid) join account a using (account_pk)
    where r.run_id = %(run_id)s and l.valid_to is null
    union
    select a.account_pk
    from run_person r join finding f using (person_uid)
    join account a on a.realm = f.realm and a.native_id = f.account_native_id
    where r.run_id = %(run_id)s and f.state <> 'resolved'
), of_workers as (
    update worker w set digest = null, observed_at = least(w.observed_at, clock_timestamp())
    from run_person r where r.run_id = %(run_id)s and w.person_uid = r.person_uid
), of_accounts as (
    update account a set digest = null, observed_at = least(a.observed_at, clock_timestamp())
    from anew where a.account_pk = anew.account_pk
), of_uses as (
    update account_use u set observed_at = clock_timestamp()
    from anew where u.account_pk = anew.account_pk and u.observed_at > clock_timestamp()
), of_credentials as (
    update credential c set observed_at = clock_timestamp()
    from anew where c.account_pk = anew.account_pk and c.observed_at > clock_timestamp()
), of_scopes as (
    update scope set observed_at = clock_timestamp() where observed_at > clock_timestamp()
), of_rosters as (
    update roster_read set observed_at = clock_timestamp() where observed_at > clock_timestamp()
)
insert into uncorrelated (account_pk) select account_pk from anew;

-- name: findings_of_run
-- How these people's findings stand, worst first.
select f.finding_key, f.rule, f.severity, f.state, f.standing, w.id_space, w.worker_id,
    case when t.ref is not null then ltrim(n.named_tracker || ' ' || t.ref) end as ticket
from run_person r join finding f using (person_uid) join person p using (person_uid)
join worker w on w.worker_pk = p.shown_worker_pk
left join ticket t using (ticket_key) left join ticket_named n using (ticket_key)
where r.run_id = %(run_id)s and f.state <> 'resolved'
order by array_position(array['critical', 'high', 'medium', 'low'], f.severity), f.finding_key;

-- name: undelivered_of_run
-- What each tracker has yet to be told of tickets that hold something of these people's, and that it didn't refuse.
select t.tracker, count(*)::int from outbox o join ticket t using (ticket_key)
where o.done_at is null and exists (
    select from finding f join run_person r using (person_uid)
    where r.run_id = %(run_id)s and f.ticket_key = o.ticket_key)
    and o.ticket_key not in (select r.ticket_key from refusal r) and t.digest <> 'unseen'
group by t.tracker;

-- name: who_left
-- Those of these people who have left for certain: by more than a notice, and by no roster that the guard doesn't believe.
select d.person_uid from departure d
where d.person_uid = any(%(persons)s::uuid[]) and d.valid_to is null and not d.returned and d.confirmed
    and d.basis not in ('notice', 'away') and d.certain_at <= clock_timestamp()
    and d.roster not in (select o.roster from doubted_roster o);

-- name: accounts_of_run
-- Accounts of a system that are linked to these people, may be theirs, or have an open finding of theirs.
select a.realm, a.native_id, a.label, a.login
from run_person r join link l using (person_uid) join account a using (account_pk)
where r.run_id = %(run_id)s and a.realm = %(realm)s and l.valid_to is null
    and l.decision in ('linked', 'disputed', 'probable')
union
select a.realm, a.native_id, a.label, a.login
from run_person r join finding f using (person_uid)
join account a on a.realm = f.realm and a.native_id = f.account_native_id
where r.run_id = %(run_id)s and a.realm = %(realm)s and f.state <> 'resolved'
order by native_id;
