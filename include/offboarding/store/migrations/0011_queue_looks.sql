-- Whether the queue of departures could be asked in a night; without a time its task didn't come to it.
create table queue_look (
    run_id   bigint primary key references run,
    asked_at timestamptz,
    waiting  integer not null default 0,              -- messages that nobody took, for as long as was looked
    error    text not null default ''
);
