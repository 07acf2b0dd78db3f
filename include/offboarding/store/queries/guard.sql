-- name: begin_roster_baselines
-- Rosters read to their end for the first time.
insert into baseline (kind, name, run_id)
select 'roster', r.roster, r.run_id from roster_read r
where r.run_id = %(run_id)s and r.status = 'complete'
on conflict do nothing;

-- name: begin_source_baselines
-- Systems read to their end for the first time.
-- Whoever tells a realm's keys or events begins apart from whoever tells its accounts.
insert into baseline (kind, name, run_id)
select 'source', case r.tells when 'accounts' then r.realm else r.kind || ':' || r.realm end, r.run_id
from source_read r
where r.run_id = %(run_id)s and r.phase = 'collect' and r.status in ('complete', 'partial') and r.realm is not null
on conflict do nothing;

-- name: begin_rule_baselines
-- Rules that look at this company for the first time.
insert into baseline (kind, name, run_id) select 'rule', unnest(%(rules)s::text[]), %(run_id)s on conflict do nothing;

-- name: release_baselines
-- By a person, or by the policy that says that a baseline needn't wait.
update baseline set released_at = now(), released_by = %(author)s, released_for = %(reason)s
where released_at is null and run_id <= %(run_id)s;

-- name: note_release
insert into release (run_id, author, reason) values (%(run_id)s, %(author)s, %(reason)s);

-- name: waiting_count
-- What waits since this run or earlier.
select count(*)::int from finding where state = 'held' and first_run_id <= %(run_id)s;

-- name: make_candidate
-- Findings that wait to be told to somebody: whether a person has released them, and whether a baseline holds them.
create temp table candidate as
select f.finding_key, f.ticket_kind, f.holds_ticket,
    exists (select from release r where r.run_id >= f.first_run_id) as released,
    exists (
        select from baseline b
        where b.released_at is null and b.run_id = f.first_run_id
            and ((b.kind = 'roster' and b.name = f.roster) or (b.kind = 'source' and b.name = f.realm)
                or (b.kind = 'rule' and b.name = f.rule)
                or (b.kind = 'source' and exists (
                    select from key_copy c join signing_key k using (key_pk)
                    where right(b.name, length(c.realm) + 1) = ':' || c.realm and (
                        k.material = f.subject_native_id
                        or (f.rule = 'uncustodied-signing-key' and c.realm = f.realm)))))) as baseline,
    f.queue, f.episode, f.person_uid, coalesce(f.basis = 'notice', false) or %(persons)s::uuid[] is not null as named,
    case f.ticket_kind when 'revoke' then f.person_uid::text when 'event' then f.finding_key
        when 'rotate' then 'key:' || f.subject_native_id
        when 'review' then 'realm:' || f.realm when 'confirm' then 'roster:' || f.roster end as holder
from finding f
where f.state = 'held' and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s));

-- name: named_count
-- Of how many people something waits that a person named, by a notice or for a run about them.
select count(distinct person_uid)::int from candidate where named and not released and not baseline;

-- name: new_ticket_count
-- How many tickets this run would newly open, those that wait or were released by a person left out.
select count(distinct (c.ticket_kind, c.holder, c.queue,
    case c.ticket_kind when 'revoke' then c.episode else 1 end))::int
from candidate c
where not c.baseline and not c.released and c.holds_ticket and not exists (
    select from ticket t
    where t.kind = c.ticket_kind and t.holder = c.holder and t.queue = c.queue
        and t.episode = case c.ticket_kind when 'revoke' then c.episode else 1 end and t.state <> 'closed');

-- name: open_candidates
-- The guard lets them through.
update finding f
set state = 'open', due_at = %(as_of)s::timestamptz + make_interval(secs => f.due_hours * 3600)
from candidate c
where c.finding_key = f.finding_key and (
    c.released or not (c.baseline or %(over)s or (c.named and %(named_over)s)))
returning f.finding_key, 'held' as from_state, 'open' as to_state,
    case when c.released then 'released' else 'through the guard' end as text;

-- name: held_counts
-- What waits, and why.
select count(*) filter (where c.baseline)::int as baseline, count(*) filter (where not c.baseline)::int as over_maximum
from candidate c join finding f using (finding_key) where f.state = 'held';
