-- name: stage_exceptions
create temp table s_exception (kind text, finding text, space text, worker text, source text, part text, roster text,
    account text, rule text, queue text, covers text, reason text, approver text, expires_at timestamptz);

-- name: resolve_findings
-- A short key stands for one finding: the one that it began when its entry was first read, else the only one that began
-- by then. A key that is not one finding's stays short, and names none.
update s_exception s set finding = coalesce((
        select min(e.finding) from exception e
        where e.valid_to is null and e.origin = 'file' and length(e.finding) = 32 and starts_with(e.finding, s.finding)
            and (s.kind, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.covers, s.reason, s.approver,
            s.expires_at) is not distinct from (e.kind, e.space, e.worker, e.source, e.part, e.roster, e.account, e.rule,
            e.queue, e.covers, e.reason, e.approver, e.expires_at)
        having count(*) = 1), (
        select min(f.finding_key) from finding f
        where starts_with(f.finding_key, s.finding) and not exists (
            select from finding_event o
            where o.finding_key = f.finding_key and o.from_state is null and o.seq > (
                select min(e.known_seq) from exception e
                where e.valid_to is null and e.origin = 'file' and e.finding = s.finding
                    and (s.kind, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.covers, s.reason,
                    s.approver, s.expires_at) is not distinct from (e.kind, e.space, e.worker, e.source, e.part, e.roster,
                    e.account, e.rule, e.queue, e.covers, e.reason, e.approver, e.expires_at)))
        having count(*) = 1), s.finding)
where length(s.finding) < 32;

-- name: merge_exceptions
-- What the file no longer says ends; what it newly says begins. Whether exceptions need a decision is the policy's to say.
update exception e set valid_to = %(at)s
where e.valid_to is null and e.origin = 'file' and not exists (
    select from s_exception s
    where (s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.covers,
        s.reason, s.approver, s.expires_at) is not distinct from (e.kind, e.finding, e.space, e.worker, e.source, e.part,
        e.roster, e.account, e.rule, e.queue, e.covers, e.reason, e.approver, e.expires_at))
returning exception_id;
insert into exception (kind, finding, space, worker, source, part, roster, account, rule, queue, covers, reason,
    approver, expires_at, valid_from)
select distinct s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.covers, s.reason,
    s.approver, s.expires_at, %(at)s::timestamptz
from s_exception s
where not exists (
    select from exception e
    where e.valid_to is null and e.origin = 'file'
        and (s.kind, s.finding, s.space, s.worker, s.source, s.part, s.roster, s.account, s.rule, s.queue, s.covers,
        s.reason, s.approver, s.expires_at) is not distinct from (e.kind, e.finding, e.space, e.worker, e.source, e.part,
        e.roster, e.account, e.rule, e.queue, e.covers, e.reason, e.approver, e.expires_at))
returning exception_id;
update exception set needs_decision = %(needs_decision)s
where valid_to is null and origin = 'file' and kind = 'exception' and needs_decision <> %(needs_decision)s
returning exception_id;

-- name: note_known
-- What had begun when a run first goes by an entry, and whom its worker means: the person whose own number it is, else the
-- one who had it before. Neither changes later, whatever HR makes of a number.
update exception e set known_seq = coalesce((select max(seq) from finding_event), 0), people = case when e.worker <> '' then array(
    with bearing as (
        select w.person_uid, k.origin = 'current' as own
        from worker w join worker_key k using (worker_pk)
        where w.id_space = e.space and k.kind = 'number' and k.value = e.worker
    ), meant as (
        select distinct person_uid from bearing b where b.own or not exists (select from bearing o where o.own)
    )
    select person_uid from meant
    union
    select a.alias_uid from person_alias a join meant using (person_uid)
    order by 1) end
where e.known_seq is null and e.origin = 'file' and e.valid_to is null
returning exception_id;

-- name: note_excepted_accounts
-- Whom the labels mean that entries name: whatever bears one when a run first looks. What bears it later isn't covered, and
-- neither is what comes to be called so where nothing was; a night writes that down, so as to tell it once. Between two
-- nights a label may be out of date: of several that bear it, a night says which do. What no entry names any more ends.
update excepted_account x set valid_to = %(as_of)s
where x.valid_to is null and not exists (
    select from exception e
    where e.kind = 'exception' and e.valid_to is null and (e.source, e.account) = (x.source, x.label))
returning excepted_account_id;
with named as (
    select distinct e.source, e.account as label
    from exception e
    where e.kind = 'exception' and e.valid_to is null and e.account <> '' and not exists (
        select from realm r join account a using (realm) where r.source = e.source and a.native_id = e.account)
), looked as (
    select n.source, n.label, r.kind = 'nightly' as nightly, not exists (
            select from excepted_account x where x.valid_to is null and (x.source, x.label) = (n.source, n.label)) as first,
        exists (
            select from source_read s
            where s.run_id = r.run_id and s.source = n.source and s.phase = 'collect'
            having bool_and(s.status in ('complete', 'partial'))) as was_read
    from named n join run r on r.run_id = %(run_id)s
), bearing as (
    select l.*, a.realm, a.native_id, count(*) over (partition by l.source, l.label) = 1 as alone
    from looked l
    join realm r on r.source = l.source
    join account a on a.realm = r.realm and a.label = l.label and a.gone_at is null
)
insert into excepted_account (source, label, realm, native_id, covered, run_id, valid_from)
select b.source, b.label, b.realm, b.native_id, b.first, %(run_id)s::bigint, %(as_of)s::timestamptz
from bearing b
where (b.nightly or b.first and b.alone) and not exists (
    select from excepted_account x
    where x.valid_to is null and (x.source, x.label, x.realm, x.native_id) = (b.source, b.label, b.realm, b.native_id))
union all
select l.source, l.label, '', '', false, %(run_id)s, %(as_of)s
from looked l
where l.nightly and l.first and l.was_read
    and not exists (select from bearing b where (b.source, b.label) = (l.source, l.label))
returning excepted_account_id;

-- name: begin_excepted
-- Findings that an exception covers; the one that lasts longest is reported.
with covered as (
    select distinct on (c.finding_key) c.finding_key, f.state, c.approver, c.expires_at
    from covering c join finding f using (finding_key)
    where c.expires_at > %(as_of)s and f.state in ('held', 'open', 'unverified')
    order by c.finding_key, c.expires_at desc
)
update finding f set state = 'excepted', resolution = 'excepted', resolution_details = jsonb_build_object(
    'moment', to_char(c.expires_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), 'author', c.approver)
from covered c where c.finding_key = f.finding_key
returning f.finding_key, c.state as from_state, f.resolution_details as details;

-- name: end_excepted
-- Findings that stood by an exception which has expired or was taken out. What stands beside others isn't asked about by
-- itself: where it can't be told it waits.
update finding f
set state = case when f.standing = 'unknown' and f.finding_key not in ({findings:beside}) then 'unverified' else 'held' end,
    resolution = null,
    resolution_details = '{}'
where f.state = 'excepted' and not exists (
    select from covering c where c.finding_key = f.finding_key and c.expires_at > %(as_of)s)
returning f.finding_key, 'excepted' as from_state, f.state as to_state, 'the exception ended' as text;

-- name: excepted_then
-- Findings that stood by an exception when this run ended; new ones since the night before, in a night, else by this run.
select s.finding_key, f.rule, f.severity, (
        select max(c.expires_at) from covering c
        where c.finding_key = s.finding_key and c.expires_at > this.as_of) as expires_at, exists (
        select from finding_event e
        where e.finding_key = s.finding_key and e.to_state = 'excepted' and (e.run_id = this.run_id
            or this.kind = 'nightly' and e.at > this.since and e.at <= this.until)) as is_new
from ({night:state_then}) s join finding f using (finding_key)
cross join (
    select r.run_id, r.kind, r.as_of, coalesce(r.finished_at, clock_timestamp()) as until, coalesce((
        select max(o.finished_at) from counted_run o where o.kind = 'nightly' and o.run_id < r.run_id), '-infinity') as since
    from run r where r.run_id = %(run_id)s) this
where s.state = 'excepted'
order by expires_at, s.finding_key;

-- name: critical_then
-- Critical findings that stood when this run ended and that an exception names, which covers none; new to this night where
-- the entry is, or where the finding stood by it before and has become critical.
select s.finding_key, f.rule, bool_or(r.kind = 'nightly' and (n.valid_from > before.as_of or exists (
        select from finding_event e
        where e.finding_key = s.finding_key and e.from_state = 'excepted' and e.at > before.finished_at))) as is_new
from run r
cross join lateral (
    select coalesce(max(o.as_of), '-infinity') as as_of, coalesce(max(o.finished_at), '-infinity') as finished_at
    from counted_run o where o.kind = 'nightly' and o.finished_at is not null and o.run_id < r.run_id) before
cross join ({night:state_then}) s
join finding f using (finding_key)
join named_finding n using (finding_key)
where r.run_id = %(run_id)s and f.severity = 'critical' and s.state in ('held', 'open', 'unverified')
    and n.valid_from <= r.as_of and (n.valid_to is null or n.valid_to > r.as_of) and n.expires_at > r.as_of
group by s.finding_key, f.rule order by s.finding_key;

-- name: acknowledged_then
-- Gaps that were known at this run's moment. Of a roster: whether it was read in part already when the entry began, or
-- never before; and whether it has been read since.
select e.source, e.part, e.roster, e.finding, e.queue, e.covers, e.expires_at, coalesce((
        select d.status = 'partial'
        from counted_run o join roster_read d on d.run_id = o.run_id
        where o.kind = 'nightly' and o.as_of < e.valid_from and d.roster = e.roster and d.status in ('complete', 'partial')
        order by o.as_of desc, o.run_id desc limit 1), true) as in_part, exists (
        select from counted_run o join roster_read d on d.run_id = o.run_id
        where o.as_of > e.valid_from and o.as_of <= r.as_of and d.roster = e.roster
            and d.status in ('complete', 'partial')) as was_read
from exception e join run r on r.run_id = %(run_id)s
where e.kind = 'acknowledgement' and e.valid_from <= r.as_of and (e.valid_to is null or e.valid_to > r.as_of)
    and e.expires_at > r.as_of
order by e.expires_at, e.exception_id;

-- name: uncovered_then
-- What this run was the first to see bear a label that an exception names, and isn't covered; '' where nothing bears it.
select x.source, x.native_id, (
        select max(e.expires_at) from exception e
        where e.kind = 'exception' and (e.source, e.account) = (x.source, x.label)) as expires_at
from excepted_account x
where x.run_id = %(run_id)s and not x.covered
order by x.source, x.native_id, x.excepted_account_id;

-- name: unresolved_then
-- Entries that counted at this run's moment and name a finding by a key that was not one finding's; new to this night, or not.
select e.kind, e.finding, e.expires_at, r.kind = 'nightly' and e.valid_from > coalesce((
        select max(o.as_of) from counted_run o
        where o.kind = 'nightly' and o.finished_at is not null and o.run_id < r.run_id), '-infinity') as is_new
from exception e join run r on r.run_id = %(run_id)s
where length(e.finding) < 32 and e.valid_from <= r.as_of and (e.valid_to is null or e.valid_to > r.as_of)
    and e.expires_at > r.as_of
order by e.finding, e.exception_id;

-- name: undecided_then
-- Exceptions of the file that counted at this run's moment, but for a decision that nobody had taken when it ended. An
-- entry by a key that is not one finding's needs no decision: it covers nothing, and becomes another entry once it is.
select e.exception_id, e.finding, e.space, e.worker, e.source, e.rule, e.expires_at
from exception e join run r on r.run_id = %(run_id)s
where e.needs_decision and (e.finding is null or length(e.finding) = 32)
    and e.valid_from <= r.as_of and (e.valid_to is null or e.valid_to > r.as_of) and e.expires_at > r.as_of and not exists (
        select from exception_decision d
        where d.exception_id = e.exception_id and d.decided_at <= coalesce(r.finished_at, clock_timestamp()))
order by e.exception_id;

-- name: entry_to_decide
-- An exception of the file by its number, and who decided on it first.
select e.expires_at, e.valid_to, e.needs_decision, (
        select d.author from exception_decision d
        where d.exception_id = e.exception_id order by d.exception_decision_id limit 1) as decided_by
from exception e where e.exception_id = %(exception_id)s and e.kind = 'exception' and e.origin = 'file';

-- name: insert_exception_decision
insert into exception_decision (exception_id, author, reason) values (%(exception_id)s, %(author)s, %(reason)s)
returning exception_decision_id;
