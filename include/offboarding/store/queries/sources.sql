-- name: unstage_tables
-- An earlier read of the same session.
drop table if exists s_account, s_account_key, s_credential, s_scope, s_membership, s_group, s_trust;

-- name: stage_tables
-- Where a read is put before it is merged; gone with the session.
create temp table s_account (native_id text, label text, login text, display_name text, owner_labels text[],
    created_at timestamptz, created_by text, standing text, standing_reason text, has_own_login boolean,
    password_set_at timestamptz, service_like boolean, privileged boolean, privileged_by text, last_used_at timestamptz,
    last_used_exact boolean, account_kind text, product text);
create temp table s_account_key (native_id text, kind text, value text, loose text, origin text, name text, raw text);
create temp table s_credential (account_native_id text, kind text, native_id text, label text, standing text,
    standing_reason text, can_reactivate boolean, effect text, fingerprint text, created_at timestamptz,
    last_used_at timestamptz, last_used_service text, last_used_region text, expires_at timestamptz,
    sessions_until timestamptz);
create temp table s_scope (scope text, kind text, error text);
create temp table s_membership (group_native_id text, group_label text, account_native_id text);
create temp table s_group (scope text, group_native_id text);
create temp table s_trust (native_id text, label text, principal_realm text, principal text, standing text,
    standing_reason text, privileged boolean, privileged_by text);

-- name: stage_index
-- Statistics for the merge.
create index on s_account (native_id);
create index on s_account_key (native_id);
create index on s_credential (account_native_id);
analyze s_account, s_account_key, s_credential, s_scope;

-- name: begin_source_read
-- A retry of the task takes its row again.
insert into source_read (run_id, source, part, phase, kind, tells, observed_at, status)
values (%(run_id)s, %(source)s, %(part)s, %(phase)s, %(kind)s, %(tells)s, clock_timestamp(), 'reading')
on conflict (run_id, source, part, phase) do update
set observed_at = excluded.observed_at, status = 'reading', error = '', gaps = '[]'
returning read_id, observed_at;

-- name: upsert_realm
-- The system itself; our name for it may change.
insert into realm as r (realm, kind, source, part) values (%(realm)s, %(kind)s, %(source)s, %(part)s)
on conflict (realm) do update set kind = excluded.kind, source = excluded.source, part = excluded.part
where (r.kind, r.source, r.part) is distinct from (excluded.kind, excluded.source, excluded.part);

-- name: newer_realm_read
-- Whether a whole read that began later has been merged already: an older one never overwrites it.
select exists (select from scope where realm = %(realm)s and scope = '' and complete and observed_at > %(observed_at)s)
    as newer;

-- name: drop_stale
-- What a read that began later has told already: an older one never overwrites it.
delete from s_account s
where exists (select from scope n where n.realm = %(realm)s and n.scope = '' and n.kind = s.account_kind and n.complete
        and n.observed_at > %(observed_at)s)
    or exists (select from scope n where n.realm = %(realm)s and n.scope = s.native_id and n.kind = s.account_kind
        and n.complete and n.observed_at > %(observed_at)s);
delete from s_account_key k where not exists (select from s_account s where s.native_id = k.native_id);
delete from s_credential s
where exists (select from scope n where n.realm = %(realm)s and n.scope = '' and n.kind = s.kind and n.complete
        and n.observed_at > %(observed_at)s)
    or exists (select from scope n where n.realm = %(realm)s and n.scope = s.account_native_id and n.kind = s.kind
        and n.complete and n.observed_at > %(observed_at)s);
delete from s_scope s using scope n
where n.realm = %(realm)s and n.scope in ('', s.scope) and n.kind = s.kind and n.complete
    and n.observed_at > %(observed_at)s;

-- name: merge_accounts
-- The accounts of this read. Last use is kept as far as it is needed: exactly of leavers', else the day or nothing.
insert into account as a (realm, native_id, label, login, display_name, owner_labels, created_at, created_by, standing,
    standing_reason, has_own_login, password_set_at, service_like, privileged, privileged_by, last_used_at,
    last_used_exact, kind, product, keep_use, observed_at)
select distinct on (s.native_id) %(realm)s, s.native_id, s.label, s.login, s.display_name, coalesce(s.owner_labels, '{}'), s.created_at,
    s.created_by, s.standing, s.standing_reason, s.has_own_login, s.password_set_at, s.service_like, s.privileged,
    s.privileged_by,
    case when %(exact)s then s.last_used_at else date_trunc('day', s.last_used_at, 'UTC') end,
    s.last_used_exact, s.account_kind, s.product, case when %(exact)s then 'exact' else 'day' end, %(observed_at)s
from s_account s
order by s.native_id
on conflict (realm, native_id) do update
set label = excluded.label, login = excluded.login, display_name = excluded.display_name,
    owner_labels = excluded.owner_labels, created_at = excluded.created_at, created_by = excluded.created_by,
    standing = excluded.standing, standing_reason = excluded.standing_reason, has_own_login = excluded.has_own_login,
    password_set_at = excluded.password_set_at, service_like = excluded.service_like, privileged = excluded.privileged,
    privileged_by = excluded.privileged_by,
    last_used_at = case
        when %(exact)s or a.keep_use = 'exact' then (
            select s.last_used_at from s_account s where s.native_id = excluded.native_id limit 1)
        when a.keep_use = 'day' then date_trunc('day', excluded.last_used_at, 'UTC') end,
    last_used_exact = excluded.last_used_exact, kind = excluded.kind, product = excluded.product,
    keep_use = case when %(exact)s then 'exact' else a.keep_use end,
    observed_at = excluded.observed_at, gone_at = null
where a.observed_at <= excluded.observed_at and (
    (a.label, a.login, a.display_name, a.owner_labels, a.created_at, a.created_by, a.standing, a.standing_reason,
        a.has_own_login, a.password_set_at, a.service_like, a.privileged, a.privileged_by, a.last_used_exact,
        a.kind, a.product)
    is distinct from (excluded.label, excluded.login, excluded.display_name, excluded.owner_labels,
        excluded.created_at, excluded.created_by, excluded.standing, excluded.standing_reason, excluded.has_own_login,
        excluded.password_set_at, excluded.service_like, excluded.privileged, excluded.privileged_by,
        excluded.last_used_exact, excluded.kind, excluded.product)
    or a.gone_at is not null
    or (%(exact)s and a.keep_use <> 'exact')
    or a.last_used_at is distinct from case
        when %(exact)s or a.keep_use = 'exact' then (
            select s.last_used_at from s_account s where s.native_id = excluded.native_id limit 1)
        when a.keep_use = 'day' then date_trunc('day', excluded.last_used_at, 'UTC') end);

-- name: merge_account_keys
-- The keys that these accounts bear. MERGE, since ON CONFLICT would lock, and so write, each row that stays as it is.
merge into account_key k
using (
    select distinct on (a.account_pk, s.kind, s.value, s.loose, s.origin, s.name)
        a.account_pk, s.kind, s.value, s.loose, s.origin, s.name, s.raw
    from s_account_key s join account a on a.realm = %(realm)s and a.native_id = s.native_id
    order by a.account_pk, s.kind, s.value, s.loose, s.origin, s.name, s.raw) n
on k.account_pk = n.account_pk and k.kind = n.kind and k.value = n.value and k.loose = n.loose and k.origin = n.origin
    and k.name = n.name
when matched and (k.raw <> n.raw or k.valid_to is not null) then update set raw = n.raw, valid_to = null
when not matched then insert (account_pk, kind, value, loose, origin, name, raw, valid_from)
    values (n.account_pk, n.kind, n.value, n.loose, n.origin, n.name, n.raw, %(observed_at)s);

-- name: close_account_keys
-- A key that an account no longer bears. What this very read brought needs no look.
update account_key k set valid_to = %(observed_at)s
from account a, s_account s
where a.account_pk = k.account_pk and a.realm = %(realm)s and s.native_id = a.native_id
    and k.valid_to is null and k.valid_from < %(observed_at)s
    and not exists (
        select from s_account_key n where n.native_id = a.native_id and n.kind = k.kind and n.value = k.value
            and n.loose = k.loose and n.origin = k.origin and n.name = k.name);

-- name: merge_credentials
-- The credentials of this read.
merge into credential c
using (
    select distinct on (a.account_pk, s.kind, s.native_id) a.account_pk, s.kind, s.native_id, s.label, s.standing,
        s.standing_reason, s.can_reactivate, s.effect, s.fingerprint, s.created_at, s.last_used_at, s.last_used_service,
        s.last_used_region, s.expires_at, s.sessions_until
    from s_credential s join account a on a.realm = %(realm)s and a.native_id = s.account_native_id
    order by a.account_pk, s.kind, s.native_id) n
on c.account_pk = n.account_pk and c.kind = n.kind and c.native_id = n.native_id
when matched and c.observed_at <= %(observed_at)s and (
    (c.label, c.standing, c.standing_reason, c.can_reactivate, c.effect, c.fingerprint, c.created_at, c.last_used_at,
        c.last_used_service, c.last_used_region, c.expires_at, c.sessions_until)
    is distinct from (n.label, n.standing, n.standing_reason, n.can_reactivate, n.effect, n.fingerprint, n.created_at,
        n.last_used_at, n.last_used_service, n.last_used_region, n.expires_at, n.sessions_until)
    or c.gone_at is not null) then
update set label = n.label, standing = n.standing, standing_reason = n.standing_reason,
    can_reactivate = n.can_reactivate, effect = n.effect, fingerprint = n.fingerprint, created_at = n.created_at,
    last_used_at = n.last_used_at, last_used_service = n.last_used_service, last_used_region = n.last_used_region,
    expires_at = n.expires_at, sessions_until = n.sessions_until, observed_at = %(observed_at)s, gone_at = null
when not matched then insert (account_pk, kind, native_id, label, standing, standing_reason, can_reactivate, effect,
    fingerprint, created_at, last_used_at, last_used_service, last_used_region, expires_at, sessions_until, observed_at)
    values (n.account_pk, n.kind, n.native_id, n.label, n.standing, n.standing_reason, n.can_reactivate, n.effect,
    n.fingerprint, n.created_at, n.last_used_at, n.last_used_service, n.last_used_region, n.expires_at,
    n.sessions_until, %(observed_at)s);

-- name: gone_accounts
-- Accounts that a complete read of their scope no longer shows.
update account a set gone_at = %(observed_at)s, observed_at = %(observed_at)s
from s_scope c
where a.realm = %(realm)s and a.gone_at is null and a.observed_at <= %(observed_at)s
    and c.kind = a.kind and c.error = '' and c.scope in ('', a.native_id)
    and not exists (select from s_account s where s.native_id = a.native_id)
    and not exists (
        select from scope n where n.realm = a.realm and n.scope = a.native_id and n.kind = a.kind and n.complete
            and n.observed_at > %(observed_at)s);

-- name: gone_credentials
-- Credentials that a complete read of their scope and kind no longer shows, and those of accounts that are gone.
update credential c set gone_at = %(observed_at)s, observed_at = %(observed_at)s
from account a
where a.account_pk = c.account_pk and a.realm = %(realm)s and c.gone_at is null and c.observed_at <= %(observed_at)s
    and exists (
        select from s_scope s where s.kind = c.kind and s.error = '' and s.scope in ('', a.native_id))
    and not exists (
        select from s_credential s
        where s.account_native_id = a.native_id and s.kind = c.kind and s.native_id = c.native_id)
    and not exists (
        select from scope n where n.realm = a.realm and n.scope = a.native_id and n.kind = c.kind and n.complete
            and n.observed_at > %(observed_at)s);

-- name: merge_trusts
-- Roles of this realm that let a user take them on.
insert into trust as t (realm, native_id, label, principal_realm, principal, standing, standing_reason, privileged,
    privileged_by, observed_at)
select distinct on (s.native_id, s.principal) %(realm)s, s.native_id, s.label, s.principal_realm, s.principal,
    s.standing, s.standing_reason, s.privileged, s.privileged_by, %(observed_at)s
from s_trust s order by s.native_id, s.principal
on conflict (realm, native_id, principal) do update
set label = excluded.label, principal_realm = excluded.principal_realm, standing = excluded.standing,
    standing_reason = excluded.standing_reason, privileged = excluded.privileged,
    privileged_by = excluded.privileged_by, observed_at = excluded.observed_at, gone_at = null
where t.observed_at <= excluded.observed_at and (t.gone_at is not null
    or (t.label, t.principal_realm, t.standing, t.standing_reason, t.privileged, t.privileged_by)
    is distinct from (excluded.label, excluded.principal_realm, excluded.standing, excluded.standing_reason,
        excluded.privileged, excluded.privileged_by));

-- name: gone_trusts
-- Trusts that a complete read of the realm's roles no longer shows.
update trust t set gone_at = %(observed_at)s, observed_at = %(observed_at)s
where t.realm = %(realm)s and t.gone_at is null and t.observed_at <= %(observed_at)s
    and exists (select from s_scope s where s.scope = '' and s.kind = 'role' and s.error = '')
    and not exists (select from s_trust s where s.native_id = t.native_id and s.principal = t.principal);

-- name: end_memberships
-- Memberships of groups that were read to their end, and that no longer stand; a look at one account tells its own.
update membership m set valid_to = %(observed_at)s
where m.realm = %(realm)s and m.valid_to is null and m.valid_from <= %(observed_at)s
    and exists (
        select from s_group g where g.group_native_id = m.group_native_id and g.scope in ('', m.account_native_id))
    and not exists (
        select from s_membership s
        where s.group_native_id = m.group_native_id and s.account_native_id = m.account_native_id);

-- name: begin_memberships
insert into membership (realm, group_native_id, group_label, account_native_id, valid_from)
select distinct on (s.group_native_id, s.account_native_id) %(realm)s, s.group_native_id, s.group_label,
    s.account_native_id, %(observed_at)s
from s_membership s
where not exists (
    select from membership m where m.realm = %(realm)s and m.group_native_id = s.group_native_id
        and m.account_native_id = s.account_native_id and m.valid_to is null)
order by s.group_native_id, s.account_native_id, s.group_label
on conflict do nothing;

-- name: merge_scopes
-- What was read to its end, when that read began, and what couldn't be read.
insert into scope as s (realm, scope, kind, observed_at, read_id, error, error_at, complete)
select distinct on (c.scope, c.kind) %(realm)s, c.scope, c.kind, %(observed_at)s, %(read_id)s, c.error,
    case when c.error <> '' then %(observed_at)s::timestamptz end, c.error = ''
from s_scope c order by c.scope, c.kind, c.error
on conflict (realm, scope, kind) do update
set observed_at = case when excluded.complete then excluded.observed_at else s.observed_at end,
    read_id = case when excluded.complete then excluded.read_id else s.read_id end,
    complete = s.complete or excluded.complete, error = excluded.error, error_at = excluded.error_at
where s.observed_at <= excluded.observed_at;

-- name: staged_counts
select (select count(*) from s_account)::int as accounts, (select count(*) from s_credential)::int as credentials,
    (select count(distinct scope) from s_scope where error = '')::int as scopes,
    (select count(*) from s_scope where error <> '')::int as failed_scopes;

-- name: finish_source_read
update source_read
set finished_at = now(), realm = %(realm)s, status = %(status)s, counts = %(counts)s, requests = %(requests)s,
    gaps = %(gaps)s, error = %(error)s
where read_id = %(read_id)s;

-- name: realm_of_part
-- Which system a source's part turned out to be, in this run.
select realm, status from source_read
where run_id = %(run_id)s and source = %(source)s and part = %(part)s and phase = 'collect';

-- name: read_until
-- When the last read of a source's part began that told everything.
select max(observed_at) from source_read
where source = %(source)s and part = %(part)s and phase = 'collect' and status = 'complete';

-- name: realms
-- Every system ever read.
select realm, kind, source, part from realm order by realm;

-- name: accounts_to_detail
-- Accounts of leavers and returners, disputed and probable ones, those that were a leaver's about the departure, and
-- those with findings that aren't closed. Of some people alone: also those that bear an SSH key of theirs, since a
-- whole read, which tells keys, may be a night ago.
select a.realm, a.native_id, a.label, a.login
from account a
where a.realm = %(realm)s and (
    (a.gone_at is null and exists (
        select from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
        where l.account_pk = a.account_pk and l.valid_to is null and l.decision in ('linked', 'disputed', 'probable')
            and d.confirmed and (%(persons)s::uuid[] is null or l.person_uid = any(%(persons)s))))
    or (a.gone_at is null and exists (
        select from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
        where l.account_pk = a.account_pk and l.relation = 'is' and l.decision = 'linked' and d.confirmed
            and not d.returned and l.valid_to >= d.left_at - make_interval(days => %(moved_days)s)
            and (%(persons)s::uuid[] is null or l.person_uid = any(%(persons)s))))
    or (a.gone_at is null and %(persons)s::uuid[] is not null and exists (
        select from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
        join credential k on k.account_pk = l.account_pk and k.fingerprint <> ''
        join credential c on c.fingerprint = k.fingerprint and c.gone_at is null
        where c.account_pk = a.account_pk and l.person_uid = any(%(persons)s) and l.relation = 'is'
            and l.decision = 'linked' and d.confirmed))
    or exists (
        select from finding f
        where f.realm = a.realm and f.account_native_id = a.native_id and f.state <> 'resolved'
            and f.ticket_kind <> 'event'
            and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s))))
order by a.native_id;
