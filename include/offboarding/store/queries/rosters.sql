-- name: forget_merge
-- Of an earlier read in the same session.
drop table if exists told_twice, told_as_several, here_worker;

-- name: stage_tables
-- Where a read is put before it is merged; emptied for the session's next read, gone with the session.
create temp table s_worker (ord bigint generated always as identity, worker_id text, person_uid uuid, name text,
    manager text, location text, rank integer, start_on date, digest bytea);
create temp table s_tangled (worker_id text);
create temp table s_same_worker (worker_pk bigint, worker_id text, digest bytea);
create temp table s_employment as select null::text as worker_id, {employment} from employment with no data;
create temp table s_worker_key (worker_id text, kind text, value text, loose text, space text, origin text, raw text);

-- name: stage_statistics
-- Statistics for the merge, of the columns by which it joins.
analyze s_worker (worker_id);
analyze s_employment (worker_id);
analyze s_worker_key (worker_id);
analyze s_same_worker (worker_id);

-- name: never_told
-- Ids of no worker of this roster.
select t.worker_id from unnest(%(told)s::text[]) t (worker_id)
where not exists (select from worker w where w.roster = %(roster)s and w.worker_id = t.worker_id)
order by t.worker_id;

-- name: knows_nothing
-- Whether no read of the roster has told anything yet, and nobody is known by another person's id.
select not exists (select from worker where roster = %(roster)s) and not exists (select from person_alias)
    and not exists (
        select from roster_read
        where roster = %(roster)s and read_id <> %(read_id)s and status in ('complete', 'partial')) as nothing;

-- name: knows_digests
-- Whether there is anything to tick off.
select exists (select from worker where roster = %(roster)s and digest is not null);

-- name: tick_off
-- Which workers stand here to the letter as they are told: by one record, in a complete read, and not missed since.
-- Returned are the numbers of the others, which are few. As accounts are ticked off, in sources.sql.
with told as (
    select n, worker_id, substr(%(digests)s::bytea, (n::int - 1) * 16 + 1, 16) as digest
    from json_array_elements_text(%(worker_ids)s::json) with ordinality told (worker_id, n)
), known as (
    select worker_pk, worker_id, digest from worker
    where roster = %(roster)s and missing_since is null
        and worker_id = any(array(select json_array_elements_text(%(worker_ids)s::json)))
), found as materialized (
    select t.n, worker_id, t.digest, k.worker_pk, k.digest = t.digest as is_same
    from told t full join known k using (worker_id)
), same as (
    insert into s_same_worker (worker_pk, worker_id, digest)
    select worker_pk, worker_id, digest from found where is_same
)
select n::int - 1 from found where is_same is not true;

-- name: ticked_by_mistake
-- Ticked off, and written by somebody else since, who may have looked earlier than this read did. Counted, since to look
-- for the first one only means to look up one by one.
select count(*) > 0 as mistaken
from s_same_worker s join worker w using (worker_pk)
where (w.digest is distinct from s.digest or w.missing_since is not null) and w.observed_at <= %(observed_at)s;

-- name: fold_twice
-- Workers that one read tells in more than one record have no digest; what was ticked off of them is as the store has it.
create temp table told_twice as
select worker_id from (select worker_id from s_worker union all select distinct worker_id from s_same_worker) told
group by worker_id having count(*) > 1;
insert into s_worker (worker_id, person_uid, name, manager, location, rank, start_on)
select w.worker_id, w.person_uid, w.name, w.manager, w.location,
    (select min(array_position(%(ranks)s::text[], e.status)) - 1 from employment e where e.worker_pk = w.worker_pk),
    (select max(e.start_on) from employment e where e.worker_pk = w.worker_pk)
from worker w
where w.worker_pk in (select s.worker_pk from s_same_worker s join told_twice using (worker_id));
insert into s_employment (worker_id, {employment})
select w.worker_id, {e.employment}
from employment e join worker w using (worker_pk)
where w.worker_pk in (select s.worker_pk from s_same_worker s join told_twice using (worker_id));
insert into s_worker_key (worker_id, kind, value, loose, space, origin, raw)
select w.worker_id, k.kind, k.value, k.loose, k.space, k.origin, k.raw
from worker_key k join worker w using (worker_pk)
where k.valid_to is null and w.worker_pk in (select s.worker_pk from s_same_worker s join told_twice using (worker_id));
delete from s_same_worker s using told_twice t where t.worker_id = s.worker_id;
update s_worker s set digest = null from told_twice t where t.worker_id = s.worker_id;

-- name: find_several
-- Workers of whom this read tells as of several people at once, with another name and another mail or login each: a
-- column of numbers that holds somebody else's. Nothing that it says of them is believed.
create temp table told_as_several as
with told as (
    select worker_id, count(distinct lower(name)) filter (where name <> '') as names
    from s_worker where rank < array_position(%(ranks)s::text[], 'left') - 1
    group by worker_id having count(*) > 1
), borne as (
    select k.worker_id, count(distinct k.value) filter (where k.kind = 'mail') as mails,
        count(distinct k.value) filter (where k.kind = 'login') as logins
    from s_worker_key k join told using (worker_id) where k.origin = 'current' group by k.worker_id
)
select worker_id from told join borne using (worker_id)
where case when names = 0 then mails > 1 and logins > 1 else names > 1 and (mails > 1 or logins > 1) end;
delete from s_worker s using told_as_several t where t.worker_id = s.worker_id;
delete from s_employment s using told_as_several t where t.worker_id = s.worker_id;
delete from s_worker_key s using told_as_several t where t.worker_id = s.worker_id;

-- name: several
select worker_id from told_as_several order by worker_id;

-- name: upsert_roster
-- The roster as configured today.
insert into roster as r (name, id_space, login_realm, coverage, configured)
values (%(name)s, %(id_space)s, %(login_realm)s, %(coverage)s, true)
on conflict (name) do update
set id_space = excluded.id_space, login_realm = excluded.login_realm, coverage = excluded.coverage, configured = true
where (r.id_space, r.login_realm, r.coverage, r.configured)
    is distinct from (excluded.id_space, excluded.login_realm, excluded.coverage, true);

-- name: retire_rosters
-- Rosters that are no longer configured: whoever only they knew to be active doesn't count as active any more.
update roster set configured = false where configured and name <> all (%(names)s);

-- name: retired_rosters
select name from roster where not configured order by name;

-- name: begin_roster_read
-- A retry of the task takes its row again.
insert into roster_read (run_id, roster, observed_at, status)
values (%(run_id)s, %(roster)s, clock_timestamp(), 'reading')
on conflict (run_id, roster) do update
set observed_at = excluded.observed_at, status = 'reading', error = '', problems = '[]', only_short = false,
    came_again = roster_read.came_again and roster_read.accepted_at is not null
returning read_id, observed_at;

-- name: last_complete_workers
-- How many workers the roster's last complete (or accepted) read held; no row before the first.
select workers from roster_read
where roster = %(roster)s and status = 'complete' and read_id <> %(read_id)s order by read_id desc limit 1;

-- name: unchanged_since
-- The moment of the first of the roster's complete reads that held the very same, in a row up to the last one; null
-- where the last held something else.
with whole as (
    select d.read_id, d.digest, r.as_of from roster_read d join counted_run r using (run_id)
    where d.roster = %(roster)s and d.status = 'complete' and d.read_id <> %(read_id)s
)
select min(as_of) as since from whole
where read_id > coalesce((select max(read_id) from whole where digest <> %(digest)s), 0);

-- name: told_between
-- The first and the last whole read of the very same, and the last of something else since; no row where the last was of
-- the same. What the guard held wasn't believed, so that the right file may follow it, and what a person accepted is as
-- if it had been read then.
with whole as (
    select d.read_id, d.run_id, d.digest, d.dated_at, r.as_of from roster_read d join counted_run r using (run_id)
    where d.roster = %(roster)s and ((d.status = 'complete' and d.read_id <> %(read_id)s)
        or (d.came_again and d.accepted_at is not null))
), same as (
    select (array_agg(run_id order by read_id))[1] as first_run, min(as_of) as first_at, max(as_of) as last_at,
        max(read_id) as read_id
    from whole where digest = %(digest)s
), since as (
    select w.* from whole w, same s
    where w.read_id > s.read_id and w.digest <> %(digest)s and not exists (
        select from guard_hold h
        where h.kind = 'roster' and h.name = %(roster)s and h.status <> 'released'
            and w.run_id between h.opened_run and h.last_run)
)
select s.first_run, s.first_at, s.last_at, (array_agg(n.run_id order by n.read_id desc))[1] as other_run,
    max(n.as_of) as other_at, max(n.dated_at) as other_dated_at
from same s cross join since n group by s.first_run, s.first_at, s.last_at;

-- name: takes_back
-- Whether somebody who is told as being at work here, without a last day, is known as leaving or gone since. Workers who
-- are told as they stand aren't among these: they were ticked off.
select exists (
    select from s_employment s join worker w on w.roster = %(roster)s and w.worker_id = s.worker_id
    where s.status in ('active', 'leave') and s.last_working_on is null
        and (w.missing_since is not null or (
            exists (select from employment e where e.worker_pk = w.worker_pk)
            and not exists (
                select from employment e
                where e.worker_pk = w.worker_pk and e.status <> 'left' and e.last_working_on is null)))) as takes_back;

-- name: newer_roster_read
-- Whether a read that began later has been merged already: an older one never overwrites it. One that is dated in the
-- future was edited, and counts for nothing.
select exists (
    select from roster_read
    where roster = %(roster)s and read_id <> %(read_id)s and observed_at > %(observed_at)s
        and observed_at <= clock_timestamp() and status in ('complete', 'partial')
) as newer;

-- name: staged_counts
-- How many distinct workers this read holds.
select count(*)::int as workers from (select worker_id from s_worker union select worker_id from s_same_worker) told;

-- name: contradictions
-- Workers whose one employment is told in two ways within the read.
select worker_id, start_on
from s_employment
group by worker_id, start_on
having count(distinct (status, circumstance, last_working_on, end_on)) > 1
order by worker_id, start_on
limit 20;

-- name: written_otherwise
-- Numbers that the read writes in several ways, which are compared as one: full-width digits, another case. Those that were
-- ticked off are looked for among what is known.
with told as (
    select worker_id, value from s_worker_key where kind = 'number' and origin = 'current'
    union
    select m.worker_id, o.value
    from s_worker_key k join worker_key o on o.value = k.value and o.kind = 'number' and o.origin = 'current'
        and o.valid_to is null
    join s_same_worker m using (worker_pk)
    where k.kind = 'number' and k.origin = 'current'
)
select array_agg(worker_id order by worker_id collate "C") as written from told
group by value having count(*) > 1
order by 1
limit 20;

-- name: find_here
-- Workers of this read that are known; those that are new come to them when they have been written.
create temp table here_worker as
select w.worker_pk, w.worker_id, false as is_new
from (select distinct worker_id from s_worker) s join worker w on w.roster = %(roster)s and w.worker_id = s.worker_id;
analyze here_worker;

-- name: insert_workers
-- Workers never seen before. One told in several records, or of whom one record tells an employment twice, is compared
-- with what is there like one that is known.
with made as (
    insert into worker
        (roster, id_space, worker_id, person_uid, name, manager, location, in_complete_read, digest, first_told_at,
        observed_at)
    select distinct on (s.worker_id)
        %(roster)s, %(id_space)s, s.worker_id, coalesce(a.person_uid, s.person_uid), s.name, s.manager, s.location,
        %(complete)s, case when %(complete)s and s.worker_id <> all (%(untold)s) then s.digest end, %(as_of)s,
        %(observed_at)s
    from s_worker s
    left join person_alias a on a.alias_uid = s.person_uid
    where not exists (select from here_worker h where h.worker_id = s.worker_id)
    order by s.worker_id, s.rank, s.start_on desc nulls last, s.ord
    returning worker_pk, worker_id
)
insert into here_worker
select m.worker_pk, m.worker_id,
    m.worker_id not in (select t.worker_id from told_twice t union all select s.worker_id from s_tangled s)
from made m;

-- name: insert_persons
-- A person for each worker never seen before, known by that worker until correlation sees a better one.
insert into person (person_uid, id_space, worker_id, first_seen_at, shown_worker_pk)
select distinct on (s.person_uid) s.person_uid, %(id_space)s, s.worker_id, %(as_of)s, h.worker_pk
from s_worker s join here_worker h using (worker_id)
where not exists (select from person_alias a where a.alias_uid = s.person_uid)
order by s.person_uid, s.ord
on conflict do nothing;

-- name: withhold_departures
-- Whoever has a record that couldn't be read has left by no other one: that they still work here may stand in it.
delete from s_employment where status = 'left' and worker_id = any (%(records_untold)s);

-- name: insert_employments
-- Those of new workers.
insert into employment (worker_pk, {employment}, told_left_at)
select h.worker_pk, {s.employment},
    case when s.status = 'left' and coalesce(s.last_working_on, s.end_on) is null then %(as_of)s::timestamptz end
from s_employment s join here_worker h using (worker_id)
where h.is_new;

-- name: insert_worker_keys
-- Those of new workers.
insert into worker_key (worker_pk, kind, value, loose, space, origin, raw, valid_from)
select h.worker_pk, s.kind, s.value, s.loose, s.space, s.origin, s.raw, %(observed_at)s
from s_worker_key s join here_worker h using (worker_id)
where h.is_new;

-- name: listed_instead
-- Of each employment of the workers that this read lists: whether it is listed, whether anything listed is still to begin,
-- and whether anything else listed was not over before it began. One without a first day began before its worker was first
-- read; a blank last day of an employment that had ended is the stored one.
select e.worker_pk, e.start_on, bool_or(s.worker_id is not null and s.start_on is not distinct from e.start_on) as is_told,
    bool_or(ahead.is_ahead) as is_ahead, bool_or(not ahead.is_ahead and coalesce(
        coalesce(s.last_working_on, s.end_on, o.last_working_on, o.end_on)
            >= coalesce(e.start_on, w.first_told_at::date), true)) as is_instead
from here_worker h join worker w using (worker_pk) join employment e using (worker_pk)
left join s_employment s on s.worker_id = h.worker_id
left join employment o on o.worker_pk = h.worker_pk and o.start_on is not distinct from s.start_on
    and (o.status, s.status) = ('left', 'left')
cross join lateral (
    select s.status <> 'left'
        and coalesce(s.start_on >= (%(as_of)s::timestamptz)::date, s.status = 'future') as is_ahead) ahead
where not h.is_new
group by e.worker_pk, e.start_on;

-- name: note_gone
-- Before workers are merged: of whoever had vanished, waited to be confirmed or had another number in their place, and of
-- whom all that is told is still to come, or was over before it, an employment that had begun ended as they were missing.
update employment e set gone_at = coalesce(w.vanished_at, w.missing_since)
from ({listed_instead}) told join worker w using (worker_pk)
where (w.vanished_at is not null or w.superseded or w.judged_read_id is not null) and told.is_ahead and not told.is_instead
    and e.worker_pk = w.worker_pk and e.start_on is not distinct from told.start_on and e.gone_at is null and coalesce(
        e.start_on::timestamp at time zone coalesce(e.zone, 'UTC') <= coalesce(w.vanished_at, w.missing_since),
        e.status <> 'future');

-- name: merge_workers
-- Workers that were known; nothing is written where nothing changed. Of whom something couldn't be kept, there is no
-- digest (the same without it would be another thing to tell), and what the read leaves blank stands.
update worker w
set id_space = %(id_space)s, name = n.name, manager = n.manager, location = n.location,
    in_complete_read = w.in_complete_read or %(complete)s, missing_since = null, judged_read_id = null,
    vanished_at = null, superseded = false, digest = n.digest, observed_at = %(observed_at)s
from (
    select distinct on (h.worker_pk) h.worker_pk,
        case when s.name = '' and h.worker_id = any (%(untold)s) then o.name else s.name end as name,
        case when s.manager = '' and h.worker_id = any (%(untold)s) then o.manager else s.manager end as manager,
        case when s.location = '' and h.worker_id = any (%(untold)s) then o.location else s.location end as location,
        case when %(complete)s and h.worker_id <> all (%(untold)s) then s.digest end as digest
    from s_worker s join here_worker h using (worker_id) join worker o using (worker_pk)
    where not h.is_new
    order by h.worker_pk, s.rank, s.start_on desc nulls last, s.ord) n
where w.worker_pk = n.worker_pk and (
    (w.id_space, w.name, w.manager, w.location, w.in_complete_read or %(complete)s, w.superseded, w.digest)
    is distinct from (%(id_space)s, n.name, n.manager, n.location, w.in_complete_read, false, n.digest)
    or w.missing_since is not null);

-- name: merge_employments
-- Those of workers that were known. Told twice in two ways, the one that says "still here" counts. A day in the past
-- stands when HR blanks it. One without a first day that had begun stands until the one to come on no day has begun.
insert into employment as e (worker_pk, start_on, status, circumstance, last_working_on, end_on, zone, type,
    told_left_at)
select distinct on (h.worker_pk, s.start_on)
    h.worker_pk, s.start_on, s.status, s.circumstance, coalesce(s.last_working_on, o.last_working_on),
    coalesce(s.end_on, o.end_on), s.zone, s.type,
    case when s.status = 'left' and coalesce(s.last_working_on, s.end_on, o.last_working_on, o.end_on) is null
        then %(as_of)s::timestamptz end
from s_employment s
join here_worker h on h.worker_id = s.worker_id and not h.is_new
left join employment o on o.worker_pk = h.worker_pk and o.start_on is not distinct from s.start_on
    and o.status = 'left' and coalesce(o.last_working_on, o.end_on) < (%(as_of)s::timestamptz)::date
    and s.status = 'left' and s.last_working_on is null and s.end_on is null
order by h.worker_pk, s.start_on, array_position(array['active', 'leave', 'future', 'left'], s.status),
    coalesce(s.last_working_on, s.end_on) desc nulls first, s.last_working_on is null, s.end_on desc nulls last,
    s.circumstance, coalesce(s.zone, '')
on conflict (worker_pk, start_on) do update
set ({employment_said}) = row({excluded.employment_said}), gone_at = null,
    told_left_at = case when excluded.told_left_at is not null then coalesce(e.told_left_at, excluded.told_left_at) end
where (e.gone_at, {e.employment_said}) is distinct from (null, {excluded.employment_said})
    and not (excluded.start_on is null and excluded.status = 'future' and e.status <> 'future');

-- name: drop_employments
-- After a complete read: what is no longer told and never ended was a correction. An ended one stays as evidence,
-- and all of whoever has a record that couldn't be read. One that had begun goes on where all that is told instead is
-- still to come, or was over before it: a contract that was renewed ahead, or a mistyped first day, ends nothing. Such a
-- worker has no digest, since it goes once the other has begun. It had begun only if it
-- began by the day of the read before: a hire that is put off on its first day never began.
with read_before as (
    select coalesce(max(r.as_of), %(as_of)s::timestamptz)::date as day
    from roster_read d join run r using (run_id)
    where d.roster = %(roster)s and d.read_id <> %(read_id)s and d.status in ('complete', 'partial')
), untold as materialized (
    select e.worker_pk, e.start_on,
        coalesce(e.start_on <= read_before.day, e.status <> 'future') and told.is_ahead and not told.is_instead as goes_on
    from read_before cross join (select (%(as_of)s::timestamptz)::date as today) run
    cross join ({listed_instead}) told
    join employment e on e.worker_pk = told.worker_pk and e.start_on is not distinct from told.start_on
    join here_worker h on h.worker_pk = e.worker_pk
    where h.worker_id <> all (%(records_untold)s) and not told.is_told
        and case when e.status = 'left' then coalesce(e.last_working_on, e.end_on) >= run.today
            else e.last_working_on is null or e.last_working_on >= run.today end
), corrected as (
    delete from employment e using untold u
    where u.worker_pk = e.worker_pk and u.start_on is not distinct from e.start_on and u.goes_on is not true
)
update worker w set digest = null from untold u where u.worker_pk = w.worker_pk and u.goes_on and w.digest is not null;

-- name: drop_mistaken_keys
-- Before a complete read is merged: a value that a worker lost within the last week and has again was given to others of
-- the roster by a mistake of the feed (a column shifted by a row). Kept as evidence, each account that has it would be in
-- dispute for good. The first value of its kind that a worker ever had stays: a newcomer may really have been given it.
delete from worker_key k
using s_worker_key s
join worker w on w.roster = %(roster)s and w.worker_id = s.worker_id
join worker_key o on o.worker_pk = w.worker_pk and (o.kind, o.value, o.space) = (s.kind, s.value, s.space),
    worker other
where s.origin = 'current' and s.kind <> 'number'
    and o.valid_to > %(observed_at)s::timestamptz - interval '7 days'
    and (k.kind, k.value, k.space) = (o.kind, o.value, o.space) and k.valid_from >= o.valid_to
    and other.worker_pk = k.worker_pk and other.roster = %(roster)s and other.worker_id <> all (%(untold)s)
    -- The others' values in this read, and those of workers who were ticked off.
    and not exists (
        select from s_worker_key t
        where t.worker_id = other.worker_id and t.kind = k.kind and t.value = k.value and t.space = k.space)
    and (k.valid_to is not null or k.worker_pk not in (select m.worker_pk from s_same_worker m))
    and exists (
        select from worker_key own
        where own.worker_pk = k.worker_pk and own.kind = k.kind and own.valid_from < k.valid_from);
-- The same of a partial read, which takes nothing from its owner.
delete from worker_key k
using here_worker h
join worker other using (worker_pk), worker_key o
join worker owner using (worker_pk)
where other.keys_mixed and k.worker_pk = h.worker_pk and k.kind <> 'number' and k.valid_to is null
    and h.worker_id <> all (%(untold)s)
    and not exists (
        select from s_worker_key t
        where t.worker_id = h.worker_id and t.kind = k.kind and t.value = k.value and t.space = k.space)
    and (o.kind, o.value, o.space) = (k.kind, k.value, k.space) and o.worker_pk <> k.worker_pk
    and o.origin = 'current' and o.valid_to is null and o.valid_from < k.valid_from
    and k.valid_from > %(observed_at)s::timestamptz - interval '7 days'
    and owner.roster = %(roster)s and (o.worker_pk in (select m.worker_pk from s_same_worker m) or exists (
        select from s_worker_key t
        where t.worker_id = owner.worker_id and t.kind = o.kind and t.value = o.value and t.space = o.space))
    and exists (
        select from worker_key own
        where own.worker_pk = k.worker_pk and own.kind = k.kind and own.valid_from < k.valid_from);

-- name: merge_worker_keys
-- What the feed tells of known workers' ids, mails and logins. MERGE, since ON CONFLICT would lock, and so write, each
-- row that stays as it is.
merge into worker_key k
using (
    select distinct on (h.worker_pk, s.kind, s.value, s.space)
        h.worker_pk, s.kind, s.value, s.loose, s.space, s.origin, s.raw
    from s_worker_key s join here_worker h using (worker_id)
    where not h.is_new
    order by h.worker_pk, s.kind, s.value, s.space, s.origin, s.raw) n
on k.worker_pk = n.worker_pk and k.kind = n.kind and k.value = n.value and k.space = n.space
when matched and ((k.loose, k.origin, k.raw) is distinct from (n.loose, n.origin, n.raw) or k.valid_to is not null)
    then update set loose = n.loose, origin = n.origin, raw = n.raw, valid_to = null
when not matched then insert (worker_pk, kind, value, loose, space, origin, raw, valid_from)
    values (n.worker_pk, n.kind, n.value, n.loose, n.space, n.origin, n.raw, %(observed_at)s);

-- name: close_worker_keys
-- After a complete read: a value no longer told has ended, and stays as evidence. What this read brought needs no look;
-- of whom a value couldn't be kept, nothing has ended.
update worker_key k
set valid_to = %(observed_at)s, origin = 'former'
from here_worker h
where h.worker_pk = k.worker_pk and not h.is_new and k.valid_to is null and k.valid_from < %(observed_at)s
    and h.worker_id <> all (%(untold)s)
    and not exists (
        select from s_worker_key s
        where s.worker_id = h.worker_id and s.kind = k.kind and s.value = k.value and s.space = k.space);

-- name: note_mixed_keys
-- Workers whose present mails and logins come from several reads: a partial read may have added another worker's. Or a
-- partial read gives them a mail or login that another worker holds by an earlier read and does not list with this one.
with mixed as (
    select distinct h.worker_pk
    from here_worker h join worker_key k using (worker_pk)
    where not h.is_new and k.kind in ('mail', 'login') and k.origin = 'current' and k.valid_to is null and not exists (
        select from s_worker_key s
        where s.worker_id = h.worker_id and s.kind = k.kind and s.value = k.value and s.space = k.space)
    union
    select h.worker_pk
    from here_worker h join s_worker_key s using (worker_id)
    join worker_key o on (o.kind, o.value, o.space) = (s.kind, s.value, s.space) and o.worker_pk <> h.worker_pk
    join worker other on other.worker_pk = o.worker_pk
    where not %(complete)s and not h.is_new and s.kind in ('mail', 'login') and s.origin = 'current'
        and o.origin = 'current' and o.valid_to is null and other.roster = %(roster)s
        and o.worker_pk not in (select m.worker_pk from s_same_worker m) and not exists (
            select from s_worker_key t
            where t.worker_id = other.worker_id and t.kind = o.kind and t.value = o.value and t.space = o.space)
)
update worker w set keys_mixed = m.worker_pk is not null
from here_worker h left join mixed m using (worker_pk)
where h.worker_pk = w.worker_pk and w.keys_mixed <> (m.worker_pk is not null);

-- name: mark_missing
-- Who isn't in this read and was in an earlier one; whose record couldn't be read is in it.
update worker w set missing_since = %(as_of)s, observed_at = %(observed_at)s
where w.roster = %(roster)s and w.missing_since is null
    and w.worker_id <> all (%(records_untold)s)
    and not exists (select from s_worker s where s.worker_id = w.worker_id)
    and not exists (select from s_same_worker s where s.worker_id = w.worker_id);

-- name: mark_superseded
-- Missing from a complete read, and the previous one of another worker who is listed and came with it: a change of number.
-- Not where several name it, nor where a row that had been there names it of late. One roster's, or every one's.
update worker w set superseded = true
where w.missing_since is not null and not w.superseded and w.roster = coalesce(%(roster)s::text, w.roster)
    and (%(roster)s::text is not null or w.judged_read_id is not null)
    and exists (
        select from worker_key old
        join worker_key new on new.kind = 'number' and new.value = old.value and new.space = old.space
            and new.origin = 'former' and new.valid_to is null and new.worker_pk <> old.worker_pk
        join worker here on here.worker_pk = new.worker_pk and here.missing_since is null
        join worker_key self on self.worker_pk = new.worker_pk and self.kind = 'number' and self.space = new.space
            and self.origin = 'current' and self.valid_to is null and self.valid_from >= new.valid_from
        where old.worker_pk = w.worker_pk and old.kind = 'number' and old.origin = 'current' and not exists (
            select from worker_key another join worker_key theirs using (worker_pk, kind, space)
            where kind = 'number' and another.value = old.value and space = old.space
                and another.origin = 'former' and another.valid_to is null
                and theirs.origin = 'current' and theirs.valid_to is null and theirs.value <> self.value));

-- name: forget_unaccepted
-- Whom only a read told of that the guard held for its length (the file of another company, another column's numbers), and
-- who is gone with it, was never here: neither a leaver, nor at work, nor anybody else's namesake. They came with the first
-- such read, and are gone now that those are back whom it lacked: whoever came later, or goes while they are still missing,
-- was hired meanwhile. A worker stays who came with the previous number of a worker known before that file,
-- while the latter is missing: it is the same person under another number.
with held as (
    select min(r.as_of) as as_of, min((n ->> 'bound')::int) as bound
    from guard_hold h join guard_accepted a on a.kind = 'roster' and a.name = h.name
    join run r on r.run_id = h.opened_run and r.as_of > a.as_of
    cross join jsonb_array_elements(h.numbers) n
    where h.kind = 'roster' and h.name = %(roster)s and h.status in ('waiting', 'rejected')
        and n ->> 'measure' in ('inferred', 'workers')
), ghost as (
    select w.worker_pk from worker w join held on w.first_told_at = held.as_of
    where w.roster = %(roster)s and w.missing_since is not null and held.bound >= (
        select count(*) from worker o
        where o.roster = w.roster and o.first_told_at < held.as_of and o.missing_since >= held.as_of)
        and not exists (
            select from worker_key previous
            join worker_key own using (kind, value, space) join worker before on before.worker_pk = own.worker_pk
            where previous.worker_pk = w.worker_pk and kind = 'number' and previous.origin = 'former'
                and own.origin = 'current' and before.superseded and before.first_told_at < held.as_of)
), keys as (
    delete from worker_key k using ghost g where k.worker_pk = g.worker_pk
), jobs as (
    delete from employment e using ghost g where e.worker_pk = g.worker_pk returning e.worker_pk
)
select count(distinct worker_pk)::int from jobs;

-- name: infer_vanished
-- Who is missing, was at work or about to begin, and hasn't been judged: no more than the bound are taken to have left,
-- by worker id. The others wait, as does whoever no complete read ever held; they don't count again. A retry of the
-- same read goes on where it was.
with gone as (
    select w.worker_pk, w.worker_id, w.judged_read_id, w.vanished_at, w.in_complete_read
    from worker w
    where w.roster = %(roster)s and w.missing_since is not null and not w.superseded
        and exists (
            select from employment e
            where e.worker_pk = w.worker_pk and case
                when e.status = 'future' and coalesce(e.start_on >= (%(as_of)s::timestamptz)::date - 1, true) then true
                when e.status = 'left' then coalesce(e.last_working_on, e.end_on) >= (%(as_of)s::timestamptz)::date - 1
                else e.last_working_on is null or e.last_working_on >= (%(as_of)s::timestamptz)::date - 1 end)
), before as (
    select (select count(*) from worker w
            where w.roster = %(roster)s and w.judged_read_id = %(read_id)s and w.vanished_at is not null) as inferred,
        (select count(*) from gone where judged_read_id is not null and vanished_at is null) as waiting
), newly as (
    select worker_pk, in_complete_read and
        row_number() over (partition by in_complete_read order by worker_id) <= %(bound)s - before.inferred as goes
    from gone cross join before where judged_read_id is null and vanished_at is null
), judged as (
    update worker w
    set judged_read_id = %(read_id)s, vanished_at = case when n.goes then %(as_of)s::timestamptz end
    from newly n where n.worker_pk = w.worker_pk
    returning w.vanished_at
)
select (before.inferred + (select count(*) from judged where vanished_at is not null))::int as inferred,
    (before.waiting + (select count(*) from judged where vanished_at is null))::int as waiting
from before;

-- name: finish_roster_read
-- What came of the read.
update roster_read
set finished_at = now(), status = %(status)s, proved = %(proved)s, origin = %(origin)s, dated_at = %(dated_at)s,
    digest = case when %(status)s = 'failed' and came_again then digest else %(digest)s end,
    records = %(records)s, workers = %(workers)s, problems = %(problems)s, error = %(error)s,
    only_short = %(only_short)s, came_again = case %(status)s when 'failed' then came_again else %(came_again)s end, inferred = %(inferred)s, waiting = %(waiting)s
where read_id = %(read_id)s;

-- name: acceptable_read
-- A read that a person may accept, if it still is the roster's last.
select r.read_id, r.status, r.only_short, r.came_again, r.waiting, r.workers, r.accepted_at is not null as accepted,
    not exists (select from roster_read n where n.roster = r.roster and n.read_id > r.read_id
        and n.status in ('complete', 'partial')) as is_last
from roster_read r
where r.run_id = %(run_id)s and r.roster = %(roster)s;

-- name: accept_read
-- A person says that the feed really is that short, or that those who wait really left; or that an older file is right,
-- of which nothing has been taken yet.
update roster_read
set status = case when came_again then status else 'complete' end, only_short = false, waiting = 0, accepted_at = now(), accepted_by = %(author)s,
    accepted_for = %(reason)s
where read_id = %(read_id)s
returning read_id;

-- name: infer_accepted
-- Everyone who is missing up to the accepted read, without a bound.
update worker w set vanished_at = w.missing_since, judged_read_id = %(read_id)s, in_complete_read = true
where w.roster = %(roster)s and w.missing_since is not null and w.vanished_at is null and not w.superseded
    and exists (
        select from employment e
        where e.worker_pk = w.worker_pk and case
            when e.status = 'future' and coalesce(e.start_on >= w.missing_since::date - 1, true) then true
            when e.status = 'left' then coalesce(e.last_working_on, e.end_on) >= w.missing_since::date - 1
            else e.last_working_on is null or e.last_working_on >= w.missing_since::date - 1 end);
