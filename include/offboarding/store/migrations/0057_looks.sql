-- Who looked at whom, or at which key, on a page: a row each look, written before anything is shown and never changed.
-- Each holds the hash of the one before it, in a chain of its own, since a look mustn't wait for a night that holds the
-- record's; each night's end writes into the record where this one stood.
create table look (
    seq       bigint primary key,
    at        timestamptz not null,
    viewer    text not null,                          -- as Airflow calls them
    kind      text not null check (kind in ('worker', 'key')),
    subject   text not null,                          -- a person's uid, or a key's material
    named     boolean not null,                       -- names were shown
    prev_hash text not null,
    hash      text not null
);

-- A worker's id as HR writes it, where it's written otherwise than it's compared: of nearly none.
create index on worker_key (raw) where kind = 'number' and raw <> value;

-- All that was ever found of one thing.
create index on finding (subject_native_id);

-- What somebody types into the search of the pages: exactly, and hashes are cheaper to keep than an order of long DNs.
create index on account using hash (lower(login));
create index on account using hash (lower(label));
