-- The whole store. Times are timestamptz; everything about people's links, keys and departures is dated.
--
-- What a night writes by the million (workers, accounts, what they bear, links) has no foreign keys: each such row is made
-- by a join with the row that it is of, nothing deletes those, and asking anew of each took a third of the night
-- (docs/decisions/0064-no-foreign-keys-by-the-million.md).

-- Functions of their arguments alone ----------------------------------------------------------------------------------

-- A label as others may name it: without regard to case, or to the spaces about a name's separators (RFC 4514).
create function plain_label(label text) returns text language sql immutable parallel safe as $$
    select lower(case when label ~ '\s' then regexp_replace(label, '\s*([,=+])\s*', '\1', 'g') else label end)
$$;

-- Beside a link's evidence, for people.
create function held_told(held_since timestamptz) returns jsonb language sql immutable parallel safe as $$
    select case when held_since is null then '[]'::jsonb else jsonb_build_array(
        'as it was before ' || to_char(held_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        || ' UTC; nobody has decided whose it is') end
$$;

create function words_digest(salt uuid, variadic words text[]) returns text language sql stable parallel safe as $$
    select encode(sha256(convert_to(jsonb_build_array(salt, words)::text, 'UTF8')), 'hex')
$$;

-- As keys.py makes it.
create function finding_key_of(rule text, realm text, subject_kind text, account_native_id text, native_id text,
    person_uid uuid, episode integer) returns text stable parallel safe language sql as $$
    select left(encode(sha256(convert_to(concat_ws(chr(31), 'finding', rule, realm, subject_kind, account_native_id, native_id,
        coalesce(person_uid::text, ''), episode::text), 'UTF8')), 'hex'), 32)
$$;

-- Where a day ends in a zone: where the next one begins (model/days.py). PostgreSQL puts it into the query as it stands.
create function day_ends(day date, zone text) returns timestamptz immutable parallel safe language sql
    return (day + 1)::timestamp at time zone zone;

-- What a person's word on an account is about, among words on keys.
create function account_material(realm text, native_id text) returns text
    language sql immutable parallel safe return 'account:' || realm || ':' || native_id;

-- Of which scopes a read to the end is a look at an account: its own, and the whole system's unless that leaves it out.
create function scopes_of(native_id text, last_seen_at timestamptz) returns text[]
    language sql immutable parallel safe
    return array[native_id, case when last_seen_at is null then '' else native_id end];

-- Whom a finding counts as on the guard's lines: its person, or its system where it is about none.
create function counted_as(person uuid, realm text, roster text) returns text
    language sql immutable parallel safe
    return coalesce(person::text, nullif(realm, ''), roster);

-- Whether the guard let a finding through: with a tracker it's on a ticket then, also while it is held again.
create function was_let_through(ticket_key text, state text) returns boolean
    language sql immutable parallel safe
    return ticket_key is not null or state = 'open';

-- Runs ----------------------------------------------------------------------------------------------------------------

create table run (
    run_id        bigint generated always as identity primary key,
    kind          text not null check (kind in ('nightly', 'release', 'departure', 'verify')),
    caller        text not null unique,               -- whoever started it finds the same row again on a retry
    as_of         timestamptz not null,
    reads_since   timestamptz not null,               -- reads that began then or later are this run's own, live
    started_at    timestamptz not null default now(),
    correlated_at timestamptz,                        -- without it nothing may be concluded from this run
    finished_at   timestamptz,
    reported_at   timestamptz,                        -- the last time; an ended run whose tasks are repeated reports anew
    status        text check (status in ('green', 'red')),
    waiting       integer,
    summary       jsonb,
    -- Where the chain stood when a run ended: the next one looks whether it still does.
    head_seq      bigint,
    head_hash     text,
    -- A run's tasks may be done on many machines: all of them by the code that began it, which this is a digest of.
    code          text
);
-- Which night a moment belongs to is asked of each that custody compares, and an hour makes two runs.
create index on run (started_at, run_id) where kind <> 'release';

-- Runs that a person, or the store itself, took out of the count; what they found and told stays.
create table withdrawal (
    run_id       bigint primary key references run,
    reason       text not null,
    author       text not null,
    withdrawn_at timestamptz not null default now()
);

-- One row makes this a store on trial, where nights may be played whose moment lies ahead of the clock (`nightly
-- --dry-run`, the demo). A store that anybody relies on holds none.
create table trial (
    only_one boolean primary key default true check (only_one)
);

-- The server, time line and table that this store was last seen in: a copy that was restored from a backup, or goes on
-- from an earlier moment, is seen in another.
create table store_place (
    only_one    boolean primary key default true check (only_one),
    place       text not null,
    restored_at timestamptz                           -- when it was last seen in another place
);

-- Rosters and people --------------------------------------------------------------------------------------------------

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
    -- SHA-256 of what was read; '' where there are no bytes.
    digest       text not null default '',
    -- A read of what an earlier one held, with something else between them: nothing of it is taken, and a person may
    -- say that it is right all the same (accepted_at).
    came_again   boolean not null default false,
    unique (run_id, roster)
);
create index on roster_read (roster, read_id);

create table person (
    person_uid      uuid primary key,
    id_space        text not null,
    worker_id       text not null,                    -- of the first worker seen
    episode         integer not null default 1,
    first_seen_at   timestamptz not null,
    shown_worker_pk bigint                            -- of worker: whose id, name and roster people read
);

create table person_alias (
    alias_uid  uuid primary key,
    person_uid uuid not null references person,
    merged_at  timestamptz not null,
    evidence   text not null
);
-- Findings held against their own keys (docs/decisions/0089-a-decision-is-what-its-event-says.md).
create index on person_alias (person_uid);

create table worker (
    worker_pk        bigint generated always as identity primary key,
    roster           text not null,                   -- of roster
    id_space         text not null,
    worker_id        text not null,
    person_uid       uuid not null,                   -- of person
    name             text not null,
    manager          text not null,
    location         text not null,
    in_complete_read boolean not null,
    first_told_at    timestamptz not null,            -- as_of of the first read that told of it
    missing_since    timestamptz,                     -- the first read in which it wasn't, where that read may tell
    -- the complete roster_read that asked whether it left, within its bound
    judged_read_id   bigint,
    vanished_at      timestamptz,                     -- taken to have left; null while it waits to be confirmed
    superseded       boolean not null default false,  -- HR gives its id as another worker's previous one
    digest           bytea,                           -- of the one record by which a complete read told it
    -- Bears a present mail or login that the last read of it didn't tell, and that no complete read has ended.
    keys_mixed       boolean not null default false,
    observed_at      timestamptz not null,            -- of the read that wrote this row
    unique (worker_id, roster)
);
create index on worker (person_uid);

create table employment (
    worker_pk       bigint not null,                  -- of worker
    start_on        date,
    status          text not null check (status in ('active', 'leave', 'left', 'future')),
    last_working_on date,
    end_on          date,
    zone            text,
    type            text not null,
    told_left_at    timestamptz,                      -- since when HR says "left" and gives no day
    -- What HR's status says beside whether somebody works here.
    circumstance    text not null default ''
        check (circumstance in ('', 'suspended', 'garden_leave', 'retired', 'deceased')),
    -- Since when its worker had not been listed, as a later read told other employments alone, all of them still to come.
    gone_at         timestamptz,
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
-- A worker's id as HR writes it, where it's written otherwise than it's compared: of nearly none.
create index on worker_key (raw) where kind = 'number' and raw <> value;
-- An account's number may be one of HR's but for leading letters and zeros.
create index on worker_key (loose) where kind = 'number' and loose <> value;

create table run_person (
    run_id     bigint not null references run,
    person_uid uuid not null references person,
    -- Whether a person named whom a run is about; else the run found them itself.
    named      boolean not null default true,
    primary key (run_id, person_uid)
);

-- Pairs of persons who may be one human, both ways round, as the last correlation found them: the guard asks which
-- findings about the one rest on the departure of the other.
create table possibly_one_person (
    person_uid uuid not null,
    other_uid  uuid not null,
    primary key (person_uid, other_uid)
);

create table contested_person (   -- who might be the same human as somebody who works here
    person_uid uuid primary key
);

create table departure (
    departure_id  bigint generated always as identity primary key,
    person_uid    uuid not null,                      -- of person
    episode       integer not null,
    returned      boolean not null,                   -- works here again since
    left_at       timestamptz not null,
    certain_at    timestamptz not null,
    left_on       date,
    zone          text not null,
    basis         text not null check (basis in ('actual', 'notice', 'planned', 'inferred', 'away')),
    confirmed     boolean not null,
    roster        text not null,
    worker_pk     bigint not null,                    -- of worker
    told          text not null,
    valid_from    timestamptz not null,
    valid_to      timestamptz,
    ended_because text,
    -- What was told instead of a departure that ended: "extended to 2027-01-31, says hr".
    ended_told    text not null default '',
    circumstance  text not null default ''
        check (circumstance in ('', 'suspended', 'garden_leave', 'retired', 'deceased')),
    -- How a departure was taken back or told otherwise: a word, and what its sentence says, in whatever language.
    ended_said    jsonb
);
create unique index on departure (person_uid) where valid_to is null;
create index on departure (person_uid);

-- Departures that another employment of the same person hides: somebody has left by one record, and works here by another.
create table hidden_departure (
    -- People call it d-418, as they call a departure: no number is both.
    departure_id   bigint primary key default nextval(pg_get_serial_sequence('departure', 'departure_id')),
    person_uid     uuid not null,                     -- of person
    worker_pk      bigint not null,                   -- of worker: by whose record they have left
    here_worker_pk bigint not null,                   -- by whose they work here
    left_at        timestamptz not null,
    certain_at     timestamptz not null,
    left_on        date,
    zone           text not null,
    basis          text not null check (basis in ('actual', 'inferred')),
    told           text not null,
    here_told      text not null,
    joined_by      text not null check (joined_by in ('record', 'number', 'mail and login')),
    valid_from     timestamptz not null,
    valid_to       timestamptz
);
create unique index on hidden_departure (person_uid, worker_pk, left_at) where valid_to is null;

-- Whom an identity provider has pushed (SCIM), for rosters that are told so: what is kept of each, as it stands now.
create table pushed_user (
    user_id           uuid primary key,
    roster            text not null,
    user_name         text not null,
    -- As it's compared: case makes no other name.
    user_name_key     text not null,
    external_id       text,
    -- By what the columns call it; '' where there is none.
    worker_id         text not null,
    active            boolean,
    -- What the roster's columns ask for, as SCIM writes it; an attribute that nobody has set is there, and null.
    resource          jsonb not null,
    created_at        timestamptz not null,
    changed_at        timestamptz not null,
    -- When it was told that it's active no more.
    inactive_at       timestamptz,
    -- When it was told that it's gone; of such a one no more is kept than the moments and the worker's number.
    deleted_at        timestamptz,
    -- Numbers that a pushed user bore before, oldest first: who is given another number is the same worker.
    former_worker_ids text[] not null default '{}',
    -- When the identity provider last asked for this user, or told of it, after a restore.
    confirmed_at      timestamptz
);
create unique index on pushed_user (roster, user_name_key) where deleted_at is null;
create index on pushed_user (roster, user_id);
-- What is told of whoever is listed no more.
create index on pushed_user (roster, worker_id);
create index on pushed_user (roster, external_id) where external_id is not null;

-- When somebody last spoke to us for a roster, by its token.
create table pushed_feed (
    roster   text primary key,
    heard_at timestamptz not null
);

-- How many changes were pushed, of every roster. Airflow keeps the number too: a copy of this store from before a push
-- holds fewer. It is no sequence, which PostgreSQL moves ahead after a crash.
create table pushed_changes (
    only_one boolean primary key default true check (only_one),
    changes  bigint not null
);

-- Systems, and what they hold -----------------------------------------------------------------------------------------

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
    -- What kind of reader it was, and whether it told accounts, keys or events: several may read one realm.
    kind        text not null default '',
    tells       text not null default 'accounts'
        check (tells in ('accounts', 'keys', 'events')),
    attested_at timestamptz,
    unique (run_id, source, part, phase)
);
create index on source_read (source, part, phase, read_id);

-- The outcome of each read of each run. A read that was expected and never began is among them, unless the run checked
-- nobody.
create view run_read as
select d.*, case d.status when 'complete' then 'whole' when 'partial' then 'in part' else 'not at all' end as was_read
from (
    select run_id, 'roster' as what, roster as name, '' as part, '' as phase, status, proved, observed_at, finished_at,
        workers as amount, error, jsonb_array_length(problems) as gaps
    from roster_read
    union all
    select run_id, 'source', source, part, phase, status, null, observed_at, finished_at,
        coalesce((counts ->> 'accounts')::int, 0) + coalesce((counts ->> 'keys')::int, 0)
            + coalesce((counts ->> 'events')::int, 0), error, jsonb_array_length(gaps)
    from source_read
    union all
    select r.run_id, 'roster', e.name, '', '', 'never begun', null, null, null, null, '', 0
    from run r cross join lateral jsonb_array_elements_text(coalesce(r.summary #> '{expected,rosters}', '[]')) as e (name)
    where not exists (select from roster_read d where d.run_id = r.run_id and d.roster = e.name)
    union all
    select r.run_id, 'source', e.pair ->> 0, e.pair ->> 1, 'collect', 'never begun', null, null, null, null, '', 0
    from run r cross join lateral jsonb_array_elements(
        coalesce(r.summary #> '{expected,parts}', '[]') || coalesce(r.summary -> 'unlisted', '[]')) as e (pair)
    where r.summary ->> 'nobody' is null and not exists (
        select from source_read d
        where d.run_id = r.run_id and d.source = e.pair ->> 0 and d.part = e.pair ->> 1 and d.phase = 'collect')
) d;

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
    account_pk          bigint generated always as identity primary key,
    gone_at             timestamptz,
    kind                text not null default 'account' check (kind in ('account', 'root_account')),
    standing            text not null check (standing in ('works', 'dead', 'unknown')),
    realm               text not null,                -- of realm
    native_id           text not null,
    label               text not null,
    login               text not null,
    display_name        text not null,
    owner_labels        text[] not null,
    created_at          timestamptz,
    created_by          text not null,
    standing_reason     text not null,
    has_own_login       boolean not null,
    password_set_at     timestamptz,
    service_like        boolean not null,
    privileged          boolean,
    privileged_by       text not null,
    last_used_exact     boolean not null,
    keys                jsonb not null,               -- borne today: [kind, value, loose, origin, name, raw, and since
    -- when, unless from the first], in their order
    digest              bytea,                        -- of what one read told of it, its credentials included, as long
    -- as nothing else stands here of it
    first_seen_at       timestamptz not null,
    observed_at         timestamptz not null,         -- of the read that wrote this row
    -- Certificates, service credentials, role trusts, root accounts, and memberships of the groups that guard keys.
    product             text not null default '',
    -- By what address a system is administered is noted by whoever reads it, so that a ticket's commands can name it.
    reached_by          text not null default '',
    -- What a checker's own connection logs in by is noted by whoever reads there: it's nobody's, and no riddle.
    is_reader           boolean not null default false,
    -- Whether a system checks the password of an account's own login itself, and since when it says that it is shut:
    -- what is told of a login that still works though the identity provider's is shut.
    keeps_password      boolean not null default false,
    disabled_at         timestamptz,
    -- From when on sessions and refresh tokens of an account count: older ones have been revoked.
    sessions_valid_from timestamptz,
    -- Of when the list is on which an account stands, or by which a system was read: somebody's word, where nobody can
    -- ask.
    attested_at         timestamptz,
    -- When the first read began of those that have shown it dead, or gone, since one last showed it at work.
    -- `observed_at` is of the read that wrote the row, which moves with whatever else is told of it. '-infinity':
    -- before this was kept, so that nobody knows; of what works nothing of it counts.
    dead_since          timestamptz,
    -- When an account was last seen that a read has left out since, by its settings; of keys key_copy says it. Null:
    -- it's read.
    last_seen_at        timestamptz,
    unique (realm, native_id)
);
-- What somebody types into the search of the pages: exactly, and hashes are cheaper to keep than an order of long DNs.
create index on account using hash (lower(login));
create index on account using hash (lower(label));
create index account_left_out on account (realm) where last_seen_at is not null;

-- When an account was last used: exactly, or the day alone. Nothing of it is kept of an account without a row here. Apart
-- from the account's own row, which is long: of most accounts it is taken away the night they are found.
create table account_use (
    account_pk   bigint primary key,                  -- of account
    keep_use     text not null check (keep_use in ('exact', 'day')),
    last_used_at timestamptz,
    observed_at  timestamptz not null                 -- of the read that wrote this row
);

-- When accounts of a first read were last used: a row for some thousands of them, until correlation, or a further read of
-- the same system, comes to them. Of nearly all it keeps nothing; a row an account would be written to be deleted.
create table use_told (
    realm       text not null,                        -- of realm
    account_pks bigint[] storage external not null,   -- of account
    days        date[] storage external not null,     -- in UTC, in their order; null where it wasn't told
    observed_at timestamptz not null                  -- of the read
);
create index on use_told (realm);

-- Labels of accounts before they were renamed or moved: what they made or own may still name them so.
create table former_label (
    account_pk bigint not null,                       -- of account
    realm      text not null,
    label      text not null,
    borne_to   timestamptz not null default now(),    -- the read that told another
    primary key (account_pk, label)
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

create table credential (
    account_pk        bigint not null,                -- of account
    standing          text not null check (standing in ('works', 'dead', 'unknown')),
    can_reactivate    boolean not null,
    gone_at           timestamptz,
    kind              text not null check (kind in (
        'access_key', 'console_password', 'ssh_key', 'certificate', 'service_credential')),
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
    expires_at        timestamptz,
    sessions_until    timestamptz,
    dead_since        timestamptz,
    primary key (account_pk, kind, native_id)
);
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

-- Half hours in which so many of a realm's accounts were made that it was loaded or migrated then: when an account was
-- made in one of them tells nothing of anybody. What was found once stays, however much the realm grows afterwards.
create table bulk_load (
    realm    text not null,
    began_at timestamptz not null,
    ended_at timestamptz not null,
    -- What is told of a load is noted when it's found: to count it each night would be to pass by every account again.
    made     integer not null default 0,              -- accounts made in this half hour
    accounts integer not null default 0,              -- of how many whose birth is told
    first_at timestamptz,
    last_at  timestamptz,
    primary key (realm, began_at)
);

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
    -- For whom a credential was made is told by its login, which whoever reads the trail knows: what that system's
    -- names look like is no matter of a query's. Of what was read before it's the end of the name.
    object_login text not null default '',
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

-- Whose it is ---------------------------------------------------------------------------------------------------------

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
    evidence   jsonb not null,
    -- As long as a link stands by these alone: since when.
    held_since timestamptz,
    -- A link that a person's word alone made: nothing had linked it before. Once the word is taken back it's as if it
    -- had never stood, where one that the evidence had made first is the evidence's still.
    by_word    boolean not null default false
);
create unique index on link (account_pk, person_uid, relation) where valid_to is null;
create index on link (person_uid) where valid_to is null;
create index on link (account_pk) where valid_to is not null;
create index on link (account_pk) where held_since is not null and valid_to is null;
create index on link (account_pk) where by_word;

-- What an account said of itself when somebody's link to it stood, kept from the moment it says something else until
-- correlation has seen that the link stands by that too, or a person has decided whose it is: nobody edits themselves off
-- the list.
create table words_before (
    account_pk   bigint primary key,                  -- of account
    keys         jsonb not null,                      -- as account.keys were then
    service_like boolean not null
);

-- What correlation has yet to look at. Whoever writes what links rest on, the table itself notes it down here, so that no
-- writer can forget to; correlation takes the notes away, and looks only at what has to do with them.
create table correlated (
    one_row  boolean primary key default true check (one_row),
    settings bytea not null                           -- digest of what the last correlation was told
);

create table uncorrelated (   -- a row with nothing in it: everything
    account_pk bigint,
    person_uid uuid,
    realm      text,
    label      text                                   -- which some account of the realm had, and others may name
);

create table crowded (   -- values that more accounts of one realm bear than may weigh
    realm    text not null,
    kind     text not null,
    value    text not null,
    loose    text not null,
    name     text not null,
    accounts integer not null,
    primary key (realm, kind, value, loose)
);

-- Keys that several people may hold -----------------------------------------------------------------------------------

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
    -- How far keys were read, by how the names of those begin that a read covers, '' for all of the realm's: where a
    -- reader is told to look in some regions or mounts alone, what lies elsewhere wasn't looked at.
    scope       text not null,
    -- When who has access to keys was last read to the end: a reader may be told not to look. Null: never.
    access_at   timestamptz,
    primary key (realm, source_kind, kind, scope)
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
    -- a source's or verifier's name in the configuration; '' for material
    reader     text not null,
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

-- Findings, and the record of changes ---------------------------------------------------------------------------------

create table ticket (
    ticket_key  text primary key,
    kind        text not null check (kind in ('revoke', 'rotate', 'event', 'review', 'confirm', 'unverified')),
    holder      text not null,                        -- a person's uid, a finding's key, a realm or a roster
    queue       text not null,
    episode     integer not null,
    generation  integer not null,
    tracker     text not null,
    state       text not null check (state in ('wanted', 'open', 'closed')),
    ref         text check (ref <> ''),
    url         text,
    digest      text not null default '',             -- of the text that the tracker holds
    wanted_at   timestamptz not null,
    opened_at   timestamptz,
    closed_at   timestamptz,
    due_at      timestamptz,
    -- The due time that a ticket is open past, as its tracker was told.
    past_due_at timestamptz,
    -- A ticket whose items went to another tracker: where its successor is.
    moved_to    text references ticket,
    -- What a ticket's tracker was last told, or was to be told, heard or not; and how many different things by now. The
    -- same said again bears the same number, by which a tracker that can't be asked knows it again.
    said_count  bigint not null default 0,
    said_digest text not null default '',
    -- When its tracker last failed at a ticket, which may pass: such a one is told last.
    failed_at   timestamptz,
    -- Opened in place of one that its tracker no longer had.
    renews      text references ticket,
    -- Whether a tracker that can't be asked may have heard what a restored store no longer knows.
    doubted     boolean not null default false,
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
    subject_kind         text not null check (subject_kind in (
        'worker', 'account', 'access_key', 'console_password', 'ssh_key', 'certificate', 'service_credential', 'role',
        'root_account', 'source', 'signing_key', 'shared_secret')),
    subject_native_id    text not null,
    subject_label        text not null,
    account_native_id    text not null,
    account_label        text not null,
    person_uid           uuid references person,
    episode              integer not null,
    state                text not null check (state in ('unverified', 'held', 'open', 'excepted', 'resolved')),
    severity             text not null check (severity in ('critical', 'high', 'medium', 'low')),
    standing             text not null check (standing in ('works', 'dead', 'unknown')),
    standing_reason      text not null,
    effect               text not null check (effect in ('full', 'contained', 'unknown')),
    privileged           boolean not null,
    relation             text check (relation in ('is', 'owns', 'created')),
    used_after_departure boolean,
    last_used_at         timestamptz,
    left_at              timestamptz,
    basis                text check (basis in ('actual', 'notice', 'planned', 'inferred', 'away')),
    evidence             jsonb not null,
    revoke               jsonb not null,
    warning              text not null,
    holds_ticket         boolean not null,
    ticket_kind          text not null check (ticket_kind in (
        'revoke', 'rotate', 'event', 'review', 'confirm', 'unverified')),
    queue                text not null,               -- the first one it was routed to
    due_hours            double precision not null,
    ticket_key           text references ticket,
    -- what its ticket last said
    told                 text not null default '' check (told in ('', 'open', 'excepted', 'resolved')),
    first_seen_at        timestamptz not null,
    first_run_id         bigint not null references run,
    due_at               timestamptz,
    reopened             integer not null default 0,
    resolved_at          timestamptz,
    resolution           text,
    -- What a finding's ticket last said of the departure.
    told_left_at         timestamptz,
    told_basis           text check (told_basis in ('actual', 'notice', 'planned', 'inferred', 'away')),
    told_worker          text,
    -- What its rule says of a finding, beyond what it says itself.
    comes_first          boolean not null default false,  -- ahead of what is equally bad
    of_keys              boolean not null default false,  -- a digest of a system's keys, not its accounts
    attestable           boolean not null default false,  -- nobody can be asked: a person attests
    resolution_details   jsonb not null default '{}',
    -- The time zone in which whom a finding is about worked, as the departure that it rests on has it: routes go by it.
    worked_in            text not null default '',
    -- What routes go by stands with the finding, so that whoever asks later is answered alike: where they worked, in
    -- HR's word; the source's part, which of a key no realm tells; and who answers for the thing, which the next run
    -- finds.
    location             text not null default '',
    part                 text not null default '',
    owners               text[] not null default '{}',
    -- What a finding's sentences are made of, by their English, so that a ticket tells them in the reader's language.
    made_of              jsonb not null default '{}',
    -- Whether a finding's thing looks like a workload's, of which the warning says why: what may be shut goes by it.
    is_workload          boolean not null default false,
    constraint finding_shapes_check check (jsonb_typeof(evidence) = 'array' and jsonb_typeof(revoke) = 'array'
        and jsonb_typeof(resolution_details) = 'object' and jsonb_typeof(made_of) = 'object')
);
create index on finding (state) where state <> 'resolved';
create index on finding (person_uid);
create index on finding (ticket_key);
-- All that was ever found of one thing.
create index on finding (subject_native_id);

create table finding_event (
    seq         bigint primary key,
    finding_key text references finding,
    at          timestamptz not null,
    run_id      bigint references run,
    actor       text not null,                        -- "run 418" or a person
    from_state  text,
    to_state    text not null,
    text        text not null,                        -- what was seen, or why
    prev_hash   text not null,
    hash        text not null,
    -- a row that holds a decision, such as link_decision:12, or the links
    about       text,
    -- The same word of the event: the chain is of its text, and this is for counting, and for putting a finding back.
    resolution  text,
    constraint finding_event_subject check ((finding_key is null) <> (about is null))
);
create index on finding_event (finding_key, seq);     -- the last event of each finding
create index on finding_event (about, seq) where about is not null;
-- What the guard let through, and what closed, in the runs of a day.
create index finding_event_run on finding_event (run_id) where to_state in ('open', 'resolved');

-- Findings that close because another finding judges the same thing from now on: how each closes, once that one is told.
create table succession (
    finding_key text primary key references finding,
    run_id      bigint not null references run,       -- whose evaluation says so
    resolution  text not null,
    details     jsonb not null,
    made_of     jsonb not null,
    text        text not null
);

-- Who is told ---------------------------------------------------------------------------------------------------------

create table outbox (
    outbox_id  bigint generated always as identity primary key,
    ticket_key text not null references ticket,
    op         text not null check (op in ('open', 'comment', 'close', 'reopen')),
    event_key  text not null,                         -- the same event twice makes one row, and one comment
    text       text not null,
    run_id     bigint not null references run,
    created_at timestamptz not null default now(),
    done_at    timestamptz,
    -- What a comment is made of where it's said in English, so that its ticket tells it in the reader's language.
    made_of    jsonb,
    -- Whether it's said wherever what it's about goes; all else is planned anew there.
    goes_along boolean not null default false,
    -- As which event a tracker was set out to be told it, heard or not; "" where nobody has tried yet. What was said in
    -- one bears the same. What waits as this comes may have been tried.
    told_as    text not null default '',
    -- Findings whose change it says, and what their ticket had said of each before. Until somebody tries to tell it,
    -- what changes later takes its place.
    tells      jsonb,
    unique (ticket_key, op, event_key)
);
create index on outbox (ticket_key) where done_at is null;

-- Tickets that their tracker refused: in whose words, since when, by which settings, and what had been said on them by
-- then. One whose ticket is told, or is over, isn't there any more.
create table refusal (
    ticket_key      text primary key references ticket,
    words           text not null,
    refused_at      timestamptz not null,
    settings_digest text not null,
    last_outbox_id  bigint not null
);

-- Whom a ticket has called: a row a pager, kept when it's over.
create table page (
    ticket_key text not null references ticket,
    pager      text not null,
    called_at  timestamptz not null,
    over_at    timestamptz,
    -- A ticket's page goes along with what stands on it: by which key the pager knows it stays.
    called_as  text references ticket not null,
    primary key (called_as, pager)
);
create index on page (ticket_key);

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

-- The guard -----------------------------------------------------------------------------------------------------------

create table baseline (
    kind         text not null check (kind in ('roster', 'source', 'rule')),
    name         text not null,                       -- a roster's name, a realm, a rule's id
    run_id       bigint not null references run,
    released_at  timestamptz,
    released_by  text,
    released_for text,
    primary key (kind, name)
);

-- As each line stood when the guard last let it through: what the next nights are compared with.
create table guard_accepted (
    kind    text not null check (kind in ('roster', 'source', 'person')),
    name    text not null,
    part    text not null,                            -- of a source; '' of a roster
    run_id  bigint not null references run,
    as_of   timestamptz not null,                     -- departures and links that stood then aren't new
    -- The last departure that was known then: a run that is repeated has the same as_of.
    last_departure_id bigint not null,
    amount  integer not null,                         -- workers, accounts or keys
    linked  integer not null,                         -- of a source's part: people with linked accounts
    waiting integer not null,                         -- of a roster: who vanished and waits to be confirmed
    primary key (kind, name, part)
);

create table guard_hold (
    hold_id     bigint generated always as identity primary key,
    kind        text not null check (kind in ('roster', 'source', 'rule', 'person', 'named', 'critical', 'total')),
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
    hold_id     bigint not null references guard_hold,
    -- The first run to put a finding on its hold, and to say so at its end. Null: none has yet.
    since_run   bigint references run,
    since       timestamptz not null default clock_timestamp()
);

-- ... and findings that would close, which stay open meanwhile.
create table guard_closing (
    finding_key text primary key references finding,
    kind        text not null,
    name        text not null,
    reason      text not null,
    run_id      bigint not null references run
);

-- What people decide --------------------------------------------------------------------------------------------------

-- A run of the form decides once, however often its task is begun, and never after a refusal.
create table submission (
    caller       text primary key,                    -- the run's own name
    form         text not null,                       -- such as link revoke
    digest       text not null,                       -- of what it said, so that another run of that name is told apart
    author       text not null,
    submitted_at timestamptz not null default now(),  -- its first attempt
    outcome      text not null default 'begun' check (outcome in ('begun', 'refused', 'decided'))
);

-- The first question that a run of the DAG that asks has asked, a task each. An answer in that run counts for it alone.
create table question (
    caller   text primary key,                        -- the run's own name, and the task
    digest   text not null,                           -- of what was shown, and of what an answer would decide about
    asked_at timestamptz not null default now()
);

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

create table verdict (
    finding_key text primary key references finding,
    reason      text not null,
    author      text not null,
    decided_at  timestamptz not null default now()
);

create table release (
    run_id      bigint not null references run,       -- the run whose batch was let through
    released_at timestamptz not null default now(),
    author      text not null,
    reason      text not null,
    scope       text not null default '',
    findings    integer not null default 0,
    -- A name for each row.
    release_id  bigint generated always as identity primary key
);

create table attestation (
    attestation_id bigint generated always as identity primary key,
    material       text not null,
    reason         text not null,
    author         text not null,
    attested_at    timestamptz not null default now(),
    until          timestamptz not null,
    salt           uuid not null default gen_random_uuid()
);
create index on attestation (material);

-- Who gets into a system that nobody can ask, by a person's word. The newest day counts; of one day the last word.
create table people_list (
    people_list_id bigint generated always as identity primary key,
    realm          text not null,
    listed_on      date not null,                     -- of which day it is, in the company's zone
    people         text not null,                     -- words with blanks between; 'nobody'; '' once it's forgotten
    reason         text not null,
    author         text not null,
    stated_at      timestamptz not null default now(),
    salt           uuid not null default gen_random_uuid()
);
-- The list of a system that counts on a day.
create index on people_list (realm, listed_on, people_list_id);

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
    ended_for    text,
    -- The record holds a digest of a decision's words, and of those that are forgotten one day nobody may guess them by
    -- it.
    salt         uuid not null default gen_random_uuid()
);
create index on notice (person_uid) where ended_at is null;

-- A person's word on a departure that nobody confirmed: it counts as long as the feed says the very same.
create table departure_word (
    word_id    bigint generated always as identity primary key,
    person_uid uuid not null references person,
    basis      text not null check (basis in ('planned', 'inferred', 'hidden')),
    left_at    timestamptz not null,
    verdict    text not null check (verdict in ('confirm', 'deny')),
    reason     text not null,
    author     text not null,
    decided_at timestamptz not null default now(),
    until      timestamptz,                           -- of a denial: then it's asked again
    salt       uuid not null default gen_random_uuid(),
    check (verdict = 'confirm' or basis = 'hidden' or until is not null)
);
create index on departure_word (person_uid, basis, left_at);

-- What is let stand for a while: exceptions to findings, and acknowledged gaps, entry by entry as the file had them.
create table exception (
    exception_id   bigint generated always as identity primary key,
    kind           text not null check (kind in ('exception', 'acknowledgement')),
    finding        text,                              -- the beginning of a finding's key; '' here and below: any
    space          text,                              -- a worker's id space
    worker         text,                              -- and id, in its normal form
    source         text,
    part           text,
    roster         text,
    account        text,                              -- native id or label
    rule           text,
    reason         text not null,
    approver       text not null,
    expires_at     timestamptz not null,              -- the end of its last day
    valid_from     timestamptz not null,
    valid_to       timestamptz,                       -- since when the file no longer has it
    -- An acknowledgement may be a person's word instead of a line of the file.
    origin         text not null default 'file' check (origin in ('file', 'person')),
    ended_by       text,                              -- who took it back
    ended_for      text,                              -- and why
    salt           uuid not null default gen_random_uuid(),
    -- That departures by message can't be heard may be acknowledged as well.
    queue          text,                              -- 'departures', or ''
    -- That something can't be read at all is known only where somebody said just that; else what is read in part is.
    covers         text check (covers in ('', 'unread')),
    -- Where policy.exceptions_need_decision says so, an entry of the exceptions file covers nothing until an approver
    -- has decided on it. An entry whose words change is another row, and waits again.
    needs_decision boolean not null default false,
    -- Where the record ended when a run first went by an entry of the file, and whom its worker meant then, by all ids
    -- that this person had. Null: no run has gone by it yet, and it covers nothing.
    known_seq      bigint,
    people         uuid[],
    constraint exception_nothing_empty check ('' <> all(
        array[finding, space, worker, source, part, roster, account, rule, queue, covers]))
);
create index on exception (kind) where valid_to is null;

-- Which accounts an exception means that names them by a label: those that bore it when the entry began, whatever they are
-- called since (docs/decisions/0093-a-label-means-who-bore-it.md).
create table excepted_account (
    excepted_account_id bigint generated always as identity primary key,
    source              text not null,
    label               text not null,                -- as the file has it
    realm               text not null,                -- '' here and below: nothing bore it
    native_id           text not null,
    covered             boolean not null,             -- false: it bears the label since later, or nothing did
    run_id              bigint not null references run,  -- which saw it first
    valid_from          timestamptz not null,
    valid_to            timestamptz,                  -- since when no entry of the file names the label
    check (not covered or native_id <> '')
);
create index on excepted_account (source, label) where valid_to is null;

create table exception_decision (
    exception_decision_id bigint generated always as identity primary key,
    exception_id          bigint not null,
    author                text not null,
    decided_at            timestamptz not null default clock_timestamp(),
    reason                text not null,              -- '' once it's forgotten
    salt                  uuid not null default gen_random_uuid()
);
create index on exception_decision (exception_id);

-- What was proposed to be shut, by whom that was approved, and what became of it. Each change of a row is an event.
create table revocation (
    revocation_id     bigint generated always as identity primary key,
    finding_key       text not null references finding,
    reopened          integer not null,               -- how often the finding had come back when it was proposed
    status            text not null check (status in ('proposed', 'approved', 'doing', 'done', 'undoing', 'undone',
        'refused', 'unseen', 'undo_unseen', 'lapsed')),
    proposed_run      bigint not null references run,
    proposed_at       timestamptz not null default clock_timestamp(),
    source            text not null,
    part              text not null,
    realm             text not null,
    subject_kind      text not null check (subject_kind in (
        'worker', 'account', 'access_key', 'console_password', 'ssh_key', 'certificate', 'service_credential', 'role',
        'root_account', 'source', 'signing_key', 'shared_secret')),
    subject_native_id text not null,
    account_native_id text not null,
    login             text not null,
    product           text not null,
    step              text not null,                  -- what is set, as a clause
    caller            text,                           -- whose answer approved it
    approved_by       text,
    approved_at       timestamptz,
    reason            text,
    look_run          bigint references run,          -- that looked again before the step was taken
    before            jsonb,                          -- what stood there, by the system's own names
    taken_at          timestamptz,                    -- written down before the system is told
    done_at           timestamptz,
    ended_at          timestamptz,
    ended_by          text,                           -- who undid it, or ended it as one that nobody can see
    ended_for         text                            -- why it was undone, refused, lapsed, or ended so
);
create unique index on revocation (finding_key) where status in ('proposed', 'approved', 'doing', 'undoing');
create index on revocation (taken_at);

-- Who spoke to us, and who looked -------------------------------------------------------------------------------------

-- Messages that named people, each taken once; ids alone, never what else stood in one.
create table message (
    message_id  text primary key,                     -- the queue's own
    received_at timestamptz not null default now(),
    people      text[] not null,                      -- worker ids
    notices     text[] not null,
    -- the run that takes it, or took it last; null: none has come to it
    run_id      bigint references run,
    done_at     timestamptz,                          -- these people were checked
    refused     text not null default '',             -- why something of it was set aside
    -- What our own trigger received stands here before an asset event names it: nothing else is taken for a message.
    handle      text not null default ''              -- the queue's, of the last delivery; '' once deleted
);
create index on message (received_at) where done_at is null or refused <> '';

-- Whether the queue of departures could be asked in a night; without a time its task didn't come to it.
create table queue_look (
    run_id   bigint primary key references run,
    asked_at timestamptz,
    waiting  integer not null default 0,              -- messages that nobody took, for as long as was looked
    error    text not null default ''
);

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

-- What correlation has yet to look at: noted by the tables themselves -------------------------------------------------

-- Workers: whose they are, and whose they were.
create function note_worker() returns trigger language plpgsql as $$
begin
    if exists (select from correlated) then
        insert into uncorrelated (person_uid) select person_uid from written;
        if tg_op = 'UPDATE' then
            insert into uncorrelated (person_uid)
            select person_uid from (
                select worker_pk, person_uid from replaced except select worker_pk, person_uid from written) moved;
        end if;
    end if;
    return null;
end $$;
create trigger note_insert after insert on worker
    referencing new table as written for each statement execute function note_worker();
create trigger note_update after update on worker
    referencing old table as replaced new table as written for each statement execute function note_worker();

-- Their employments and keys. A key that is deleted was somebody's reason, and nobody knows whose any more: everything.
create function note_of_worker() returns trigger language plpgsql as $$
begin
    if not exists (select from correlated) then
        return null;
    end if;
    if tg_op = 'DELETE' and tg_table_name = 'worker_key' then
        insert into uncorrelated select from written limit 1;
    else
        insert into uncorrelated (person_uid)
        select w.person_uid from worker w where w.worker_pk in (select worker_pk from written);
    end if;
    return null;
end $$;
create trigger note_insert after insert on employment
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_update after update on employment
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_delete after delete on employment
    referencing old table as written for each statement execute function note_of_worker();
create trigger note_insert after insert on worker_key
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_update after update on worker_key
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_delete after delete on worker_key
    referencing old table as written for each statement execute function note_of_worker();

-- What people decided; a decision that is set aside is looked at as one that is made.
create function note_decision() returns trigger language plpgsql as $$
begin
    insert into uncorrelated (account_pk) select a.account_pk from written join account a using (realm, native_id);
    insert into uncorrelated (person_uid) select person_uid from written;
    return null;
end $$;
create trigger note_insert after insert on link_decision
    referencing new table as written for each statement execute function note_decision();
create trigger note_update after update on link_decision
    referencing new table as written for each statement execute function note_decision();
create trigger note_delete after delete on link_decision
    referencing old table as written for each statement execute function note_decision();

-- Accounts, but for what says nothing of whose they are: a column that correlation comes to read belongs here. A root
-- user's address is changed on purpose, and its link is known by nothing else.
create function note_account() returns trigger language plpgsql as $$
begin
    if not exists (select from correlated) then
        return null;  -- the first time everything is looked at
    end if;
    if tg_op = 'INSERT' then
        insert into uncorrelated (account_pk) select account_pk from written;
        return null;
    end if;
    insert into uncorrelated (account_pk)
    select account_pk from (
        select account_pk, label, login, display_name, owner_labels, created_at, created_by, service_like, kind, keys,
            gone_at is null from written
        except
        select account_pk, label, login, display_name, owner_labels, created_at, created_by, service_like, kind, keys,
            gone_at is null from replaced) changed;
    insert into words_before (account_pk, keys, service_like)
    select r.account_pk, r.keys, r.service_like
    from replaced r join written w using (account_pk)
    where (w.keys, w.service_like) <> (r.keys, r.service_like) and r.kind = 'account' and w.gone_at is null and exists (
        select from link l where l.account_pk = r.account_pk and l.relation = 'is' and l.valid_to is null
            and (l.decision = 'linked' or l.held_since is not null))
    on conflict do nothing;
    with renamed as (
        select account_pk, realm, label from replaced except select account_pk, realm, label from written
    ), noted as (
        insert into former_label (account_pk, realm, label)
        select account_pk, realm, label from renamed
        on conflict (account_pk, label) do update set borne_to = excluded.borne_to
    )
    insert into uncorrelated (realm, label) select realm, label from renamed;
    return null;
end $$;
create trigger note_insert after insert on account
    referencing new table as written for each statement execute function note_account();
create trigger note_update after update on account
    referencing old table as replaced new table as written for each statement execute function note_account();

-- Views ---------------------------------------------------------------------------------------------------------------

-- Every key that an account bears or bore.
create view account_key as
select a.account_pk, k ->> 0 as kind, k ->> 1 as value, k ->> 2 as loose, k ->> 3 as origin, k ->> 4 as name,
    k ->> 5 as raw, coalesce((k ->> 6)::timestamptz, a.first_seen_at) as valid_from, null::timestamptz as valid_to
from account a cross join jsonb_array_elements(a.keys) k
union all
select account_pk, kind, value, loose, origin, name, raw, valid_from, valid_to from former_account_key;

-- Findings of which it can't be told whether they work, and the system that would have to tell: of a key, which lies in
-- several, a verifier of it.
create view untold as
select f.finding_key, case when f.subject_kind not in ('signing_key', 'shared_secret') then f.realm else coalesce((
    select c.realm from key_copy c join signing_key k using (key_pk)
    where k.material = f.subject_native_id
    order by not c.verifies, c.realm limit 1), f.realm) end as realm
from finding f where f.state = 'unverified';

-- Rosters that the guard doesn't believe: one waits for a person, or was refused and hasn't been accepted since.
create view doubted_roster as
select distinct h.name as roster
from guard_hold h
where h.kind = 'roster' and h.status in ('waiting', 'rejected') and not exists (
    select from guard_accepted a where a.kind = 'roster' and a.name = h.name and a.run_id > h.last_run);

-- Runs by whose moment something may be decided: not withdrawn, and of no moment that lay ahead when they began (five
-- minutes for a clock that isn't the store's). Whoever asks for the last night asks this.
create view counted_run as
select r.* from run r
where not exists (select from withdrawal w where w.run_id = r.run_id)
    and (r.as_of <= r.started_at + interval '5 minutes' or exists (select from trial));

-- Findings that say something else than their keys were made of: `finding_key` of what each said as it began, under its
-- person or one who turned out to be the same, `match_key` of what it says now. Of the resolved, where the two differ.
create view misfit_finding as
select f.finding_key, f.ticket_key, f.state, f.match_key, k.begun, k.now_key
from finding f
cross join lateral (
    select finding_key_of(f.rule, f.realm, f.subject_kind, f.account_native_id, f.subject_native_id, f.person_uid, f.episode)
            as now_key,
        f.finding_key in (
            select finding_key_of(f.rule, f.realm, f.subject_kind, f.account_native_id, f.subject_native_id, o.uid, f.episode)
            from (select f.person_uid as uid union all
                select a.alias_uid from person_alias a where a.person_uid = f.person_uid) o) as begun
) k
where (f.state <> 'resolved' or f.match_key <> f.finding_key)
    and not (k.now_key = f.match_key and (f.match_key = f.finding_key or k.begun));

-- When accounts were made, as far as it tells anything.
create view birth as
select a.account_pk, a.realm, case when exists (
        select from bulk_load b where b.realm = a.realm and a.created_at >= b.began_at and a.created_at < b.ended_at)
    then null else a.created_at end as told_at
from account a;

-- Reads that say how much there is, whatever else they couldn't look at: of accounts, or of one kind of keys at the least,
-- a list that came to its end. Of a system that always lacks a call no read is complete, and its accounts are counted all
-- the same.
create view counting_read as
select s.* from source_read s
where s.phase = 'collect' and s.tells <> 'events' and s.realm is not null and (s.status = 'complete'
    or (s.status = 'partial' and s.tells = 'accounts' and exists (
        select from scope c
        where c.realm = s.realm and c.scope = '' and c.kind = 'account' and c.error = '' and c.read_id = s.read_id))
    or (s.status = 'partial' and s.tells = 'keys' and exists (
        select from key_scope k
        where k.realm = s.realm and k.source_kind = s.kind and k.complete and k.error = ''
            and k.observed_at = s.observed_at)));

-- Those whose word was taken back, and those that others by it had brought about: which began no earlier than the word
-- counted, and ended with it.
create view revoked_link as
with revoked as (
    select l.link_id, l.account_pk, l.person_uid, l.valid_from, l.valid_to, d.revoked_by
    from link l join account a using (account_pk)
    left join person_alias al on al.alias_uid = l.person_uid
    cross join lateral (
        select k.revoked_at, k.revoked_by
        from link_decision k left join person_alias ka on ka.alias_uid = k.person_uid
        where k.realm = a.realm and k.native_id = a.native_id and k.verdict = 'confirm'
            and coalesce(ka.person_uid, k.person_uid) = coalesce(al.person_uid, l.person_uid)
        order by k.revoked_at is null desc, k.decision_id desc limit 1) d
    where l.by_word and d.revoked_at is not null
), ended as (
    select account_pk, person_uid, min(valid_from) as valid_from, max(valid_to) as valid_to, min(revoked_by) as revoked_by
    from revoked group by account_pk, person_uid having bool_and(valid_to is not null)
)
select link_id, revoked_by from revoked
union all
select n.link_id, e.revoked_by
from ended e join link n on n.person_uid = e.person_uid and n.valid_to = e.valid_to and n.account_pk <> e.account_pk
where not n.by_word and not exists (
    select from link o
    where o.account_pk = n.account_pk and o.person_uid = n.person_uid and o.relation = n.relation
        and (o.decision = 'linked' or n.decision <> 'linked') and o.valid_from < e.valid_from);

-- Trackers that the newest run's configuration names, or tickets stand in: where there is more than one, a ticket's
-- number is said with its tracker's name.
create view tracker_in_use as
select jsonb_array_elements_text(r.summary -> 'trackers') as tracker from run r
where r.run_id = (select max(newest.run_id) from run newest where newest.summary ? 'trackers')
union
select t.tracker from ticket t where t.ref is not null;

-- A ticket's tracker, where its number alone doesn't say which; "" where there is only one.
create view ticket_named as
select t.ticket_key, case when (select count(*) from tracker_in_use) > 1 then t.tracker else '' end as named_tracker
from ticket t;

create view former_ticket as
with recursive newest as (
    select distinct on (kind, holder, queue, episode) kind, holder, queue, episode, ticket_key, moved_to
    from ticket order by kind, holder, queue, episode, generation desc
), after (ticket_key, comes, moved_to) as (
    select t.ticket_key, n.ticket_key, n.moved_to from ticket t join newest n using (kind, holder, queue, episode)
    union
    select a.ticket_key, n.ticket_key, n.moved_to
    from after a join ticket m on m.ticket_key = a.moved_to join newest n using (kind, holder, queue, episode)
)
select ticket_key, comes as stands_as from after where moved_to is null and comes <> ticket_key;

-- When each copy was last looked at by a read to the end, and what kept the last try from it; and who has access to it.
-- Nulls: no read covers it. One that a read leaves out by its settings was looked at when it was last seen.
create view copy_read as
select c.copy_pk, case when c.gone_at is null then coalesce(c.last_seen_at, k.confirmed_at) else k.confirmed_at end
    as confirmed_at, k.error, case when c.gone_at is null then least(c.last_seen_at, k.access_at) else k.access_at end
    as access_at
from key_copy c cross join lateral (
    select max(k.observed_at) filter (where k.complete) as confirmed_at,
        (array_agg(k.error order by greatest(k.observed_at, k.error_at) desc, k.error))[1] as error,
        max(k.access_at) as access_at
    from key_scope k
    where k.realm = c.realm and k.source_kind = c.source_kind and k.kind = c.kind and starts_with(c.name, k.scope)) k;

-- Findings that judge the same thing as another and aren't told yet: held by the guard, or it can't be told whether the
-- thing works. Of the same account or key, and person; a question whose an account is concerns whomever it may be.
create view waiting_successor as
select f.finding_key, g.finding_key as successor
from finding f join finding g on g.finding_key <> f.finding_key and g.state in ('held', 'unverified') and g.holds_ticket
    and g.ticket_kind <> 'event' and (g.person_uid is not distinct from f.person_uid or g.ticket_kind = 'review')
    and case
        when f.subject_kind = 'worker' then g.person_uid = f.person_uid
        when f.account_native_id <> '' then g.realm = f.realm and g.account_native_id = f.account_native_id
        else g.subject_native_id = f.subject_native_id and g.subject_kind = f.subject_kind end;

-- Which findings an exception names, in force or not, expired or not: never an event, nor what began, or worked again, after
-- a run first went by the entry. One that names neither a finding nor a worker nor an account names none. A worker is the
-- person meant then: where HR makes two people one since, the findings that began as the other's aren't named.
create view named_finding as
select e.exception_id, e.approver, e.valid_from, e.valid_to, e.expires_at, f.finding_key, f.severity
from exception e
join finding f on (e.finding is null or e.finding = f.finding_key) and (e.rule is null or e.rule = f.rule)
    and (e.source is null or e.source = f.source)
where e.kind = 'exception' and f.ticket_kind <> 'event' and e.known_seq is not null
    and not exists (
        select from finding_event o
        where o.finding_key = f.finding_key and coalesce(o.from_state, 'resolved') = 'resolved' and o.seq > e.known_seq)
    and coalesce(e.finding, e.worker, e.account) is not null and (e.worker is null) = (e.space is null)
    and (e.account is null or e.account = f.account_native_id or exists (
        select from excepted_account x
        where x.valid_to is null and x.covered and (x.source, x.label) = (e.source, e.account)
            and (x.realm, x.native_id) = (f.realm, f.account_native_id)))
    -- First whose it is now, which costs less than the key of what it began as.
    and (e.worker is null or case when f.person_uid = any(e.people) or exists (
            select from person_alias a where a.person_uid = f.person_uid and a.alias_uid = any(e.people))
        then f.finding_key in (
            select finding_key_of(f.rule, f.realm, f.subject_kind, f.account_native_id, f.subject_native_id, o.uid, f.episode)
            from unnest(e.people) as o (uid)) end);

-- The persons that a worker's number in custody.yaml means: its present and former owners. A previous number that already
-- was another person's own number when HR reported it is taken for a mistake in HR's feed, and means its owner alone.
create view numbered_person as
select k.space, k.value, w.person_uid
from worker_key k join worker w using (worker_pk)
where k.kind = 'number' and (k.origin = 'current' or not exists (
    select from worker_key own join worker owner using (worker_pk)
    where own.kind = 'number' and own.origin = 'current' and own.valid_to is null
        and (own.value, own.space) = (k.value, k.space) and own.valid_from <= k.valid_from
        and owner.person_uid <> w.person_uid));

-- Accounts by label, and by former label: until when they bore it, and whether a present account of the realm has it now.
create view labelled_account as
select realm, label, plain_label(label) as plain, account_pk, null::timestamptz as borne_to, false as is_taken from account
union all
select f.realm, f.label, plain_label(f.label), f.account_pk, f.borne_to, exists (
    select from account a
    where a.realm = f.realm and plain_label(a.label) = plain_label(f.label) and a.gone_at is null)
from former_label f;

-- People whom a configured roster lists with an employment that it does not report as ended.
create view listed_person as
select w.person_uid
from worker w join roster r on r.name = w.roster
where r.configured and w.missing_since is null and exists (
    select from employment e where e.worker_pk = w.worker_pk and e.status <> 'left');

-- Who works here, as far as anybody may rely on it: a roster lists them, or nobody has confirmed that they left, and no
-- departure of theirs is certain. A departure by a roster that the guard does not believe is not certain, nor is one by a
-- notice or a person's confirmation while a roster still lists them as employed.
create view employed_person as
select p.person_uid
from person p
where (exists (select from worker w where w.person_uid = p.person_uid and w.missing_since is null)
        or exists (
            select from departure d
            where d.person_uid = p.person_uid and d.valid_to is null and not d.returned and not d.confirmed))
    and not exists (
        select from departure d
        where d.person_uid = p.person_uid and d.valid_to is null and not d.returned and d.confirmed and d.basis <> 'away'
            and (d.basis = 'notice' or d.roster not in (select o.roster from doubted_roster o))
            and not ((d.basis = 'notice' or exists (
                    select from departure_word o
                    where o.person_uid = d.person_uid and o.basis in (d.basis, 'hidden') and o.left_at = d.left_at
                        and o.verdict = 'confirm'))
                and d.person_uid in (select l.person_uid from listed_person l)));

-- Which findings the exceptions in force cover, and who answers for that: whoever decided, else the file's approver.
create view covering as
select n.exception_id, coalesce(d.author, n.approver) as approver, n.expires_at, n.finding_key
from named_finding n
join exception e using (exception_id)
left join lateral (
    select x.author from exception_decision x
    where x.exception_id = e.exception_id order by x.exception_decision_id limit 1) d on true
where n.valid_to is null and n.severity <> 'critical' and (not e.needs_decision or d.author is not null);
