-- What audit trails recorded of accounts that people made.

-- name: add_recorded_links
-- What a leaver made by the word of an audit trail, in the last days before the departure or after it: by the account
-- that acted, or by a mail or login that the session bears and only one person ever bore. Listed, whosoever it is.
with maker as (
    select e.realm, e.event_id, l.person_uid
    from event e
    join account b on b.realm = e.actor_realm and b.native_id = e.actor
    join ranked l on l.account_pk = b.account_pk and l.decision = 'linked' and l.score >= %(candidate)s
    where e.deed = 'made' and not e.failed and e.actor <> ''
    union
    select e.realm, e.event_id, min(h.person_uid::text)::uuid
    from event e
    join event_key k using (realm, event_id)
    join person_key h on h.kind = k.kind and h.value = k.value and not h.is_local
    where e.deed = 'made' and not e.failed and e.actor = '' and k.kind in ('mail', 'login')
        and k.origin in ('attribute', 'tag', 'pattern')
        and (k.kind <> 'login' or (length(k.value) >= 4 and k.value <> all(%(reserved)s::text[])))
    group by e.realm, e.event_id, k.kind, k.value
    having count(distinct h.person_uid) = 1
), done as (
    -- An account by its own id; by its login one that was given a credential, which whoever made it has seen.
    select a.account_pk, m.person_uid, e.at, e.event_id, a.created_at, 'made it' as what, e.action, e.actor_label
    from maker m
    join event e using (realm, event_id)
    join account a on a.realm = e.object_realm and a.native_id = e.object
    union all
    select a.account_pk, m.person_uid, e.at, e.event_id, e.at, 'gave it a credential', e.action, e.actor_label
    from maker m
    join event e using (realm, event_id)
    join account a on a.realm = e.object_realm and a.login = e.object_login
    where e.object_login <> ''
        and (a.created_at is null or a.created_at <= e.at + interval '5 minutes')
), made as (
    select distinct on (d.account_pk, d.person_uid) d.account_pk, d.person_uid,
        d.what || ' on ' || to_char(d.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC: ' || d.action || ' as '
            || d.actor_label || ', event ' || d.event_id as text
    from done d
    join account a using (account_pk)
    join source_setting using (realm)
    join person_state s on s.person_uid = d.person_uid and not s.returned
    where a.kind = 'account' and a.gone_at is null
        and coalesce(d.created_at, d.at) >= s.left_at - make_interval(days => %(created_window_days)s)
        and not exists (
            select from ranked n where n.account_pk = d.account_pk and n.person_uid = d.person_uid
                and n.decision = 'linked' and n.score >= %(candidate)s)
        and not exists (
            select from owning n where n.account_pk = d.account_pk and n.person_uid = d.person_uid
                and n.relation = 'created')
    order by d.account_pk, d.person_uid, d.what desc, d.at, d.event_id
), told as (
    insert into evidence select account_pk, person_uid, 'created', 'created', %(linked)s, text from made
)
insert into owning (account_pk, person_uid, relation, decision, score)
select account_pk, person_uid, 'created', 'linked', %(linked)s from made;
