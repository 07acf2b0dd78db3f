-- When the first read began of those that have shown it dead, or gone, since one last showed it at work. `observed_at` is of
-- the read that wrote the row, which moves with whatever else is told of it. '-infinity': before this was kept, so that
-- nobody knows; of what works nothing of it counts.
alter table account add column dead_since timestamptz default '-infinity';
alter table account alter column dead_since drop default;
alter table credential add column dead_since timestamptz default '-infinity';
alter table credential alter column dead_since drop default;
