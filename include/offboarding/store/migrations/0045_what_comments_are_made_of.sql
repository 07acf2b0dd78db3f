-- What a comment is made of where it's said in English, so that its ticket tells it in the reader's language.
alter table outbox add column made_of jsonb;
