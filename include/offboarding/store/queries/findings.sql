-- name: stage_tables
-- Where this run's findings are put before they are merged.
create temp table s_finding (match_key text, rule text, realm text, source text, roster text, subject_kind text,
    subject_native_id text, subject_label text, account_native_id text, account_label text, person_uid uuid,
    episode integer, severity text, standing text, standing_reason text, effect text, privileged boolean,
    relation text, used_after_departure boolean, last_used_at timestamptz, left_at timestamptz, basis text,
    evidence jsonb, revoke jsonb, warning text, holds_ticket boolean, ticket_kind text, queue text,
    due_hours double precision, attestable boolean);

-- name: stage_index
-- A case that stands twice (a person linked in two ways) yields one finding.
create temp table produced as select distinct on (match_key) * from s_finding order by match_key, standing desc;
create unique index on produced (match_key);
analyze produced;

-- name: drop_unseen
-- A run about some people says nothing of what it didn't look at: that stays as the last look left it.
delete from produced s
where s.standing = 'unknown' and s.realm <> '' and not exists (
    select from scope c where c.realm = s.realm and c.scope in ('', s.account_native_id) and c.kind = s.subject_kind
        and greatest(c.observed_at, c.error_at) >= %(since)s);
delete from produced s
where s.standing = 'unknown' and not s.attestable and s.subject_kind in ('signing_key', 'shared_secret') and exists (
    select from signing_key k join key_copy c using (key_pk)
    where k.material = s.subject_native_id and (c.verifies or c.gone_at is null) and not exists (
        select from key_scope x where x.realm = c.realm and x.source_kind = c.source_kind and x.kind = c.kind
            and greatest(x.observed_at, x.error_at) >= %(since)s));

-- name: lock_persons
-- In the order of their ids.
select person_uid from person
where person_uid in (select person_uid from departure where valid_to is null) order by person_uid for update;

-- name: reopen
-- Resolved, and seen working again; an event that was judged only by a later use, whatever works now.
update finding f
set state = 'held', reopened = f.reopened + 1, resolved_at = null, resolution = '', due_at = null,
    first_run_id = %(run_id)s
from produced s
where s.match_key = f.match_key and f.state = 'resolved' and case
    when s.ticket_kind = 'event' then s.last_used_at > f.last_used_at or f.resolution not like 'verdict: %%'
        or not exists (select from verdict v where v.finding_key = f.finding_key)
    else s.standing <> 'unknown' or s.attestable end
returning f.finding_key, 'resolved' as from_state, 'held' as to_state,
    case when s.attestable then 'nobody''s word on it stands any more'
        when s.ticket_kind <> 'event' then 'seen working again' when s.last_used_at > f.last_used_at then 'used again'
        else 'nobody has judged it' end as text;

-- name: verify
-- It couldn't be told whether these work; now it can.
update finding f set state = 'held'
from produced s
where s.match_key = f.match_key and f.state = 'unverified' and (s.standing <> 'unknown' or s.attestable)
returning f.finding_key, 'unverified' as from_state, 'held' as to_state,
    case when s.attestable then '' else 'seen working: ' end || s.standing_reason as text;

-- name: refresh
-- What is known of findings that stand; the queue stays the first one.
update finding f
set source = s.source, roster = s.roster, subject_label = s.subject_label, account_label = s.account_label,
    severity = s.severity, standing = s.standing, standing_reason = s.standing_reason, effect = s.effect,
    privileged = s.privileged, relation = s.relation, used_after_departure = s.used_after_departure,
    last_used_at = s.last_used_at, left_at = s.left_at, basis = s.basis, evidence = s.evidence, revoke = s.revoke,
    warning = s.warning, holds_ticket = s.holds_ticket, due_hours = s.due_hours
from produced s
where s.match_key = f.match_key and f.state <> 'resolved' and (
    f.source, f.roster, f.subject_label, f.account_label, f.severity, f.standing, f.standing_reason, f.effect,
    f.privileged, f.relation, f.used_after_departure, f.last_used_at, f.left_at, f.basis, f.evidence, f.revoke,
    f.warning, f.holds_ticket, f.due_hours)
    is distinct from (
    s.source, s.roster, s.subject_label, s.account_label, s.severity, s.standing, s.standing_reason, s.effect,
    s.privileged, s.relation, s.used_after_departure, s.last_used_at, s.left_at, s.basis, s.evidence, s.revoke,
    s.warning, s.holds_ticket, s.due_hours);

-- name: begin
-- Findings never seen before: held until the guard has looked, or unverified where it can't be told; an event is one
-- whatever works now, and so is a key that nobody can be asked about, where a person attests. A system that wasn't read
-- in this run tells of everything that it can't be told: that opens nothing. A run about some people has dropped what it
-- didn't look at already.
insert into finding (finding_key, match_key, rule, realm, source, roster, subject_kind, subject_native_id, subject_label,
    account_native_id, account_label, person_uid, episode, state, severity, standing, standing_reason, effect,
    privileged, relation, used_after_departure, last_used_at, left_at, basis, evidence, revoke, warning, holds_ticket,
    ticket_kind, queue, due_hours, first_seen_at, first_run_id)
select s.match_key, s.match_key, s.rule, s.realm, s.source, s.roster, s.subject_kind, s.subject_native_id,
    s.subject_label, s.account_native_id, s.account_label, s.person_uid, s.episode,
    case when s.standing = 'unknown' and s.ticket_kind <> 'event' and not s.attestable then 'unverified' else 'held' end,
    s.severity,
    s.standing, s.standing_reason,
    s.effect, s.privileged, s.relation, s.used_after_departure, s.last_used_at, s.left_at, s.basis, s.evidence, s.revoke,
    s.warning, s.holds_ticket, s.ticket_kind, s.queue, s.due_hours, now(), %(run_id)s
from produced s
where not exists (select from finding f where f.match_key = s.match_key)
    and (s.standing <> 'unknown' or s.realm = '' or %(persons)s::uuid[] is not null or exists (
        select from scope c where c.realm = s.realm and c.scope = '' and c.kind = 'account' and c.complete
            and c.error = '' and c.observed_at >= %(since)s))
returning finding_key, null as from_state, state as to_state, standing_reason as text;

-- name: analyze_findings
-- Of the columns that are joined: what is looked at next would be planned for as few as stood before.
analyze finding (finding_key, match_key);

-- name: silent
-- Whether findings stand that no rule says any more: of keys, and of anything else. To ask what became of them is long,
-- and in most nights there is nobody to ask of.
select coalesce(bool_or(key_pk is not null), false) as of_keys, coalesce(bool_or(key_pk is null), false) as of_others
from (
    select k.key_pk from finding f
    left join signing_key k on k.material = f.subject_native_id and f.subject_kind in ('signing_key', 'shared_secret')
    where f.state <> 'resolved' and not exists (select from produced s where s.match_key = f.match_key)) silent;

-- name: close_keys
-- Findings about keys that no rule says any more, and that may be closed: each with its reason. Needs the custody tables
-- of this evaluation. A custodian who is taken out, a read that failed and a closed ticket never close one.
with alias as (
    -- What people know a person by who turned out to be another one.
    select a.alias_uid, w.id_space || ':' || w.worker_id as worker
    from person_alias a join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
), silent as (
    select f.*, k.key_pk from finding f join signing_key k on k.material = f.subject_native_id
    where f.state <> 'resolved' and f.ticket_kind <> 'event' and f.subject_kind in ('signing_key', 'shared_secret')
        and not exists (select from produced s where s.match_key = f.match_key)
        and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s))
        and f.finding_key not in (select m.finding_key from misfit_finding m)
), seen as (
    select f.finding_key,
        bool_and(coalesce(p.confirmed_at > c.untrusted_since and p.confirmed_at - c.untrusted_since >= c.cache, false))
            filter (where c.verifies) as dead,
        bool_and(c.untrusted_since is not null) as nowhere,
        count(*) filter (where c.verifies) as verifiers,
        max(c.cache) filter (where c.verifies) as cache, max(p.confirmed_at) as last_at,
        bool_and(coalesce(p.error = '' and p.confirmed_at >= %(since)s, false)) filter (where c.gone_at is null) as fresh,
        bool_or(c.carryable = 'yes') as yes, bool_or(c.carryable = 'no') as no
    from silent f join key_copy c using (key_pk)
    left join lateral (
        select case when x.complete then x.observed_at end as confirmed_at, x.error from key_scope x
        where x.realm = c.realm and x.source_kind = c.source_kind and x.kind = c.kind) p on true
    group by f.finding_key
), reason as (
    select f.finding_key, f.state, case
        when s.dead then 'no verifier accepts it any more: seen twice'
            || case when s.cache > interval '0' then ', ' || round(extract(epoch from s.cache) / 3600, 1)::float || ' h apart'
                else '' end
            || ', last at ' || to_char(s.last_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
        when f.rule = 'signing-key-unverifiable' and coalesce(s.verifiers, 0) = 0 and attested.author is not null
            then 'attested by ' || attested.author || ' until '
                || to_char(attested.until at time zone 'UTC', 'YYYY-MM-DD') || ': ' || attested.reason
        when f.subject_native_id like 'reg:%%' and not exists (select from entry_key e where e.key_pk = f.key_pk)
            then 'a source or verifier shows it now: judged by what that tells'
        when f.rule = 'signing-key-unverifiable' and s.verifiers > 0
            then 'a verifier tells now: judged by what it says'
        when f.person_uid is not null and g.person_uid is null
            then case when same.worker is not null then 'the same person as worker ' || same.worker
                when g.returned then 'works here again' else 'the departure was withdrawn' end || coalesce(': ' || ended.told, '')
        when f.person_uid is not null and h.newer then 'newer than the departure: this material was made after it'
        when f.person_uid is not null and h.key_pk is null and rejected.author is not null
            then 'the link was rejected by ' || rejected.author
        when f.person_uid is null and not exists (
            select from custody_holder o where o.key_pk = f.key_pk and not o.newer)
            then 'nobody who left holds it: their departures were withdrawn, or it is newer'
        when f.rule = 'leaver-key-access' and s.nowhere then 'seen gone: the key no longer exists'
        when f.rule = 'leaver-key-access' and coalesce(s.fresh, false) and not exists (
            select from custody_access a where a.key_pk = f.key_pk and a.person_uid = f.person_uid)
            then 'the access has ended: seen by a whole read'
        when f.rule = 'leaver-key-access' and (s.yes or said.carryable = 'yes')
            then 'it can be carried away: judged as such'
        when f.rule <> 'leaver-key-access' and s.yes is not true and (
            (s.no and said.carryable is distinct from 'yes') or said.carryable = 'no')
            then 'it could not be carried away, says ' || case when s.no is true then 'its system' else 'the register' end
                || ': cutting the access is enough'
    end as text
    from silent f
    left join seen s using (finding_key)
    left join custody_holder h on h.key_pk = f.key_pk and h.person_uid = f.person_uid
    left join lateral (
        select case when not d.returned then d.person_uid end as person_uid, d.returned from departure d
        where d.person_uid = f.person_uid and d.valid_to is null) g on true
    left join lateral (
        select nullif(d.ended_told, '') as told from departure d
        where d.person_uid = f.person_uid and d.valid_to is not null order by d.departure_id desc limit 1) ended on true
    left join alias same on same.alias_uid = f.person_uid
    left join lateral (
        select a.author, a.reason, a.until from attestation a
        where a.material = f.subject_native_id order by a.attestation_id desc limit 1) word on true
    left join lateral (select word.author, word.reason, word.until where word.until > %(as_of)s) attested on true
    left join lateral (
        select d.author from link_decision d
        where d.person_uid = f.person_uid and d.verdict = 'reject' and d.revoked_at is null
        order by d.decision_id desc limit 1) rejected on true
    left join lateral (
        select r.carryable from entry_key e join registered_key r using (name)
        where e.key_pk = f.key_pk and r.valid_to is null order by r.registered_pk desc limit 1) said on true
)
update finding f
set state = 'resolved', resolved_at = now(), resolution = r.text
from reason r
where r.finding_key = f.finding_key and r.text is not null
returning f.finding_key, r.state as from_state, 'resolved' as to_state, r.text as text;

-- name: close
-- Other findings that no rule says any more, and that may be closed: each with its reason. Absence alone closes none.
with alias as (
    -- What people know a person by who turned out to be another one.
    select a.alias_uid, w.id_space || ':' || w.worker_id as worker
    from person_alias a join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
), silent as (
    select f.* from finding f
    where f.state <> 'resolved' and f.subject_kind not in ('signing_key', 'shared_secret') and not exists (select from produced s where s.match_key = f.match_key)
        and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s))
        and f.finding_key not in (select m.finding_key from misfit_finding m)
), seen as (
    select f.finding_key, a.account_pk, a.gone_at is not null as account_gone, a.standing as account_standing,
        a.standing_reason as account_reason, c.account_pk is not null as has_credential, c.gone_at is not null as credential_gone,
        c.standing as credential_standing, c.can_reactivate, c.fingerprint, c.standing_reason || coalesce(
            '; sessions made with it may live until '
            || to_char(c.sessions_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', '') as credential_reason,
        coalesce(sa.fresh, false) as account_fresh, coalesce(sa.direct, false) as account_direct,
        coalesce(sc.fresh, false) as credential_fresh
    from silent f
    join account a on a.realm = f.realm and a.native_id = f.account_native_id
    left join credential c on c.account_pk = a.account_pk and c.kind = f.subject_kind
        and c.native_id = f.subject_native_id
    left join lateral (
        select bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh,
            bool_or(s.scope <> '' and s.complete and s.error = '' and s.observed_at >= %(since)s) as direct
        from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = a.kind) sa on true
    left join lateral (
        select bool_or(s.complete and s.error = '' and s.observed_at >= %(since)s) as fresh
        from scope s where s.realm = a.realm and s.scope in ('', a.native_id) and s.kind = f.subject_kind) sc on true
), state_of_person as (
    select f.finding_key, d.person_uid is not null and not d.returned as gone, coalesce(d.returned, false) as returned,
        d.basis, d.confirmed, d.left_at, d.certain_at, d.left_at is distinct from f.left_at as moved,
        coalesce(d.left_on::text, d.left_at::text) as left_day, coalesce(': ' || ended.told, '') as why, same.worker as same_as
    from silent f
    left join departure d on d.person_uid = f.person_uid and d.valid_to is null
    left join alias same on same.alias_uid = f.person_uid
    left join lateral (
        select nullif(o.ended_told, '') as told from departure o
        where o.person_uid = f.person_uid and o.valid_to is not null order by o.departure_id desc limit 1) ended on true
), reason as (
    select f.finding_key, f.state, case
        when f.person_uid is not null and rejected.author is not null
            then 'the link was rejected by ' || rejected.author
        when f.rule = 'departure-hidden' then case
            when p.same_as is not null then 'the same person as worker ' || p.same_as
            when p.gone then 'they have left: judged as a leaver''s now'
            else coalesce('works here, says ' || unhidden.author, 'HR no longer says that they left and work here at once')
            end
        when f.person_uid is not null and f.relation = 'is' and confirmed.author is not null
            then 'a person decided that it is worker ' || confirmed.worker || '''s: ' || confirmed.author
        when f.rule in ('engagement-lapsed', 'departure-inferred') then case
            when p.same_as is not null then 'the same person as worker ' || p.same_as
            when not p.gone then 'works here, says the roster' || p.why
            when p.confirmed then 'the departure is confirmed now' || coalesce(', says ' || word.author, '')
            else 'the departure is told otherwise now' end
        when f.rule = 'uncustodied-signing-key' then
            case when not exists (
                select from key_scope s where s.realm = f.realm and not (s.complete and s.error = ''
                    and s.observed_at >= %(since)s))
                then 'of each key that is trusted somebody is known who holds it' end
        when f.ticket_kind = 'review' and f.subject_kind = 'source' then
            case when exists (select from scope s where s.realm = f.realm and s.scope = '' and s.kind = 'account'
                and s.complete and s.error = '' and s.observed_at >= %(since)s) then 'no account is left unclaimed' end
        when f.person_uid is not null and f.rule <> 'rehire-old-account' and not p.gone
            and not (f.rule = 'link-moved' and f.left_at is null)
            then case when p.same_as is not null then 'the same person as worker ' || p.same_as
                when p.returned then 'works here again' else 'the departure was withdrawn' end || p.why
        when f.rule = 'rehire-old-account' and p.gone then 'left again: judged as a leaver''s now'
        when f.rule = 'rehire-old-account' and not p.returned then 'the departure was withdrawn' || p.why
        -- A notice's moment may be the truer one: then a person says what it was.
        when f.ticket_kind = 'event' then case when p.moved and p.certain_at >= f.last_used_at and f.basis <> 'notice'
            then 'the departure was moved to ' || p.left_day || ': it was used before that' end
        when f.subject_kind = 'role' then case
            when role.rejected_by is not null and not role.open then 'the link was rejected by ' || role.rejected_by
            when role.open is not true and exists (
                select from scope s where s.realm = f.realm and s.scope = '' and s.kind = 'role'
                    and s.complete and s.error = '' and s.observed_at >= %(since)s)
                then 'seen dead: the role lets none of their users in' end
        when f.rule = 'link-moved' and decided.author is not null
            then 'whose it is was decided by ' || decided.author
        when f.rule = 'link-moved' and seen.account_fresh and exists (
            select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                and l.relation = 'is' and l.valid_to is null and l.decision = 'linked' and l.held_since is null)
            then 'linked to them again'
        when f.rule = 'link-moved' and f.relation = 'owns' and seen.account_fresh and not seen.account_gone
            and seen.account_standing <> 'dead' then 'every secret is newer than their owning it'
        when f.rule = 'link-moved' and f.left_at is null and seen.account_fresh and not exists (
            select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                and l.valid_to is null and l.held_since is not null)
            then 'what it said before is no longer theirs either'
        when f.rule in ('link-moved', 'leaver-created-account') and p.gone and p.moved and seen.account_fresh
            then 'the departure was moved to ' || p.left_day || ': it has nothing to do with that'
        when seen.account_gone and seen.account_direct then 'seen gone: the account no longer exists'
        when seen.has_credential and seen.credential_fresh and seen.credential_gone
            then 'seen gone: it no longer exists'
        when f.rule in ('leaver-access-key-inactive', 'leaver-credential-inactive') then case
            when seen.credential_fresh and seen.credential_standing = 'works' then 'switched on again: see '
                || case f.subject_kind when 'access_key' then 'leaver-access-key' when 'ssh_key' then 'leaver-ssh-key'
                    when 'certificate' then 'leaver-certificate' else 'leaver-service-credential' end
            when seen.credential_fresh and seen.credential_standing = 'dead' and not seen.can_reactivate
                then 'seen dead: ' || seen.credential_reason end
        when f.rule = 'leaver-ssh-key' and elsewhere.borne is false then 'the key is none of theirs, a person decided'
        when seen.has_credential then
            case when seen.credential_fresh and seen.credential_standing = 'dead'
                then 'seen dead: ' || seen.credential_reason end
        when f.subject_kind in ('account', 'root_account') and seen.account_fresh and not seen.account_gone and (
            seen.account_standing = 'dead' and not exists (
                select from credential c where c.account_pk = seen.account_pk and c.gone_at is null
                    and c.standing <> 'dead' and f.rule <> 'leaver-account-works'))
            then 'seen dead: ' || seen.account_reason
        when f.rule = 'rehire-old-account' and seen.account_fresh and exists (
            select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                and l.valid_to is null and l.decision = 'linked' and l.own_now)
            then 'it is their present account'
        when f.rule = 'leaver-root-mail' and seen.account_fresh and not exists (
            select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                and l.valid_to is null and l.decision in ('linked', 'disputed'))
            then 'its mail address is no longer theirs'
        when f.rule = 'leaver-created-account' and seen.account_fresh and exists (
            select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                and l.relation = 'created' and l.valid_to is null)
            then 'it is held by somebody who works here'
        when f.rule = 'leaver-owned-service-account' and seen.account_fresh and exists (
            select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                and l.relation = 'owns' and l.valid_to is null and l.decision = 'linked')
            then 'it has an active owner, and every secret is newer than the departure'
        when f.ticket_kind = 'review' and seen.account_fresh and exists (
            select from link_decision d where d.realm = f.realm and d.native_id = f.account_native_id
                and d.verdict = 'confirm' and d.revoked_at is null)
            then 'a person decided whose it is'
        when f.ticket_kind = 'review' and seen.account_fresh and exists (
            select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                and l.relation = 'is' and l.valid_to is null and l.decision = 'linked')
            then 'it is theirs for certain now, and judged as a leaver''s'
        when f.ticket_kind = 'review' and seen.account_fresh and exists (
            select from produced s where s.realm = f.realm and s.account_native_id = f.account_native_id
                and s.ticket_kind = 'review')
            then 'reviewed under another finding now'
        when f.state in ('held', 'unverified') and f.ticket_key is null and f.first_run_id < %(run_id)s
            and (seen.account_fresh or seen.credential_fresh) and not exists (
                select from link l where l.account_pk = seen.account_pk and l.person_uid = f.person_uid
                    and l.valid_to is null and l.decision = 'linked')
            then 'never told to anyone, and no longer linked'
    end as text
    from silent f
    left join seen using (finding_key)
    left join state_of_person p using (finding_key)
    left join lateral (
        select d.author from link_decision d
        where d.realm = f.realm and d.native_id = f.account_native_id and d.person_uid = f.person_uid
            and d.verdict = 'reject' and d.revoked_at is null limit 1) rejected on true
    left join lateral (
        select d.author, w.id_space || ':' || w.worker_id as worker
        from link_decision d join person o on o.person_uid = d.person_uid join worker w on w.worker_pk = o.shown_worker_pk
        where d.realm = f.realm and d.native_id = f.account_native_id and d.person_uid <> f.person_uid
            and d.verdict = 'confirm' and d.revoked_at is null and not exists (
                select from link_decision own
                where own.realm = d.realm and own.native_id = d.native_id and own.person_uid = f.person_uid
                    and own.verdict = 'confirm' and own.revoked_at is null and own.decision_id > d.decision_id)
        order by d.decision_id desc limit 1) confirmed on true
    left join lateral (
        select k.author from departure_word k
        where k.person_uid = f.person_uid and k.basis = p.basis and k.left_at = p.left_at
        order by k.word_id desc limit 1) word on true
    left join lateral (
        select k.author from departure_word k
        where f.rule = 'departure-hidden' and k.person_uid = f.person_uid and k.basis = 'hidden'
            and k.left_at = f.left_at and k.verdict = 'deny'
        order by k.word_id desc limit 1) unhidden on true
    left join lateral (
        select bool_or(k.author is null and t.gone_at is null and t.standing <> 'dead') as open,
            max(k.author) as rejected_by
        from trust t
        join account u on u.realm = t.principal_realm and t.principal in (u.label, u.native_id) and u.gone_at is null
        join link l on l.account_pk = u.account_pk and l.relation = 'is' and l.decision = 'linked'
            and (l.person_uid = f.person_uid or l.person_uid in (
                select alias_uid from person_alias where person_uid = f.person_uid))
        left join link_decision k on k.realm = u.realm and k.native_id = u.native_id and k.person_uid = f.person_uid
            and k.verdict = 'reject' and k.revoked_at is null
        where f.subject_kind = 'role' and t.realm = f.realm and t.native_id = f.subject_native_id) role on true
    left join lateral (
        -- Whether any account that bears the same key is, or was, this person's: unless a person said that it isn't.
        select bool_or(k.author is null) as borne
        from credential c
        join account u on u.account_pk = c.account_pk
        join link l on l.account_pk = u.account_pk and l.relation = 'is' and l.decision = 'linked'
            and (l.person_uid = f.person_uid or l.person_uid in (
                select alias_uid from person_alias where person_uid = f.person_uid))
        left join link_decision k on k.realm = u.realm and k.native_id = u.native_id and k.person_uid = f.person_uid
            and k.verdict = 'reject' and k.revoked_at is null
        where f.rule = 'leaver-ssh-key' and c.kind = 'ssh_key' and c.fingerprint = seen.fingerprint
            and c.fingerprint <> '') elsewhere on true
    left join lateral (
        select d.author from link_decision d
        where d.realm = f.realm and d.native_id = f.account_native_id and d.revoked_at is null limit 1) decided on true
)
update finding f
set state = 'resolved', resolved_at = now(), resolution = r.text
from reason r
where r.finding_key = f.finding_key and r.text is not null
returning f.finding_key, r.state as from_state, 'resolved' as to_state, r.text as text;

-- name: finding_for_verdict
select finding_key, rule, ticket_kind, state from finding where finding_key like %(prefix)s || '%%' order by finding_key limit 3;

-- name: insert_verdict
insert into verdict (finding_key, reason, author) values (%(finding_key)s, %(reason)s, %(author)s)
on conflict (finding_key) do update set reason = excluded.reason, author = excluded.author, decided_at = now()
returning finding_key;

-- name: resolve_by_verdict
update finding set state = 'resolved', resolved_at = now(), resolution = %(text)s
where finding_key = %(finding_key)s;
