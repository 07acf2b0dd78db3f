-- name: last_event
select seq, hash from finding_event order by seq desc limit 1;

-- name: copy_events
copy finding_event (seq, finding_key, at, run_id, actor, from_state, to_state, text, prev_hash, hash) from stdin;

-- name: every_event
select seq, finding_key, at, run_id, actor, from_state, to_state, text, prev_hash, hash from finding_event order by seq;
