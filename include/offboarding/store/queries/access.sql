-- What one person gets in by.

-- name: accounts_of
-- Accounts that are or may be theirs, or that they answer for or made. What wasn't read whole since is unknown, and so is
-- what stands on a list; what else is gone is dead.
select r.source, r.kind as source_kind, a.realm, a.native_id, a.kind, a.privileged, l.relation, l.decision, l.score,
    l.valid_from, u.last_used_at,
    case when a.attested_at is not null then 'unknown' when a.gone_at is not null then 'dead' when w.whole then a.standing
        else 'unknown' end as standing
from link l join account a using (account_pk) join realm r using (realm) left join account_use u using (account_pk)
cross join lateral (
    select exists (
        select from scope o
        where o.realm = a.realm and o.scope = any(scopes_of(a.native_id, a.last_seen_at)) and o.kind = a.kind and o.complete and o.error = ''
            and o.observed_at >= %(since)s) as whole) w
where l.person_uid = %(person_uid)s and l.valid_to is null
order by r.source, a.realm, a.native_id, l.relation;

-- name: credentials_of
-- What is on them, likewise.
select distinct r.source, a.realm, a.native_id as account_native_id, c.kind, c.native_id, c.last_used_at,
    case when a.attested_at is not null then 'unknown' when a.gone_at is not null or c.gone_at is not null then 'dead'
        when w.whole then c.standing else 'unknown' end as standing
from link l join account a using (account_pk) join realm r using (realm) join credential c using (account_pk)
cross join lateral (
    select exists (
        select from scope o
        where o.realm = a.realm and o.scope = any(scopes_of(a.native_id, a.last_seen_at)) and o.kind = c.kind and o.complete and o.error = ''
            and o.observed_at >= %(since)s) as whole) w
where l.person_uid = %(person_uid)s and l.valid_to is null
order by r.source, a.realm, a.native_id, c.kind, c.native_id;
