-- Certificates, service credentials, role trusts, root accounts, and memberships of the groups that guard keys.

alter table account add column product text not null default '';

alter table credential add column expires_at timestamptz, add column sessions_until timestamptz;
create index on credential (fingerprint) where fingerprint <> '' and gone_at is null;

create table membership (
    realm             text not null references realm,
    group_native_id   text not null,
    group_label       text not null,
    account_native_id text not null,
    valid_from        timestamptz not null,
    valid_to          timestamptz,
    primary key (realm, group_native_id, account_native_id, valid_from)
);
create unique index on membership (realm, group_native_id, account_native_id) where valid_to is null;
create index on membership (realm, account_native_id);

create table trust (
    realm           text not null references realm,
    native_id       text not null,                    -- the role's
    label           text not null,
    principal_realm text not null,
    principal       text not null,                    -- a user's ARN, or its id where the user was deleted
    standing        text not null check (standing in ('works', 'dead', 'unknown')),
    standing_reason text not null,
    privileged      boolean,
    privileged_by   text not null,
    observed_at     timestamptz not null,
    gone_at         timestamptz,
    primary key (realm, native_id, principal)
);
create index on trust (principal_realm, principal) where gone_at is null;

-- SHA-256 of what was read; '' where there are no bytes.
alter table roster_read add column digest text not null default '';

-- A departure, now: a run about some people only.
alter table run drop constraint run_kind_check;
alter table run add constraint run_kind_check check (kind in ('nightly', 'release', 'departure'));

create table run_person (
    run_id     bigint not null references run,
    person_uid uuid not null references person,
    primary key (run_id, person_uid)
);

-- What rules look at: an account that exists beside each of its credentials (c_ throughout null where it has none), when
-- each was last seen, and when a read of its kind was last complete. What a query takes of it as live is its own.
create view held as
select a.account_pk, r.source, r.kind as source_kind, a.kind, a.product, a.realm, a.native_id, a.label, a.login,
    a.display_name, a.created_at, a.created_by, a.standing, a.standing_reason, a.has_own_login, a.password_set_at,
    a.service_like, a.privileged, a.privileged_by, u.last_used_at, a.last_used_exact,
    coalesce(sa.observed_at, a.observed_at) as observed_at, sa.complete_at,
    c.kind as c_kind, c.native_id as c_native_id, c.label as c_label, c.standing as c_standing,
    c.standing_reason as c_standing_reason, c.can_reactivate as c_can_reactivate, c.effect as c_effect,
    c.fingerprint as c_fingerprint, c.created_at as c_created_at, c.last_used_at as c_last_used_at,
    c.last_used_service as c_last_used_service, c.last_used_region as c_last_used_region,
    c.expires_at as c_expires_at, c.sessions_until as c_sessions_until,
    coalesce(sc.observed_at, c.observed_at) as c_observed_at, sc.complete_at as c_complete_at
from account a
join realm r using (realm)
left join account_use u on u.account_pk = a.account_pk
left join credential c on c.account_pk = a.account_pk and c.gone_at is null
left join lateral (
    select max(s.observed_at) as observed_at,
        max(s.observed_at) filter (where s.complete and s.error = '') as complete_at
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = a.kind) sa on true
left join lateral (
    select max(s.observed_at) as observed_at,
        max(s.observed_at) filter (where s.complete and s.error = '') as complete_at
    from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = c.kind) sc on true
where a.gone_at is null;
