-- name: unstage_keys
-- An earlier read of the same session.
drop table if exists s_key, s_key_access, s_event, s_event_key, s_key_scope;

-- name: stage_keys
-- Where a read's keys are put before they are merged; gone with the session.
create temp table s_key as
select c.native_id, k.material, null::boolean as lasting_id, {c.key_said}
from key_copy c join signing_key k using (key_pk) with no data;
create temp table s_key_access as select {key_access} from key_access with no data;
create temp table s_event as select {event} from event with no data;
create temp table s_event_key (event_id text, kind text, value text, loose text, origin text, name text, raw text);
create temp table s_key_scope (scope text, kind text, access boolean, error text);

-- name: index_keys
-- Statistics for the merge.
create index on s_key (native_id);
create index on s_key_access (key);
analyze s_key, s_key_access, s_event, s_event_key, s_key_scope;

-- name: drop_double_accesses
-- Several policies may grant the same: once is enough, the surest.
delete from s_key_access s
using (
    select ctid as row, row_number() over (
        partition by key, principal_kind, principal_realm, principal, action
        order by carries desc, standing desc, reason) as n
    from s_key_access) d
where d.row = s.ctid and d.n > 1;

-- name: staged_key_counts
select (select count(*) from s_key)::int as keys, (select count(*) from s_event)::int as events,
    (select count(*) from s_key_scope where error <> '')::int as failed_scopes;

-- name: know_realm
-- A realm whose accounts another reader tells is that reader's; else it's called as whoever tells its keys calls it.
insert into realm as r (realm, kind, source, part) values (%(realm)s, %(kind)s, %(source)s, %(part)s)
on conflict (realm) do update set source = excluded.source, part = excluded.part
where r.kind = excluded.kind and (r.source, r.part) is distinct from (excluded.source, excluded.part);

-- name: newer_key_read
-- Whether a whole read that began later has been merged already: an older one never overwrites it.
select exists (
    select from key_scope k
    where k.realm = %(realm)s and k.source_kind = %(kind)s and k.complete and k.observed_at > %(observed_at)s) as newer;

-- name: recall_materials
-- Where an id never gets other material and no public half shows now, it's the key whose thumbprint showed before.
update s_key s set material = known.material
from (
    select distinct on (c.native_id) c.native_id, k.material
    from key_copy c
    join signing_key k using (key_pk)
    where c.realm = %(realm)s and c.source_kind = %(kind)s and k.material like 'jkt:%%'
    order by c.native_id, c.copy_pk desc) known
where s.lasting_id and s.material like 'ref:%%' and known.native_id = s.native_id;

-- name: know_materials
-- Every material, once, in whichever system it is seen; what signs somewhere is a signing key.
insert into signing_key as k (material, kind, first_seen_at)
select material, max(kind), %(observed_at)s from s_key group by material order by material
on conflict (material) do update set kind = excluded.kind
where k.kind = 'shared_secret' and excluded.kind = 'signing_key';

-- name: merge_copies
-- The copies of this read, written where they changed. Unknown isn't dead: the wait for the caches begins again.
merge into key_copy c
using (
    select distinct on (s.native_id, k.key_pk) s.*, k.key_pk, n.observed_at as not_seen_at
    from s_key s
    join signing_key k using (material)
    left join lateral (
        select max(r.observed_at) as observed_at from key_scope r
        where r.realm = %(realm)s and r.source_kind = %(kind)s and r.kind = s.kind and r.complete
            and starts_with(s.name, r.scope)) n on true
    order by s.native_id, k.key_pk, s.standing desc, s.label) n
on c.realm = %(realm)s and c.native_id = n.native_id and c.key_pk = n.key_pk
when matched and c.observed_at <= %(observed_at)s and (c.gone_at is not null or c.last_seen_at is not null or
    (c.source, c.source_kind, {c.key_said}) is distinct from (%(source)s, %(kind)s, {n.key_said})) then
update set source = %(source)s, source_kind = %(kind)s, ({key_said}) = row({n.key_said}), observed_at = %(observed_at)s,
    untrusted_since = case when n.standing = 'dead' then coalesce(c.untrusted_since, %(observed_at)s) end,
    last_seen_at = null, gone_at = null
when not matched then insert (key_pk, realm, source, source_kind, native_id, {key_said}, first_seen_at, not_seen_at,
    observed_at, untrusted_since)
    values (n.key_pk, %(realm)s, %(source)s, %(kind)s, n.native_id, {n.key_said}, %(observed_at)s, n.not_seen_at,
    %(observed_at)s, case when n.standing = 'dead' then %(observed_at)s::timestamptz end);

-- name: leave_out_copies
-- Copies that settings leave out of this read, and not of the last one: they stay as they were when that one saw them.
update key_copy c
set last_seen_at = greatest(c.observed_at, (
    select max(k.observed_at) from key_scope k
    where k.realm = c.realm and k.source_kind = c.source_kind and k.kind = c.kind and k.complete
        and starts_with(c.name, k.scope)))
where c.realm = %(realm)s and c.source_kind = %(kind)s and c.gone_at is null and c.observed_at <= %(observed_at)s
    and c.last_seen_at is null and c.name in (select o.id from s_left_out o)
    and not exists (
        select from s_key s join signing_key k using (material)
        where s.native_id = c.native_id and k.key_pk = c.key_pk);

-- name: gone_copies
-- Copies that a complete read of all that is called so, and of their kind, no longer shows. The last complete read before
-- showed them.
update key_copy c
set gone_at = %(observed_at)s, observed_at = %(observed_at)s,
    untrusted_since = coalesce(c.untrusted_since, %(observed_at)s),
    last_seen_at = greatest(c.observed_at, (
        select max(k.observed_at) from key_scope k
        where k.realm = c.realm and k.source_kind = c.source_kind and k.kind = c.kind and k.complete
            and starts_with(c.name, k.scope)))
where c.realm = %(realm)s and c.source_kind = %(kind)s and c.gone_at is null and c.observed_at <= %(observed_at)s
    and exists (
        select from s_key_scope s where s.kind = c.kind and starts_with(c.name, s.scope) having max(s.error) = '')
    and c.name not in (select o.id from s_left_out o)
    and not exists (
        select from s_key s join signing_key k using (material)
        where s.native_id = c.native_id and k.key_pk = c.key_pk);

-- name: end_standings
-- Stretches that are over: a copy stands otherwise now.
update key_standing s set valid_to = %(observed_at)s
from key_copy c
where c.copy_pk = s.copy_pk and c.realm = %(realm)s and c.source_kind = %(kind)s and s.valid_to is null
    and s.standing <> case when c.gone_at is null then c.standing else 'gone' end and s.valid_from < %(observed_at)s;

-- name: begin_standings
-- Stretches that begin.
insert into key_standing (copy_pk, standing, reason, valid_from)
select c.copy_pk, case when c.gone_at is null then c.standing else 'gone' end,
    case when c.gone_at is null then c.standing_reason else 'no longer shown' end, %(observed_at)s
from key_copy c
where c.realm = %(realm)s and c.source_kind = %(kind)s
    and not exists (select from key_standing s where s.copy_pk = c.copy_pk and s.valid_to is null)
on conflict do nothing;

-- name: end_accesses
-- Ways to use a key or to take it away that no longer stand, or stand otherwise: only by a read of all that is concerned.
update key_access a set valid_to = %(observed_at)s
where a.realm = %(realm)s and a.source_kind = %(kind)s and a.valid_to is null and a.valid_from < %(observed_at)s
    and (
        exists (
            select from s_key_access s
            where (s.key, s.principal_kind, s.principal_realm, s.principal, s.action)
                    = (a.key, a.principal_kind, a.principal_realm, a.principal, a.action)
                and (s.carries, s.standing) is distinct from (a.carries, a.standing))
        or not exists (
            select from s_key_access s
            where (s.key, s.principal_kind, s.principal_realm, s.principal, s.action)
                = (a.key, a.principal_kind, a.principal_realm, a.principal, a.action))
            and not exists (
                -- Of what lies nowhere its name is known alone.
                select from (select a.key as native_id) n
                left join key_copy c
                    on c.realm = a.realm and c.source_kind = a.source_kind and n.native_id in (c.native_id, c.name)
                where coalesce(c.name, a.key) in (select o.id from s_left_out o) or not exists (
                    select from s_key_scope s
                    where s.kind = coalesce(c.kind, s.kind) and starts_with(coalesce(c.name, a.key), s.scope)
                    having max(s.error) = '' and bool_and(s.access))));

-- name: begin_accesses
-- Ways that are new, or stand otherwise; the words for what stands are put right in place.
merge into key_access a
using s_key_access n
on a.realm = %(realm)s and a.source_kind = %(kind)s and a.valid_to is null
    and (a.key, a.principal_kind, a.principal_realm, a.principal, a.action)
        = (n.key, n.principal_kind, n.principal_realm, n.principal, n.action)
when matched and a.reason <> n.reason then update set reason = n.reason
when not matched then insert (realm, source_kind, {key_access}, valid_from)
    values (%(realm)s, %(kind)s, {n.key_access}, %(observed_at)s);

-- name: merge_key_scopes
-- Which kinds of keys were read to their end, and where; when that read began, and what couldn't be read; and when who has
-- access to them was. Reads of single places stand for an earlier one of the whole realm once they tell of all that it
-- told.
delete from key_scope k
where k.realm = %(realm)s and k.source_kind = %(kind)s and k.scope = '' and k.observed_at <= %(observed_at)s
    and exists (select from s_key_scope s where s.kind = k.kind having min(s.scope) <> '' and max(s.error) = '')
    and not exists (
        select from key_copy c
        where c.realm = k.realm and c.source_kind = k.source_kind and c.kind = k.kind and c.gone_at is null
            and not exists (select from s_key_scope s where s.kind = c.kind and starts_with(c.name, s.scope)));
insert into key_scope as k (realm, source_kind, kind, scope, source, observed_at, complete, error, error_at, access_at)
select %(realm)s, %(kind)s, s.kind, s.scope, %(source)s, %(observed_at)s, max(s.error) = '', max(s.error),
    case when max(s.error) <> '' then %(observed_at)s::timestamptz end,
    case when max(s.error) = '' and bool_and(s.access) then %(observed_at)s::timestamptz end
from s_key_scope s group by s.kind, s.scope
on conflict (realm, source_kind, kind, scope) do update
set observed_at = case when excluded.complete or not k.complete then excluded.observed_at else k.observed_at end,
    complete = k.complete or excluded.complete, source = excluded.source, error = excluded.error,
    error_at = excluded.error_at, access_at = coalesce(excluded.access_at, k.access_at)
where greatest(k.observed_at, k.error_at) <= excluded.observed_at;

-- name: merge_events
-- What happened, once each, however often it's told.
insert into event (realm, {event}, observed_at)
select distinct on (s.event_id, s.object) %(realm)s, {s.event}, %(observed_at)s
from s_event s order by s.event_id, s.object, s.at
on conflict do nothing;
insert into event_key (realm, event_id, kind, value, loose, origin, name, raw)
select distinct on (s.event_id, s.kind, s.value, s.name) %(realm)s, s.event_id, s.kind, s.value, s.loose, s.origin,
    s.name, s.raw
from s_event_key s order by s.event_id, s.kind, s.value, s.name, s.origin
on conflict do nothing;
