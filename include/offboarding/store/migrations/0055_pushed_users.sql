-- Whom an identity provider has pushed (SCIM), for rosters that are told so: what is kept of each, as it stands now.
create table pushed_user (
    user_id        uuid primary key,
    roster         text not null,
    user_name      text not null,
    -- As it's compared: case makes no other name.
    user_name_key  text not null,
    external_id    text,
    -- By what the columns call it; '' where there is none.
    worker_id      text not null,
    active         boolean,
    -- What the roster's columns ask for, as SCIM writes it; an attribute that nobody has set is there, and null.
    resource       jsonb not null,
    created_at     timestamptz not null,
    changed_at     timestamptz not null,
    -- When it was told that it's active no more.
    inactive_at    timestamptz,
    -- When it was told that it's gone; of such a one no more is kept than the moments and the worker's number.
    deleted_at     timestamptz
);
create unique index on pushed_user (roster, user_name_key) where deleted_at is null;
create index on pushed_user (roster, user_id);
-- What is told of whoever is listed no more.
create index on pushed_user (roster, worker_id);
create index on pushed_user (roster, external_id) where external_id is not null;

-- When somebody last spoke to us for a roster, by its token.
create table pushed_feed (
    roster    text primary key,
    heard_at  timestamptz not null
);
