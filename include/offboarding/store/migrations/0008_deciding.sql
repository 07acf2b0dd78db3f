-- What people decide beside the files that are reviewed: known gaps, and what came by a form.

-- An acknowledgement may be a person's word instead of a line of the file.
alter table exception add column origin text not null default 'file' check (origin in ('file', 'person'));
alter table exception add column ended_by text;       -- who took it back
alter table exception add column ended_for text;      -- and why

-- A run of the form decides once, however often its task is begun.
create table submission (
    caller       text primary key,                    -- the run's own name
    decision     text not null,                       -- such as link confirm
    digest       text not null,                       -- of what it said, so that another run of that name is told apart
    author       text not null,
    submitted_at timestamptz not null default now()
);
