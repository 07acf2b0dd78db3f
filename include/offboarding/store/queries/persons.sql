-- name: same_person
-- Pairs of persons that turn out to be one: by an id, or by present mail and login together.
with k as (
    select w.person_uid, w.worker_pk, key.kind, key.value, key.space, key.origin
    from worker_key key join worker w using (worker_pk)
    where key.kind in ('number', 'mail', 'login') and (key.kind = 'number' or key.valid_to is null)
        and not exists (select from placeholder p where p.value = key.value)
        and key.value !~ '^0*$'
), by_number as (
    select a.person_uid as one, b.person_uid as other, 'the same worker id ' || a.value as evidence
    from k a join k b on b.kind = 'number' and b.value = a.value and b.space = a.space and b.person_uid > a.person_uid
    where a.kind = 'number'
), by_mail as (
    select a.worker_pk as a_pk, b.worker_pk as b_pk, a.person_uid as one, b.person_uid as other
    from k a join k b on b.kind = 'mail' and b.value = a.value and b.person_uid > a.person_uid
        and b.origin = 'current'
    where a.kind = 'mail' and a.origin = 'current'
), by_mail_and_login as (
    select m.one, m.other, 'the same present mail and login' as evidence
    from by_mail m
    join k a on a.worker_pk = m.a_pk and a.kind = 'login' and a.origin = 'current'
    join k b on b.worker_pk = m.b_pk and b.kind = 'login' and b.origin = 'current'
        and b.value = a.value and b.space = a.space
)
select distinct on (one, other) one, other, evidence
from (select * from by_number union all select * from by_mail_and_login) pairs
order by one, other, evidence;

-- name: lock_persons
-- In the order of their ids, so that no two runs wait for each other.
select person_uid, first_seen_at from person where person_uid = any(%(uids)s) order by person_uid for update;

-- name: merge_alias
-- The newer person is the older one under another name.
insert into person_alias (alias_uid, person_uid, merged_at, evidence)
values (%(alias)s, %(keeper)s, %(as_of)s, %(evidence)s);

-- name: move_aliases
update person_alias set person_uid = %(keeper)s where person_uid = %(alias)s;

-- name: move_workers
update worker set person_uid = %(keeper)s where person_uid = %(alias)s;

-- name: end_departures_of_alias
update departure set valid_to = %(as_of)s, ended_because = 'merged' where person_uid = %(alias)s and valid_to is null;

-- name: end_links_of_alias
update link set valid_to = now() where person_uid = %(alias)s and valid_to is null;

-- name: move_decisions
-- A person's decisions go with the person; one that the keeper has already stays with the alias, revoked.
update link_decision d set person_uid = %(keeper)s
where d.person_uid = %(alias)s and d.revoked_at is null and not exists (
    select from link_decision k where k.person_uid = %(keeper)s and k.revoked_at is null
        and k.realm = d.realm and k.native_id = d.native_id);

-- name: findings_of_alias
select finding_key, rule, realm, subject_kind, subject_native_id, account_native_id, episode
from finding where person_uid = %(alias)s order by finding_key for update;

-- name: move_finding
-- Where the keeper has the same finding already, the alias's stays as it was.
update finding f set person_uid = %(keeper)s, match_key = %(match_key)s
where f.finding_key = %(finding_key)s and not exists (select from finding o where o.match_key = %(match_key)s);

-- name: move_tickets
update ticket t set holder = %(keeper)s::text
where t.holder = %(alias)s::text and not exists (
    select from ticket o where o.holder = %(keeper)s::text and o.kind = t.kind and o.queue = t.queue
        and o.episode = t.episode and o.generation = t.generation);

-- name: make_employment_span
-- When each employment began and ended, and what it is at as_of: active, future, lapsed, vanished, left.
create temp table employment_span as
with told as (
    select w.person_uid, w.worker_pk, w.worker_id, w.id_space, w.roster, w.superseded, w.vanished_at, r.coverage,
        r.configured, e.start_on, e.status, e.last_working_on, e.end_on, e.zone, e.type, e.told_left_at,
        coalesce(e.zone, %(zone)s) as zone_used,
        case when e.status = 'left' then coalesce(e.last_working_on, e.end_on) else e.last_working_on end as left_on
    from employment e join worker w using (worker_pk) join roster r on r.name = w.roster
), timed as (
    select t.*,
        t.start_on::timestamp at time zone t.zone_used as started_at,
        (t.left_on + 1)::timestamp at time zone t.zone_used as left_at,
        greatest((t.left_on + 1)::timestamp at time zone t.zone_used,
            case when t.zone is null then (t.left_on + 1)::timestamp at time zone 'Etc/GMT+12' end) as certain_at,
        (t.end_on + 1)::timestamp at time zone t.zone_used as ended_at,
        greatest((t.end_on + 1)::timestamp at time zone t.zone_used,
            case when t.zone is null then (t.end_on + 1)::timestamp at time zone 'Etc/GMT+12' end) as ended_certain_at
    from told t
), judged as (
    select t.*,
        case
            when t.status = 'left' and t.left_on is null then 'left'
            when t.status = 'left' then case when t.certain_at <= %(as_of)s then 'left' else 'active' end
            when t.status = 'future' then
                case when t.started_at is null or t.started_at > %(as_of)s then 'future' else 'active' end
            when t.certain_at <= %(as_of)s then 'left'
            when t.ended_certain_at <= %(as_of)s then 'lapsed'
            when t.started_at > %(as_of)s then 'future'
            else 'active'
        end as outcome
    from timed t
)
select j.person_uid, j.worker_pk, j.worker_id, j.id_space, j.roster, j.coverage, j.start_on, j.type, j.status,
    j.last_working_on, j.end_on, j.zone, j.zone_used, j.started_at,
    case
        when j.outcome in ('active', 'lapsed') and j.vanished_at is not null then 'vanished'
        when j.outcome <> 'left' and (j.superseded or not j.configured or j.vanished_at is not null) then 'void'
        else j.outcome
    end as outcome,
    case
        when j.outcome = 'left' then coalesce(j.left_at, j.told_left_at)
        when j.outcome in ('active', 'lapsed') and j.vanished_at is not null then j.vanished_at
        when j.outcome = 'lapsed' then j.ended_at
    end as left_at,
    case
        when j.outcome = 'left' then coalesce(j.certain_at, j.told_left_at)
        when j.outcome in ('active', 'lapsed') and j.vanished_at is not null then j.vanished_at
        when j.outcome = 'lapsed' then j.ended_certain_at
    end as certain_at,
    case when j.outcome = 'left' then j.left_on when j.outcome = 'lapsed' then j.end_on end as left_on,
    coalesce(j.left_at, j.ended_at) as over_at
from judged j;
create index on employment_span (person_uid);
analyze employment_span;

-- name: make_person_state
-- Who has left, who came back, by whose word; a row a person.
create temp table person_state as
with spans as (
    select s.*,
        outcome = 'active' or (
            outcome = 'future' and started_at <= %(as_of)s + make_interval(days => %(pre_start_days)s)
            and exists (select from employment_span o
                where o.person_uid = s.person_uid and o.outcome in ('left', 'lapsed', 'vanished'))
        ) as here
    from employment_span s
), person_here as (
    select person_uid, bool_or(here) as here, bool_or(outcome = 'lapsed') as lapsed,
        bool_or(outcome = 'vanished' and coverage <> 'active') as vanished_full
    from spans group by person_uid
), ended as (
    select s.*, p.here as person_here,
        case when s.outcome = 'left' then 'actual' when s.outcome = 'lapsed' then 'planned' else 'inferred' end as basis
    from spans s join person_here p using (person_uid)
    where s.outcome in ('left', 'lapsed', 'vanished')
        and case
            -- Works here: only an employment that was over before a present one began makes somebody a returner.
            when p.here then s.outcome = 'left' and exists (
                select from spans h where h.person_uid = s.person_uid and h.here and h.started_at >= s.left_at)
            when p.lapsed then s.outcome = 'lapsed'
            when p.vanished_full then s.outcome = 'vanished' and s.coverage <> 'active'
            -- Vanished from a list of who works here, and dated by another feed: the date is the better word.
            else s.outcome = 'left' or not exists (
                select from spans l where l.person_uid = s.person_uid and l.outcome = 'left'
                    and l.left_at >= s.started_at)
        end
)
select distinct on (person_uid) person_uid, person_here as returned, left_at, certain_at, left_on, zone_used as zone,
    basis, basis = 'actual' or (basis = 'inferred' and coverage = 'active') as confirmed, roster, worker_pk,
    case basis
        when 'actual' then 'status ' || status || coalesce(', last working day ' || last_working_on, '')
            || coalesce(', end ' || end_on, '')
            || case when left_on is null then ', no day given: first told on ' || (left_at at time zone 'UTC')::date else '' end
        when 'planned' then 'planned end ' || end_on || ', and the roster still says ' || status
        else 'no longer listed since the read of ' || (left_at at time zone zone_used)::date
    end || case when zone is null then ' (zone unknown: ' || zone_used || ' is taken)' else '' end as told
from ended
order by person_uid, left_at desc, worker_pk;
create unique index on person_state (person_uid);
analyze person_state;

-- name: make_possibly_one
-- Pairs of persons who may be one: one present mail, and one employment starts near the other's end.
create temp table possibly_one as
with mail as (
    select distinct w.person_uid, w.worker_pk, key.value
    from worker_key key join worker w using (worker_pk)
    where key.kind = 'mail' and key.origin = 'current' and key.valid_to is null
        and not exists (select from placeholder p where p.value = key.value) and key.value !~ '^0*$'
)
select distinct a.person_uid, b.person_uid as other_uid
from mail a join mail b on b.value = a.value and b.person_uid <> a.person_uid
where exists (
    select from employment_span ended, employment_span began
    where (ended.person_uid, began.person_uid) in ((a.person_uid, b.person_uid), (b.person_uid, a.person_uid))
        and coalesce(ended.left_on, ended.last_working_on, ended.end_on) is not null and began.start_on is not null
        and abs(began.start_on - coalesce(ended.left_on, ended.last_working_on, ended.end_on)) <= %(possibly_one_days)s);

-- name: end_departures
-- Departures that no longer stand as they were told.
update departure d
set valid_to = %(as_of)s,
    ended_because = case
        when s.person_uid is null then 'withdrawn'
        when s.returned and not d.returned then 'returned'
        else 'changed' end
from departure o left join person_state s on s.person_uid = o.person_uid
where d.departure_id = o.departure_id and o.valid_to is null
    and (s.person_uid is null
        or (s.returned, s.left_at, s.certain_at, s.left_on, s.zone, s.basis, s.confirmed, s.roster, s.told)
        is distinct from (o.returned, o.left_at, o.certain_at, o.left_on, o.zone, o.basis, o.confirmed, o.roster, o.told));

-- name: raise_episodes
-- Whoever came back and left again begins a new episode.
update person p set episode = p.episode + 1
from person_state s
where s.person_uid = p.person_uid and not s.returned
    and not exists (select from departure d where d.person_uid = p.person_uid and d.valid_to is null)
    and (select d.returned from departure d where d.person_uid = p.person_uid order by d.departure_id desc limit 1);

-- name: begin_departures
-- Departures as they stand now.
insert into departure (person_uid, episode, returned, left_at, certain_at, left_on, zone, basis, confirmed, roster,
    worker_pk, told, valid_from)
select s.person_uid, p.episode, s.returned, s.left_at, s.certain_at, s.left_on, s.zone, s.basis, s.confirmed, s.roster,
    s.worker_pk, s.told, %(as_of)s
from person_state s join person p using (person_uid)
where not exists (select from departure d where d.person_uid = s.person_uid and d.valid_to is null);
