-- Certificates, service credentials, role trusts, root accounts, and memberships of the groups that guard keys.

alter table account add column kind text not null default 'account' check (kind in ('account', 'root_account'));
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
