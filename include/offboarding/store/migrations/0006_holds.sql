-- What the guard holds, by whose word it was let through or refused, and what people are told at once.

-- Told through notifiers, beside the tickets; each once to each of them.
create table alert (
    alert_key  text primary key,                      -- of what happened: the same twice is one alert
    run_id     bigint references run,
    subject    text not null,
    body       text not null,
    created_at timestamptz not null default now()
);

create table alert_told (
    alert_key text not null references alert,
    notifier  text not null,                          -- its name in the configuration
    told_at   timestamptz,                            -- null: it couldn't be told yet
    primary key (alert_key, notifier)
);

-- As each line stood when the guard last let it through: what the next nights are compared with.
create table guard_accepted (
    kind    text not null check (kind in ('roster', 'source')),
    name    text not null,
    part    text not null,                            -- of a source; '' of a roster
    run_id  bigint not null references run,
    as_of   timestamptz not null,                     -- departures and links that stood then aren't new
    amount  integer not null,                         -- workers, accounts or keys
    linked  integer not null,                         -- of a source's part: accounts linked to somebody
    waiting integer not null,                         -- of a roster: who vanished and waits to be confirmed
    primary key (kind, name, part)
);

create table guard_hold (
    hold_id     bigint generated always as identity primary key,
    kind        text not null check (kind in ('roster', 'source', 'rule', 'person', 'named', 'total')),
    name        text not null,
    opened_run  bigint not null references run,       -- the night that is red for it
    opened_at   timestamptz not null default now(),
    last_run    bigint not null references run,       -- the last one that found it beyond its limit
    numbers     jsonb not null,                       -- [{measure, value, base, bound}]
    findings    integer not null,                     -- that wait to be told
    closings    integer not null,                     -- that wait to be closed on their tickets
    status      text not null check (status in ('waiting', 'released', 'rejected', 'ended')),
    decided_at  timestamptz,
    decided_by  text,
    decided_for text
);
create unique index on guard_hold (kind, name) where status = 'waiting';

-- What waits on a hold: findings that would be told ...
create table guard_held (
    finding_key text primary key references finding,
    hold_id     bigint not null references guard_hold
);

-- ... and findings that would close, which stay open meanwhile.
create table guard_closing (
    finding_key text primary key references finding,
    kind        text not null,
    name        text not null,
    reason      text not null,
    run_id      bigint not null references run
);

alter table release add column scope text not null default '', add column findings integer not null default 0;

-- Rosters that the guard doesn't believe: one waits for a person, or was refused and hasn't been accepted since.
create view doubted_roster as
select distinct h.name as roster
from guard_hold h
where h.kind = 'roster' and h.status in ('waiting', 'rejected') and not exists (
    select from guard_accepted a where a.kind = 'roster' and a.name = h.name and a.run_id > h.last_run);
