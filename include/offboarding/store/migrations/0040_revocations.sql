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
    subject_kind      text not null,
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
