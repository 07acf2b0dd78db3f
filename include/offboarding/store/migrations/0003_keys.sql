-- Keys that several people may hold: where they lie, who trusts them, who may have held them, and since when.

create table signing_key (
    key_pk        bigint generated always as identity primary key,
    material      text not null unique,               -- "jkt:..." the thumbprint of its public half, or "ref:REALM/ID"
    kind          text not null check (kind in ('signing_key', 'shared_secret')),
    first_seen_at timestamptz not null
);

-- A copy: the key as one system shows it. A kid used again for other material is a second row, and so is the same
-- material under another kid.
create table key_copy (
    copy_pk          bigint generated always as identity primary key,
    key_pk           bigint not null references signing_key,
    realm            text not null references realm,
    source           text not null,                   -- the reader's name in the configuration today
    source_kind      text not null,                   -- several kinds of readers may tell of one realm
    kind             text not null check (kind in ('signing_key', 'shared_secret')),
    native_id        text not null,
    name             text not null,
    label            text not null,
    version          text not null,
    algorithm        text not null,
    created_at       timestamptz,
    carryable        text not null check (carryable in ('yes', 'no', 'unknown')),
    carryable_reason text not null,
    verifies         boolean not null,
    standing         text not null check (standing in ('works', 'dead', 'unknown')),
    standing_reason  text not null,
    cache            interval not null,
    ssh_fingerprint  text not null,
    expires_at       timestamptz,
    last_used_at     timestamptz,
    owner            text not null,
    first_seen_at    timestamptz not null,            -- when the first read began that showed it
    not_seen_at      timestamptz,                     -- the last complete read of the realm before that, which didn't
    observed_at      timestamptz not null,            -- of the read that wrote this row
    untrusted_since  timestamptz,                     -- the first read that showed it dead, or no longer showed it
    last_seen_at     timestamptz,                     -- of what is gone: the last read that showed it
    gone_at          timestamptz,
    unique (realm, native_id, key_pk)
);
create index on key_copy (key_pk);
create index on key_copy (realm, name);
create index on key_copy (ssh_fingerprint) where ssh_fingerprint <> '';

-- Each stretch of time in which a copy stood as it did: since when it's the same, and when it was trusted again.
create table key_standing (
    copy_pk    bigint not null references key_copy,
    standing   text not null check (standing in ('works', 'dead', 'unknown', 'gone')),
    reason     text not null,
    valid_from timestamptz not null,
    valid_to   timestamptz,
    primary key (copy_pk, valid_from)
);

-- Completeness of keys by realm, kind of reader and kind of key: an AWS account's users, keys and secrets are read apart.
create table key_scope (
    realm       text not null references realm,
    source_kind text not null,
    kind        text not null check (kind in ('signing_key', 'shared_secret')),
    source      text not null,                        -- the reader's name in the configuration today
    observed_at timestamptz not null,                 -- of the last complete read: "last confirmed"
    complete    boolean not null,                     -- false: never read to its end
    error       text not null default '',             -- of the last try, where that failed
    error_at    timestamptz,
    primary key (realm, source_kind, kind)
);

create table key_access (
    realm           text not null references realm,
    source_kind     text not null,                    -- the kind of reader that told it
    key             text not null,                    -- a copy's native id, or the name of all versions
    principal_kind  text not null check (principal_kind in ('account', 'group', 'role')),
    principal_realm text not null,
    principal       text not null,
    action          text not null,
    carries         boolean not null,
    standing        text not null check (standing in ('works', 'unknown')),
    reason          text not null,
    valid_from      timestamptz not null,
    valid_to        timestamptz,
    primary key (realm, key, principal_kind, principal_realm, principal, action, source_kind, valid_from)
);
create unique index on key_access (realm, key, principal_kind, principal_realm, principal, action, source_kind)
    where valid_to is null;
create index on key_access (principal_realm, principal);

-- What audit trails recorded; kept as evidence.
create table event (
    realm        text not null references realm,
    event_id     text not null,
    at           timestamptz not null,
    action       text not null,
    deed         text not null check (deed in ('read', 'exported', 'imported', 'created', 'used', 'made')),
    object_realm text not null,
    object       text not null,
    actor_realm  text not null,
    actor        text not null,
    actor_label  text not null,
    failed       boolean not null,
    observed_at  timestamptz not null,
    primary key (realm, event_id, object)
);
create index on event (object_realm, object);
create index on event (actor_realm, actor) where actor <> '';

create table event_key (
    realm    text not null,
    event_id text not null,
    kind     text not null check (kind in ('directory_id', 'number', 'mail', 'login', 'name')),
    value    text not null,
    loose    text not null,
    origin   text not null,
    name     text not null,
    raw      text not null,
    primary key (realm, event_id, kind, value, name)
);
create index on event_key (kind, value);

-- The register as it stood, entry by entry: what was taken out once stood there, and is still evidence.
create table registered_key (
    registered_pk    bigint generated always as identity primary key,
    name             text not null,
    kind             text not null check (kind in ('signing_key', 'shared_secret')),
    carryable        text not null check (carryable in ('yes', 'no', 'unknown')),
    carryable_reason text not null,
    signs_for        text not null,
    owner            text not null,
    queue            text not null,
    threshold        integer not null,
    valid_from       timestamptz not null,
    valid_to         timestamptz
);
create unique index on registered_key (name) where valid_to is null;
create index on registered_key (name);

-- How an entry's key is recognised: by its material, or by what a source or verifier calls it.
create table registered_place (
    name       text not null,                         -- the entry's
    reader     text not null,                         -- a source's or verifier's name in the configuration; '' for material
    place      text not null,                         -- a copy's native id or name, or the material
    valid_from timestamptz not null,
    valid_to   timestamptz,
    primary key (name, reader, place, valid_from)
);
create unique index on registered_place (name, reader, place) where valid_to is null;
create index on registered_place (reader, place);

create table custodian (
    name       text not null,                         -- the entry's
    kind       text not null check (kind in ('worker', 'group', 'principal')),
    space      text not null,                         -- a worker's id space; a group's source; '' for a principal
    holder     text not null,                         -- a worker id (normal form), a group's label or native id, an ARN
    team       text not null,                         -- through which team; '' for none
    since      timestamptz,                           -- from this day's beginning on; null: ever since
    until      timestamptz,                           -- to this day's end; null: still
    valid_from timestamptz not null,
    valid_to   timestamptz                            -- when the register no longer named it: still evidence
);
create unique index on custodian (name, kind, space, holder, team, coalesce(since, '-infinity'),
    coalesce(until, 'infinity')) where valid_to is null;
create index on custodian (kind, space, holder);

create table attestation (
    attestation_id bigint generated always as identity primary key,
    material       text not null,
    reason         text not null,
    author         text not null,
    attested_at    timestamptz not null default now(),
    until          timestamptz not null
);
create index on attestation (material);

-- A ticket for a key, with its departed holders inside.
alter table ticket drop constraint ticket_kind_check;
alter table ticket add constraint ticket_kind_check
    check (kind in ('revoke', 'rotate', 'event', 'review', 'confirm', 'unverified'));

-- What kind of reader it was, and whether it told accounts, keys or events: several may read one realm.
alter table source_read add column kind text not null default '', add column tells text not null default 'accounts'
    check (tells in ('accounts', 'keys', 'events'));

-- Findings of which it can't be told whether they work, and the system that would have to tell: of a key, which lies in
-- several, a verifier of it.
create view untold as
select f.finding_key, case when f.subject_kind not in ('signing_key', 'shared_secret') then f.realm else coalesce((
    select c.realm from key_copy c join signing_key k using (key_pk)
    where k.material = f.subject_native_id
    order by not c.verifies, c.realm limit 1), f.realm) end as realm
from finding f where f.state = 'unverified';

-- Which night a moment belongs to is asked of each that custody compares, and an hour makes two runs.
create index on run (started_at, run_id) where kind <> 'release';
