-- name: last_event
select seq, hash from finding_event order by seq desc limit 1;

-- name: copy_events
copy finding_event (seq, finding_key, about, at, run_id, actor, from_state, to_state, text, resolution, prev_hash, hash) from stdin;

-- name: every_event
-- From one of them on.
select seq, finding_key, about, at, run_id, actor, from_state, to_state, text, prev_hash, hash from finding_event
where seq >= %(first)s order by seq;

-- name: head
-- The last event, or the last one when a run ended: the one about its end, which its row names.
select e.seq, e.hash from finding_event e
where %(run_id)s::bigint is null or e.seq <= (
    select coalesce(r.head_seq, (
        select max(o.seq) from finding_event o where o.at <= coalesce(r.finished_at, clock_timestamp())))
    from run r where r.run_id = %(run_id)s)
order by e.seq desc limit 1;

-- name: hash_of
select hash from finding_event where seq = %(seq)s;

-- name: seq_of_hash
select seq from finding_event where hash like %(digest)s || '%%' order by seq limit 1;
