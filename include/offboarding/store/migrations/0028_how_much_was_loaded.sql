-- What is told of a load is noted when it's found: to count it each night would be to pass by every account again.
alter table bulk_load add column made integer not null default 0;       -- accounts made in this half hour
alter table bulk_load add column accounts integer not null default 0;   -- of how many whose birth is told
alter table bulk_load add column first_at timestamptz;
alter table bulk_load add column last_at timestamptz;
