-- A read of what an earlier one held, with something else between them: nothing of it is taken, and a person may say that
-- it is right all the same (accepted_at).
alter table roster_read add column came_again boolean not null default false;
