-- name: place
-- The server, its time line and the table by which a restored copy differs: pg_restore makes another table, recovery to a
-- point in time and the promotion of a standby begin another time line.
select concat_ws(':', (select system_identifier from pg_control_system()),
    (select timeline_id from pg_control_checkpoint()), 'finding_event'::regclass::oid) as place;

-- name: note_place
-- Answers with a row where it is new or another.
insert into store_place as s (place) {place}
on conflict (only_one) do update set place = excluded.place, restored_at = clock_timestamp()
where s.place <> excluded.place
returning restored_at;

-- name: note_restored
-- Before the first run no place is stored yet.
insert into store_place as s (place, restored_at)
select place, clock_timestamp() from ({place}) here
on conflict (only_one) do update set restored_at = excluded.restored_at;

-- name: doubt_tickets
-- A tracker may have heard more since the backup: each open ticket is told again, by numbers that it can't have heard.
update ticket set said_count = greatest(said_count, extract(epoch from clock_timestamp())::bigint),
    doubted = state = 'open', digest = case state when 'open' then '' else digest end;
