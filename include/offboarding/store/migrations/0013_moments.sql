-- Moments: which runs count, and what a person took out of the count; and by what a message is deleted.

-- One row makes this a store on trial, where nights may be played whose moment lies ahead of the clock (`nightly
-- --dry-run`, the demo). A store that anybody relies on holds none.
create table trial (
    only_one    boolean primary key default true check (only_one)
);

-- Runs that a person, or the store itself, took out of the count; what they found and told stays.
create table withdrawal (
    run_id       bigint primary key references run,
    reason       text not null,
    author       text not null,
    withdrawn_at timestamptz not null default now()
);

-- Runs by whose moment something may be decided: not withdrawn, and of no moment that lay ahead when they began (five
-- minutes for a clock that isn't the store's). Whoever asks for the last night asks this.
create view counted_run as
select r.* from run r
where not exists (select from withdrawal w where w.run_id = r.run_id)
    and (r.as_of <= r.started_at + interval '5 minutes' or exists (select from trial));

-- What our own trigger received stands here before an asset event names it: nothing else is taken for a message.
alter table message add column handle text not null default '';  -- the queue's, of the last delivery; '' once deleted
comment on column message.run_id is 'the run that takes it, or took it last; null: none has come to it';
