-- name: any
-- Whether findings stand that no rule says any more: of keys, and of anything else. To ask what became of them is long,
-- and in most nights there is nobody to ask of.
select coalesce(bool_or(key_pk is not null), false) as of_keys, coalesce(bool_or(key_pk is null), false) as of_others
from (
    select k.key_pk from finding f
    left join signing_key k on k.material = f.subject_native_id and f.subject_kind in ('signing_key', 'shared_secret')
    where f.state <> 'resolved' and not exists (select from produced s where s.match_key = f.match_key)) silent;

-- name: keys
-- What is known of keys with findings that no rule says any more. Needs the custody tables of this evaluation.
with alias as (
    -- What people know a person by who turned out to be another one.
    select a.alias_uid, w.id_space || ':' || w.worker_id as worker
    from person_alias a join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
), silent as (
    select f.*, k.key_pk from finding f join signing_key k on k.material = f.subject_native_id
    where f.state <> 'resolved' and f.ticket_kind <> 'event' and f.subject_kind in ('signing_key', 'shared_secret')
        and not exists (select from produced s where s.match_key = f.match_key)
        and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s))
        and f.finding_key not in (select m.finding_key from misfit_finding m)
), seen as (
    select f.finding_key,
        bool_and(coalesce(p.confirmed_at > c.untrusted_since and p.confirmed_at - c.untrusted_since >= c.cache, false))
            filter (where c.verifies) as dead,
        bool_and(c.untrusted_since is not null) as nowhere,
        count(*) filter (where c.verifies) as verifiers,
        max(c.cache) filter (where c.verifies) as cache, max(p.confirmed_at) as seen_at,
        bool_and(coalesce(p.error = '' and p.confirmed_at >= %(since)s, false)) filter (where c.gone_at is null) as fresh,
        bool_or(c.carryable = 'yes') as can_leave, bool_or(c.carryable = 'no') as cannot_leave
    from silent f join key_copy c using (key_pk)
    left join copy_read p on p.copy_pk = c.copy_pk
    group by f.finding_key
)
select f.finding_key, f.rule, f.state, f.person_uid::text, d.person_uid is not null and not d.returned as gone,
    coalesce(d.basis = 'away', false) as away,
    coalesce(d.returned, false) as returned, coalesce(ended.told, '') as ended_told,
    ended.said as ended_said, same.worker as same_as,
    rejected.author as rejected_by, f.subject_native_id like 'reg:%%' as registered_alone,
    exists (select from entry_key e where e.key_pk = f.key_pk) as in_register,
    coalesce(s.dead, false) as dead, coalesce(s.verifiers, 0)::int as verifiers, s.cache, s.seen_at,
    coalesce(s.nowhere, false) as nowhere, coalesce(s.fresh, false) as fresh,
    coalesce(s.can_leave, false) as system_can_leave, coalesce(s.cannot_leave, false) as system_cannot_leave,
    said.carryable as register_carryable, h.key_pk is not null as holder, coalesce(h.newer, false) as newer,
    (select count(*)::int from custody_holder o where o.key_pk = f.key_pk and not o.newer) as holders,
    exists (select from custody_access a where a.key_pk = f.key_pk and a.person_uid = f.person_uid) as has_access,
    word.author as attested_by, word.reason as attested_reason, word.until as attested_until
from silent f
left join seen s using (finding_key)
left join custody_holder h on h.key_pk = f.key_pk and h.person_uid = f.person_uid
left join departure d on d.person_uid = f.person_uid and d.valid_to is null
left join lateral (
    select o.ended_told as told, o.ended_said as said from departure o
    where o.person_uid = f.person_uid and o.valid_to is not null order by o.departure_id desc limit 1) ended on true
left join alias same on same.alias_uid = f.person_uid
left join lateral (
    select a.author, a.reason, a.until from attestation a
    where a.material = f.subject_native_id order by a.attestation_id desc limit 1) word on true
left join lateral (
    select k.author from link_decision k
    where k.person_uid = f.person_uid and k.verdict = 'reject' and k.revoked_at is null
    order by k.decision_id desc limit 1) rejected on true
left join lateral (
    select r.carryable from entry_key e join registered_key r using (name)
    where e.key_pk = f.key_pk and r.valid_to is null order by r.registered_pk desc limit 1) said on true
order by f.finding_key;

-- name: things
-- What is known of everything else that no rule says any more.
with alias as (
    -- What people know a person by who turned out to be another one.
    select a.alias_uid, w.id_space || ':' || w.worker_id as worker
    from person_alias a join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
), silent as (
    select f.* from finding f
    where f.state <> 'resolved' and f.subject_kind not in ('signing_key', 'shared_secret')
        and not exists (select from produced s where s.match_key = f.match_key)
        and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s))
        and f.finding_key not in (select m.finding_key from misfit_finding m)
), seen as (
    select f.finding_key, a.account_pk, a.gone_at is not null as account_gone, a.standing as account_standing,
        a.standing_reason as account_reason, a.has_own_login and a.keeps_password as keeps_password,
        c.account_pk is not null as has_credential,
        c.gone_at is not null as credential_gone, c.standing as credential_standing, c.can_reactivate, c.fingerprint,
        c.standing_reason || coalesce(
            '; sessions made with it may live until '
            || to_char(c.sessions_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', '') as credential_reason,
        coalesce(sa.fresh, false) as account_fresh, coalesce(sa.direct, false) as account_direct,
        sa.listed_at, attested.*,
        coalesce(sc.fresh, false) as credential_fresh, case
            when a.gone_at is not null then a.gone_at
            when f.finding_key in ({findings:beside}) then greatest(
                case when a.has_own_login and a.keeps_password then coalesce(a.disabled_at, a.observed_at) end, (
                    select max(coalesce(o.gone_at, o.observed_at)) from credential o where o.account_pk = a.account_pk))
            when c.account_pk is not null then coalesce(c.gone_at, c.observed_at)
            else coalesce(a.disabled_at, a.observed_at) end as shut_at,
        case when a.gone_at is null and c.account_pk is not null then sc.seen_at else sa.seen_at end as seen_at, exists (
            select from credential o
            where o.account_pk = a.account_pk and o.gone_at is null and o.standing <> 'dead') as credentials_alive
    from silent f
    join account a on a.realm = f.realm and a.native_id = f.account_native_id
    left join credential c on c.account_pk = a.account_pk and c.kind = f.subject_kind
        and c.native_id = f.subject_native_id
    left join lateral (
        select bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh,
            bool_or(s.scope <> '' and s.complete and s.error = '' and s.observed_at >= %(since)s) as direct,
            max(s.observed_at) filter (where s.complete and s.error = '' and s.observed_at >= %(since)s) as seen_at,
            max(r.attested_at) filter (where s.complete and s.error = '' and s.observed_at >= %(since)s) as listed_at
        from scope s left join source_read r using (read_id)
        where s.realm = a.realm and s.scope = any(scopes_of(a.native_id, a.last_seen_at))
            and s.kind = a.kind) sa on true
    left join lateral (
        select k.author as attested_by, k.reason as attested_reason, k.until as attested_until from attestation k
        where k.attested_at >= a.attested_at and k.material = account_material(a.realm, a.native_id)
        order by k.attestation_id desc limit 1) attested on true
    left join lateral (
        select bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh,
            max(s.observed_at) filter (where s.complete and s.error = '' and s.observed_at >= %(since)s) as seen_at
        from scope s
        where s.realm = a.realm and s.scope = any(scopes_of(a.native_id, a.last_seen_at))
            and s.kind = f.subject_kind) sc on true
), read as (
    -- Systems whose accounts this run has read whole.
    select s.realm from scope s
    where s.scope = '' and s.kind = 'account' and s.complete and s.error = '' and s.observed_at >= %(since)s
), provider as (
    -- Of what stands beside others: whether an account of theirs works at the source by whose word people sign on there; and
    -- whether that has none, read whole, or there is no such source.
    select f.finding_key, bool_or(a.standing = 'works' and exists (
            select from scope s
            where s.realm = a.realm and s.scope = any(scopes_of(a.native_id, a.last_seen_at)) and s.kind = a.kind
                and s.complete and s.error = '' and s.observed_at >= %(since)s)) as works,
        count(a.account_pk) = 0 and bool_and(said.provider is null or read.realm is not null) as has_none
    from silent f
    join realm r using (realm)
    left join unnest(%(sources)s::text[], %(providers)s::text[]) as said (source, provider) on said.source = r.source
    left join realm p on p.source = said.provider
    left join read on read.realm = p.realm
    left join (link l join account a on a.account_pk = l.account_pk and a.gone_at is null) on a.realm = p.realm
        and l.person_uid = f.person_uid and l.relation = 'is' and l.decision = 'linked' and l.valid_to is null
    where f.finding_key in ({findings:beside})
    group by f.finding_key
)
select f.finding_key, f.rule, f.state, f.person_uid::text, d.person_uid is not null and not d.returned as gone,
    coalesce(d.basis = 'away', false) as away,
    coalesce(d.returned, false) as returned, coalesce(ended.told, '') as ended_told,
    ended.said as ended_said, same.worker as same_as,
    rejected.author as rejected_by,
    coalesce((select r.source from realm r where r.realm = f.realm), f.source) as source, seen.shut_at, seen.seen_at,
    f.subject_kind, f.relation, f.basis, f.left_at, f.last_used_at,
    f.ticket_key is null and f.first_run_id < %(run_id)s as unplaced,
    coalesce(d.confirmed, false) as departure_confirmed,
    -- A departure without a day by HR (blanked, or the row is gone) was not moved to another day.
    d.certain_at as departure_certain_at,
    d.left_on is not null and d.left_at is distinct from f.left_at as departure_moved,
    coalesce(d.left_on::text, d.left_at::text) as departure_day, word.author as confirmed_by,
    denied.author as denied_by, revoked.author as revoked_by, another.author as anothers_by,
    another.worker as anothers_worker,
    decided.author as decided_by, coalesce(decided.confirmed, false) as decided,
    read.realm is not null as accounts_read, f.subject_kind = 'source' and not exists (
        -- Where nobody looks any more and nothing is known to lie, nothing is waited for.
        select from key_scope s
        where s.realm = f.realm and not (s.complete and s.error = '' and s.observed_at >= %(since)s)
            and (s.scope = '' or s.error_at >= %(since)s or exists (
                select from key_copy c
                where c.realm = s.realm and c.source_kind = s.source_kind and c.kind = s.kind and c.gone_at is null
                    and starts_with(c.name, s.scope)))) as keys_read,
    f.subject_kind = 'role' and exists (
        select from scope s
        where s.realm = f.realm and starts_with(f.subject_native_id, s.scope) and s.kind = 'role' and s.complete
            and s.error = '' and s.observed_at >= %(since)s) as roles_read,
    coalesce(seen.account_fresh, false) as account_fresh, coalesce(seen.account_direct, false) as account_direct,
    coalesce(seen.account_gone, false) as account_gone, seen.account_standing, seen.account_reason,
    coalesce(seen.keeps_password, false) as keeps_password, coalesce(provider.works, false) as provider_works,
    coalesce(provider.has_none, false) as provider_has_none,
    seen.listed_at, seen.attested_by, seen.attested_reason, seen.attested_until,
    coalesce(seen.credentials_alive, false) as credentials_alive,
    coalesce(seen.has_credential, false) as has_credential, coalesce(seen.credential_fresh, false) as credential_fresh,
    coalesce(seen.credential_gone, false) as credential_gone, seen.credential_standing, seen.credential_reason,
    coalesce(seen.can_reactivate, false) as can_reactivate, coalesce(bearer.rejected, false) as key_disowned,
    coalesce(held.linked, false) as linked, coalesce(held.theirs, false) as linked_as_theirs,
    coalesce(held.undoubted, false) as linked_undoubted, coalesce(held.in_doubt, false) as linked_in_doubt,
    coalesce(held.present, false) as linked_to_present, coalesce(held.or_disputed, false) as linked_or_disputed,
    coalesce(held.made, false) as made_by_them, coalesce(held.owned, false) as owned_by_them,
    role.open as role_open, role.rejected_by as role_rejected_by, f.ticket_kind = 'review' and exists (
        select from produced s
        where s.realm = f.realm and s.account_native_id = f.account_native_id and s.ticket_kind = 'review'
    ) as reviewed_elsewhere
from silent f
left join seen using (finding_key)
left join read on read.realm = f.realm
left join provider on provider.finding_key = f.finding_key
left join departure d on d.person_uid = f.person_uid and d.valid_to is null
left join alias same on same.alias_uid = f.person_uid
left join lateral (
    select o.ended_told as told, o.ended_said as said from departure o
    where o.person_uid = f.person_uid and o.valid_to is not null order by o.departure_id desc limit 1) ended on true
left join lateral (
    select k.author from link_decision k
    where k.realm = f.realm and k.native_id = f.account_native_id and k.person_uid = f.person_uid
        and k.verdict = 'reject' and k.revoked_at is null) rejected on true
left join lateral (
    -- Who took back the word by which alone it was theirs last, or might have been.
    select v.revoked_by as author
    from link l left join revoked_link v using (link_id)
    where l.account_pk = seen.account_pk and l.relation = coalesce(f.relation, 'is')
        and (l.decision = 'linked' or (l.valid_to is not null and l.decision in ('disputed', 'probable')))
        and (l.person_uid = f.person_uid or l.person_uid in (
            select alias_uid from person_alias where person_uid = f.person_uid))
    order by l.valid_to desc nulls first, l.link_id desc limit 1) revoked on true
left join lateral (
    select k.author, w.id_space || ':' || w.worker_id as worker
    from link_decision k join person o on o.person_uid = k.person_uid join worker w on w.worker_pk = o.shown_worker_pk
    where k.realm = f.realm and k.native_id = f.account_native_id and k.person_uid <> f.person_uid
        and k.verdict = 'confirm' and k.revoked_at is null and not exists (
            select from link_decision own
            where own.realm = k.realm and own.native_id = k.native_id and own.person_uid = f.person_uid
                and own.verdict = 'confirm' and own.revoked_at is null and own.decision_id > k.decision_id)
    order by k.decision_id desc limit 1) another on true
left join lateral (
    select min(k.author) as author, bool_or(k.verdict = 'confirm') as confirmed from link_decision k
    where k.realm = f.realm and k.native_id = f.account_native_id and k.revoked_at is null) decided on true
left join lateral (
    select k.author from departure_word k
    where k.person_uid = f.person_uid and k.basis = d.basis and k.left_at = d.left_at
    order by k.word_id desc limit 1) word on true
left join lateral (
    select k.author from departure_word k
    where f.subject_kind = 'worker' and k.person_uid = f.person_uid and k.basis = 'hidden' and k.left_at = f.left_at
        and k.verdict = 'deny'
    order by k.word_id desc limit 1) denied on true
left join lateral (
    select bool_or(l.decision = 'linked') as linked, bool_or(l.relation = 'is' and l.decision = 'linked') as theirs,
        bool_or(l.relation = 'is' and l.decision = 'linked' and l.held_since is null) as undoubted,
        bool_or(l.held_since is not null) as in_doubt, bool_or(l.decision = 'linked' and l.own_now) as present,
        bool_or(l.decision in ('linked', 'disputed')) as or_disputed, bool_or(l.relation = 'created') as made,
        bool_or(l.relation = 'owns' and l.decision = 'linked') as owned
    from link l
    where l.account_pk = seen.account_pk and l.person_uid = f.person_uid and l.valid_to is null) held on true
left join lateral (
    select bool_or(k.author is null and t.gone_at is null and t.standing <> 'dead') as open,
        max(k.author) as rejected_by
    from trust t
    join account u on u.realm = t.principal_realm and t.principal in (u.label, lower(u.label), u.native_id)
        and u.gone_at is null
    join link l on l.account_pk = u.account_pk and l.relation = 'is' and l.decision = 'linked'
        and l.link_id not in (select v.link_id from revoked_link v)
        and (l.person_uid = f.person_uid or l.person_uid in (
            select alias_uid from person_alias where person_uid = f.person_uid))
    left join link_decision k on k.realm = u.realm and k.native_id = u.native_id and k.person_uid = f.person_uid
        and k.verdict = 'reject' and k.revoked_at is null
    where f.subject_kind = 'role' and t.realm = f.realm and t.native_id = f.subject_native_id) role on true
left join lateral (
    -- Whether each account that bears the same key, and is or was this person's, isn't theirs by a person's word.
    select bool_and(k.author is not null or l.link_id in (select v.link_id from revoked_link v)) as rejected
    from credential c
    join account u on u.account_pk = c.account_pk
    join link l on l.account_pk = u.account_pk and l.relation = 'is' and l.decision = 'linked'
        and (l.person_uid = f.person_uid or l.person_uid in (
            select alias_uid from person_alias where person_uid = f.person_uid))
    left join link_decision k on k.realm = u.realm and k.native_id = u.native_id and k.person_uid = f.person_uid
        and k.verdict = 'reject' and k.revoked_at is null
    where f.subject_kind = 'ssh_key' and c.kind = 'ssh_key' and c.fingerprint = seen.fingerprint
        and c.fingerprint <> '') bearer on true
order by f.finding_key;
