-- name: clock
-- What time it is for this store, whether it's on trial, and which runs began later than that by the same clock.
select clock_timestamp() as now, exists (select from trial) as on_trial, array(
    select r.run_id from counted_run r where r.started_at > clock_timestamp() + %(grace)s order by r.run_id) as ahead;

-- name: on_trial
insert into trial default values on conflict do nothing returning only_one::text;

-- name: withdraw
insert into withdrawal (run_id, reason, author) values (%(run_id)s, %(reason)s, %(author)s);

-- name: withdrawn
select run_id, reason, author, withdrawn_at from withdrawal where run_id = %(run_id)s;

-- name: began_of_the_future
-- Runs whose moment lay ahead when they began, and which nobody took out of the count.
select r.run_id, r.kind, r.as_of, r.reads_since, r.started_at, r.correlated_at, r.finished_at, r.status from run r
where r.as_of > r.started_at + %(grace)s and not exists (select from withdrawal w where w.run_id = r.run_id)
    and not exists (select from trial)
order by r.run_id;

-- name: draw_back_words
-- What a roster's read of that time made of people's notices is taken back; what a person said was said by now.
update notice set confirmed_at = null where confirmed_at > %(now)s;
update notice set ended_at = null, ended_by = null, ended_for = null where ended_at > %(now)s and ended_by = 'the roster';
update notice set ended_at = %(now)s where ended_at > %(now)s;
update finding set due_at = least(due_at, %(now)s::timestamptz + make_interval(secs => due_hours * 3600))
where due_at > %(now)s::timestamptz + make_interval(secs => due_hours * 3600);
