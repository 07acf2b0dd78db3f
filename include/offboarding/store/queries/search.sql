-- Whatever is called exactly so. Everything is found by an index, or is few; names aren't looked at.

-- name: people_by_key
-- Persons to whom HR gives this mail or login, or once did.
select distinct w.person_uid::text, s.id_space, s.worker_id
from worker_key k join worker w using (worker_pk) join person p using (person_uid)
join worker s on s.worker_pk = p.shown_worker_pk
where k.value = %(folded)s and k.kind in ('mail', 'login')
order by s.id_space, s.worker_id limit %(most)s::bigint;

-- name: accounts_found
-- Accounts by native id, and where `named` by login or label, with whose each is.
with found as (
    select a.account_pk from realm r join account a on a.realm = r.realm and a.native_id = %(word)s
    union select account_pk from account where %(named)s::boolean and lower(login) = lower(%(word)s::text)
    union select account_pk from account where %(named)s::boolean and lower(label) = lower(%(word)s::text)
    limit %(most)s::bigint
)
select r.source, a.realm, a.native_id, a.label, '' as thing, a.kind, a.gone_at is not null as gone, l.decision,
    coalesce(p.person_uid::text, '') as person_uid, coalesce(w.id_space, p.id_space, '') as id_space,
    coalesce(w.worker_id, p.worker_id, '') as worker_id
from found join account a using (account_pk) join realm r using (realm)
left join link l on l.account_pk = a.account_pk and l.valid_to is null and l.decision <> 'candidate'
left join person p on p.person_uid = l.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
order by r.source, a.realm, a.native_id, l.score desc nulls last, worker_id limit %(most)s::bigint;

-- name: credentials_found
-- What lets somebody in, with whose account it is on: by its fingerprint, and by its id where anything was ever found of
-- it. An index over every id would cost each first read a tenth of its time.
with found as (
    select c.account_pk, c.kind, c.native_id
    from finding f join account a on a.realm = f.realm and a.native_id = f.account_native_id
    join credential c on c.account_pk = a.account_pk and c.kind = f.subject_kind and c.native_id = f.subject_native_id
    where f.subject_native_id = %(word)s
    union
    select c.account_pk, c.kind, c.native_id from credential c
    where c.fingerprint = %(word)s and c.fingerprint <> '' and c.gone_at is null
    limit %(most)s::bigint
)
select r.source, a.realm, a.native_id, a.label, c.native_id as thing, c.kind, c.gone_at is not null as gone, l.decision,
    coalesce(p.person_uid::text, '') as person_uid, coalesce(w.id_space, p.id_space, '') as id_space,
    coalesce(w.worker_id, p.worker_id, '') as worker_id
from found join credential c using (account_pk, kind, native_id) join account a using (account_pk) join realm r using (realm)
left join link l on l.account_pk = a.account_pk and l.valid_to is null and l.decision <> 'candidate'
left join person p on p.person_uid = l.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
order by r.source, a.realm, a.native_id, c.kind, l.score desc nulls last, worker_id limit %(most)s::bigint;

-- name: keys_found
-- Keys that several may hold, by material, by the register's name, by a system's id for them or the name that stays the
-- same through their versions.
-- An entry that means what a reader shows is no key by itself any more, by its old material no more than by its name.
with meant as (
    {key_views:meant}
), k as (
    select material from signing_key s
    where material = %(word)s and not exists (select from meant m where 'reg:' || m.name = s.material)
    union select coalesce(m.material, 'reg:' || r.name)
    from registered_key r left join meant m using (name)
    where %(word)s in (r.name, 'reg:' || r.name) and r.valid_to is null
    union select s.material from key_copy c join signing_key s using (key_pk) where %(word)s in (c.native_id, c.name)
)
select distinct material from k order by material limit %(most)s::bigint;
