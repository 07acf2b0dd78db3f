-- A ticket whose items went to another tracker: where its successor is.
alter table ticket add column moved_to text references ticket;
