-- What a checker's own connection logs in by is noted by whoever reads there: it's nobody's, and no riddle.
alter table account add column is_reader boolean not null default false;
