-- What people decide stands in the one chain of events as findings' changes do, and each row of theirs is held against its
-- event (store/recorded.py, docs/decisions/0089-a-decision-is-what-its-event-says.md).

alter table finding_event alter column finding_key drop not null;
alter table finding_event add column about text;      -- a row that holds a decision, such as link_decision:12, or the links
alter table finding_event add constraint finding_event_subject check ((finding_key is null) <> (about is null));
create index on finding_event (finding_key, seq);     -- the last event of each finding
drop index finding_event_finding_key_idx;
create index on finding_event (about, seq) where about is not null;

-- The record holds a digest of a decision's words, and of those that are forgotten one day nobody may guess them by it.
alter table notice add column salt uuid not null default gen_random_uuid();
alter table departure_word add column salt uuid not null default gen_random_uuid();
alter table exception add column salt uuid not null default gen_random_uuid();
alter table attestation add column salt uuid not null default gen_random_uuid();

create function words_digest(salt uuid, variadic words text[]) returns text language sql stable parallel safe as $$
    select encode(sha256(convert_to(jsonb_build_array(salt, words)::text, 'UTF8')), 'hex')
$$;

-- A name for each row.
alter table release add column release_id bigint generated always as identity primary key;

-- Where the chain stood when a run ended: the next one looks whether it still does.
alter table run add column head_seq bigint, add column head_hash text;

-- A decision that is set aside is looked at as one that is made.
create trigger note_delete after delete on link_decision
    referencing old table as written for each statement execute function note_decision();
