-- name: run_told
-- A run with what correlation said of it.
select run_id, kind, as_of, reads_since, started_at, correlated_at, finished_at, status,
    summary -> 'correlation' -> 'counts' as counts, coalesce(summary -> 'correlation' -> 'weightless', '[]') as weightless,
    coalesce(summary -> 'correlation' -> 'loads', '[]') as loads, coalesce(summary -> 'broken', '[]') as broken,
    coalesce(summary -> 'texts_refused', '[]') as texts_refused, summary ->> 'nobody' as nobody, summary -> 'steps' as steps
from run where run_id = %(run_id)s;

-- name: roster_reads
-- What came of each roster's read in these runs; a roster that was expected and not even begun has no status.
with expected as (
    select r.run_id, e.roster from run r
    cross join lateral jsonb_array_elements_text(coalesce(r.summary #> '{expected,rosters}', '[]')) as e(roster)
    where r.run_id = any(%(run_ids)s)
    union
    select run_id, roster from roster_read where run_id = any(%(run_ids)s)
)
select e.run_id, e.roster as name, d.status, coalesce(d.proved, false) as proved, coalesce(d.origin, '') as origin,
    coalesce(d.records, 0) as records, coalesce(d.workers, 0) as workers, coalesce(d.inferred, 0) as inferred,
    coalesce(d.waiting, 0) as waiting, (
        -- Judged by this read, or before it by one that no night which has ended was there to report; neither taken to
        -- have left since nor listed again.
        select count(*)::int from worker w join roster_read j on j.read_id = w.judged_read_id
        where w.roster = e.roster and w.vanished_at is null and w.missing_since is not null and d.waiting > 0
            and (j.read_id = d.read_id or this.kind = 'nightly' and j.finished_at <= d.finished_at and not exists (
                select from counted_run o join roster_read p using (run_id)
                where o.kind = 'nightly' and o.reported_at < coalesce(this.reported_at, 'infinity')
                    and o.reported_at >= j.finished_at
                    and p.roster = e.roster and p.finished_at >= j.finished_at and p.waiting > 0))) as newly_waiting,
    array(select jsonb_array_elements_text(d.problems)) as problems,
    coalesce(d.error, '') as error, coalesce(d.only_short, false) as only_short,
    earlier.stands, earlier.missed, coalesce(d.read_id is null and not o.configured, false) as retired
from expected e
left join roster_read d on d.run_id = e.run_id and d.roster = e.roster
left join roster o on o.name = e.roster
join run this on this.run_id = e.run_id
cross join lateral (
    select count(*) filter (where o.status in ('complete', 'partial')) > 0 as stands,
        (count(*) filter (where o.status not in ('complete', 'partial') and o.run_id > coalesce((
            select max(g.run_id) from roster_read g
            where g.roster = e.roster and g.run_id < e.run_id and g.status in ('complete', 'partial')), 0)))::int
            as missed
    from roster_read o join run n on n.run_id = o.run_id and n.kind = 'nightly'
    where o.roster = e.roster and o.run_id < e.run_id) earlier
order by e.run_id desc, e.roster;

-- name: source_reads
-- What came of each part of each source in these runs, inventory and live reads side by side; as above. Earlier reads
-- are those of nights: a departure's is of some people alone. An hourly run looks once, live, and at nothing else. Of a
-- run that checks nobody no part is expected: what was asked all the same is told.
with expected as (
    select r.run_id, e.pair ->> 0 as source, e.pair ->> 1 as part from run r
    cross join lateral jsonb_array_elements(
        coalesce(r.summary #> '{expected,parts}', '[]') || coalesce(r.summary -> 'unlisted', '[]')) as e(pair)
    where r.run_id = any(%(run_ids)s) and not r.summary ? 'nobody'
    union
    select run_id, source, part from source_read where run_id = any(%(run_ids)s)
)
select e.run_id, e.source as name, e.part, coalesce(c.realm, d.realm, known.realm, nullif(e.part, '')) as realm,
    r.correlated_at is not null and r.kind <> 'verify' as correlated,
    coalesce(r.summary -> 'unlisted' @> jsonb_build_array(jsonb_build_array(e.source, e.part)), false)
        and c.status is null as unlisted,
    c.status, coalesce(c.error, '') as error, coalesce(c.gaps, '[]') as gaps,
    coalesce((c.counts ->> 'accounts')::int, 0) as accounts,
    coalesce((c.counts ->> 'credentials')::int, 0) as credentials, coalesce(c.requests, '{}') as requests,
    c.attested_at, coalesce(c.tells, '') as tells, coalesce((c.counts ->> 'keys')::int, 0) as keys,
    coalesce((c.counts ->> 'events')::int, 0) as events,
    d.status as detail_status, coalesce(d.error, '') as detail_error, coalesce(d.gaps, '[]') as detail_gaps,
    coalesce((d.counts ->> 'accounts')::int, 0) as detail_accounts,
    coalesce((d.counts ->> 'credentials')::int, 0) as detail_credentials,
    coalesce(d.requests, '{}') as detail_requests, earlier.stands, earlier.missed,
    case when r.kind = 'nightly' and earlier.last is not null then array(
        select g ->> 'text' from source_read o cross join lateral jsonb_array_elements(o.gaps) as t(g)
        where o.run_id = earlier.last and o.source = e.source and o.part = e.part) end as said
from expected e
join run r using (run_id)
left join source_read c on c.run_id = e.run_id and c.source = e.source and c.part = e.part
    and (c.phase = 'collect' or r.kind = 'verify')
left join source_read d on d.run_id = e.run_id and d.source = e.source and d.part = e.part and d.phase = 'detail'
    and r.kind <> 'verify'
left join lateral (
    select max(m.realm) as realm from realm m where m.source = e.source and m.part = e.part) known on true
cross join lateral (
    select count(*) filter (where o.status in ('complete', 'partial')) > 0 as stands,
        max(o.run_id) filter (where o.status in ('complete', 'partial')) as last,
        (count(*) filter (where o.status not in ('complete', 'partial') and o.run_id > coalesce((
            select max(g.run_id) from source_read g join run m on m.run_id = g.run_id and m.kind = 'nightly'
            where g.source = e.source and g.part = e.part and g.phase = 'collect' and g.run_id < e.run_id
                and g.status in ('complete', 'partial')), 0)))::int as missed
    from source_read o join run n on n.run_id = o.run_id and n.kind = 'nightly'
    where o.source = e.source and o.part = e.part and o.phase = 'collect' and o.run_id < e.run_id) earlier
order by e.run_id desc, e.source, e.part;

-- name: read_seconds
-- How long each roster and source was read in this run, all parts and both looks together.
select name, sum(extract(epoch from finished_at - observed_at))::float8 as seconds
from (
    select roster as name, observed_at, finished_at from roster_read where run_id = %(run_id)s
    union all select source, observed_at, finished_at from source_read where run_id = %(run_id)s
) read
where finished_at is not null group by name order by name;

-- name: departures_then
-- Leavers as they stood at this run's moment, by whose word and whether that counts.
select d.basis, d.confirmed, count(*)::int as persons
from departure d join run r on r.run_id = %(run_id)s
where not d.returned and d.valid_from <= r.as_of and (d.valid_to is null or d.valid_to > r.as_of)
group by d.basis, d.confirmed order by d.basis, d.confirmed;

-- name: state_then
-- Every finding's state when this run ended.
select distinct on (e.finding_key) e.finding_key, e.to_state as state
from finding_event e, (
    select coalesce(finished_at, clock_timestamp()) as at from run where run_id = %(run_id)s) until
where e.at <= until.at order by e.finding_key, e.seq desc;

-- name: stood
-- Findings that stood when this run ended, what this run did to them, and which of them comes before which.
select f.finding_key, f.rule, f.severity, s.state, f.source, f.realm, f.subject_kind, f.subject_native_id, f.privileged,
    f.standing_reason, f.ticket_kind, f.comes_first, f.left_at, f.last_used_at, f.due_at, f.first_seen_at,
    coalesce(h.opened, false) as opened, coalesce(h.reopened, false) as reopened, coalesce(h.begun, false) as begun,
    -- As one number what comes first by severity, and then by three signs: of twenty thousand to sort that is half the
    -- work.
    array_position(array['critical', 'high', 'medium', 'low'], f.severity) * 8 + (not f.comes_first)::int * 4
        + (f.ticket_kind <> 'event')::int * 2 + (not f.privileged)::int as place
from ({state_then}) s join finding f using (finding_key)
left join (
    select e.finding_key, bool_or(e.to_state = 'open') as opened, bool_or(e.from_state = 'resolved') as reopened,
        bool_or(e.from_state is null) as begun
    from finding_event e where e.run_id = %(run_id)s group by e.finding_key) h using (finding_key)
where s.state not in ('resolved', 'excepted');

-- name: whose
-- Whom findings are about, and which ticket tells them.
select f.finding_key, p.person_uid::text, coalesce(w.id_space, p.id_space, '') as id_space,
    coalesce(w.worker_id, p.worker_id, '') as worker_id, t.tracker, t.ref, t.url,
    coalesce(n.named_tracker, '') as named_tracker
from finding f
left join person p on p.person_uid = f.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
left join ticket t on t.ticket_key = f.ticket_key
left join ticket_named n on n.ticket_key = f.ticket_key;

-- name: findings_then
-- Findings that stood when this run ended, the worst first.
select * from ({stood}) s join ({whose}) whose using (finding_key)
order by s.place, s.left_at nulls last, s.finding_key;

-- name: unverified_then
-- Findings of which nobody could tell, when this run ended, whether they work.
select f.finding_key, f.source, f.realm from ({state_then}) s join finding f using (finding_key)
where s.state = 'unverified' order by f.finding_key;

-- name: foremost_then
-- What stood open when this run ended, and what each asks for at a moment: how many of each severity, and the worst of
-- each.
with judged as materialized (
    select s.*, a.*, a.is_late and not (a.is_key or a.is_use) as is_only_late,
        s.opened and not (a.is_key or a.is_use or a.is_late) as is_only_new
    from ({stood}) s
    cross join lateral (
        select s.comes_first and s.severity = 'critical' as is_key, s.ticket_kind = 'event' as is_use,
            coalesce(s.due_at < %(now)s, false) as is_late) a
    -- For = 'open' the planner expects a handful, and looks each of twenty thousand up by itself.
    where s.state not in ('held', 'unverified')
), foremost as (
    (select 'keys' as asks, * from judged where is_key order by place, left_at nulls last, finding_key limit %(most)s)
    union all
    (select 'uses', * from judged where is_use order by place, left_at nulls last, finding_key limit %(most)s)
    union all
    (select 'late', * from judged where is_late order by place, left_at nulls last, finding_key limit %(most)s)
    union all
    (select 'only_late', * from judged where is_only_late order by place, left_at nulls last, finding_key limit %(most)s)
    union all
    (select 'only_new', * from judged where is_only_new order by place, left_at nulls last, finding_key limit %(most)s)
), worst as (
    select * from foremost f join ({whose}) whose using (finding_key)
    order by f.place, f.left_at nulls last, f.finding_key
), counts as (
    select severity, count(*) as findings, count(*) filter (where is_late) as late,
        count(*) filter (where is_key) as keys, count(*) filter (where is_use) as uses,
        count(*) filter (where is_only_late) as only_late, count(*) filter (where is_only_new) as only_new
    from judged group by severity
)
select array(select to_jsonb(c) from counts c) as counts, array(select to_jsonb(w) from worst w) as worst;

-- name: resolutions
-- What was resolved in this run, or by a person since the night before it.
with this as (
    select r.run_id, coalesce(r.finished_at, clock_timestamp()) as until, coalesce((
        select max(o.finished_at) from run o where o.run_id < r.run_id), '-infinity') as since
    from run r where r.run_id = %(run_id)s
)
select e.finding_key, e.resolution from finding_event e, this
where e.to_state = 'resolved' and (e.run_id = this.run_id
    or (e.run_id is null and e.at > this.since and e.at <= this.until))
order by e.seq;

-- name: register_effects_then
-- Findings that the custody register alone lowered or prevented in this run; new where the last night did not have them so.
-- One that closed is as bad as it was.
select e.finding_key, e.rule,
    case when e.lowered_to is null and f.severity = 'critical' then f.severity else e.severity end as severity,
    e.lowered_to, not exists (
        select from (
            select o.summary from run o join counted_run c using (run_id)
            where o.kind = 'nightly' and o.finished_at is not null and o.run_id < r.run_id
            order by o.run_id desc limit 1) before
        cross join lateral jsonb_to_recordset(coalesce(before.summary -> 'register_effects', '[]'))
            as q (finding_key text, lowered_to text)
        where q.finding_key = e.finding_key and q.lowered_to is not distinct from e.lowered_to) as is_new
from run r
cross join lateral jsonb_to_recordset(coalesce(r.summary -> 'register_effects', '[]'))
    as e (finding_key text, rule text, severity text, lowered_to text)
left join finding f using (finding_key)
where r.run_id = %(run_id)s
order by array_position(array['critical', 'high', 'medium', 'low'], e.severity), e.finding_key;

-- name: waiting_then
-- Findings held when this run ended: by a baseline that waits for a person, or because the batch was too big.
with until as (
    select coalesce(finished_at, clock_timestamp()) as at from run where run_id = %(run_id)s
), waits as materialized (
    select b.kind, b.name, b.run_id from baseline b, until u where b.released_at is null or b.released_at > u.at
), held as materialized (
    -- Else it's asked for each of both counts whether a baseline waits.
    select exists (
        select from waits b
        where b.run_id = f.first_run_id
            and ((b.kind = 'roster' and b.name = f.roster) or (b.kind = 'source' and b.name = f.realm)
                or (b.kind = 'rule' and b.name = f.rule)
                or (b.kind = 'source' and exists (
                    select from key_copy c join signing_key k using (key_pk)
                    where right(b.name, length(c.realm) + 1) = ':' || c.realm and (
                        k.material = f.subject_native_id
                        or (f.of_keys and c.realm = f.realm)))))) as baseline
    from ({state_then}) s join finding f using (finding_key) where s.state = 'held'
)
select count(*) filter (where baseline)::int as baseline, count(*) filter (where not baseline)::int as over_maximum
from held;

-- name: tickets_then
-- What is yet to be told to the tracker, how many tickets stand there, which of them this run opened, and what somebody
-- should have heard at once.
select (select count(*) from outbox o join ticket t using (ticket_key) where o.done_at is null and o.run_id <= %(run_id)s
        and (t.digest <> 'unseen' or o.ticket_key in (select r.ticket_key from refusal r)))::int as undelivered,
    (select coalesce(jsonb_object_agg(u.tracker, u.changes), '{}') from (
        select t.tracker, count(*)::int as changes from outbox o join ticket t using (ticket_key)
        where o.done_at is null and o.run_id <= %(run_id)s
            and o.ticket_key not in (select r.ticket_key from refusal r)
            -- It's over, and hidden from us: it's closed once it's shown again.
            and t.digest <> 'unseen'
            -- It waits for another tracker, where the ticket that it leads to is yet to be opened.
            and not (o.op = 'close' and o.ticket_key in (
                select m.ticket_key from former_ticket m join ticket s on s.ticket_key = m.stands_as
                where s.ref is null and s.state <> 'closed'))
        group by t.tracker) u) as untold,
    (select coalesce(r.summary -> 'deaf', '{}') from run r where r.run_id = %(run_id)s) as deaf,
    (select coalesce(r.summary -> 'told_nowhere', '[]') from run r where r.run_id = %(run_id)s) as told_nowhere,
    array(select u.tracker from tracker_in_use u order by u.tracker) as trackers,
    (select count(*) from ticket where state = 'open')::int as open,
    array(select distinct t.tracker from ticket t join run r on r.run_id = %(run_id)s
        where t.state in ('wanted', 'open') and r.summary ? 'trackers' and not r.summary -> 'trackers' ? t.tracker
        order by t.tracker) as elsewhere,
    (select coalesce(jsonb_agg(jsonb_build_array(n.named_tracker, t.ref)), '[]')
        from ticket t join ticket_named n using (ticket_key) join run r on r.run_id = %(run_id)s
        where t.ref is not null and t.opened_at >= r.started_at
            and t.opened_at <= coalesce(r.finished_at, clock_timestamp())) as opened,
    (select count(distinct a.alert_key) from alert_told t join alert a using (alert_key)
        where t.told_at is null and a.created_at > now() - interval '2 days')::int as unheard;
