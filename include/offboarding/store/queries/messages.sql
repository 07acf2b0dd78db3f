-- name: receive
-- A message that came, and by what this delivery of it is deleted; one that is done already stays done.
insert into message (message_id, people, notices, refused, handle)
values (%(message_id)s, %(people)s::text[], %(notices)s::text[], %(refused)s, %(handle)s)
on conflict (message_id) do update set handle = excluded.handle;

-- name: take
-- Messages that are this run's from now on, unless they are done.
update message set run_id = %(run_id)s, done_at = case when refused <> '' then now() end
where message_id = any(%(message_ids)s::text[]) and done_at is null;

-- name: known
select message_id from message where message_id = any(%(message_ids)s::text[]) and not starts_with(message_id, 'asset event');

-- name: not_a_message
-- What a run was begun by that no trigger of ours made: its report says so.
insert into message (message_id, people, notices, run_id, refused, done_at)
values ('asset event of run ' || %(run_id)s::bigint, '{}', '{}', %(run_id)s::bigint, %(reason)s, now())
on conflict (message_id) do update set refused = excluded.refused;

-- name: take_over
-- What runs left that ended without coming to it, or began so long ago that they are gone; and what came, and no run
-- was begun for it.
update message m set run_id = %(run_id)s
where m.done_at is null and m.run_id is distinct from %(run_id)s and case
    when m.run_id is null then m.received_at < now() - interval '10 minutes'
    else exists (
        select from run r where r.run_id = m.run_id and (
            r.finished_at is not null or r.started_at < now() - interval '1 hour')) end;

-- name: handles
-- By what this run's messages, and these, are deleted; of those that still lie in the queue.
select handle from message
where handle <> '' and (run_id = %(run_id)s or message_id = any(%(message_ids)s::text[])) order by received_at;

-- name: note_deleted
update message set handle = '' where handle = any(%(handles)s::text[]);

-- name: taken
-- Whom this run's messages name, each once.
select array(select distinct p from message m cross join unnest(m.people) p
        where m.run_id = %(run_id)s and m.done_at is null order by p) as people,
    array(select distinct n from message m cross join unnest(m.notices) n
        where m.run_id = %(run_id)s and m.done_at is null order by n) as notices;

-- name: refuse
-- An id that is nobody's: of the messages that hold it, each says why, once.
update message set refused = case when refused = '' then %(reason)s else refused || ' ' || %(reason)s end
where run_id = %(run_id)s and done_at is null and (%(word)s::text = any(people) or %(word)s::text = any(notices))
    and position(%(reason)s::text in refused) = 0;

-- name: refusals
-- Why something of this run's messages was set aside.
select message_id || ': ' || refused from message
where run_id = %(run_id)s and refused <> '' order by message_id;

-- name: done
update message set done_at = now() where run_id = %(run_id)s and done_at is null;

-- name: expect_look
-- A queue is configured: that nobody came to ask it is missed, too.
insert into queue_look (run_id) values (%(run_id)s) on conflict do nothing;

-- name: note_look
-- What came of asking it; a retry's answer counts.
insert into queue_look (run_id, asked_at, waiting, error) values (%(run_id)s, now(), %(waiting)s, %(error)s)
on conflict (run_id) do update
set asked_at = excluded.asked_at, waiting = excluded.waiting, error = excluded.error;

-- name: look_then
-- How it was asked in this run, when it answered last before, and since when there has always been something on it that
-- nobody takes.
select q.asked_at, q.waiting, q.error, (
        select max(o.asked_at) from queue_look o where o.run_id < q.run_id and o.error = '') as answered_at, (
        select min(o.asked_at) from queue_look o where o.run_id <= q.run_id and o.waiting > 0 and o.run_id > coalesce((
            select max(n.run_id) from queue_look n
            where n.run_id < q.run_id and n.asked_at is not null and n.error = '' and n.waiting = 0), 0)) as waiting_since
from queue_look q where q.run_id = %(run_id)s;
