-- name: findings
-- Findings with whose they are, when the thing was last seen, and their ticket; worst first, and of a page those that
-- follow another. Which they are is settled before anything is joined, so that fifty cost fifty look-ups. Of what has no
-- departure the place's left_at is null, which a record takes for the largest.
with last as (
    select as_of from counted_run order by finished_at is null, as_of desc, run_id desc limit 1
), placed as not materialized (
    select finding.*, row(array_position(array['critical', 'high', 'medium', 'low'], severity), not comes_first,
        ticket_kind <> 'event', not privileged, left_at, finding_key) as place
    from finding
), f as materialized (
    select * from placed
    where (%(state)s::text is null or state = %(state)s) and (%(rule)s::text is null or rule = %(rule)s)
        and (%(severity)s::text is null or severity = %(severity)s)
        and (%(source)s::text is null or source = %(source)s)
        and (%(person_uid)s::uuid is null or person_uid = %(person_uid)s)
        and (%(finding_key)s::text is null or finding_key = %(finding_key)s)
        and (%(subject)s::text is null or subject_native_id = %(subject)s)
        and (%(due_before)s::timestamptz is null or (state = 'open' and due_at < %(due_before)s))
        and (not %(whose)s::boolean or (ticket_kind = 'review' and account_native_id <> '' and person_uid is not null
            and state not in ('resolved', 'excepted')))
        and (%(after)s::text is null
            or place > (select other.place from placed other where other.finding_key = %(after)s))
    order by place limit %(most)s::bigint
)
select f.finding_key, f.rule, f.severity, f.state, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, f.left_at, f.basis, f.relation, f.source, f.realm, f.roster,
    f.subject_kind, f.subject_native_id, f.subject_label, f.account_native_id, f.account_label, f.standing,
    f.standing_reason, f.effect, f.privileged, f.used_after_departure, f.last_used_at, case when f.left_at is not null
        then greatest(0, floor(extract(epoch from least(last.as_of, coalesce(f.resolved_at, last.as_of)) - f.left_at) / 86400))::int
        end as exposure_days, last.as_of as judged_at,
    f.first_seen_at, case when f.of_keys or f.subject_kind in ('signing_key', 'shared_secret') then keyed.at
        else coalesce(seen.at, fed.at) end as last_confirmed_at, f.resolved_at, f.resolution, f.resolution_details, f.due_at,
    t.tracker, t.ref, t.url, t.state as ticket_state, f.evidence, f.revoke, f.warning, f.ticket_kind,
    f.person_uid::text, f.reopened, f.worked_in, f.location, f.part, f.owners, f.of_keys,
    coalesce(n.named_tracker, '') as named_tracker
from f
left join last on true
left join person p on p.person_uid = f.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
left join ticket t on t.ticket_key = f.ticket_key
left join ticket_named n on n.ticket_key = f.ticket_key
left join account o on o.realm = f.realm and o.last_seen_at is not null
    and o.native_id = coalesce(nullif(f.account_native_id, ''), f.subject_native_id)
left join lateral (
    select greatest(max(s.observed_at), o.last_seen_at) as at from scope s
    where f.realm <> '' and s.realm = f.realm and s.complete
        and (s.scope in (coalesce(o.native_id, ''), coalesce(nullif(f.account_native_id, ''), f.subject_native_id))
            or s.kind = 'role' and starts_with(f.subject_native_id, s.scope))  -- as gone_trusts (sources.sql)
        and s.kind = case when f.subject_kind = 'source' then 'account' else f.subject_kind end) seen on true
left join lateral (
    select max(at) as at from (
        select s.observed_at as at from key_scope s where f.of_keys and s.realm = f.realm and s.complete
        union all
        -- Of what can't be told, who has access may be what wasn't read.
        select case when f.standing = 'unknown' then least(r.confirmed_at, r.access_at) else r.confirmed_at end
        from signing_key k join key_copy c using (key_pk) join copy_read r using (copy_pk)
        where f.subject_kind in ('signing_key', 'shared_secret') and k.material = f.subject_native_id) looked) keyed
    on true
left join lateral (
    select max(r.observed_at) as at from roster_read r
    where f.realm = '' and r.roster = f.roster and r.status = 'complete') fed on true
order by f.place;

-- name: finding_counts
-- How many findings are in each state, of those alone that are so if so asked.
select state, count(*)::int as findings from finding
where (%(rule)s::text is null or rule = %(rule)s) and (%(person_uid)s::uuid is null or person_uid = %(person_uid)s)
    and (%(severity)s::text is null or severity = %(severity)s) and (%(source)s::text is null or source = %(source)s)
    and (%(due_before)s::timestamptz is null or (state = 'open' and due_at < %(due_before)s))
group by state order by state;

-- name: keys_beginning
-- Findings whose key begins so; three are enough to see that it isn't one.
select finding_key from finding where starts_with(finding_key, %(beginning)s) order by finding_key limit 3;

-- name: links
-- Every account that exists with whom it is linked to; one that nobody claims has one row without a person.
select r.source, r.realm, a.native_id as account_native_id, a.label as account_label,
    coalesce(l.decision, 'orphan') as decision, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, l.relation, l.score,
    coalesce(l.evidence || held_told(l.held_since), '[]') as evidence, a.standing, l.valid_from
from account a join realm r using (realm)
left join link l on l.account_pk = a.account_pk and l.valid_to is null
left join person p on p.person_uid = l.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
where a.gone_at is null and (%(source)s::text is null or r.source = %(source)s)
    and (%(decisions)s::text[] is null or coalesce(l.decision, 'orphan') = any(%(decisions)s))
    and (%(person_uid)s::uuid is null or l.person_uid = %(person_uid)s)
order by r.source, r.realm, lower(a.label), a.native_id, l.score desc nulls last, worker_id;

-- name: runs
-- Nights and releases, newest first.
select run_id, kind, as_of, started_at, finished_at, status, waiting, withdrawn_at
from run left join withdrawal using (run_id) order by run_id desc limit %(last)s::bigint;

-- name: last_night
-- The night that ended last.
select run_id, kind, as_of, started_at, finished_at, status, waiting, null::timestamptz as withdrawn_at
from counted_run where kind = 'nightly' and finished_at is not null order by finished_at desc limit 1;

-- name: sources
-- The names that sources bear today.
select distinct source from realm order by source;

-- name: sources_of_findings
-- The names that sources bear today, and those under which findings stand: of keys and of the register, too.
select distinct source from realm union select distinct source from finding where source <> '' order by source;

-- name: workers_called
-- Persons by a worker's id, present or former, in one id space or any.
with called as (
    select worker_pk from worker where worker_id = %(worker_id)s
    union select worker_pk from worker_key where kind = 'number' and value = %(worker_id)s
    union select worker_pk from worker_key where kind = 'number' and raw <> value and raw = %(worker_id)s
)
select distinct w.person_uid::text, s.id_space, s.worker_id
from called join worker w using (worker_pk) join person p using (person_uid)
join worker s on s.worker_pk = p.shown_worker_pk
where %(id_space)s::text is null or w.id_space = %(id_space)s
order by s.id_space, s.worker_id limit 5;

-- name: worker_ids_like
-- Some worker ids, for whoever mistyped one: those that begin alike.
select distinct worker_id from worker
where starts_with(lower(worker_id), lower(left(%(worker_id)s::text, 2))) order by worker_id limit 5000;

-- name: worker_records
-- What rosters tell of a person, a record each.
select w.roster, w.id_space, w.worker_id, w.name, w.manager, w.location, w.missing_since, w.vanished_at, w.superseded,
    w.worker_pk = p.shown_worker_pk as shown
from worker w join person p using (person_uid)
where w.person_uid = %(person_uid)s order by shown desc, w.roster, w.worker_id;

-- name: employments
-- Their employments, oldest first.
select w.roster, w.worker_id, e.status, e.start_on, e.last_working_on, e.end_on, e.zone, e.type, e.told_left_at
from employment e join worker w using (worker_pk)
where w.person_uid = %(person_uid)s order by e.start_on nulls first, w.roster, w.worker_id;

-- name: identity_keys
-- What rosters say that they are known by.
select distinct k.kind, k.raw as value, k.space, k.origin, k.valid_to is null as told_still
from worker_key k join worker w using (worker_pk)
where w.person_uid = %(person_uid)s order by k.kind, k.space, k.raw;

-- name: departures
-- How their departures stood, newest first; one that still stands has no end.
select d.episode, d.returned, d.left_at, d.left_on, d.zone, d.basis, d.confirmed, d.roster, d.told, d.valid_from,
    d.valid_to, d.ended_because
from departure d where d.person_uid = %(person_uid)s order by d.departure_id desc;

-- name: claims
-- Who else an account may belong to, and why, best first. Last, without a score, whoever may be the same human as a claimant.
with claim as (
    select l.person_uid, l.relation, l.decision, l.score, l.evidence || held_told(l.held_since) as evidence, l.valid_from
    from link l join account a using (account_pk)
    where a.realm = %(realm)s and a.native_id = %(native_id)s and l.valid_to is null
), alike as (
    select o.other_uid as person_uid, 'is', 'disputed', 0, '["may be the same person as somebody who claims it"]'::jsonb,
        min(c.valid_from)
    from claim c join possibly_one_person o using (person_uid)
    where c.relation = 'is' and c.decision <> 'candidate' and o.other_uid not in (select e.person_uid from claim e)
    group by o.other_uid
)
select coalesce(w.id_space, p.id_space) as id_space, coalesce(w.worker_id, p.worker_id) as worker_id,
    c.person_uid::text, c.relation, c.decision, c.score, c.evidence, c.valid_from, d.left_at,
    coalesce(d.confirmed, false) as confirmed
from (select * from claim union all select * from alike) c join person p using (person_uid)
left join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = p.person_uid and d.valid_to is null and not d.returned and d.basis <> 'away'
order by c.score desc, worker_id;

-- name: events
-- What happened to a finding, in order.
select e.seq, e.at, e.run_id, e.actor, e.from_state, e.to_state, e.text
from finding_event e where e.finding_key = %(finding_key)s order by e.seq;

-- name: verdict
-- A person's word on an event.
select reason, author, decided_at from verdict where finding_key = %(finding_key)s;
