-- That departures by message can't be heard may be acknowledged as well.
alter table exception add column queue text not null default '';   -- 'departures', or ''
