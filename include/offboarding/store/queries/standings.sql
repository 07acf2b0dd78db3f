-- How reading has gone, what is let stand, and what the record holds, for pages.

-- name: read_history
-- What came of reading each roster and each part of each source in the last nights, the oldest first.
with night as (
    select run_id, as_of from counted_run where kind = 'nightly' and finished_at is not null
    order by as_of desc, run_id desc limit %(nights)s::bigint
)
select 'roster' as what, d.roster as name, '' as part, n.as_of, d.status, d.workers as amount
from night n join roster_read d using (run_id)
union all
select 'source', d.source, d.part, n.as_of, d.status, coalesce((d.counts ->> 'accounts')::int, 0)
    + coalesce((d.counts ->> 'keys')::int, 0) + coalesce((d.counts ->> 'events')::int, 0)
from night n join source_read d using (run_id) where d.phase = 'collect'
order by 1, 2, 3, 4;

-- name: last_whole_reads
-- When each of these was last read whole: that read's beginning.
select r.what, r.name, r.part, coalesce(t.at, s.at) as at
from unnest(%(whats)s::text[], %(names)s::text[], %(parts)s::text[]) as r (what, name, part)
left join lateral (
    select d.observed_at as at from roster_read d
    where r.what = 'roster' and d.roster = r.name and d.status = 'complete' order by d.read_id desc limit 1) t on true
left join lateral (
    select d.observed_at as at from source_read d
    where r.what = 'source' and d.source = r.name and d.part = r.part and d.phase = 'collect' and d.status = 'complete'
    order by d.read_id desc limit 1) s on true;

-- name: open_by_source
-- How many findings are open in each source.
select source as name, count(*)::int as findings from finding where state = 'open' and source <> '' group by source;

-- name: waivers
-- Exceptions and acknowledged gaps, those that count first, of these the first to end first, then those that wait for an
-- approver's decision; a page of them.
select e.* from (
    select waits, kind, coalesce(finding, '') as finding, coalesce(space, '') as space, coalesce(worker, '') as worker,
        coalesce(source, '') as source, coalesce(part, '') as part, coalesce(roster, '') as roster,
        coalesce(account, '') as account, coalesce(rule, '') as rule, coalesce(queue, '') as queue,
        coalesce(covers, '') as covers, reason, approver, expires_at, valid_from, valid_to, origin, ended_by, ended_for,
        row_number() over (order by valid_to is not null or expires_at <= %(now)s::timestamptz, waits,
            case when valid_to is null and expires_at > %(now)s then expires_at end,
            coalesce(valid_to, expires_at) desc, exception_id) as place
    from exception cross join lateral (
        select needs_decision and not exists (
            select from exception_decision d where d.exception_id = exception.exception_id) as waits) w) e
where e.place > %(after)s::bigint order by e.place limit %(most)s::bigint;

-- name: record_page
-- What the record holds, the latest first; before one of its events, or from its end.
select seq, at, run_id, actor, finding_key, about, from_state, to_state, text from finding_event
where %(before)s::bigint is null or seq < %(before)s order by seq desc limit %(most)s::bigint;

-- name: event_at
-- Where the record stood at one of its events.
select seq, hash from finding_event where seq = %(seq)s;

-- name: last_printed
-- Which head of the record the last report printed.
select head_seq as seq, head_hash as hash, run_id from run
where head_seq is not null and finished_at is not null order by run_id desc limit 1;

-- name: looks_page
-- Who looked at what, the latest first.
select l.seq, l.at, l.viewer, l.kind, l.subject, l.named, coalesce(w.id_space, p.id_space, '') as id_space,
    coalesce(w.worker_id, p.worker_id, '') as worker_id
from look l
-- A key's material is no uid, and isn't taken for one.
left join lateral (select case when l.kind = 'worker' then l.subject::uuid end as uid) u on true
left join person_alias a on a.alias_uid = u.uid
left join person p on p.person_uid = coalesce(a.person_uid, u.uid)
left join worker w on w.worker_pk = p.shown_worker_pk
order by l.seq desc limit %(most)s::bigint;

-- name: revoked_lately
-- How long it took until what leavers had was seen shut, of what was so within some days: from the departure, and from the
-- first sight of it. And for how long within these days anything of theirs worked, as far as is known, shut or not.
with stood as (
    select f.left_at, f.first_seen_at, f.resolved_at, f.state = 'resolved' and f.resolution = any(%(shut)s::text[]) as shut
    from finding f
    where f.left_at is not null and f.left_at < %(now)s and f.basis <> 'away' and f.ticket_kind in ('revoke', 'rotate')
        and f.finding_key not in ({findings:beside})
        and (f.state in ('open', 'held', 'excepted') and f.standing = 'works'
            or f.state = 'resolved' and f.resolution = any(%(shut)s::text[])
                and f.resolved_at >= %(now)s::timestamptz - %(days)s * interval '1 day')
), took as (
    select extract(epoch from resolved_at - left_at)::float8 as since_left,
        extract(epoch from resolved_at - least(first_seen_at, resolved_at))::float8 as since_found
    from stood where shut and resolved_at >= left_at
), exposed as (
    select extract(epoch from least(coalesce(resolved_at, %(now)s), %(now)s)
        - greatest(left_at, %(now)s::timestamptz - %(days)s * interval '1 day'))::float8 as seconds
    from stood where resolved_at is null or resolved_at > left_at
)
select (select count(*) from took)::int as revoked,
    (select percentile_cont(0.5) within group (order by since_left) from took) as median_seconds,
    (select percentile_cont(0.9) within group (order by since_left) from took) as p90_seconds,
    (select percentile_cont(0.5) within group (order by since_found) from took) as median_found_seconds,
    (select percentile_cont(0.9) within group (order by since_found) from took) as p90_found_seconds,
    (select count(*) from exposed)::int as exposed,
    (select coalesce(sum(seconds), 0) from exposed)::float8 as exposed_seconds;

-- name: by_week
-- Of what leavers had, in each stretch between two of these moments, and before the first (0): how much was seen shut, and how
-- soon after the departure; by how many findings what stood open of it grew, by the record; and whether a night had ended
-- shortly before the stretch did: else nobody had looked, and what stood then isn't known.
with theirs as materialized (
    select finding_key, left_at, resolved_at, state = 'resolved' and resolution = any(%(shut)s::text[]) as shut
    from finding where left_at is not null and basis <> 'away' and ticket_kind in ('revoke', 'rotate')
        and finding_key not in ({findings:beside})
), took as (
    select width_bucket(resolved_at, %(moments)s::timestamptz[]) as week, count(*)::int as revoked,
        percentile_cont(0.5) within group (order by resolved_at - left_at) as median,
        percentile_cont(0.9) within group (order by resolved_at - left_at) as p90
    from theirs where shut and resolved_at >= left_at group by 1
), grew as (
    select width_bucket(e.at, %(moments)s::timestamptz[]) as week,
        sum(case when e.to_state in ('held', 'open', 'excepted') then 1 else -1 end)::int as grown
    from theirs join finding_event e using (finding_key)
    where (e.to_state in ('held', 'open', 'excepted')) <> (coalesce(e.from_state, '') in ('held', 'open', 'excepted'))
    group by 1
)
select w.week, coalesce(t.revoked, 0) as revoked, extract(epoch from t.median)::float8 as median_seconds,
    extract(epoch from t.p90)::float8 as p90_seconds, coalesce(g.grown, 0) as grown, exists (
        select from counted_run r where r.kind = 'nightly' and r.finished_at <= m.ends
            and r.finished_at > m.ends - %(within)s::interval) as is_known
from generate_series(0, cardinality(%(moments)s::timestamptz[]) - 1) w (week)
cross join lateral (select (%(moments)s::timestamptz[])[w.week + 1] as ends) m
left join took t using (week) left join grew g using (week)
order by w.week;
