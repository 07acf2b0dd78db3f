-- name: doubt_confirmations
-- Confirmations by a read that no night accepted: the guard held the roster, or no night has looked at it yet. The feed says
-- no longer that the person left, so the notice outranks it again.
update notice n set confirmed_at = null
where n.confirmed_at is not null and n.ended_at is null and not exists (
    select from feed_state s where s.person_uid = n.person_uid and not s.returned and s.confirmed and s.basis <> 'away')
    and not exists (
        select from counted_run r
        where r.kind = 'nightly' and r.finished_at is not null and r.as_of >= n.confirmed_at and not exists (
            select from guard_hold h join worker w on w.roster = h.name
            where h.kind = 'roster' and h.status <> 'released' and w.person_uid = n.person_uid
                and r.run_id between h.opened_run and h.last_run))
returning n.notice_id;

-- name: end_served
-- Notices that HR's feed confirmed, of people who work here again by its word.
update notice n set ended_at = %(as_of)s, ended_by = 'the roster', ended_for = 'works here again'
where n.confirmed_at is not null and n.ended_at is null and not exists (
    select from feed_state s where s.person_uid = n.person_uid and not s.returned and s.confirmed and s.basis <> 'away')
returning n.notice_id;

-- name: confirm_notices
-- HR's feed says so itself now. Of a last moment to come it can't: who has left by then may be back before it.
update notice n set confirmed_at = %(as_of)s
from feed_state s
where s.person_uid = n.person_uid and n.confirmed_at is null and n.ended_at is null and n.left_at <= %(as_of)s
    and not s.returned and s.confirmed and s.basis <> 'away'
returning n.notice_id;

-- name: make_person_state
-- Who has left, who came back, by whose word; a row a person. A notice outranks the feed until the feed confirms it. A
-- day that HR gives is the better word then, but for the moment on it, and for a feed that tells by its silence.
create temp table person_state as
with noticed as (
    select distinct on (n.person_uid) n.person_uid, n.notice_id, n.left_at, n.zone, n.confirmed_at,
        ((n.left_at - interval '1 microsecond') at time zone n.zone)::date as left_on
    from notice n
    where n.ended_at is null and n.left_at <= %(as_of)s
    order by n.person_uid, n.confirmed_at is not null, n.left_at, n.notice_id
), outranking as (
    select distinct on (n.person_uid) n.person_uid, n.notice_id, n.left_at, n.left_on, n.zone, w.roster, w.worker_pk
    from noticed n
    join worker w using (person_uid)
    left join feed_state s using (person_uid)
    where n.confirmed_at is null or s.basis <> 'actual'
    order by n.person_uid, w.superseded, w.missing_since is not null, w.worker_pk
)
select s.person_uid, s.returned, coalesce(n.left_at, s.left_at) as left_at, coalesce(n.left_at, s.certain_at) as certain_at,
    s.left_on, s.zone, s.basis, s.confirmed, s.roster, s.worker_pk,
    s.told || coalesce('; at that moment by notice ' || n.notice_id, '') as told, s.circumstance
from feed_state s
left join noticed n on n.person_uid = s.person_uid and n.confirmed_at is not null and s.basis = 'actual'
    and n.left_on = s.left_on and n.left_at < s.left_at
where not exists (select from outranking o where o.person_uid = s.person_uid)
union all
select person_uid, false, left_at, left_at, left_on, zone, 'notice', true, roster, worker_pk, 'notice ' || notice_id,
    ''
from outranking;
create unique index on person_state (person_uid);
analyze person_state;

-- name: lock
-- One hand on notices at a time, so that a person has one that stands.
lock table notice in share row exclusive mode;

-- name: insert_notice
insert into notice (notice_id, person_uid, left_at, zone, reason, author, warn_at)
values (%(notice_id)s, %(person_uid)s, %(left_at)s, %(zone)s, %(reason)s, %(author)s,
    greatest(now(), %(left_at)s::timestamptz) + make_interval(days => %(max_days)s))
on conflict do nothing
returning notice_id;

-- name: notices
-- What people told before HR did, newest first: of one person, of one id, or all.
select n.notice_id, n.person_uid::text, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, n.left_at, n.zone, n.reason, n.author, n.made_at, n.warn_at,
    n.confirmed_at, n.ended_at, n.ended_by, n.ended_for
from notice n join person p using (person_uid)
left join worker w on w.worker_pk = p.shown_worker_pk
where (%(notice_id)s::text is null or n.notice_id = %(notice_id)s)
    and (%(person_uid)s::uuid is null or n.person_uid = %(person_uid)s)
order by n.made_at desc, n.notice_id;

-- name: end_notice
update notice set ended_at = now(), ended_by = %(author)s, ended_for = %(reason)s
where notice_id = %(notice_id)s and ended_at is null
returning notice_id;

-- name: notices_then
-- Notices that stood when a run ended and that HR's feed hadn't confirmed: how long, and whether that is too long.
with until as (
    select r.as_of, coalesce(r.finished_at, clock_timestamp()) as at from run r where r.run_id = %(run_id)s
)
select n.notice_id, n.person_uid::text, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, n.left_at, u.as_of >= n.warn_at as late
from until u cross join notice n join person p using (person_uid)
left join worker w on w.worker_pk = p.shown_worker_pk
where n.made_at <= u.at and (n.ended_at is null or n.ended_at > u.at)
    and (n.confirmed_at is null or n.confirmed_at > u.as_of)
order by n.left_at, n.notice_id;

-- name: same_people_then
-- Records that turned out in a run to be somebody's who was known already, and by what.
select p.id_space || ':' || p.worker_id as record, w.id_space || ':' || w.worker_id as known_as, a.evidence
from run r
join person_alias a on a.merged_at = r.as_of
join person p on p.person_uid = a.alias_uid
join person k on k.person_uid = a.person_uid
join worker w on w.worker_pk = k.shown_worker_pk
where r.run_id = %(run_id)s and r.kind <> 'release'
order by record;
