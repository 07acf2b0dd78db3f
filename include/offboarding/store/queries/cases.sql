-- name: leaver_cases
-- Leavers and returners with their accounts and credentials, flat, person by person.
select p.person_uid::text, w.id_space, w.worker_id, w.name, d.episode, d.returned, d.left_at, d.certain_at, d.left_on,
    d.zone, d.basis, d.confirmed, d.roster, d.told,
    l.relation, l.decision, l.score, l.evidence, l.own_now,
    coalesce(o.active_owner, false) as active_owner, r.source, r.kind as source_kind,
    a.kind, a.product, a.realm, a.native_id, a.label, a.login, a.display_name, a.created_at, a.created_by, a.standing, a.standing_reason,
    a.has_own_login, a.password_set_at, a.service_like, a.privileged, a.privileged_by, a.last_used_at,
    a.last_used_exact,
    coalesce(sa.observed_at, a.observed_at) as observed_at, coalesce(sa.fresh, false) as fresh,
    c.kind as c_kind, c.native_id as c_native_id, c.label as c_label, c.standing as c_standing,
    c.standing_reason as c_standing_reason, c.can_reactivate as c_can_reactivate, c.effect as c_effect,
    c.fingerprint as c_fingerprint, c.created_at as c_created_at, c.last_used_at as c_last_used_at,
    c.last_used_service as c_last_used_service, c.last_used_region as c_last_used_region,
    c.expires_at as c_expires_at, c.sessions_until as c_sessions_until,
    coalesce(sc.observed_at, c.observed_at) as c_observed_at, coalesce(sc.fresh, false) as c_fresh
from departure d
join person p using (person_uid)
join worker w on w.worker_pk = p.shown_worker_pk
left join link l on l.person_uid = p.person_uid and l.valid_to is null and l.decision = 'linked'
    and exists (select from account x where x.account_pk = l.account_pk and x.gone_at is null)
left join account a on a.account_pk = l.account_pk
left join realm r on r.realm = a.realm
left join credential c on c.account_pk = a.account_pk and c.gone_at is null
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = a.kind) sa on true
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = c.kind) sc on true
left join lateral (
    select true as active_owner from link n
    where n.account_pk = l.account_pk and n.relation in ('is', 'owns') and n.decision = 'linked' and n.valid_to is null
        and not exists (select from departure g
            where g.person_uid = n.person_uid and g.valid_to is null and not g.returned)
    limit 1) o on true
where d.valid_to is null and (%(persons)s::uuid[] is null or d.person_uid = any(%(persons)s))
order by p.person_uid, a.account_pk, l.relation, c.kind, c.native_id;

-- name: account_cases
-- Disputed and probable accounts with their credentials, a row a credential.
select a.account_pk, l.decision, r.source, r.kind as source_kind,
    a.kind, a.product, a.realm, a.native_id, a.label, a.login, a.display_name, a.created_at, a.created_by, a.standing, a.standing_reason,
    a.has_own_login, a.password_set_at, a.service_like, a.privileged, a.privileged_by, a.last_used_at,
    a.last_used_exact,
    coalesce(sa.observed_at, a.observed_at) as observed_at, coalesce(sa.fresh, false) as fresh,
    c.kind as c_kind, c.native_id as c_native_id, c.label as c_label, c.standing as c_standing,
    c.standing_reason as c_standing_reason, c.can_reactivate as c_can_reactivate, c.effect as c_effect,
    c.fingerprint as c_fingerprint, c.created_at as c_created_at, c.last_used_at as c_last_used_at,
    c.last_used_service as c_last_used_service, c.last_used_region as c_last_used_region,
    c.expires_at as c_expires_at, c.sessions_until as c_sessions_until,
    coalesce(sc.observed_at, c.observed_at) as c_observed_at, coalesce(sc.fresh, false) as c_fresh
from (
    select account_pk, min(decision) as decision from link
    where valid_to is null and relation <> 'created' and decision in ('disputed', 'probable')
    group by account_pk
    having %(persons)s::uuid[] is null or bool_or(person_uid = any(%(persons)s))) l
join account a using (account_pk)
join realm r using (realm)
left join credential c on c.account_pk = a.account_pk and c.gone_at is null
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = a.kind) sa on true
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = c.kind) sc on true
where a.gone_at is null
order by a.account_pk, c.kind, c.native_id;

-- name: suspects
-- Who these accounts may belong to, best first.
select l.account_pk, p.person_uid::text, w.id_space, w.worker_id, p.episode, l.score, l.evidence,
    d.left_at, d.certain_at, d.left_on, d.zone, d.basis, d.confirmed, d.roster, d.told
from link l
join person p using (person_uid)
join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = p.person_uid and d.valid_to is null and not d.returned
where l.valid_to is null and l.relation <> 'created'
    and exists (select from link o where o.account_pk = l.account_pk and o.valid_to is null and o.relation <> 'created'
        and o.decision in ('disputed', 'probable'))
order by l.account_pk, l.score desc, p.person_uid;

-- name: orphans
-- Accounts that aren't dead and that nobody claims, of realms that this run has read to their end.
select r.realm, r.source, r.kind as source_kind, a.native_id, a.label, a.login,
    coalesce(a.last_used_at > %(as_of)s - interval '30 days', false) as recent
from account a join realm r using (realm)
where a.gone_at is null and a.kind = 'account' and a.standing <> 'dead'
    and not exists (
        select from link l where l.account_pk = a.account_pk and l.valid_to is null and l.relation <> 'created')
    and exists (select from scope s where s.realm = a.realm and s.scope = '' and s.kind = 'account' and s.complete
        and s.error = '' and s.observed_at >= %(since)s)
order by r.realm, a.native_id;

-- name: trusts
-- Roles that leavers' users may take on.
select p.person_uid::text, a.realm as account_realm, a.native_id as account_native_id, r.source, t.realm, t.native_id,
    t.label, t.principal_realm, t.principal, t.standing, t.standing_reason, t.privileged, t.privileged_by,
    coalesce(s.observed_at, t.observed_at) as observed_at,
    coalesce(s.complete and s.error = '' and s.observed_at >= %(since)s, false) as fresh
from departure d
join person p using (person_uid)
join link l on l.person_uid = p.person_uid and l.valid_to is null and l.decision = 'linked' and l.relation = 'is'
join account a on a.account_pk = l.account_pk and a.gone_at is null
join trust t on t.principal_realm = a.realm and t.principal in (a.label, a.native_id) and t.gone_at is null
join realm r on r.realm = t.realm
left join scope s on s.realm = t.realm and s.scope = '' and s.kind = 'role'
where d.valid_to is null
order by p.person_uid, a.realm, a.native_id, t.realm, t.native_id;

-- name: keys_elsewhere
-- Leavers' SSH keys on accounts that aren't theirs.
with theirs as (
    select distinct d.person_uid, c.fingerprint
    from departure d
    join link l on l.person_uid = d.person_uid and l.valid_to is null and l.decision = 'linked' and l.relation = 'is'
    join credential c on c.account_pk = l.account_pk and c.kind = 'ssh_key' and c.fingerprint <> ''
    where d.valid_to is null and not d.returned
)
select t.person_uid::text, r.source, r.kind as source_kind,
    a.kind, a.product, a.realm, a.native_id, a.label, a.login, a.display_name, a.created_at, a.created_by, a.standing, a.standing_reason,
    a.has_own_login, a.password_set_at, a.service_like, a.privileged, a.privileged_by, a.last_used_at, a.last_used_exact,
    coalesce(sa.observed_at, a.observed_at) as observed_at, coalesce(sa.fresh, false) as fresh,
    c.kind as c_kind, c.native_id as c_native_id, c.label as c_label, c.standing as c_standing,
    c.standing_reason as c_standing_reason, c.can_reactivate as c_can_reactivate, c.effect as c_effect,
    c.fingerprint as c_fingerprint, c.created_at as c_created_at, c.last_used_at as c_last_used_at,
    c.last_used_service as c_last_used_service, c.last_used_region as c_last_used_region,
    c.expires_at as c_expires_at, c.sessions_until as c_sessions_until,
    coalesce(sc.observed_at, c.observed_at) as c_observed_at, coalesce(sc.fresh, false) as c_fresh,
    exists (
        select from link n
        where n.account_pk = a.account_pk and n.decision = 'linked' and n.valid_to is null
            and not exists (select from departure g
                where g.person_uid = n.person_uid and g.valid_to is null and not g.returned)) as active_holder
from theirs t
join credential c on c.fingerprint = t.fingerprint and c.kind = 'ssh_key' and c.gone_at is null
join account a on a.account_pk = c.account_pk and a.gone_at is null
join realm r on r.realm = a.realm
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = a.kind) sa on true
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = c.kind) sc on true
where not exists (
    select from link n where n.account_pk = a.account_pk and n.person_uid = t.person_uid and n.relation = 'is'
        and n.decision = 'linked' and n.valid_to is null)
order by t.person_uid, a.realm, a.native_id, c.native_id;

-- name: moved_links
-- Accounts that were a leaver's until shortly before the departure, or after it; a person's rejection is no move.
select d.person_uid::text, r.source, r.kind as source_kind,
    a.kind, a.product, a.realm, a.native_id, a.label, a.login, a.display_name, a.created_at, a.created_by, a.standing, a.standing_reason,
    a.has_own_login, a.password_set_at, a.service_like, a.privileged, a.privileged_by, a.last_used_at, a.last_used_exact,
    coalesce(sa.observed_at, a.observed_at) as observed_at, coalesce(sa.fresh, false) as fresh,
    c.kind as c_kind, c.native_id as c_native_id, c.label as c_label, c.standing as c_standing,
    c.standing_reason as c_standing_reason, c.can_reactivate as c_can_reactivate, c.effect as c_effect,
    c.fingerprint as c_fingerprint, c.created_at as c_created_at, c.last_used_at as c_last_used_at,
    c.last_used_service as c_last_used_service, c.last_used_region as c_last_used_region,
    c.expires_at as c_expires_at, c.sessions_until as c_sessions_until,
    coalesce(sc.observed_at, c.observed_at) as c_observed_at, coalesce(sc.fresh, false) as c_fresh,
    l.valid_from as linked_from, l.valid_to as linked_until, l.evidence,
    coalesce((
        select n.decision from link n
        where n.account_pk = a.account_pk and n.valid_to is null and n.relation <> 'created'
        order by array_position(array['linked', 'disputed', 'probable', 'candidate'], n.decision) limit 1), 'orphan')
        as decision
from departure d
join (
    -- By person and account, all at once: asked person by person, it would look through every ended link each time.
    select distinct on (m.person_uid, m.account_pk) m.* from link m
    join departure g on g.person_uid = m.person_uid and g.valid_to is null
        and m.valid_to >= g.left_at - make_interval(days => %(moved_days)s)
    where m.relation = 'is' and m.decision = 'linked' and m.valid_to is not null
    order by m.person_uid, m.account_pk, m.valid_to desc) l on l.person_uid = d.person_uid
join account a on a.account_pk = l.account_pk and a.gone_at is null
join realm r on r.realm = a.realm
left join credential c on c.account_pk = a.account_pk and c.gone_at is null
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = a.kind) sa on true
left join lateral (
    select max(s.observed_at) as observed_at, bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = c.kind) sc on true
where d.valid_to is null and not d.returned and d.confirmed
    and not exists (
        select from link n where n.account_pk = a.account_pk and n.person_uid = d.person_uid and n.relation = 'is'
            and n.decision = 'linked' and n.valid_to is null)
    and not exists (
        select from link_decision k where k.realm = a.realm and k.native_id = a.native_id and k.revoked_at is null)
order by d.person_uid, a.realm, a.native_id, c.kind, c.native_id;
