-- name: decided
-- Each row that holds a person's decision, or some of them: what it is called in the record, and what it says. Times are
-- UTC's. Of words, which may be forgotten, a digest.
select d.about, d.said::text as said from (
    select 'link_decision:' || decision_id as about, jsonb_build_object('decision_id', decision_id, 'realm', realm,
        'native_id', native_id, 'person_uid', person_uid, 'verdict', verdict, 'author', author, 'decided_at', decided_at,
        'revoked_at', revoked_at, 'revoked_by', revoked_by, 'words', words_digest(null, reason)) as said
    from link_decision
    union all
    select 'notice:' || notice_id, jsonb_build_object('notice_id', notice_id, 'person_uid', person_uid,
        'left_at', left_at, 'zone', zone, 'author', author, 'made_at', made_at, 'warn_at', warn_at,
        'confirmed_at', confirmed_at, 'ended_at', ended_at, 'ended_by', ended_by,
        'words', words_digest(salt, reason, ended_for))
    from notice
    union all
    select 'departure_word:' || word_id, jsonb_build_object('word_id', word_id, 'person_uid', person_uid,
        'basis', basis, 'left_at', left_at, 'verdict', verdict, 'author', author, 'decided_at', decided_at,
        'until', until, 'words', words_digest(salt, reason))
    from departure_word
    union all
    select 'verdict:' || finding_key, jsonb_build_object('finding_key', finding_key, 'author', author,
        'decided_at', decided_at, 'words', words_digest(null, reason))
    from verdict
    union all
    select 'exception:' || exception_id, jsonb_build_object('exception_id', exception_id, 'kind', kind,
        'finding', coalesce(finding, ''), 'space', coalesce(space, ''), 'worker', coalesce(worker, ''),
        'source', coalesce(source, ''), 'part', coalesce(part, ''), 'roster', coalesce(roster, ''),
        'account', coalesce(account, ''), 'rule', coalesce(rule, ''), 'queue', coalesce(queue, ''),
        'covers', coalesce(covers, ''), 'approver', approver, 'expires_at', expires_at, 'valid_from', valid_from,
        'valid_to', valid_to, 'origin', origin, 'ended_by', ended_by, 'needs_decision', needs_decision,
        'known_seq', known_seq, 'people', people,
        'words', words_digest(salt, reason, ended_for))
    from exception
    union all
    select 'excepted_account:' || excepted_account_id, jsonb_build_object('excepted_account_id', excepted_account_id,
        'source', source, 'label', label, 'realm', realm, 'native_id', native_id, 'covered', covered, 'run_id', run_id,
        'valid_from', valid_from, 'valid_to', valid_to)
    from excepted_account
    union all
    select 'exception_decision:' || exception_decision_id, jsonb_build_object(
        'exception_decision_id', exception_decision_id, 'exception_id', exception_id, 'author', author,
        'decided_at', decided_at, 'words', words_digest(salt, reason))
    from exception_decision
    union all
    select 'attestation:' || attestation_id, jsonb_build_object('attestation_id', attestation_id,
        'material', material, 'author', author, 'attested_at', attested_at, 'until', until,
        'words', words_digest(salt, reason))
    from attestation
    union all
    select 'people_list:' || people_list_id, jsonb_build_object('people_list_id', people_list_id, 'realm', realm,
        'listed_on', listed_on, 'author', author, 'stated_at', stated_at, 'words', words_digest(salt, reason, people))
    from people_list
    union all
    select 'release:' || release_id, jsonb_build_object('release_id', release_id, 'run_id', run_id,
        'released_at', released_at, 'author', author, 'scope', scope, 'findings', findings,
        'words', words_digest(null, reason))
    from release
    union all
    select 'baseline:' || kind || ':' || name, jsonb_build_object('kind', kind, 'name', name, 'run_id', run_id,
        'released_at', released_at, 'released_by', released_by, 'words', words_digest(null, released_for))
    from baseline
    union all
    select 'guard_hold:' || hold_id, jsonb_build_object('hold_id', hold_id, 'kind', kind, 'name', name,
        'opened_run', opened_run, 'opened_at', opened_at, 'status', status, 'decided_at', decided_at,
        'decided_by', decided_by, 'words', words_digest(null, decided_for))
    from guard_hold
    union all
    select 'roster_read:' || read_id, jsonb_build_object('read_id', read_id, 'run_id', run_id, 'roster', roster,
        'accepted_at', accepted_at, 'accepted_by', accepted_by, 'words', words_digest(null, accepted_for))
    from roster_read where accepted_at is not null
    union all
    select 'withdrawal:' || run_id, jsonb_build_object('run_id', run_id, 'author', author,
        'withdrawn_at', withdrawn_at, 'words', words_digest(null, reason))
    from withdrawal
    union all
    select 'revocation:' || revocation_id, jsonb_build_object('revocation_id', revocation_id,
        'finding_key', finding_key, 'reopened', reopened, 'status', status, 'proposed_run', proposed_run,
        'proposed_at', proposed_at, 'source', source, 'part', part, 'realm', realm, 'subject_kind', subject_kind,
        'subject_native_id', subject_native_id, 'account_native_id', account_native_id, 'login', login,
        'product', product, 'step', step, 'caller', caller, 'approved_by', approved_by, 'approved_at', approved_at,
        'look_run', look_run, 'before', before, 'taken_at', taken_at, 'done_at', done_at, 'ended_at', ended_at,
        'ended_by', ended_by, 'words', words_digest(null, reason, ended_for))
    from revocation
    union all
    select 'trial:' || only_one, jsonb_build_object('only_one', only_one) from trial
) d
order by d.about;

-- name: decided_of_these
-- The same of some.
select d.about, d.said from ({decided}) d where d.about = any(%(about)s::text[]) order by d.about;

-- name: recorded
-- What the record says of each of these rows, the last word first; and the hash that the event behind it names as its.
select e.seq, e.finding_key, e.about, e.at, e.run_id, e.actor, e.from_state, e.to_state, e.text, e.prev_hash, e.hash,
    n.prev_hash as named
from finding_event e left join finding_event n on n.seq = e.seq + 1
where e.about is not null and e.about not in ('links', 'record', 'looks') and not starts_with(e.about, 'finding:')
    and not starts_with(e.about, 'alert:') and not starts_with(e.about, 'run:') and not starts_with(e.about, 'severity:')
order by e.about, e.seq desc;

-- name: states
-- Findings that stand otherwise than their last event says.
select f.finding_key, f.state as from_state, e.to_state, e.text
from finding f
cross join lateral (
    select o.to_state, o.text from finding_event o where o.finding_key = f.finding_key order by o.seq desc limit 1) e
where e.to_state <> f.state;

-- name: severities
-- Findings whose severity differs from their last event about it.
select f.finding_key, f.severity as found, e.severity as recorded
from finding f
cross join lateral (
    select o.to_state as severity from finding_event o where o.about = 'severity:' || f.finding_key
    order by o.seq desc limit 1) e
where e.severity <> f.severity order by f.finding_key;

-- name: moments_changed
-- Findings that were first seen, or resolved, at another moment or otherwise than their events say: by the moment of the run
-- that began it, and within the transaction that resolved it.
select f.finding_key, first.seen_at, last.at as resolved_at, last.resolution
from finding f
cross join lateral (
    select r.as_of as seen_at from finding_event e join run r using (run_id)
    where e.finding_key = f.finding_key and e.from_state is null
    order by e.seq limit 1) first
left join lateral (
    select e.at, coalesce(e.resolution, f.resolution) as resolution from finding_event e
    where e.finding_key = f.finding_key and e.to_state = 'resolved' and f.state = 'resolved'
    order by e.seq desc limit 1) last on true
where f.first_seen_at <> first.seen_at or last.at is not null and (
    f.resolution is distinct from last.resolution
    or coalesce(f.resolved_at not between last.at - interval '1 day' and last.at, true))
order by f.finding_key;

-- name: put_back_moments
update finding set first_seen_at = %(seen_at)s, resolved_at = coalesce(%(resolved_at)s, resolved_at),
    resolution = coalesce(%(resolution)s, resolution)
where finding_key = %(finding_key)s;

-- name: put_back_severity
-- Only one of the four severities: the event may have been edited too.
update finding set severity = %(severity)s
where finding_key = %(finding_key)s and %(severity)s in ('critical', 'high', 'medium', 'low');

-- name: put_back_state
update finding f
set state = l.to_state, resolved_at = case l.to_state when 'resolved' then l.at end,
    resolution = case when l.to_state in ('resolved', 'excepted') then coalesce(l.resolution, 'recorded') end,
    resolution_details = case when l.to_state in ('resolved', 'excepted') then jsonb_build_object('text', l.text)
        else '{}' end
from (
    select o.to_state, o.text, o.resolution, o.at from finding_event o
    where o.finding_key = %(finding_key)s order by o.seq desc limit 1) l
where f.finding_key = %(finding_key)s;

-- name: links
-- All links that stand: how many, and a sum that is another one where any of them is; and one of who has left or came back.
select jsonb_build_object('links', count(*), 'sum', coalesce(sum(('x' || encode(substring(sha256(convert_to(
    concat_ws(' ', account_pk, person_uid, relation, decision, score, definite, own_now,
        extract(epoch from held_since), case when by_word then 'by word' end), 'UTF8')) for 8), 'hex')
    )::bit(64)::bigint), 0), 'departures', (
        select coalesce(sum(('x' || encode(substring(sha256(convert_to(concat_ws(' ', person_uid, returned), 'UTF8')) for 8),
            'hex'))::bit(64)::bigint), 0)
        from departure where valid_to is null))::text
from link where valid_to is null;

-- name: put_back_returned
-- Somebody changed by hand who has left and who came back: where all else stands as it is worked out, so does this.
update departure d set returned = s.returned
from person_state s
where s.person_uid = d.person_uid and d.valid_to is null and d.returned <> s.returned
    and (s.left_at, s.certain_at, s.left_on, s.zone, s.basis, s.confirmed, s.roster, s.worker_pk, s.told)
    is not distinct from (d.left_at, d.certain_at, d.left_on, d.zone, d.basis, d.confirmed, d.roster, d.worker_pk, d.told);

-- name: clear_displayed_workers
-- People displayed by another person's worker record, or by one that does not exist: correlation chooses their own. A person
-- merged into another keeps a record that belongs to the other now.
update person p set shown_worker_pk = null
where p.shown_worker_pk is not null and not exists (
    select from worker w
    where w.worker_pk = p.shown_worker_pk and w.person_uid in (
        p.person_uid, (select a.person_uid from person_alias a where a.alias_uid = p.person_uid)))
returning p.id_space || ':' || p.worker_id;

-- name: restore_guard_references
-- Deleted values that the guard compares a roster with: those of the last nightly run that accepted a complete read of it.
insert into guard_accepted (kind, name, part, run_id, as_of, amount, linked, waiting, last_departure_id)
select distinct on (d.roster) 'roster', d.roster, '', r.run_id, r.as_of, d.workers, 0, d.waiting, coalesce((
    select max(o.departure_id) from departure o where o.valid_from <= r.as_of), 0)
from roster_read d join run r using (run_id)
where r.kind = 'nightly' and r.finished_at is not null and r.summary -> 'steps' ? 'guard' and d.status = 'complete'
    and not exists (select from guard_accepted a where a.kind = 'roster' and a.name = d.roster)
    and not exists (
        select from guard_hold h
        where h.kind = 'roster' and h.name = d.roster and r.run_id between h.opened_run and h.last_run)
order by d.roster, r.run_id desc
returning name;

-- name: correct_guard_references
-- No run had accepted anything later than the latest run, or a departure that does not exist.
with latest as (
    select coalesce((select max(as_of) from run where run_id <= %(run_id)s), '-infinity') as as_of,
        coalesce((select max(departure_id) from departure), 0) as departure_id
)
update guard_accepted a
set as_of = least(a.as_of, l.as_of), last_departure_id = least(a.last_departure_id, l.departure_id)
from latest l
where a.as_of > l.as_of or a.last_departure_id > l.departure_id
returning a.kind || ' ' || a.name;

-- name: links_recorded
-- What the record says of them.
select text from finding_event where about = 'links' order by seq desc limit 1;

-- name: look_at_all_links
-- Correlation looks at everything anew.
insert into uncorrelated default values;

-- name: note_troubles
-- For the report; once each.
update run set summary = coalesce(summary, '{}') || jsonb_build_object('record', (
    select jsonb_agg(distinct t) from (
        select jsonb_array_elements_text(coalesce(summary -> 'record', '[]')) as t
        union select unnest(%(troubles)s::text[])) every), 'record_at', clock_timestamp())
where run_id = %(run_id)s;

-- name: troubles_then
-- What a run found of the record; a night's also what was found by runs before it that have not reported it, nor did a
-- night since.
select distinct jsonb_array_elements_text(o.summary -> 'record')
from run this join run o on o.run_id = this.run_id
    or this.kind = 'nightly' and o.run_id < this.run_id
        and (o.summary ->> 'record_at')::timestamptz < coalesce(this.reported_at, 'infinity') and not exists (
            select from run r
            where (r.run_id = o.run_id or r.kind = 'nightly' and r.run_id < this.run_id)
                and r.reported_at >= (o.summary ->> 'record_at')::timestamptz)
where this.run_id = %(run_id)s and o.summary ? 'record'
order by 1;

-- name: last_head
-- Where the chain stood when the last run before this one ended.
select head_seq as seq, head_hash as hash from run
where head_seq is not null and run_id < %(run_id)s order by run_id desc limit 1;
