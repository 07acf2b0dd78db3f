-- How a departure was taken back or told otherwise: a word, and what its sentence says, in whatever language.
alter table departure add column ended_said jsonb;
