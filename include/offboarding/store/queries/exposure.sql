-- What somebody may know that outlives their accounts.

-- name: secrets_known
-- Secrets of workloads that a person answers for or answered for, and of accounts that they made or gave a credential: a
-- row each and reason. Read where custody's tables stand. What was made once they no longer could know it isn't among
-- them. An account's own password stands as the account; so does one of which no secret has been read. What wasn't read
-- whole since is unknown.
with kept as (
    select distinct on (l.account_pk, l.relation) l.account_pk, l.relation, l.decision, l.valid_to,
        (select string_agg(text, '; ') from jsonb_array_elements_text(l.evidence) text) as evidence
    from link l join account a using (account_pk) left join person_alias al on al.alias_uid = l.person_uid
    where coalesce(al.person_uid, l.person_uid) = %(person_uid)s and l.relation in ('owns', 'created')
        and l.decision <> 'candidate' and l.link_id not in (select v.link_id from revoked_link v)
        and not exists (
            select from link_decision k left join person_alias ka on ka.alias_uid = k.person_uid
            where k.realm = a.realm and k.native_id = a.native_id and k.verdict = 'reject' and k.revoked_at is null
                and coalesce(ka.person_uid, k.person_uid) = %(person_uid)s)
    order by l.account_pk, l.relation, l.valid_to desc nulls first, l.link_id desc
), theirs as (
    select k.account_pk,
        case when k.relation = 'created' then 'proved' when k.decision = 'linked' and k.valid_to is null then 'could'
            else 'inferred' end as grade,
        case when k.relation = 'created' then 'Made the account' when k.valid_to is null then 'Answers for it'
            else 'Answered for it until ' || to_char(k.valid_to at time zone %(zone)s::text, 'YYYY-MM-DD') end
            || coalesce(': ' || k.evidence, '') || '.' as why,
        case when k.relation = 'created' then a.created_at + interval '5 minutes' else k.valid_to end as until_at
    from kept k join account a using (account_pk)
    union all
    select a.account_pk, 'proved', case when e.object_login = '' then 'Made the account' else 'Gave it a credential' end
            || ' on ' || to_char(e.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC: ' || e.action || ' as '
            || e.actor_label || ', event ' || e.event_id || '.', e.at + interval '5 minutes'
    from event_person p join event e using (realm, event_id)
    join account a on a.realm = e.object_realm and (a.native_id = e.object or e.object_login <> ''
        and a.login = e.object_login and (a.created_at is null or a.created_at <= e.at + interval '5 minutes'))
    where p.person_uid = %(person_uid)s and e.deed = 'made' and not e.failed
), known as (
    select t.account_pk, t.grade, t.why, least(t.until_at, v.left_at) as until_at
    from theirs t cross join leaver v
    where v.person_uid = %(person_uid)s and not exists (
        select from link l
        where l.account_pk = t.account_pk and l.person_uid = v.person_uid and l.relation = 'is' and l.decision = 'linked'
            and l.valid_to is null)
), secret as (
    select k.account_pk, k.grade, k.why, c.kind, c.native_id, c.label, c.standing, c.standing_reason, c.last_used_at
    from known k join credential c using (account_pk)
    where c.gone_at is null and (c.created_at is null or c.created_at <= k.until_at)
    union all
    -- Whoever made an account once knew a password of it; that nobody has set another since, few systems tell.
    select k.account_pk, case when k.grade = 'proved' and a.password_set_at is null then 'inferred' else k.grade end,
        k.why, a.kind, a.native_id, a.label, case when a.has_own_login then a.standing else 'unknown' end,
        case when a.has_own_login then a.standing_reason else 'no secret of it has been read' end, u.last_used_at
    from known k join account a using (account_pk) left join account_use u using (account_pk)
    where case when a.has_own_login then a.password_set_at is null or a.password_set_at <= k.until_at
        else not exists (select from credential c where c.account_pk = k.account_pk and c.gone_at is null) end
)
select r.source, a.realm, a.native_id as account_native_id, a.label as account_label, s.kind, s.native_id, s.label,
    case when w.whole then s.standing else 'unknown' end as standing,
    case when w.whole then s.standing_reason else 'not read whole by that night' end as standing_reason,
    a.privileged, a.privileged_by, s.last_used_at, s.grade, s.why
from secret s join account a using (account_pk) join realm r using (realm)
cross join lateral (
    select exists (
        select from scope o
        where o.realm = a.realm and o.scope = any(scopes_of(a.native_id, a.last_seen_at))
            and o.kind = s.kind and o.complete and o.error = '' and o.observed_at >= %(since)s) as whole) w
where a.gone_at is null
order by r.source, a.realm, a.label, s.kind, s.label, s.native_id,
    array_position(array['proved', 'registered', 'could', 'inferred'], s.grade), s.why;

-- name: exposed_keys
-- Keys and secrets that stand on tickets of their own, since somebody who left may know them: what is to be replaced first
-- before the rest. How sure it is and whether it works is in the severity.
select f.finding_key, f.subject_kind, f.subject_label, f.severity, f.standing
from finding f
where f.person_uid = %(holder)s::uuid and f.episode = %(episode)s and f.ticket_kind = 'rotate' and f.state = 'open'
    and f.subject_kind in ('signing_key', 'shared_secret')
    and f.finding_key not in (select m.finding_key from misfit_finding m)
order by array_position(array['critical', 'high', 'medium', 'low'], f.severity),
    array_position(array['works', 'unknown', 'dead'], f.standing), f.subject_kind <> 'signing_key',
    f.last_used_at desc nulls last, f.finding_key;
