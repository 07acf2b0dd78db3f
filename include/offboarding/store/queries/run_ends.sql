-- name: ended
-- The rows of all runs that have ended, or of some, as JSON with times in UTC, and the event that each names.
select run_id, kind, jsonb_build_object('run_id', run_id, 'kind', kind, 'as_of', as_of, 'reads_since', reads_since,
    'started_at', started_at, 'finished_at', finished_at, 'status', status, 'waiting', waiting, 'code', code,
    'red', coalesce(summary -> 'red', '[]'))::text as said, head_seq, head_hash
from run
where finished_at is not null and (%(run_ids)s::bigint[] is null or run_id = any(%(run_ids)s)) order by run_id;

-- name: reads
-- The outcome of each of their reads, without messages and their number, which purge empties.
select run_id, what, name, part, phase, was_read, status, proved, observed_at, finished_at, amount from run_read
where %(run_ids)s::bigint[] is null or run_id = any(%(run_ids)s) order by run_id;

-- name: recorded
-- The last event about each of them, and the first one, which the run's row names.
select substring(e.about from 5)::bigint as run_id, e.seq, e.text, f.seq as first_seq, f.hash as first_hash
from (
    select distinct on (about) about, seq, text from finding_event
    where %(run_ids)s::bigint[] is null and about ~ '^run:[0-9]{1,18}$'
        or about in (select 'run:' || i from unnest(%(run_ids)s::bigint[]) as i)
    order by about, seq desc) e
cross join lateral (select o.seq, o.hash from finding_event o where o.about = e.about order by o.seq limit 1) f;

-- name: known
-- The ids among these that exist.
select run_id from run where run_id = any(%(run_ids)s);

-- name: note_head
-- Store with a run the first event about its end.
update run r set head_seq = e.seq, head_hash = e.hash
from (select seq, hash from finding_event where about = 'run:' || %(run_id)s::bigint order by seq limit 1) e
where r.run_id = %(run_id)s and r.head_seq is null;

-- name: read_ahead
-- Runs with a roster read that is dated in the future.
select distinct run_id from roster_read where observed_at > clock_timestamp() order by run_id;
