-- What an evidence pack holds of a period, which begins at %(begins)s and has ended by %(ends)s.

-- name: one_look
-- Every file of a pack is of one moment.
set transaction isolation level repeatable read read only;

-- name: last_night
-- By which night the pack is judged.
select run_id, as_of, reads_since from counted_run where kind = 'nightly' and finished_at is not null
order by as_of desc, run_id desc limit 1;

-- name: purges
-- How many words of decisions were forgotten, and when that was last done.
select count(*)::int as words, max(at) as last_at from finding_event where actor = 'purge';

-- name: leaver
-- Departures of the period, each as it was told last.
select * from (
    select distinct on (person_uid, episode) * from departure order by person_uid, episode, departure_id desc) d
where d.basis <> 'away' and d.left_at >= %(begins)s and d.left_at < %(ends)s

-- name: leavers
-- Whom the period's departures are about. `departed`: they stand, whether or not who left is back by now; null where that
-- waits for somebody's word, or the guard doesn't let it through. A denial counts from its moment, though the next run
-- alone ends the departure.
select d.departure_id::text as departure, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, coalesce(w.name, '') as name, d.episode, d.left_at, d.left_on, d.zone,
    d.basis, d.confirmed, d.roster, d.told, case when d.valid_to is not null or d.certain_at > %(as_of)s
            or k.verdict = 'deny' and k.until > %(as_of)s then false
        when d.confirmed and d.departure_id not in ({guard:waiting_departures}
        ) then true end as departed,
    d.returned, d.valid_to as withdrawn_at, d.ended_because as withdrawn_because, k.verdict as word, k.author as word_by,
    k.decided_at as word_at, k.until as word_until
from ({leaver}
) d
join person p using (person_uid) left join worker w on w.worker_pk = p.shown_worker_pk
left join lateral (
    select o.verdict, o.author, o.decided_at, o.until from departure_word o
    where o.person_uid = d.person_uid and o.basis = d.basis and o.left_at = d.left_at order by o.word_id desc limit 1) k
    on true
order by d.left_at, id_space, worker_id, d.departure_id;

-- name: things
-- What they held from their departure on, by links and with what the last read of it said. What the last night didn't read
-- isn't known to work; what was seen dead was seen then; of what stands on a list nobody was asked.
with leaver as ({leaver}
), held as (
    select distinct on (d.departure_id, l.account_pk, l.relation) d.departure_id, d.person_uid, d.left_at, l.account_pk,
        l.relation, l.decision, l.valid_from, l.valid_to
    from leaver d join link l using (person_uid)
    where l.relation <> 'created' and l.decision <> 'candidate' and (l.valid_to is null or l.valid_to >= d.left_at)
    order by d.departure_id, l.account_pk, l.relation, l.link_id desc
), thing as (
    select h.*, r.source, a.realm, a.kind, a.native_id, a.native_id as account, a.label, a.standing, a.standing_reason,
        a.gone_at, a.attested_at, a.observed_at, a.dead_since, a.last_seen_at
    from held h join account a using (account_pk) join realm r using (realm)
    union all
    select h.*, r.source, a.realm, c.kind, c.native_id, a.native_id, c.label, c.standing, c.standing_reason,
        coalesce(c.gone_at, a.gone_at), a.attested_at, c.observed_at,
        case when c.gone_at is not null or c.standing = 'dead' then c.dead_since else a.gone_at end, a.last_seen_at
    from held h join account a using (account_pk) join realm r using (realm) join credential c using (account_pk)
), seen as (
    select t.*, (
        select max(s.observed_at) from scope s
        where s.realm = t.realm and s.complete and s.kind = t.kind
            and s.scope = any(scopes_of(t.account, t.last_seen_at))) as last_whole_read_at
    from thing t
), judged as (
    select s.*, case when s.attested_at is not null then 'unknown' when s.gone_at is not null or s.standing = 'dead' then 'dead'
        when s.standing = 'works' and s.last_whole_read_at >= %(reads_since)s then 'works' else 'unknown' end as state
    from seen s
)
select j.departure_id::text as departure, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, j.left_at, j.source, j.realm, j.kind, j.native_id, j.account, j.label,
    j.relation, j.decision, j.valid_from as linked_from, j.valid_to as linked_to, j.state,
    case j.state when 'dead' then coalesce(j.gone_at, j.observed_at) when 'works' then j.last_whole_read_at end as seen_at,
    case j.state when 'dead' then nullif(j.dead_since, '-infinity') end as first_seen_dead_at,
    case when j.gone_at is null then j.standing_reason when j.attested_at is null then 'it no longer exists'
        else 'it no longer stands on the list' end as reason, j.last_whole_read_at,
    j.attested_at
from judged j join person p using (person_uid) left join worker w on w.worker_pk = p.shown_worker_pk
order by j.left_at, id_space, worker_id, j.departure_id, j.realm, j.account, j.kind, j.native_id, j.relation;

-- name: findings
-- What stood at any time of the period, and all that was found of its leavers. A key is dead since the last of its
-- verifiers refuses it.
select f.finding_key as finding, f.rule, f.severity, f.source, f.realm, f.roster, f.subject_kind, f.subject_native_id,
    f.subject_label, f.account_native_id as account, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, f.left_at, f.basis, f.used_after_departure, f.first_seen_at, f.due_at,
    f.state, (
        select e.to_state from finding_event e left join run r using (run_id)
        where e.finding_key = f.finding_key and coalesce(r.as_of, e.at) < %(ends)s order by e.seq desc limit 1)
        as state_at_end,
    f.standing, f.standing_reason, case when f.resolution = any(%(seen)s) then 'seen dead'
        when f.resolution = any(%(attested)s) then 'attested' when f.state = 'resolved' then 'otherwise' end as ended,
    f.resolution, f.resolved_at,
    nullif(case when f.resolution <> all(%(seen)s) or f.finding_key in ({findings:beside}) then null when f.subject_kind = a.kind then a.dead_since
        when c.gone_at is not null or c.standing = 'dead' then c.dead_since
        when c.account_pk is not null then a.gone_at
        when f.subject_kind in ('signing_key', 'shared_secret') then (
            select max(y.untrusted_since) from signing_key k join key_copy y using (key_pk)
            where k.material = f.subject_native_id and y.verifies) end, '-infinity') as first_seen_dead_at,
    f.reopened, t.tracker, t.ref, t.url, t.opened_at as ticket_opened_at,
    t.closed_at as ticket_closed_at
from finding f
left join person p on p.person_uid = f.person_uid left join worker w on w.worker_pk = p.shown_worker_pk
left join ticket t using (ticket_key)
left join account a on a.realm = f.realm and a.native_id = f.account_native_id
left join credential c
    on c.account_pk = a.account_pk and c.kind = f.subject_kind and c.native_id = f.subject_native_id
where (f.first_seen_at < %(ends)s and (f.resolved_at is null or f.resolved_at >= %(begins)s))
    or (f.person_uid, f.episode) in (select d.person_uid, d.episode from ({leaver}
) d)
order by f.first_seen_at, f.finding_key;

-- name: waivers
-- Exceptions and acknowledged gaps of the file or of a person at any time of the period. `waits`: it needs an approver's
-- decision that nobody has taken, and covers nothing.
select exception_id::text as waiver, kind, coalesce(finding, '') as finding, coalesce(space, '') as id_space,
    coalesce(worker, '') as worker_id, coalesce(source, '') as source, coalesce(part, '') as part,
    coalesce(roster, '') as roster, coalesce(account, '') as account, coalesce(rule, '') as rule,
    coalesce(queue, '') as queue, coalesce(covers, '') as covers, reason, approver, origin, valid_from, expires_at,
    valid_to as ended_at, ended_by, ended_for, needs_decision and not exists (
        select from exception_decision d where d.exception_id = exception.exception_id) as waits
from exception
where valid_from < %(ends)s and expires_at >= %(begins)s and (valid_to is null or valid_to >= %(begins)s)
order by exception_id;

-- name: decisions
-- What people decided that counted at any time of the period, or is about its leavers; exceptions and acknowledged gaps are
-- among the waivers. Words that were forgotten are empty. What is said once, and neither ends nor is taken back, is of its
-- moment alone.
with made as (
    select 'link_decision:' || decision_id as decision, 'link' as kind, decided_at, verdict as decided, person_uid, realm,
        native_id as account, null as finding, '' as about, null::timestamptz as left_at, author, reason,
        null::timestamptz as until, revoked_at as ended_at, revoked_by as ended_by, '' as ended_for,
        coalesce(revoked_at, 'infinity') as counted_to
    from link_decision
    union all
    select 'departure_word:' || word_id, 'departure', decided_at, verdict, person_uid, null, null, null, basis, left_at,
        author, reason, until, null, null, '', coalesce(until, decided_at)
    from departure_word
    union all
    select 'notice:' || notice_id, 'notice', made_at, 'leaves', person_uid, null, null, null, '', left_at, author, reason,
        null, ended_at, ended_by, ended_for, coalesce(ended_at, made_at)
    from notice
    union all
    select 'verdict:' || finding_key, 'verdict', v.decided_at, 'explained', f.person_uid, f.realm, f.account_native_id,
        finding_key, '', f.left_at, v.author, v.reason, null, null, null, '', v.decided_at
    from verdict v join finding f using (finding_key)
    union all
    select 'exception_decision:' || exception_decision_id, 'exception', decided_at, 'approved', null, null, null, null,
        'exception ' || exception_id, null, author, reason, null, null, null, '', decided_at
    from exception_decision
    union all
    select 'attestation:' || attestation_id, 'attestation', attested_at, 'dead', null, null, null, null, material, null,
        author, reason, until, null, null, '', until
    from attestation
    union all
    select 'people_list:' || people_list_id, 'list', stated_at, 'listed', null, realm, null, null, 'of ' || listed_on, null,
        author, reason, null, null, null, '', stated_at
    from people_list
    union all
    select 'release:' || release_id, 'release', released_at, 'released', null, null, null, null,
        'run ' || run_id || case scope when '' then '' else ', ' || scope end, null, author, reason, null, null, null, '',
        released_at
    from release
    union all
    select 'guard_hold:' || hold_id, 'hold', decided_at, status, p.person_uid, null, null, null,
        h.kind || case when p.person_uid is null then ' ' || h.name else '' end, null, decided_by, decided_for, null, null,
        null, '', decided_at
    from guard_hold h left join person p on h.kind = 'person' and p.person_uid::text = h.name
    where decided_by is not null
    union all
    select 'roster_read:' || read_id, 'read', accepted_at, 'accepted', null, null, null, null,
        'roster ' || roster || ', run ' || run_id, null, accepted_by, accepted_for, null, null, null, '', accepted_at
    from roster_read where accepted_at is not null
    union all
    select 'withdrawal:' || run_id, 'run', withdrawn_at, 'withdrawn', null, null, null, null, 'run ' || run_id, null, author,
        reason, null, null, null, '', withdrawn_at
    from withdrawal
    union all
    select 'revocation:' || revocation_id, 'revocation', approved_at, 'approved', f.person_uid, v.realm, v.account_native_id,
        finding_key, v.step, f.left_at, approved_by, reason, null, ended_at, ended_by, coalesce(ended_for, ''),
        coalesce(ended_at, approved_at)
    from revocation v join finding f using (finding_key) where approved_by is not null
)
select m.decision, m.kind, m.decided_at, m.decided, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, m.left_at, r.source, m.realm, m.account, m.finding, m.about, m.author,
    m.reason, m.until, m.ended_at, m.ended_by, m.ended_for
from made m left join realm r using (realm) left join person p on p.person_uid = m.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
where m.decided_at < %(ends)s and greatest(m.decided_at, m.counted_to) >= %(begins)s
    or m.person_uid in (select d.person_uid from ({leaver}
) d)
order by m.decided_at, m.decision;

-- name: runs
-- Runs of the period. `counts`: neither withdrawn nor ahead of the clock.
select r.run_id, r.kind, r.as_of, r.started_at, r.finished_at, r.status, c.run_id is not null as counts, w.withdrawn_at,
    w.author as withdrawn_by, r.waiting, r.code, r.head_seq, r.head_hash
from run r left join counted_run c using (run_id) left join withdrawal w on w.run_id = r.run_id
where r.as_of >= %(begins)s and r.as_of < %(ends)s order by r.run_id;

-- name: reads
-- How complete each of their reads was.
select d.run_id, d.what, d.name, d.part, d.phase, d.was_read, d.status, d.proved, d.observed_at, d.finished_at, d.amount,
    d.gaps, d.error
from run_read d join run r using (run_id)
where r.as_of >= %(begins)s and r.as_of < %(ends)s order by d.run_id, d.what, d.name, d.part, d.phase;

-- name: record
-- The record from the period's first event to its end; the last event alone where none came since.
select seq, finding_key, about, at, run_id, actor, from_state, to_state, text, prev_hash, hash from finding_event
where seq >= coalesce(
    (select min(e.seq) from finding_event e left join run r using (run_id) where coalesce(r.as_of, e.at) >= %(begins)s),
    (select max(seq) from finding_event))
order by seq;
