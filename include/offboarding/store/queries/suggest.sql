-- name: guarded_groups
-- Groups whose members are kept, since they guard keys: how many are in them now, and when that was first read.
select r.source, m.group_label as label, m.group_native_id as native_id, count(*) filter (where m.valid_to is null)::int as members
from membership m join realm r using (realm)
group by r.source, m.group_label, m.group_native_id
having count(*) filter (where m.valid_to is null) > 0
order by r.source, m.group_label, m.group_native_id;

-- name: carriers
-- Principals that policies and grants let take a key away today.
select distinct on (a.principal_kind, a.principal_realm, a.principal) a.principal_kind as kind,
    coalesce(r.source, '') as source, a.principal, a.action, a.standing = 'works' as sure, a.reason
from key_access a
join key_copy c on c.realm = a.realm and c.source_kind = a.source_kind and a.key in (c.native_id, c.name)
    and c.gone_at is null
join signing_key k using (key_pk)
left join realm r on r.realm = a.principal_realm
where k.material = %(material)s and a.carries and a.valid_to is null
order by a.principal_kind, a.principal_realm, a.principal, a.standing desc, a.action;
