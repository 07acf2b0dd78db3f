-- name: stage_exceptions
create temp table s_exception (kind text, finding text, space text, worker text, source text, part text, roster text,
    account text, rule text, queue text, reason text, approver text, expires_at timestamptz);

-- name: merge_exceptions
-- What the file no longer says ends; what it newly says begins.
update exception e set valid_to = %(at)s
where e.valid_to is null and e.origin = 'file' and not exists (
    select from s_exception s
    where (s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.reason,
        s.approver, s.expires_at) = (e.kind, e.finding, e.space, e.worker, e.source, e.part, e.roster, e.account, e.rule,
        e.queue, e.reason, e.approver, e.expires_at))
returning exception_id;
insert into exception (kind, finding, space, worker, source, part, roster, account, rule, queue, reason, approver,
    expires_at, valid_from)
select s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.reason,
    s.approver, s.expires_at, %(at)s::timestamptz
from s_exception s
where not exists (
    select from exception e
    where e.valid_to is null and e.origin = 'file'
        and (s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.reason,
        s.approver, s.expires_at) = (e.kind, e.finding, e.space, e.worker, e.source, e.part, e.roster, e.account, e.rule,
        e.queue, e.reason, e.approver, e.expires_at))
returning exception_id;

-- name: begin_excepted
-- Findings that an exception covers; the one that lasts longest is told.
with covered as (
    select distinct on (c.finding_key) c.finding_key, f.state, c.approver, c.expires_at
    from covering c join finding f using (finding_key)
    where c.expires_at > %(as_of)s and f.state in ('held', 'open', 'unverified')
    order by c.finding_key, c.expires_at desc
)
update finding f set state = 'excepted', resolution = 'excepted until '
    || to_char(c.expires_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC, approved by ' || c.approver
from covered c where c.finding_key = f.finding_key
returning f.finding_key, c.state as from_state, 'excepted' as to_state, f.resolution as text;

-- name: end_excepted
-- Findings that stood by an exception which has expired or was taken out.
update finding f
set state = case when f.standing = 'unknown' then 'unverified' else 'held' end, resolution = ''
where f.state = 'excepted' and not exists (
    select from covering c where c.finding_key = f.finding_key and c.expires_at > %(as_of)s)
returning f.finding_key, 'excepted' as from_state, f.state as to_state, 'the exception ended' as text;

-- name: standing
-- What counts at this moment, with how many findings stand by it.
select e.exception_id, e.kind, e.finding, e.space, e.worker, e.source, e.part, e.roster, e.account, e.rule, e.queue,
    e.reason, e.approver, e.expires_at, (
        select count(*) from covering c join finding f using (finding_key)
        where c.exception_id = e.exception_id and f.state = 'excepted')::int as findings
from exception e
where e.valid_to is null and e.expires_at > %(as_of)s
order by e.expires_at, e.exception_id;

-- name: excepted_then
-- Findings that stood by an exception when this run ended.
with until as (
    select run_id, as_of, coalesce(finished_at, clock_timestamp()) as at from run where run_id = %(run_id)s
), state_then as (
    select distinct on (e.finding_key) e.finding_key, e.to_state as state
    from finding_event e, until u where e.at <= u.at order by e.finding_key, e.seq desc
)
select s.finding_key, f.rule, (
        select max(c.expires_at) from covering c, until u
        where c.finding_key = s.finding_key and c.expires_at > u.as_of) as expires_at
from state_then s join finding f using (finding_key)
where s.state = 'excepted'
order by expires_at, s.finding_key;

-- name: acknowledged_then
-- Gaps that were known at this run's moment.
select e.source, e.part, e.roster, e.finding, e.queue, e.expires_at
from exception e join run r on r.run_id = %(run_id)s
where e.kind = 'acknowledgement' and e.valid_from <= r.as_of and (e.valid_to is null or e.valid_to > r.as_of)
    and e.expires_at > r.as_of
order by e.expires_at, e.exception_id;
