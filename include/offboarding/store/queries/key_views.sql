-- name: copies_told
-- Every copy of every key, or of one, with what the last reads of its system say of it.
select k.key_pk, k.material, k.kind as key_kind, true as own, {c.key_but_standing as copy__key},
    c.realm as copy__key__realm, c.native_id as copy__key__native_id, k.material as copy__key__material,
    case when c.gone_at is null then c.standing else 'dead' end as copy__key__standing,
    case when c.gone_at is null then c.standing_reason else 'no longer shown' end as copy__key__standing_reason,
    c.source as copy__source, c.source_kind as copy__source_kind, c.first_seen_at as copy__first_seen_at,
    coalesce(c.last_seen_at, greatest(c.observed_at, s.confirmed_at)) as copy__last_seen_at,
    c.untrusted_since as copy__untrusted_since, s.confirmed_at as copy__confirmed_at,
    coalesce(s.confirmed_at is not null and s.error = '', false) as copy__fresh
from key_copy c
join signing_key k using (key_pk)
left join copy_read s using (copy_pk)
where %(material)s::text is null or k.material = %(material)s
order by k.material, c.gone_at is not null, not c.verifies, c.source, c.native_id;

-- name: meant
-- Materials that the register means as it stands, by the names that it gives them: those that a reader has seen.
select p.name, k.material
from registered_place p join key_copy c on c.source = p.reader and p.place in (c.native_id, c.name)
join signing_key k using (key_pk)
where p.reader <> '' and p.valid_to is null
union
select p.name, k.material
from registered_place p join signing_key k on k.material = p.place
where p.reader = '' and p.valid_to is null;

-- name: entries_told
-- The register as it stands, entry by entry, with the materials that it means; null: nothing that any reader has seen.
with meant as (
    {meant}
)
select r.kind, m.material, {r.registered as registered},
    (select count(*) from custodian c where c.name = r.name)::int as registered__custodians,
    (select coalesce(max(p.place) filter (where p.reader = ''), 'ref:' || max(p.reader || '/' || p.place))
        from registered_place p where p.name = r.name and p.valid_to is null) as place
from registered_key r left join meant m on m.name = r.name
where r.valid_to is null
    and (%(material)s::text is null or m.material = %(material)s or m.material is null and 'reg:' || r.name = %(material)s)
order by r.name, m.material;

-- name: once_registered
-- Keys that the register alone ever knew, and no longer names: whoever was their custodian held them all the same.
select k.material, k.kind from signing_key k
where starts_with(k.material, 'reg:') and (%(material)s::text is null or k.material = %(material)s)
    and not exists (select from key_copy c where c.key_pk = k.key_pk)
    and not exists (select from registered_key r where 'reg:' || r.name = k.material and r.valid_to is null)
order by k.material;

-- name: attestations_told
-- The last word of a person on each key.
select distinct on (material) material, author as attested__author, reason as attested__reason,
    attested_at as attested__at, until as attested__until
from attestation where %(material)s::text is null or material = %(material)s order by material, attestation_id desc;

-- name: words
-- All that people ever said of a key, the latest first.
select author, reason, attested_at as at, until
from attestation where material = %(material)s order by attestation_id desc limit %(most)s::bigint;

-- name: stretches
-- How each copy of a key stood, and since when, the latest first.
select c.source, c.native_id, c.label, s.standing, s.reason, s.valid_from, s.valid_to
from signing_key k join key_copy c using (key_pk) join key_standing s using (copy_pk)
where k.material = %(material)s order by s.valid_from desc, c.copy_pk limit %(most)s::bigint;

-- name: versions
-- Other keys under the names of this one: what was before it, and what came after.
select o.source, o.native_id, o.label, k.material, o.created_at, o.first_seen_at,
    coalesce(o.gone_at, o.untrusted_since) as ended_at
from key_copy o join signing_key k using (key_pk)
where k.material <> %(material)s and (o.realm, o.name) in (
    select c.realm, c.name from key_copy c join signing_key s using (key_pk) where s.material = %(material)s)
order by coalesce(o.created_at, o.first_seen_at) desc, o.copy_pk desc limit %(most)s::bigint;

-- name: custodians_told
-- Whom the register names, or once named, as custodians; those of today first.
select kind, space, holder, team, since, until, valid_from, valid_to
from custodian where name = %(name)s
order by valid_to is not null, until is not null, kind, space, holder, team limit %(most)s::bigint;

-- name: insert_attestation
insert into attestation (material, reason, author, until)
values (%(material)s, %(reason)s, %(author)s, %(until)s)
returning attestation_id;

-- name: subject_of_finding
-- What a finding is about.
select subject_native_id from finding where finding_key = %(finding_key)s and subject_kind in ('signing_key', 'shared_secret');

-- name: listed_of_finding
-- The account that a finding is about, where it asks for that to be taken away and nobody can ask its system.
select account_material(a.realm, a.native_id) as material, a.native_id as label
from finding f join account a on a.realm = f.realm and a.native_id = f.account_native_id
where f.finding_key = %(finding_key)s and f.attestable and f.ticket_kind = 'revoke' and a.attested_at is not null;

-- name: keys_then
-- Keys that a verifier trusted when this run ended; of how many the register named a custodian by then; and how many
-- nobody was known to hold by anything at all, where the run looked at that.
with night as (
    select run_id, as_of, coalesce(finished_at, clock_timestamp()) as at, summary -> 'unchecked_keys' as unchecked
    from run where run_id = %(run_id)s
), trusted as (
    select distinct k.key_pk, k.kind, k.material
    from key_copy c join signing_key k using (key_pk) join key_standing s using (copy_pk), night t
    where c.verifies and s.standing = 'works' and s.valid_from <= t.at and (s.valid_to is null or s.valid_to > t.at)
), named as (
    select distinct c.key_pk
    from registered_place p join key_copy c on c.source = p.reader and p.place in (c.native_id, c.name), night t
    where p.reader <> '' and p.valid_from <= t.as_of
        and exists (select from custodian u where u.name = p.name and u.valid_from <= t.as_of)
    union
    select k.key_pk
    from registered_place p join signing_key k on k.material = p.place, night t
    where p.reader = '' and p.valid_from <= t.as_of
        and exists (select from custodian u where u.name = p.name and u.valid_from <= t.as_of)
)
select t.kind, count(*)::int as trusted, count(n.key_pk)::int as with_custodians,
    case when max(r.unchecked::text) is null then (count(*) - count(n.key_pk))::int
        else coalesce(max((r.unchecked ->> t.kind)::int), 0) end as unchecked
from trusted t left join named n using (key_pk) cross join night r group by t.kind order by t.kind desc;

-- name: entries_unseen_then
-- Entries of the register that nothing had shown when this run ended.
with night as (
    select as_of, coalesce(finished_at, clock_timestamp()) as at from run where run_id = %(run_id)s
)
select r.name from registered_key r, night t
where r.valid_from <= t.as_of and (r.valid_to is null or r.valid_to > t.as_of) and not exists (
    select from registered_place p
    where p.name = r.name and p.valid_from <= t.as_of and (p.valid_to is null or p.valid_to > t.as_of) and (
        exists (
            select from key_copy c
            where c.source = p.reader and p.place in (c.native_id, c.name) and c.first_seen_at <= t.at)
        or p.reader = '' and exists (
            select from signing_key k where k.material = p.place and k.first_seen_at <= t.at)))
order by r.name;

-- name: attestations_then
-- People's words that ended when this run was, or end within so many days.
with night as (select as_of, coalesce(finished_at, clock_timestamp()) as at from run where run_id = %(run_id)s), last as (
    select distinct on (a.material) a.material, a.until
    from attestation a, night t where a.attested_at <= t.at and a.material not like 'account:%%' order by a.material, a.attestation_id desc
)
select coalesce((
        select min(p.name) from registered_place p
        where 'reg:' || p.name = l.material or p.reader = '' and p.place = l.material or exists (
            select from key_copy c join signing_key k using (key_pk)
            where k.material = l.material and c.source = p.reader and p.place in (c.native_id, c.name))),
    l.material) as name, l.until
from last l, night t where l.until <= t.as_of + %(days)s * interval '1 day' and l.until > t.as_of - interval '30 days'
order by l.until, name;
