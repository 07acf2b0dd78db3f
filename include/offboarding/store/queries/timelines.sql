-- name: changes
-- What became of a person's findings, the latest first, each with what it is about.
select e.at, e.run_id, e.actor, e.from_state, e.to_state, e.text, e.resolution, f.finding_key, f.rule, f.source, f.realm,
    f.subject_kind, f.subject_native_id, f.subject_label, f.account_label
from finding f join finding_event e using (finding_key)
where f.person_uid = %(person_uid)s order by e.seq desc limit %(most)s::bigint;

-- name: told
-- What trackers have heard of them, the latest first: on tickets of their own, and on those where their findings stand.
select o.done_at as at, o.op, t.tracker, t.ref, t.url, n.named_tracker
from ticket t join outbox o using (ticket_key) join ticket_named n using (ticket_key)
where o.done_at is not null and t.ticket_key in (
    select f.ticket_key from finding f where f.person_uid = %(person_uid)s and f.ticket_key is not null
    union select r.ticket_key from ticket r where r.kind = 'revoke' and r.holder = %(person_uid)s::uuid::text)
order by o.done_at desc, o.outbox_id desc limit %(most)s::bigint;

-- name: words
-- What people decided about them, the latest first; what was taken back stands with when and by whom.
select w.* from (
    select 'link' as kind, decided_at as at, verdict as said, coalesce(r.source, d.realm) as source, native_id as thing, author, reason,
        revoked_at as ended_at, revoked_by as ended_by
    from link_decision d left join realm r using (realm) where d.person_uid = %(person_uid)s
    union all
    select 'notice', made_at, to_char((left_at - interval '1 microsecond') at time zone zone, 'YYYY-MM-DD'), '', notice_id, author, reason, ended_at, ended_by
    from notice where person_uid = %(person_uid)s
    union all
    select 'departure', decided_at, verdict, '', basis, author, reason, null, null
    from departure_word where person_uid = %(person_uid)s
    union all
    select 'verdict', v.decided_at, '', f.source, f.finding_key, v.author, v.reason, null, null
    from finding f join verdict v using (finding_key) where f.person_uid = %(person_uid)s
    union all
    select 'revocation', v.approved_at, v.status, v.source, v.finding_key, v.approved_by, v.reason, v.ended_at, v.ended_by
    from finding f join revocation v using (finding_key) where f.person_uid = %(person_uid)s and v.approved_at is not null
) w order by w.at desc limit %(most)s::bigint;

-- name: credentials_told
-- What is on accounts that are linked to them, as last seen.
select a.realm, a.native_id as account_native_id, c.kind, c.native_id, c.label, c.standing, c.standing_reason,
    c.last_used_at, c.observed_at
from link l join account a using (account_pk) join credential c using (account_pk)
where l.person_uid = %(person_uid)s and l.valid_to is null and a.gone_at is null and c.gone_at is null
order by a.realm, a.native_id, c.kind, c.native_id limit %(most)s::bigint;

-- name: same_keys
-- What accounts that are linked to them bear, or bore, of what HR tells of them: its kind, and where it stands there.
-- Scores say how much it weighs, and evidence in which words.
select distinct a.realm, a.native_id as account_native_id, k.kind, k.name
from (
    select l.account_pk, b ->> 0 as kind, b ->> 1 as value, b ->> 4 as name
    from link l join account b0 using (account_pk) cross join jsonb_array_elements(b0.keys) b
    where l.person_uid = %(person_uid)s and l.valid_to is null
    union all
    select l.account_pk, f.kind, f.value, f.name
    from link l join former_account_key f using (account_pk)
    where l.person_uid = %(person_uid)s and l.valid_to is null
) k join account a using (account_pk)
where exists (
    select from worker w join worker_key h using (worker_pk)
    where w.person_uid = %(person_uid)s and h.kind = k.kind and h.value = k.value)
order by a.realm, a.native_id, k.kind, k.name;
