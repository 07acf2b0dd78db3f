-- name: run_of_caller
select run_id, kind, as_of, reads_since, started_at, correlated_at, finished_at, status from run where caller = %(caller)s;

-- name: broken_off_release
-- Whose release it is stands before the caller's own words.
select run_id, kind, as_of, reads_since, started_at, correlated_at, finished_at, status from run
where kind = 'release' and finished_at is null and right(caller, length(%(caller)s) + 1) = ' ' || %(caller)s
order by run_id limit 1;

-- name: run_by_id
select run_id, kind, as_of, reads_since, started_at, correlated_at, finished_at, status from run where run_id = %(run_id)s;

-- name: last_finished_night
select run_id, kind, as_of, reads_since, started_at, correlated_at, finished_at, status
from counted_run where kind = 'nightly' and finished_at is not null order by as_of desc, run_id desc limit 1;

-- name: latest_moment
select max(as_of) from counted_run where correlated_at is not null;

-- name: insert_run
-- Without an as_of of the caller's, the run's first start is it.
insert into run (kind, caller, as_of, reads_since, code)
values (%(kind)s, %(caller)s, coalesce(%(as_of)s::timestamptz, now()), now(), %(code)s)
returning run_id, kind, as_of, reads_since, started_at, correlated_at, finished_at, status;

-- name: insert_release_run
insert into run (kind, caller, as_of, reads_since, correlated_at, code)
values ('release', %(caller)s, %(as_of)s, %(reads_since)s, now(), %(code)s)
returning run_id, kind, as_of, reads_since, started_at, correlated_at, finished_at, status;

-- name: caller_of
select caller from run where run_id = %(run_id)s;

-- name: code_of
-- Which code began it; nothing where that was before it was noted.
select code from run where run_id = %(run_id)s;

-- name: close_run
update run set finished_at = coalesce(finished_at, now()), reported_at = clock_timestamp(), status = %(status)s, waiting = %(waiting)s,
    summary = coalesce(summary, '{}') || %(summary)s::jsonb
where run_id = %(run_id)s;

-- name: note_waiting
update run set waiting = %(waiting)s where run_id = %(run_id)s;

-- name: end_release
update run set finished_at = coalesce(finished_at, now()), status = 'green' where run_id = %(run_id)s;

-- name: roster_outcomes
-- What came of each roster's read in a run.
select roster, status, proved, origin, records, workers,
    array(select jsonb_array_elements_text(problems)) as problems, inferred, waiting, error
from roster_read where run_id = %(run_id)s order by roster;

-- name: source_outcomes
-- What came of each part of each source in a run.
select source, part, coalesce(realm, '') as realm, phase, status, coalesce((counts ->> 'accounts')::int, 0) as accounts,
    coalesce((counts ->> 'credentials')::int, 0) as credentials, coalesce((counts ->> 'keys')::int, 0) as keys,
    coalesce((counts ->> 'events')::int, 0) as events, requests,
    array(select jsonb_build_array(gap ->> 'text', (gap ->> 'red')::boolean) from jsonb_array_elements(gaps) as g(gap))
        as gaps, error
from source_read where run_id = %(run_id)s order by source, part, phase;

-- name: note_expected
-- What is to be read in a run, beside what was noted before.
update run set summary = coalesce(summary, '{}') || jsonb_build_object('expected', jsonb_build_object(
    'rosters', (
        select coalesce(jsonb_agg(distinct each), '[]')
        from jsonb_array_elements(coalesce(summary #> '{expected,rosters}', '[]') || %(rosters)s::jsonb) as each),
    'parts', (
        select coalesce(jsonb_agg(distinct each), '[]')
        from jsonb_array_elements(coalesce(summary #> '{expected,parts}', '[]') || %(parts)s::jsonb) as each)))
where run_id = %(run_id)s;

-- name: note_retired
-- Expect also each roster that is no longer configured, if it listed an employed person, or one whose absence waits for a
-- person, who has begun on no configured roster and of whom no departure is known.
with retired as (
    select r.name from roster r join run this on this.run_id = %(run_id)s
    where not r.configured and exists (
        select from worker w
        where w.roster = r.name and w.vanished_at is null and not w.superseded
            and not exists (
                select from worker o join roster c on c.name = o.roster join employment e using (worker_pk)
                where o.person_uid = w.person_uid and c.configured and o.missing_since is null and e.status <> 'left'
                    and coalesce(e.start_on <= this.as_of::date + 1, e.status <> 'future')
                    and coalesce(coalesce(e.last_working_on, e.end_on) >= this.as_of::date - 1, true))
            and exists (
                select from employment e
                where e.worker_pk = w.worker_pk and e.status <> 'left'
                    and coalesce(e.last_working_on >= w.missing_since::date - 1, true)
                    -- One that was over before this employment began says nothing of it.
                    and not exists (
                        select from departure d
                        where d.person_uid = w.person_uid and d.valid_to is null and not d.returned and d.basis <> 'away'
                            and d.left_at::date >= coalesce(e.start_on, w.first_told_at::date))))
)
update run set summary = summary || jsonb_build_object('expected', summary -> 'expected' || jsonb_build_object(
    'rosters', (
        select jsonb_agg(distinct e.name) from (
            select jsonb_array_elements_text(summary #> '{expected,rosters}') union select t.name from retired t) e (name))))
where run_id = %(run_id)s and exists (select from retired);

-- name: note_nobody
-- Why a run checks nobody; null where it checks somebody after all.
update run set summary = coalesce(summary, '{}') - 'nobody'::text || jsonb_strip_nulls(
    jsonb_build_object('nobody', %(why)s::text))
where run_id = %(run_id)s;

-- name: note_trackers
update run set summary = coalesce(summary, '{}') || jsonb_build_object('trackers', %(trackers)s::jsonb)
where run_id = %(run_id)s;

-- name: note_unlisted
-- Systems of configured sources in which accounts or keys are known, and which no read of this run came to: the source's
-- system doesn't name that part any more (an account that left its organization), or another system answered where this
-- one was expected. The latter is called by its own id, since the part was read. A part that the configuration named
-- itself, and doesn't any more, is not missed; one whose read failed is missed already.
with known as (
    select m.source, m.part, m.realm, exists (
        select from run r
        where r.run_id = %(run_id)s and r.summary #> '{expected,parts}' @> jsonb_build_array(jsonb_build_array(m.source, m.part))
    ) as is_expected
    from realm m
    where m.source = any(%(sources)s) and not exists (
        select from source_read d
        where d.run_id = %(run_id)s and d.phase = 'collect' and d.realm = m.realm and d.status in ('complete', 'partial'))
), unlisted as (
    select k.source, case when k.is_expected then k.realm else k.part end as part
    from known k
    where case when k.is_expected then exists (
            select from source_read d
            where d.run_id = %(run_id)s and d.phase = 'collect' and d.source = k.source and d.part = k.part
                and d.realm <> k.realm and d.status in ('complete', 'partial'))
        else k.source = any(%(naming)s) end
        and (exists (select from account a where a.realm = k.realm and a.gone_at is null)
            or exists (select from key_copy c where c.realm = k.realm and c.gone_at is null))
)
update run set summary = coalesce(summary, '{}') || jsonb_build_object('unlisted', (
    select coalesce(jsonb_agg(jsonb_build_array(u.source, u.part)), '[]') from unlisted u))
where run_id = %(run_id)s;

-- name: expected_parts
select e.pair ->> 0, e.pair ->> 1
from run r cross join lateral jsonb_array_elements(
    coalesce(r.summary #> '{expected,parts}', '[]') || coalesce(r.summary -> 'unlisted', '[]')) as e(pair)
where r.run_id = %(run_id)s;

-- name: note_correlated
update run set correlated_at = now(), summary = coalesce(summary, '{}') || jsonb_build_object('correlation', %(outcome)s::jsonb)
where run_id = %(run_id)s;

-- name: note_register_effects
-- What the custody register alone lowered or prevented in this run.
update run set summary = coalesce(summary, '{}') || jsonb_build_object('register_effects', %(effects)s::jsonb)
where run_id = %(run_id)s;

-- name: note_unchecked
update run set summary = coalesce(summary, '{}') || jsonb_build_object('unchecked_keys', %(unchecked)s::jsonb)
where run_id = %(run_id)s;

-- name: expect_steps
-- From here on the steps of this run that have ended are noted; another try of the task that opens it changes nothing.
update run set summary = jsonb_build_object('steps', '[]'::jsonb) || coalesce(summary, '{}') where run_id = %(run_id)s;

-- name: note_step
update run set summary = summary || jsonb_build_object(
    'steps', (summary -> 'steps') - %(step)s::text - %(later)s::text[] || to_jsonb(%(step)s::text)
)
where run_id = %(run_id)s and summary ? 'steps'
    and (not summary -> 'steps' ? %(step)s or summary -> 'steps' ?| %(later)s::text[]);

-- name: expect_judging
update run set summary = summary || jsonb_build_object('steps', (summary -> 'steps') - %(steps)s::text[])
where run_id = %(run_id)s and summary -> 'steps' ?| %(steps)s::text[];

-- name: note_broken
update run set summary = coalesce(summary, '{}')
    || jsonb_build_object('broken', coalesce(summary -> 'broken', '[]') || to_jsonb(%(step)s::text))
where run_id = %(run_id)s;

-- name: note_deaf
update run set summary = coalesce(summary, '{}') || jsonb_build_object('deaf', %(deaf)s::jsonb)
where run_id = %(run_id)s;

-- name: note_told_nowhere
update run set summary = coalesce(summary, '{}') || jsonb_build_object('told_nowhere', %(finding_keys)s::jsonb)
where run_id = %(run_id)s;

-- name: note_texts_refused
update run set summary = coalesce(summary, '{}') || jsonb_build_object(
    'texts_refused', coalesce(summary -> 'texts_refused', '[]') || %(sentences)s::jsonb)
where run_id = %(run_id)s;

-- name: usable_rosters
-- Rosters that were read in this run, or whose earlier read still stands.
select count(*)::int from roster r
where r.configured and exists (select from roster_read d where d.roster = r.name and d.status in ('complete', 'partial'));
