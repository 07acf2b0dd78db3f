-- name: knows_keys
-- Whether any key was ever told of, or registered.
select exists (select from signing_key) as known;

-- name: make_custody_key
-- Keys to make cases of: those that leavers may have held or may still use; or these people's alone.
create temp table custody_key as
select h.key_pk from custody_holder h
group by h.key_pk
having %(persons)s::uuid[] is null or bool_or(h.person_uid = any(%(persons)s));
create unique index on custody_key (key_pk);
analyze custody_key;

-- name: make_company_reach
-- Principals that somebody is or acts as, and who; of those that are named for any of these keys.
create temp table company_reach as
with named as (
    select distinct a.principal_kind as kind, a.principal_realm as realm, a.principal as name
    from key_access a join key_name k using (realm, key) join custody_key using (key_pk)
    where a.carries and a.valid_to is null
    union
    select p.kind, p.realm, p.name
    from custody_span s join entry_key e using (name) join custody_key using (key_pk)
    join named_principal p on p.name = s.holder and p.kind = s.kind
), theirs as (
    select a.realm, a.label, a.native_id, coalesce(al.person_uid, l.person_uid) as person_uid
    from link l join account a using (account_pk) left join person_alias al on al.alias_uid = l.person_uid
    where l.valid_to is null and l.decision = 'linked' and l.relation = 'is' and a.gone_at is null
        -- Where nothing is named, a company's links aren't gone through.
        and exists (select from named)
)
select n.kind, n.realm, n.name, t.person_uid from named n join theirs t on n.name in (t.label, t.native_id)
    and (n.kind = 'principal' or (n.kind = 'account' and n.realm = t.realm))
union
select n.*, t.person_uid
from named n
join guarding g on n.kind = 'group' and g.realm = n.realm and g.name = n.name
join membership m on m.realm = g.realm and m.group_native_id = g.group_native_id and m.valid_to is null
join theirs t on t.realm = m.realm and t.native_id = m.account_native_id
union
select n.*, t.person_uid
from named n
join trust r on n.name in (r.label, r.native_id) and r.gone_at is null and r.standing <> 'dead'
    and (n.kind = 'principal' or (n.kind = 'role' and n.realm = r.realm))
join theirs t on t.realm = r.principal_realm and r.principal in (t.label, t.native_id);
create index on company_reach (kind, realm, name);
analyze company_reach;

-- name: make_company_holder
-- How many people at work are known to hold each of these keys.
create temp table company_holder as
with known as (
    select d.key_pk, d.person_uid from deed_done d join custody_key using (key_pk) where d.carries
    union
    select e.key_pk, n.person_uid
    from custody_span s join entry_key e using (name) join custody_key using (key_pk)
    join numbered_person n on n.space = s.space and n.value = s.holder
    -- A worker of the register counts for good: whoever held the material once may have kept it. What follows below is
    -- a way to it, which is one only while it stands.
    where s.kind = 'worker' and s.from_at <= %(as_of)s
    union
    select e.key_pk, r.person_uid
    from custody_span s join entry_key e using (name) join custody_key using (key_pk)
    join company_reach r on r.kind = s.kind and r.name = s.holder
    where s.kind <> 'worker' and s.from_at <= %(as_of)s and s.to_at > %(as_of)s
    union
    select k.key_pk, r.person_uid
    from key_access a join key_name k using (realm, key) join custody_key using (key_pk)
    join company_reach r on r.kind = a.principal_kind and r.realm = a.principal_realm and r.name = a.principal
    where a.carries and a.valid_to is null
)
select key_pk, count(*)::int as people
from known k where not exists (select from leaver v where v.person_uid = k.person_uid)
group by key_pk;
create unique index on company_holder (key_pk);
analyze company_holder;

-- name: custody_keys
select key_pk from custody_key order by key_pk;

-- name: copies
-- The copies of these keys, gone ones too; of other keys those that a verifier of theirs began to publish since.
select k.key_pk, s.material, s.kind as key_kind, k.own, {c.key_but_standing as copy__key},
    c.realm as copy__key__realm, c.native_id as copy__key__native_id, cs.material as copy__key__material,
    case when c.gone_at is null then c.standing else 'dead' end as copy__key__standing,
    case when c.gone_at is null then c.standing_reason else 'no longer shown' end as copy__key__standing_reason,
    c.source as copy__source, c.source_kind as copy__source_kind, least(c.first_seen_at, t.night_at) as copy__first_seen_at,
    coalesce(c.last_seen_at, greatest(c.observed_at, p.confirmed_at)) as copy__last_seen_at,
    c.untrusted_since as copy__untrusted_since, p.confirmed_at as copy__confirmed_at,
    coalesce(p.error = '' and p.confirmed_at >= %(since)s, false) as copy__fresh
from (
    select key_pk, copy_pk, true as own from key_copy where key_pk = any(%(keys)s)
    union all
    select distinct o.key_pk, n.copy_pk, false
    from key_copy o
    join key_copy n on n.realm = o.realm and n.source_kind = o.source_kind and n.name = o.name and n.key_pk <> o.key_pk
    join moment f on f.at = n.first_seen_at
    where o.key_pk = any(%(keys)s) and o.verifies and n.verifies and n.gone_at is null and n.standing = 'works'
        and n.not_seen_at is not null and not exists (
            -- Known there under another name: it's no new key.
            select from key_copy x
            where x.key_pk = n.key_pk and x.realm = n.realm and x.verifies and x.first_seen_at < n.first_seen_at)
        and least(n.first_seen_at, f.night_at) > (
            select min(v.left_at) from custody_holder h join leaver v using (person_uid) where h.key_pk = o.key_pk)) k
join key_copy c using (copy_pk)
join moment t on t.at = c.first_seen_at
join signing_key s on s.key_pk = k.key_pk
join signing_key cs on cs.key_pk = c.key_pk
left join copy_read p on p.copy_pk = c.copy_pk
order by k.key_pk, k.own desc, c.realm, c.native_id, c.copy_pk;

-- name: holders
-- The departed holders of these keys.
select h.key_pk, p.person_uid::text as holder__person_uid, w.id_space as holder__id_space,
    w.worker_id as holder__worker_id, w.name as holder__name, d.episode as holder__episode, d.roster as holder__roster,
    h.newer as holder__newer, {d.departure as holder__departure}, v.location as holder__departure__location
from custody_holder h
join person p using (person_uid)
join worker w on w.worker_pk = p.shown_worker_pk
join departure d on d.person_uid = h.person_uid and d.valid_to is null
join worker v on v.worker_pk = d.worker_pk
where h.key_pk = any(%(keys)s)
order by h.key_pk, p.person_uid;

-- name: held
select key_pk, person_uid::text, grade as told__grade, text as told__text, at as told__at, event_id as told__event_id,
    action as told__action
from custody_held
where key_pk = any(%(keys)s)
order by key_pk, person_uid, array_position(array['proved', 'registered', 'could', 'inferred'], grade), at desc nulls first,
    text;

-- name: uses
select key_pk, person_uid::text, 'proved' as told__grade, text as told__text, at as told__at,
    event_id as told__event_id, action as told__action
from custody_use
where key_pk = any(%(keys)s) order by key_pk, person_uid, at desc, event_id;

-- name: accesses
select key_pk, person_uid::text, principal as told__principal, action as told__action, carries as told__carries,
    standing as told__standing, reason as told__reason, fresh as told__fresh
from custody_access
where key_pk = any(%(keys)s) order by key_pk, person_uid, principal, action;

-- name: said
-- What the register says of these keys: the entry as it stands, or as it stood last; and how many people at work hold
-- them, as far as is known.
select k.key_pk, s.material, s.kind, {r.registered as registered},
    (select count(*)::int from custody_span c where c.name = r.name) as registered__custodians,
    coalesce(h.people, 0) as other_holders
from unnest(%(keys)s::bigint[]) as k(key_pk)
join signing_key s using (key_pk)
left join lateral (
    select r.* from entry_key e join registered_key r using (name)
    where e.key_pk = k.key_pk
    order by (r.valid_to is null) desc, e.current desc, r.registered_pk desc limit 1) r on true
left join company_holder h on h.key_pk = k.key_pk;

-- name: attested
-- The last word of a person on each of these keys.
select distinct on (k.key_pk) k.key_pk, a.author as attested__author, a.reason as attested__reason,
    a.attested_at as attested__at, a.until as attested__until
from attestation a join signing_key k using (material)
where k.key_pk = any(%(keys)s)
order by k.key_pk, a.attestation_id desc;

-- name: make_peopled
-- Principals that anybody is or acts as.
create temp table peopled as
with theirs as (
    select a.realm, a.label, a.native_id
    from link l join account a using (account_pk)
    where l.valid_to is null and l.decision = 'linked' and l.relation = 'is' and a.gone_at is null
        and exists (select from named_principal)
)
select p.kind, p.realm, p.name from named_principal p join theirs t on t.label = p.name and t.realm = p.realm
where p.kind = 'account'
union
select p.kind, p.realm, p.name from named_principal p join theirs t on t.native_id = p.name and t.realm = p.realm
where p.kind = 'account'
union
select 'group', g.realm, g.name
from guarding g
join membership m on m.realm = g.realm and m.group_native_id = g.group_native_id and m.valid_to is null
join theirs t on t.realm = m.realm and t.native_id = m.account_native_id
union
select p.kind, p.realm, p.name
from named_principal p
join trust r on p.kind = 'role' and r.realm = p.realm and p.name in (r.label, r.native_id) and r.gone_at is null
join theirs t on t.realm = r.principal_realm and r.principal in (t.label, t.native_id);
analyze peopled;

-- name: make_known_key
-- Keys of which somebody is known who holds them: by the register, an audit trail, or what they may do.
create temp table known_key as
select e.key_pk from entry_key e join custody_span s using (name)
union
select key_pk from deed_done where carries
union
select k.key_pk
from key_access a join key_name k using (realm, key)
join peopled p on p.kind = a.principal_kind and p.realm = a.principal_realm and p.name = a.principal
where a.carries and a.valid_to is null
union
select key_pk from custody_held where grade <> 'inferred';
create unique index on known_key (key_pk);
analyze known_key;

-- name: uncustodied
-- Trusted copies of keys that nobody is known to hold, a system after the other. What can't leave its system nobody holds:
-- of such a key its access is checked.
select c.key_pk, s.material, s.kind as key_kind, true as own, {c.key_said as copy__key}, c.realm as copy__key__realm,
    c.native_id as copy__key__native_id, s.material as copy__key__material, c.source as copy__source,
    c.source_kind as copy__source_kind, c.first_seen_at as copy__first_seen_at,
    greatest(c.observed_at, p.confirmed_at) as copy__last_seen_at, c.untrusted_since as copy__untrusted_since,
    p.confirmed_at as copy__confirmed_at,
    coalesce(p.error = '' and p.confirmed_at >= %(since)s, false) as copy__fresh
from key_copy c
join signing_key s using (key_pk)
left join copy_read p on p.copy_pk = c.copy_pk
where c.verifies and c.standing = 'works' and c.gone_at is null
    and not exists (select from known_key k where k.key_pk = c.key_pk)
    and not exists (select from key_copy n where n.key_pk = c.key_pk and n.carryable = 'no' and n.gone_at is null)
order by c.realm, c.native_id, c.copy_pk;
