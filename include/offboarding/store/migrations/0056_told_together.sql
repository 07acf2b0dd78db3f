-- As which event a tracker was set out to be told it, heard or not; "" where nobody has tried yet. What was said in one
-- bears the same. What waits as this comes may have been tried.
alter table outbox add column told_as text not null default '';
update outbox set told_as = event_key where done_at is null;

-- Findings whose change it says, and what their ticket had said of each before. Until somebody tries to tell it, what
-- changes later takes its place.
alter table outbox add column tells jsonb;
