-- The store as of the first night. Times are timestamptz; everything about people's links, keys and departures is dated.
-- What a night writes by the million (workers, accounts, what they bear, links) has no foreign keys: each such row is made
-- by a join with the row that it is of, nothing deletes those, and asking anew of each took a third of the night.
-- docs/decisions/0064-no-foreign-keys-by-the-million.md

create table run (
    run_id      bigint generated always as identity primary key,
    kind        text not null check (kind in ('nightly', 'release')),
    caller      text not null unique,                 -- whoever started it finds the same row again on a retry
    as_of       timestamptz not null,
    reads_since timestamptz not null,                 -- reads that began then or later are this run's own, live
    started_at  timestamptz not null default now(),
    correlated_at timestamptz,                        -- without it nothing may be concluded from this run
    finished_at timestamptz,
    status      text check (status in ('green', 'red')),
    waiting     integer,
    summary     jsonb
);

-- Rosters ------------------------------------------------------------------------------------------------------------

create table roster (
    name        text primary key,
    id_space    text not null,
    login_realm text,
    coverage    text not null check (coverage in ('full', 'active', 'leavers')),
    configured  boolean not null
);

create table roster_read (
    read_id      bigint generated always as identity primary key,
    run_id       bigint not null references run,
    roster       text not null references roster,
    observed_at  timestamptz not null,                -- when the read began
    finished_at  timestamptz,
    status       text not null check (status in ('reading', 'complete', 'partial', 'failed')),
    proved       boolean not null default false,
    origin       text not null default '',
    dated_at     timestamptz,
    records      integer not null default 0,
    workers      integer not null default 0,
    problems     jsonb not null default '[]',
    error        text not null default '',
    only_short   boolean not null default false,      -- partial for its length alone: what a person may accept
    inferred     integer not null default 0,
    waiting      integer not null default 0,
    accepted_at  timestamptz,
    accepted_by  text,
    accepted_for text,
    unique (run_id, roster)
);
create index on roster_read (roster, read_id);

create table person (
    person_uid    uuid primary key,
    id_space      text not null,
    worker_id     text not null,                      -- of the first worker seen
    episode       integer not null default 1,
    first_seen_at timestamptz not null
);

create table person_alias (
    alias_uid  uuid primary key,
    person_uid uuid not null references person,
    merged_at  timestamptz not null,
    evidence   text not null
);

create table worker (
    worker_pk         bigint generated always as identity primary key,
    roster            text not null,                  -- of roster
    id_space          text not null,
    worker_id         text not null,
    person_uid        uuid not null,                  -- of person
    name              text not null,
    manager           text not null,
    location          text not null,
    in_complete_read  boolean not null,
    first_told_at     timestamptz not null,           -- as_of of the first read that told of it
    missing_since     timestamptz,                    -- the first read in which it wasn't, where that read may tell
    judged_read_id    bigint,                         -- the complete roster_read that asked whether it left, within its bound
    vanished_at       timestamptz,                    -- taken to have left; null while it waits to be confirmed
    superseded        boolean not null default false, -- HR gives its id as another worker's previous one
    digest            bytea,                          -- of the one record by which a complete read told it
    observed_at       timestamptz not null,           -- of the read that wrote this row
    unique (worker_id, roster)
);
create index on worker (person_uid);
alter table person add column shown_worker_pk bigint;   -- of worker: whose id, name and roster people read

create table employment (
    worker_pk       bigint not null,                  -- of worker
    start_on        date,
    status          text not null check (status in ('active', 'leave', 'left', 'future')),
    last_working_on date,
    end_on          date,
    zone            text,
    type            text not null,
    told_left_at    timestamptz,                      -- since when HR says "left" and gives no day
    unique nulls not distinct (worker_pk, start_on)
);

create table worker_key (
    worker_pk  bigint not null,                       -- of worker
    kind       text not null check (kind in ('directory_id', 'number', 'mail', 'login')),
    value      text not null,
    loose      text not null,                         -- a number without prefix and zeros; a mail's local part
    space      text not null,
    origin     text not null check (origin in ('current', 'former')),
    raw        text not null,
    valid_from timestamptz not null,
    valid_to   timestamptz,                           -- no longer told; still evidence
    primary key (worker_pk, kind, value, space)
);
create index on worker_key (value);                   -- nearly no value is of several kinds or spaces

create table departure (
    departure_id  bigint generated always as identity primary key,
    person_uid    uuid not null,                      -- of person
    episode       integer not null,
    returned      boolean not null,                   -- works here again since
    left_at       timestamptz not null,
    certain_at    timestamptz not null,
    left_on       date,
    zone          text not null,
    basis         text not null check (basis in ('actual', 'notice', 'planned', 'inferred')),
    confirmed     boolean not null,
    roster        text not null,
    worker_pk     bigint not null,                    -- of worker
    told          text not null,
    valid_from    timestamptz not null,
    valid_to      timestamptz,
    ended_because text
);
create unique index on departure (person_uid) where valid_to is null;
create index on departure (person_uid);

-- Sources ------------------------------------------------------------------------------------------------------------

create table realm (
    realm  text primary key,
    kind   text not null,
    source text not null,                             -- its name in the configuration today
    part   text not null
);

create table source_read (
    read_id     bigint generated always as identity primary key,
    run_id      bigint not null references run,
    source      text not null,
    part        text not null,
    phase       text not null check (phase in ('collect', 'detail')),
    realm       text,
    observed_at timestamptz not null,
    finished_at timestamptz,
    status      text not null check (status in ('reading', 'complete', 'partial', 'failed', 'stale')),
    counts      jsonb not null default '{}',
    requests    jsonb not null default '{}',
    gaps        jsonb not null default '[]',
    error       text not null default '',
    unique (run_id, source, part, phase)
);
create index on source_read (source, part, phase, read_id);

create table scope (
    realm       text not null references realm,
    scope       text not null,                        -- '' for the whole realm, else an account's native id
    kind        text not null,
    observed_at timestamptz not null,                 -- of the last complete read: "last confirmed"
    read_id     bigint not null references source_read,
    error       text not null default '',             -- of the last try, where that failed
    error_at    timestamptz,
    complete    boolean not null,                     -- false: never read to its end
    primary key (realm, scope, kind)
);

-- What each pass over all accounts asks for stands first, here and in the two tables below: to come to a column, a row is
-- taken apart up to it.
create table account (
    account_pk      bigint generated always as identity primary key,
    gone_at         timestamptz,
    kind            text not null default 'account' check (kind in ('account', 'root_account')),
    standing        text not null check (standing in ('works', 'dead', 'unknown')),
    realm           text not null,                    -- of realm
    native_id       text not null,
    label           text not null,
    login           text not null,
    display_name    text not null,
    owner_labels    text[] not null,
    created_at      timestamptz,
    created_by      text not null,
    standing_reason text not null,
    has_own_login   boolean not null,
    password_set_at timestamptz,
    service_like    boolean not null,
    privileged      boolean,
    privileged_by   text not null,
    last_used_exact boolean not null,
    keys            jsonb not null,                   -- borne today: [kind, value, loose, origin, name, raw, and since
                                                      -- when, unless from the first], in their order
    digest          bytea,                            -- of what one read told of it, its credentials included, as long
                                                      -- as nothing else stands here of it
    first_seen_at   timestamptz not null,
    observed_at     timestamptz not null,             -- of the read that wrote this row
    unique (realm, native_id)
);

-- When an account was last used: exactly, or the day alone. Nothing of it is kept of an account without a row here. Apart
-- from the account's own row, which is long: of most accounts it is taken away the night they are found.
create table account_use (
    account_pk   bigint primary key,                  -- of account
    keep_use     text not null check (keep_use in ('exact', 'day')),
    last_used_at timestamptz,
    observed_at  timestamptz not null                 -- of the read that wrote this row
);

-- Keys that an account no longer bears: still evidence.
create table former_account_key (
    account_pk bigint not null,                       -- of account
    kind       text not null check (kind in ('directory_id', 'number', 'mail', 'login', 'ssh_key', 'name')),
    value      text not null,
    loose      text not null,
    origin     text not null check (origin in ('attribute', 'tag', 'owner', 'pattern', 'usual')),
    name       text not null,
    raw        text not null,
    valid_from timestamptz not null,
    valid_to   timestamptz not null,
    primary key (account_pk, kind, value, loose, origin, name)
);

-- Every key that an account bears or bore.
create view account_key as
select a.account_pk, k ->> 0 as kind, k ->> 1 as value, k ->> 2 as loose, k ->> 3 as origin, k ->> 4 as name,
    k ->> 5 as raw, coalesce((k ->> 6)::timestamptz, a.first_seen_at) as valid_from, null::timestamptz as valid_to
from account a cross join jsonb_array_elements(a.keys) k
union all
select account_pk, kind, value, loose, origin, name, raw, valid_from, valid_to from former_account_key;

create table credential (
    account_pk        bigint not null,                -- of account
    standing          text not null check (standing in ('works', 'dead', 'unknown')),
    can_reactivate    boolean not null,
    gone_at           timestamptz,
    kind              text not null,
    native_id         text not null,
    label             text not null,
    standing_reason   text not null,
    effect            text not null check (effect in ('full', 'contained', 'unknown')),
    fingerprint       text not null,
    created_at        timestamptz,
    last_used_at      timestamptz,
    last_used_service text not null,
    last_used_region  text not null,
    observed_at       timestamptz not null,
    primary key (account_pk, kind, native_id)
);

-- Whose it is --------------------------------------------------------------------------------------------------------

create table link (
    link_id    bigint generated always as identity,   -- in the order of writing; nobody looks one up by it
    account_pk bigint not null,                       -- of account
    person_uid uuid not null,                         -- of person
    relation   text not null check (relation in ('is', 'owns', 'created')),
    decision   text not null check (decision in ('linked', 'disputed', 'probable', 'candidate')),
    score      integer not null,
    definite   boolean not null,                      -- linked without help of a login or a key: may vouch for others
    own_now    boolean not null,
    valid_from timestamptz not null,
    valid_to   timestamptz,
    evidence   jsonb not null
);
create unique index on link (account_pk, person_uid, relation) where valid_to is null;
create index on link (person_uid) where valid_to is null;
create index on link (account_pk) where valid_to is not null;

create table link_decision (
    decision_id bigint generated always as identity primary key,
    realm       text not null,
    native_id   text not null,
    person_uid  uuid not null references person,
    verdict     text not null check (verdict in ('confirm', 'reject')),
    reason      text not null,
    author      text not null,
    decided_at  timestamptz not null default now(),
    revoked_at  timestamptz,
    revoked_by  text
);
create unique index on link_decision (realm, native_id, person_uid) where revoked_at is null;

-- What is wrong, and who is told -------------------------------------------------------------------------------------

create table baseline (
    kind         text not null check (kind in ('roster', 'source', 'rule')),
    name         text not null,                       -- a roster's name, a realm, a rule's id
    run_id       bigint not null references run,
    released_at  timestamptz,
    released_by  text,
    released_for text,
    primary key (kind, name)
);

create table release (
    run_id      bigint not null references run,       -- the run whose batch was let through
    released_at timestamptz not null default now(),
    author      text not null,
    reason      text not null
);

create table ticket (
    ticket_key  text primary key,
    kind        text not null check (kind in ('revoke', 'event', 'review', 'confirm', 'unverified')),
    holder      text not null,                        -- a person's uid, a finding's key, a realm or a roster
    queue       text not null,
    episode     integer not null,
    generation  integer not null,
    tracker     text not null,
    state       text not null check (state in ('wanted', 'open', 'closed')),
    ref         text,
    url         text,
    digest      text not null default '',             -- of the text that the tracker holds
    wanted_at   timestamptz not null,
    opened_at   timestamptz,
    closed_at   timestamptz,
    due_at      timestamptz,
    unique (kind, holder, queue, episode, generation),
    check (state <> 'open' or ref is not null)        -- given up before it was opened, it's closed without one
);

create table finding (
    finding_key          text primary key,
    match_key            text not null unique,        -- the same, until two persons turn out to be one: then it moves
    rule                 text not null,
    realm                text not null,
    source               text not null,
    roster               text not null,
    subject_kind         text not null,
    subject_native_id    text not null,
    subject_label        text not null,
    account_native_id    text not null,
    account_label        text not null,
    person_uid           uuid references person,
    episode              integer not null,
    state                text not null check (state in ('unverified', 'held', 'open', 'excepted', 'resolved')),
    severity             text not null check (severity in ('critical', 'high', 'medium', 'low')),
    standing             text not null,
    standing_reason      text not null,
    effect               text not null,
    privileged           boolean not null,
    relation             text,
    used_after_departure boolean,
    last_used_at         timestamptz,
    left_at              timestamptz,
    basis                text,
    evidence             jsonb not null,
    revoke               jsonb not null,
    warning              text not null,
    holds_ticket         boolean not null,
    ticket_kind          text not null,
    queue                text not null,               -- the first one it was routed to
    due_hours            double precision not null,
    ticket_key           text references ticket,
    told                 text not null default '' check (told in ('', 'open', 'resolved')),  -- what its ticket last said
    first_seen_at        timestamptz not null,
    first_run_id         bigint not null references run,
    due_at               timestamptz,
    reopened             integer not null default 0,
    resolved_at          timestamptz,
    resolution           text not null default ''
);
create index on finding (state) where state <> 'resolved';
create index on finding (person_uid);
create index on finding (ticket_key);

create table finding_event (
    seq         bigint primary key,
    finding_key text not null references finding,
    at          timestamptz not null,
    run_id      bigint references run,
    actor       text not null,                        -- "run 418" or a person
    from_state  text,
    to_state    text not null,
    text        text not null,                        -- what was seen, or why
    prev_hash   text not null,
    hash        text not null
);
create index on finding_event (finding_key);

create table verdict (
    finding_key text primary key references finding,
    reason      text not null,
    author      text not null,
    decided_at  timestamptz not null default now()
);

create table outbox (
    outbox_id  bigint generated always as identity primary key,
    ticket_key text not null references ticket,
    op         text not null check (op in ('open', 'comment', 'close', 'reopen')),
    event_key  text not null,                         -- the same event twice makes one row, and one comment
    text       text not null,
    run_id     bigint not null references run,
    created_at timestamptz not null default now(),
    done_at    timestamptz,
    unique (ticket_key, op, event_key)
);
create index on outbox (ticket_key) where done_at is null;
