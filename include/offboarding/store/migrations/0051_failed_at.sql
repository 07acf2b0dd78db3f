-- When its tracker last failed at a ticket, which may pass: such a one is told last.
alter table ticket add column failed_at timestamptz;
