-- What a finding's sentences are made of, by their English, so that a ticket tells them in the reader's language.
alter table finding add column made_of jsonb not null default '{}';
