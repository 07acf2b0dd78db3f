-- name: of_tracker
select r.ticket_key, r.settings_digest, r.last_outbox_id from refusal r join ticket t using (ticket_key)
where t.tracker = %(tracker)s;

-- name: note
-- Refused, or refused again: since when stays.
insert into refusal (ticket_key, words, refused_at, settings_digest, last_outbox_id)
values (%(ticket_key)s, %(words)s, now(), %(settings_digest)s, (
    select coalesce(max(o.outbox_id), 0) from outbox o where o.ticket_key = %(ticket_key)s))
on conflict (ticket_key) do update set words = excluded.words, settings_digest = excluded.settings_digest,
    last_outbox_id = excluded.last_outbox_id;

-- name: taken
delete from refusal where ticket_key = %(ticket_key)s;

-- name: note_failure
update ticket set failed_at = now() where ticket_key = %(ticket_key)s;

-- name: note_no_failure
update ticket set failed_at = null where ticket_key = %(ticket_key)s and failed_at is not null;

-- name: standing
-- Tickets that were refused by a run's end and are still to be told something, each with the worst of what stands on it;
-- of some people's alone, where the run is about them.
select t.ticket_key, t.kind, t.tracker, t.ref, r.words, r.refused_at, (
        select f.finding_key from finding f where f.ticket_key = t.ticket_key
        order by f.state in ('resolved', 'excepted'),
            array_position(array['critical', 'high', 'medium', 'low'], f.severity), f.finding_key
        limit 1) as finding_key
from refusal r join ticket t using (ticket_key) join run u on u.run_id = %(run_id)s
where r.refused_at <= coalesce(u.finished_at, clock_timestamp())
    and (t.state <> 'closed' or exists (select from outbox o where o.ticket_key = t.ticket_key and o.done_at is null))
    and (u.kind <> 'departure' or exists (
        select from finding f join run_person p using (person_uid)
        where p.run_id = u.run_id and f.ticket_key = t.ticket_key))
order by t.tracker, r.refused_at, t.ticket_key;
