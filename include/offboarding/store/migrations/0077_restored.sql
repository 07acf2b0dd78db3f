-- The server, time line and table that this store was last seen in: a copy that was restored from a backup, or goes on
-- from an earlier moment, is seen in another.
create table store_place (
    only_one    boolean primary key default true check (only_one),
    place       text not null,
    restored_at timestamptz                           -- when it was last seen in another place
);

-- When the identity provider last asked for this user, or told of it, after a restore.
alter table pushed_user add column confirmed_at timestamptz;

-- Whether a tracker that can't be asked may have heard what a restored store no longer knows.
alter table ticket add column doubted boolean not null default false;
-- Numbers go on from the clock after a restore.
alter table ticket alter column said_count type bigint;
