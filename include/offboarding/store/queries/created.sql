-- What audit trails recorded of accounts that people made.

-- name: add_recorded_links
-- What a leaver made by the word of an audit trail, in the last days before the departure or after it: by the account
-- that acted, or by a mail or login that the session bears and only one person ever bore. Listed, whosoever it is.
with maker as (
    select e.realm, e.event_id, l.person_uid
    from event e
    join account b on b.realm = e.actor_realm and b.native_id = e.actor
    join new_link l on l.account_pk = b.account_pk and l.relation = 'is' and l.decision = 'linked'
    where e.deed = 'made' and not e.failed and e.actor <> ''
    union
    select e.realm, e.event_id, min(h.person_uid::text)::uuid
    from event e
    join event_key k using (realm, event_id)
    join holder h on h.kind = k.kind and h.value = k.value
    where e.deed = 'made' and not e.failed and e.actor = '' and k.kind in ('mail', 'login')
        and k.origin in ('attribute', 'tag', 'pattern')
        and (k.kind <> 'login' or (length(k.value) >= 4 and k.value <> all(%(reserved)s::text[])))
    group by e.realm, e.event_id, k.kind, k.value
    having count(distinct h.person_uid) = 1
), made as (
    select distinct on (a.account_pk, m.person_uid) a.account_pk, m.person_uid,
        e.action || ' as ' || e.actor_label || ', event ' || e.event_id as text
    from maker m
    join event e using (realm, event_id)
    join account a on a.realm = e.object_realm and a.native_id = e.object and a.kind = 'account'
    join source_setting on source_setting.realm = a.realm
    join person_state s on s.person_uid = m.person_uid and not s.returned
    where a.gone_at is null
        and coalesce(a.created_at, e.at) >= s.left_at - make_interval(days => %(created_window_days)s)
        and not exists (
            select from new_link n where n.account_pk = a.account_pk and n.person_uid = m.person_uid
                and ((n.relation = 'is' and n.decision = 'linked') or n.relation = 'created'))
    order by a.account_pk, m.person_uid, e.at, e.event_id
), told as (
    insert into evidence select account_pk, person_uid, 'created', 'created', %(linked)s, text from made
)
insert into new_link select account_pk, person_uid, 'created', 'linked', %(linked)s from made;
