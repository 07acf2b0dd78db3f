-- An account of which a person must say whose it is, and everybody that it may belong to.

-- name: account_told
-- What the account is called, and whether it works.
select r.source, a.label, a.standing, a.standing_reason, a.observed_at, a.created_at, a.gone_at is not null as gone
from account a join realm r using (realm) where a.realm = %(realm)s and a.native_id = %(native_id)s;

-- name: names
-- What these persons are called.
select p.person_uid::text, w.name from person p join worker w on w.worker_pk = p.shown_worker_pk
where p.person_uid = any(%(people)s::uuid[]);

-- name: compared
-- Each number, mail, login and id that the account bears or bore, beside those of the same kind that rosters tell of each
-- of these persons.
select k.kind, k.name, k.raw, k.former, p.person_uid::text, coalesce(h.told, '{}') as told, coalesce(h.same, false) as same
from (
    select b ->> 0 as kind, b ->> 1 as value, b ->> 4 as name, coalesce(b ->> 5, b ->> 1) as raw, false as former
    from account a cross join jsonb_array_elements(a.keys) b
    where a.realm = %(realm)s and a.native_id = %(native_id)s
    union
    select f.kind, f.value, f.name, f.raw, true from former_account_key f join account a using (account_pk)
    where a.realm = %(realm)s and a.native_id = %(native_id)s
) k
cross join unnest(%(people)s::uuid[]) with ordinality as p (person_uid, place)
left join lateral (
    select array_agg(distinct h.raw order by h.raw) as told, bool_or(h.value = k.value) as same
    from worker w join worker_key h using (worker_pk)
    where w.person_uid = p.person_uid and h.kind = k.kind
) h on true
where k.kind in ('directory_id', 'number', 'mail', 'login')
order by k.kind, k.former, k.name, k.raw, p.place limit 500;

-- name: credentials_of
-- What is on the account, as last seen.
select a.realm, a.native_id as account_native_id, c.kind, c.native_id, c.label, c.standing, c.standing_reason,
    c.last_used_at, c.observed_at
from credential c join account a using (account_pk)
where a.realm = %(realm)s and a.native_id = %(native_id)s and c.gone_at is null
order by c.kind, c.native_id limit 100;
