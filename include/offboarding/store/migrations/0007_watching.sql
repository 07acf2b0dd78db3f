-- Watching what was ticketed until it's dead: a run an hour.
alter table run drop constraint run_kind_check;
alter table run add constraint run_kind_check check (kind in ('nightly', 'release', 'departure', 'verify'));

-- Whether a person named whom a run is about; else the run found them itself.
alter table run_person add column named boolean not null default true;

-- The due time that a ticket is open past, as its tracker was told.
alter table ticket add column past_due_at timestamptz;
