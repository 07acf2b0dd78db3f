-- name: stage_exceptions
create temp table s_exception (kind text, finding text, space text, worker text, source text, part text, roster text,
    account text, rule text, reason text, approver text, expires_at timestamptz);

-- name: merge_exceptions
-- What the file no longer says ends; what it newly says begins.
update exception e set valid_to = %(at)s
where e.valid_to is null and not exists (
    select from s_exception s
    where (s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.reason, s.approver,
        s.expires_at) = (e.kind, e.finding, e.space, e.worker, e.source, e.part, e.roster, e.account, e.rule, e.reason,
        e.approver, e.expires_at));
insert into exception (kind, finding, space, worker, source, part, roster, account, rule, reason, approver, expires_at,
    valid_from)
select s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.reason, s.approver,
    s.expires_at, %(at)s::timestamptz
from s_exception s
where not exists (
    select from exception e
    where e.valid_to is null and (s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule,
        s.reason, s.approver, s.expires_at) = (e.kind, e.finding, e.space, e.worker, e.source, e.part, e.roster,
        e.account, e.rule, e.reason, e.approver, e.expires_at));

-- name: begin_excepted
-- Findings that an exception covers; the one that lasts longest is told.
with covered as (
    select distinct on (c.finding_key) c.finding_key, f.state, c.approver, c.expires_at
    from covering c join finding f using (finding_key)
    where c.expires_at > %(as_of)s and f.state in ('held', 'open', 'unverified')
    order by c.finding_key, c.expires_at desc
)
update finding f set state = 'excepted'
from covered c where c.finding_key = f.finding_key
returning f.finding_key, c.state as from_state, 'excepted' as to_state,
    'excepted until ' || to_char(c.expires_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC, approved by '
    || c.approver as text;

-- name: end_excepted
-- Findings that stood by an exception which has expired or was taken out.
update finding f
set state = case when f.standing = 'unknown' then 'unverified' else 'held' end
where f.state = 'excepted' and not exists (
    select from covering c where c.finding_key = f.finding_key and c.expires_at > %(as_of)s)
returning f.finding_key, 'excepted' as from_state, f.state as to_state, 'the exception ended' as text;

-- name: standing
-- What counts at this moment, with how many findings stand by it.
select e.exception_id, e.kind, e.finding, e.space, e.worker, e.source, e.part, e.roster, e.account, e.rule, e.reason,
    e.approver, e.expires_at, (
        select count(*) from covering c join finding f using (finding_key)
        where c.exception_id = e.exception_id and f.state = 'excepted')::int as findings
from exception e
where e.valid_to is null and e.expires_at > %(as_of)s
order by e.expires_at, e.exception_id;
