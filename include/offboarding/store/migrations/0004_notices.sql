-- What people say about departures: before HR does, or where HR's feed leaves it open; and messages that name people.

create table notice (
    notice_id    text primary key check (notice_id ~ '^n-[0-9a-f]{6}$'),
    person_uid   uuid not null references person,
    left_at      timestamptz not null,                -- their last moment
    zone         text not null,                       -- in which its day is told
    reason       text not null,
    author       text not null,
    made_at      timestamptz not null default now(),
    warn_at      timestamptz not null,                -- from then on every report says that the feed doesn't confirm it
    confirmed_at timestamptz,                         -- since when HR's feed says so itself
    ended_at     timestamptz,                         -- taken back by a person, or served: they work here again
    ended_by     text,
    ended_for    text
);
create index on notice (person_uid) where ended_at is null;

-- A person's word on a departure that nobody confirmed: it counts as long as the feed says the very same.
create table departure_word (
    word_id    bigint generated always as identity primary key,
    person_uid uuid not null references person,
    basis      text not null check (basis in ('planned', 'inferred')),
    left_at    timestamptz not null,
    verdict    text not null check (verdict in ('confirm', 'deny')),
    reason     text not null,
    author     text not null,
    decided_at timestamptz not null default now(),
    until      timestamptz,                           -- of a denial: then it's asked again
    check (verdict = 'confirm' or until is not null)
);
create index on departure_word (person_uid, basis, left_at);

-- What was told instead of a departure that ended: "extended to 2027-01-31, says hr".
alter table departure add column ended_told text not null default '';

-- What a finding's ticket last said of the departure.
alter table finding add column told_left_at timestamptz, add column told_basis text, add column told_worker text;
update finding f set told_left_at = f.left_at, told_basis = f.basis, told_worker = w.id_space || ':' || w.worker_id
from person p join worker w on w.worker_pk = p.shown_worker_pk
where p.person_uid = f.person_uid and f.ticket_key is not null;

-- Messages that named people, each taken once; ids alone, never what else stood in one.
create table message (
    message_id  text primary key,                     -- the queue's own
    received_at timestamptz not null default now(),
    people      text[] not null,                      -- worker ids
    notices     text[] not null,
    run_id      bigint references run,                -- the run that takes it, or took it last
    done_at     timestamptz,                          -- these people were checked
    refused     text not null default ''              -- why something of it was set aside
);
create index on message (received_at) where done_at is null or refused <> '';
