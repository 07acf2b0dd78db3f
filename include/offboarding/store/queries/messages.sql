-- name: receive
-- A message that came; one that is done already stays done.
insert into message as m (message_id, people, notices, run_id, refused, done_at)
values (%(message_id)s, %(people)s::text[], %(notices)s::text[], %(run_id)s, %(refused)s,
    case when %(refused)s <> '' then now() end)
on conflict (message_id) do update set run_id = excluded.run_id where m.done_at is null;

-- name: take_over
-- What runs left that ended without coming to it, or began so long ago that they are gone.
update message m set run_id = %(run_id)s
where m.done_at is null and m.run_id <> %(run_id)s and exists (
    select from run r where r.run_id = m.run_id and (
        r.finished_at is not null or r.started_at < now() - interval '1 hour'));

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
