-- name: stage_register
-- Where the register is put before it is merged; gone with the transaction.
create temp table s_registered (name text, kind text, carryable text, carryable_reason text, signs_for text, owner text,
    queue text, threshold integer) on commit drop;
create temp table s_place (name text, reader text, place text) on commit drop;
create temp table s_custodian (name text, kind text, space text, holder text, team text, since timestamptz,
    until timestamptz) on commit drop;

-- name: end_registered
-- Entries that the register no longer has, or has otherwise.
update registered_key r set valid_to = %(at)s
where r.valid_to is null and not exists (
    select from s_registered s
    where (s.name, s.kind, s.carryable, s.carryable_reason, s.signs_for, s.owner, s.queue, s.threshold)
        = (r.name, r.kind, r.carryable, r.carryable_reason, r.signs_for, r.owner, r.queue, r.threshold));
update registered_place p set valid_to = %(at)s
where p.valid_to is null and not exists (
    select from s_place s where (s.name, s.reader, s.place) = (p.name, p.reader, p.place));
update custodian c set valid_to = %(at)s
where c.valid_to is null and not exists (
    select from s_custodian s
    where (s.name, s.kind, s.space, s.holder, s.team) = (c.name, c.kind, c.space, c.holder, c.team)
        and s.since is not distinct from c.since and s.until is not distinct from c.until);

-- name: begin_registered
-- Entries that are new, or stand otherwise. Each is a key by itself for as long as nothing shows it (custody.sql).
insert into signing_key (material, kind, first_seen_at)
select distinct 'reg:' || s.name, s.kind, %(at)s::timestamptz from s_registered s
on conflict (material) do nothing;
insert into registered_key (name, kind, carryable, carryable_reason, signs_for, owner, queue, threshold, valid_from)
select s.*, %(at)s from s_registered s
where not exists (select from registered_key r where r.name = s.name and r.valid_to is null);
insert into registered_place (name, reader, place, valid_from)
select distinct s.name, s.reader, s.place, %(at)s::timestamptz from s_place s
where not exists (
    select from registered_place p
    where (p.name, p.reader, p.place) = (s.name, s.reader, s.place) and p.valid_to is null)
on conflict (name, reader, place, valid_from) do update set valid_to = null;
insert into custodian (name, kind, space, holder, team, since, until, valid_from)
select distinct s.*, %(at)s::timestamptz from s_custodian s
where not exists (
    select from custodian c
    where c.valid_to is null and (c.name, c.kind, c.space, c.holder, c.team) = (s.name, s.kind, s.space, s.holder, s.team)
        and c.since is not distinct from s.since and c.until is not distinct from s.until);

-- name: unknown_workers
-- Which of these numbers no roster ever reported; all of them where none was read.
select n.space, n.holder from unnest(%(spaces)s::text[], %(holders)s::text[]) n (space, holder)
where not exists (select from worker_key k where k.kind = 'number' and k.space = n.space and k.value = n.holder)
order by n.space, n.holder;
