-- Findings held against their own keys (docs/decisions/0089-a-decision-is-what-its-event-says.md).

create index on person_alias (person_uid);

-- As keys.py makes it.
create function finding_key_of(rule text, realm text, subject_kind text, account_native_id text, native_id text,
    person_uid uuid, episode integer) returns text stable parallel safe language sql as $$
    select left(encode(sha256(convert_to(concat_ws(chr(31), 'finding', rule, realm, subject_kind, account_native_id, native_id,
        coalesce(person_uid::text, ''), episode::text), 'UTF8')), 'hex'), 32)
$$;

-- Findings that say something else than their keys were made of: `finding_key` of what each said as it began, under its
-- person or one who turned out to be the same, `match_key` of what it says now. Of the resolved, where the two differ.
create view misfit_finding as
select f.finding_key, f.ticket_key, f.state, f.match_key, k.begun, k.now_key
from finding f
cross join lateral (
    select finding_key_of(f.rule, f.realm, f.subject_kind, f.account_native_id, f.subject_native_id, f.person_uid, f.episode)
            as now_key,
        f.finding_key in (
            select finding_key_of(f.rule, f.realm, f.subject_kind, f.account_native_id, f.subject_native_id, o.uid, f.episode)
            from (select f.person_uid as uid union all
                select a.alias_uid from person_alias a where a.person_uid = f.person_uid) o) as begun
) k
where (f.state <> 'resolved' or f.match_key <> f.finding_key)
    and not (k.now_key = f.match_key and (f.match_key = f.finding_key or k.begun));
