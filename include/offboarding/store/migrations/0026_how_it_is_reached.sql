-- By what address a system is administered is noted by whoever reads it, so that a ticket's commands can name it.
alter table account add column reached_by text not null default '';
