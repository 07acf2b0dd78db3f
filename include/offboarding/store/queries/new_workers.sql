-- name: numbers
-- Numbers for so many new workers. The sequence is looked up once.
select nextval(numbers.of) from (select pg_get_serial_sequence('worker', 'worker_pk')::regclass as of offset 0) numbers
cross join generate_series(1, %(many)s);

-- name: make_room
-- For what was to go straight into place, and has to be merged.
drop table if exists new_worker, new_employment, new_worker_key;
create temp table new_worker (like worker including defaults);
create temp table new_employment (like employment);
create temp table new_worker_key (like worker_key);

-- name: give_back
-- As a read stages it, in the order in which they were told.
insert into s_worker (worker_id, person_uid, name, manager, location, rank, start_on, digest)
select w.worker_id, w.person_uid, w.name, w.manager, w.location, e.rank, e.start_on, w.digest
from new_worker w
join (
    select worker_pk, min(array_position(%(ranks)s::text[], status)) - 1 as rank, max(start_on) as start_on
    from new_employment group by worker_pk) e using (worker_pk)
order by w.worker_pk;
insert into s_tangled (worker_id)
select w.worker_id
from (
    select worker_pk from new_employment
    group by worker_pk having count(distinct coalesce(start_on, '-infinity')) < count(*)) e
join new_worker w using (worker_pk);
insert into s_employment (worker_id, {employment})
select w.worker_id, {e.employment}
from new_employment e join new_worker w using (worker_pk);
insert into s_worker_key (worker_id, kind, value, loose, space, origin, raw)
select w.worker_id, k.kind, k.value, k.loose, k.space, k.origin, k.raw
from new_worker_key k join new_worker w using (worker_pk);
drop table new_worker, new_employment, new_worker_key;
