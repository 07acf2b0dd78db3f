-- What a SIEM knows a leaver's things by.

-- name: make_left
-- Accounts of whoever has left for certain at a moment; `asked`: since a day, where one is given. `shared`: somebody else
-- is it or answers for it who hasn't, or whose departure the guard doesn't let through. `waits`: it doesn't let this
-- departure, or what was found there, through yet.
create temp table left_account on commit drop as
with gone as (
    select d.person_uid, d.left_at, d.certain_at, d.basis,
        d.departure_id in ({guard:waiting_departures}
        ) as waits
    from departure d
    where d.valid_to is null and not d.returned and d.confirmed and d.basis <> 'away' and d.certain_at <= %(as_of)s
)
select l.account_pk, g.person_uid, g.left_at, g.certain_at, g.basis,
    g.left_at >= coalesce(%(since_left)s::timestamptz, '-infinity') as asked, g.waits or exists (
        select from finding f join account a using (realm)
        where f.person_uid = g.person_uid and f.state = 'held' and a.account_pk = l.account_pk
            and f.account_native_id = a.native_id and f.finding_key not in ({findings:beside})) as waits, exists (
        select from link o
        where o.account_pk = l.account_pk and o.valid_to is null and o.decision = 'linked' and o.relation in ('is', 'owns')
            and o.person_uid <> l.person_uid and o.person_uid not in (select e.person_uid from gone e where not e.waits))
        as shared
from gone g
join link l on l.person_uid = g.person_uid and l.valid_to is null and l.decision = 'linked' and l.relation = 'is';
analyze left_account;

-- name: leavers
-- Each thing of theirs by each of its identifiers. `shared`: somebody else may use it: the account is a colleague's, too,
-- another one of the system that exists goes by it, or an account has the key that a colleague is or answers for. What
-- wasn't read whole since is unknown, and so is what stands on a list; what else is gone is dead.
with theirs as (
    select l.left_at, l.certain_at, l.basis, l.waits, l.shared, w.id_space, w.worker_id, r.source, r.kind as source_kind, a.*
    from left_account l join account a using (account_pk) join realm r using (realm)
    join person p on p.person_uid = l.person_uid join worker w on w.worker_pk = p.shown_worker_pk
    where l.asked
), certain as (
    select account_pk, person_uid from left_account where not waits and not shared
), told as (
    select t.account_pk, t.kind as thing, t.native_id as thing_native_id, t.standing, t.gone_at, v.*
    from theirs t cross join lateral (values
        ('native_id', t.native_id, false),
        ('login', t.login, true),
        ('label', t.label, true)
    ) v(kind, value, by_name)
    union
    select t.account_pk, t.kind, t.native_id, t.standing, t.gone_at, 'mail', k ->> 5, true
    from theirs t cross join jsonb_array_elements(t.keys) k
    where k ->> 0 = 'mail' and k ->> 3 = 'attribute'
    union
    select t.account_pk, c.kind, c.native_id, c.standing, coalesce(t.gone_at, c.gone_at), v.*, false
    from theirs t join credential c using (account_pk) cross join lateral (values
        (case when c.kind = 'access_key' then 'access_key_id'
            when c.kind <> 'console_password' and c.native_id !~ '^(SHA256:.*|[0-9a-f]{64})$' then 'credential_id' end,
            c.native_id),
        (case c.kind when 'ssh_key' then 'ssh_fingerprint' when 'certificate' then 'thumbprint' end,
            coalesce(nullif(c.fingerprint, ''), substring(c.native_id from '^(?:SHA256:.*|[0-9a-f]{64})$')))
    ) v(kind, value)
), named as (
    -- What other accounts that exist go by, of what these do.
    select o.realm, n.value
    from account o cross join lateral (
        values (lower(o.login)), (lower(o.label))
        union select lower(k ->> 5) from jsonb_array_elements(o.keys) k where k ->> 0 = 'mail' and k ->> 3 = 'attribute'
    ) n(value)
    where o.gone_at is null and o.account_pk not in (select account_pk from certain)
        and n.value in (select lower(t.value) from told t where t.by_name)
), held_elsewhere as (
    select h.value
    from credential c cross join lateral (values (c.native_id), (c.fingerprint)) h(value)
    join link l on l.account_pk = c.account_pk and l.valid_to is null and l.decision = 'linked'
        and l.relation in ('is', 'owns') and l.person_uid not in (select person_uid from certain)
    where c.gone_at is null and c.account_pk not in (select account_pk from certain)
        and h.value in (select t.value from told t where not t.by_name and t.kind <> 'native_id')
)
select t.id_space, t.worker_id, t.basis, t.waits, t.left_at, t.certain_at, t.source, t.source_kind, t.realm,
    t.native_id as account_native_id, i.thing, i.thing_native_id as native_id, i.kind as identifier_kind,
    i.value as identifier, i.gone_at,
    case when t.attested_at is not null then 'unknown' when i.gone_at is not null then 'dead'
        when w.whole then i.standing else 'unknown' end as standing,
    not t.waits and case when t.shared then true when i.by_name then (t.realm, lower(i.value)) in (select realm, value from named)
        else i.kind <> 'native_id' and i.value in (select value from held_elsewhere) end as shared
from told i join theirs t using (account_pk)
cross join lateral (
    select exists (
        select from scope o
        where o.realm = t.realm and o.scope = any(scopes_of(t.native_id, t.last_seen_at))
            and o.kind = i.thing and o.complete and o.error = '' and o.observed_at >= %(since)s) as whole) w
where i.kind is not null and coalesce(i.value, '') <> ''
order by t.id_space, t.worker_id, t.source, t.realm, t.native_id, i.thing, i.thing_native_id, i.kind, i.value;
