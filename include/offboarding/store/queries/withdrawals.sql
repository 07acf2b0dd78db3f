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

-- name: draw_back
-- What was written by a moment or a clock that lay ahead: nothing was so, or was seen, later than now. Otherwise what
-- is read now would be older than what is known, and somebody who vanished would not have left for years.
update departure set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
update link set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
update person set first_seen_at = %(now)s where first_seen_at > %(now)s;
update person_alias set merged_at = %(now)s where merged_at > %(now)s;
update worker
set first_told_at = least(first_told_at, %(now)s), missing_since = least(missing_since, %(now)s),
    vanished_at = least(vanished_at, %(now)s), observed_at = least(observed_at, %(now)s)
where greatest(first_told_at, missing_since, vanished_at, observed_at) > %(now)s;
update worker_key set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
update employment set told_left_at = %(now)s where told_left_at > %(now)s;
update roster_read set observed_at = %(now)s where observed_at > %(now)s;
update source_read set observed_at = %(now)s where observed_at > %(now)s;
update account set first_seen_at = least(first_seen_at, %(now)s), observed_at = least(observed_at, %(now)s),
    gone_at = least(gone_at, %(now)s)
where greatest(first_seen_at, observed_at, gone_at) > %(now)s;
update account_use set observed_at = %(now)s where observed_at > %(now)s;
update former_account_key set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
update credential set observed_at = least(observed_at, %(now)s), gone_at = least(gone_at, %(now)s)
where greatest(observed_at, gone_at) > %(now)s;
update scope set observed_at = least(observed_at, %(now)s), error_at = least(error_at, %(now)s)
where greatest(observed_at, error_at) > %(now)s;
update trust set observed_at = least(observed_at, %(now)s), gone_at = least(gone_at, %(now)s)
where greatest(observed_at, gone_at) > %(now)s;
update key_scope set observed_at = least(observed_at, %(now)s), error_at = least(error_at, %(now)s)
where greatest(observed_at, error_at) > %(now)s;
update key_copy
set first_seen_at = least(first_seen_at, %(now)s), observed_at = least(observed_at, %(now)s),
    untrusted_since = least(untrusted_since, %(now)s), last_seen_at = least(last_seen_at, %(now)s),
    gone_at = least(gone_at, %(now)s)
where greatest(first_seen_at, observed_at, untrusted_since, last_seen_at, gone_at) > %(now)s;
update signing_key set first_seen_at = %(now)s where first_seen_at > %(now)s;
update event set observed_at = %(now)s where observed_at > %(now)s;
update notice set confirmed_at = null where confirmed_at > %(now)s;
update notice set ended_at = null, ended_by = null, ended_for = null where ended_at > %(now)s and ended_by = 'the roster';
update notice set ended_at = %(now)s where ended_at > %(now)s;
update guard_accepted set as_of = %(now)s where as_of > %(now)s;
update finding set due_at = least(due_at, %(now)s::timestamptz + make_interval(secs => due_hours * 3600))
where due_at > %(now)s::timestamptz + make_interval(secs => due_hours * 3600);
delete from membership where valid_from > %(now)s and valid_to is not null;
update membership set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
delete from key_standing where valid_from > %(now)s and valid_to is not null;
update key_standing set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
delete from key_access where valid_from > %(now)s and valid_to is not null;
update key_access set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
delete from registered_place where valid_from > %(now)s and valid_to is not null;
update registered_place set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
delete from registered_key where valid_from > %(now)s and valid_to is not null;
update registered_key set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
delete from custodian where valid_from > %(now)s and valid_to is not null;
update custodian set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
delete from exception where valid_from > %(now)s and valid_to is not null;
update exception set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
delete from excepted_account where valid_from > %(now)s and valid_to is not null;
update excepted_account set valid_from = least(valid_from, %(now)s), valid_to = least(valid_to, %(now)s)
where greatest(valid_from, valid_to) > %(now)s;
