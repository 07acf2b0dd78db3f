-- name: stage_tables
-- Where this run's findings are put before they are merged.
create temp table s_finding (match_key text, rule text, realm text, source text, roster text, subject_kind text,
    subject_native_id text, subject_label text, account_native_id text, account_label text, person_uid uuid,
    episode integer, severity text, standing text, standing_reason text, effect text, privileged boolean,
    relation text, used_after_departure boolean, last_used_at timestamptz, left_at timestamptz, basis text,
    evidence jsonb, revoke jsonb, warning text, is_workload boolean, holds_ticket boolean, ticket_kind text, queue text,
    due_hours double precision, comes_first boolean, of_keys boolean, attestable boolean,
    worked_in text, location text, part text, owners text[], made_of jsonb);

-- name: stage_index
-- A case that stands twice (a person linked in two ways) yields one finding.
create temp table produced as select distinct on (match_key) * from s_finding order by match_key, standing desc;
create unique index on produced (match_key);
analyze produced;

-- name: beside
-- Findings that say of a whole account why other findings of it stand, and neither open a ticket nor hold one: whatever is
-- counted, limited or due is so by those.
select finding_key from finding where not holds_ticket and subject_kind = 'account';

-- name: drop_unseen
-- A run about some people says nothing of what it didn't look at: that stays as the last look left it.
delete from produced s
where s.standing = 'unknown' and s.realm <> '' and not exists (
    select from scope c where c.realm = s.realm and c.scope in ('', s.account_native_id) and c.kind = s.subject_kind
        and greatest(c.observed_at, c.error_at) >= %(since)s);
delete from produced s
where s.standing = 'unknown' and not s.attestable and s.subject_kind in ('signing_key', 'shared_secret') and exists (
    select from signing_key k join key_copy c using (key_pk)
    where k.material = s.subject_native_id and (c.verifies or c.gone_at is null) and (
        c.gone_at is null and c.last_seen_at is not null or not exists (
        select from key_scope x where x.realm = c.realm and x.source_kind = c.source_kind and x.kind = c.kind
            and starts_with(c.name, x.scope) and greatest(x.observed_at, x.error_at) >= %(since)s)));

-- name: lock_persons
-- In the order of their ids.
select person_uid from person
where person_uid in (select person_uid from departure where valid_to is null) order by person_uid for update;

-- name: reopen
-- Resolved, and seen working again; an event that was judged only by a later use, whatever works now.
update finding f
set state = 'held', reopened = f.reopened + 1, resolved_at = null, resolution = null, resolution_details = '{}',
    due_at = null, first_run_id = %(run_id)s
from produced s
where s.match_key = f.match_key and f.state = 'resolved' and case
    when s.ticket_kind = 'event' then s.last_used_at > f.last_used_at or f.resolution is distinct from 'verdict'
        or not exists (select from verdict v where v.finding_key = f.finding_key)
    else s.standing <> 'unknown' or s.attestable end
returning f.finding_key, 'resolved' as from_state, 'held' as to_state,
    case when s.attestable then 'nobody''s word on it stands any more'
        when s.ticket_kind <> 'event' then 'seen working again' when s.last_used_at > f.last_used_at then 'used again'
        else 'nobody has judged it' end as text;

-- name: doubt
-- Resolved, seen to work since while it was nobody's question, and tonight it can't be told: a departure that was taken
-- back, and is told again. What was last seen dead stays resolved.
update finding f
set state = 'unverified', reopened = f.reopened + 1, resolved_at = null, resolution = null, resolution_details = '{}',
    due_at = null, first_run_id = %(run_id)s
from produced s
where s.match_key = f.match_key and f.state = 'resolved' and s.standing = 'unknown' and s.holds_ticket
    and s.ticket_kind <> 'event' and not s.attestable and case
    when s.subject_kind in ('account', 'root_account') then exists (
        select from account a
        where a.realm = s.realm and a.native_id = s.subject_native_id and a.gone_at is null and a.standing = 'works')
    when s.subject_kind = 'role' then exists (
        select from trust t
        join account a on a.realm = t.principal_realm and t.principal in (a.label, lower(a.label), a.native_id)
        join link l on l.account_pk = a.account_pk and l.person_uid = s.person_uid and l.valid_to is null
        where t.realm = s.realm and t.native_id = s.subject_native_id and t.gone_at is null and t.standing = 'works')
    when s.subject_kind in ('signing_key', 'shared_secret') then exists (
        select from key_copy c join signing_key k using (key_pk)
        where k.material = s.subject_native_id and c.verifies and c.gone_at is null and c.standing = 'works')
    else exists (
        select from credential c join account a using (account_pk)
        where a.realm = s.realm and a.native_id = s.account_native_id and c.kind = s.subject_kind
            and c.native_id = s.subject_native_id and a.gone_at is null and c.gone_at is null
            and c.standing = 'works') end
returning f.finding_key, 'resolved' as from_state, 'unverified' as to_state,
    'seen working since, and tonight it can''t be told: ' || s.standing_reason as text;

-- name: verify
-- Unverified findings whose standing is known now. One that was found unverified by a baseline that is not released counts
-- as found by this run: the people who release the baseline were only shown that it is *not checked*.
update finding f
set state = 'held', first_run_id = case when exists (
    select from baseline b where b.released_at is null and b.run_id = f.first_run_id)
    then %(run_id)s else f.first_run_id end
from produced s
where s.match_key = f.match_key and f.state = 'unverified' and (s.standing <> 'unknown' or s.attestable)
returning f.finding_key, 'unverified' as from_state, 'held' as to_state,
    case when s.attestable then '' else 'seen working: ' end || s.standing_reason as text;

-- name: severities_changed
-- Findings that are not resolved and get another severity.
select f.finding_key, s.severity
from produced s join finding f using (match_key)
where f.state <> 'resolved' and f.severity <> s.severity order by f.finding_key;

-- name: refresh
-- What is known of findings that stand; the queue stays what it was once a ticket stands for it.
update finding f
set source = s.source, roster = s.roster, subject_label = s.subject_label, account_label = s.account_label,
    severity = s.severity, standing = s.standing, standing_reason = s.standing_reason, effect = s.effect,
    privileged = s.privileged, relation = s.relation, used_after_departure = s.used_after_departure,
    last_used_at = s.last_used_at, left_at = s.left_at, basis = s.basis, evidence = s.evidence, revoke = s.revoke,
    warning = s.warning, is_workload = s.is_workload, holds_ticket = s.holds_ticket, due_hours = s.due_hours, comes_first = s.comes_first,
    of_keys = s.of_keys, attestable = s.attestable, worked_in = s.worked_in,
    location = s.location, part = s.part, owners = s.owners, made_of = s.made_of,
    queue = case when f.ticket_key is null then s.queue else f.queue end
from produced s
where s.match_key = f.match_key and f.state <> 'resolved' and (
    f.source, f.roster, f.subject_label, f.account_label, f.severity, f.standing, f.standing_reason, f.effect,
    f.privileged, f.relation, f.used_after_departure, f.last_used_at, f.left_at, f.basis, f.evidence, f.revoke,
    f.warning, f.is_workload, f.holds_ticket, f.due_hours, f.comes_first, f.of_keys, f.attestable, f.worked_in, f.location, f.part,
    f.owners, f.made_of, f.queue)
    is distinct from (
    s.source, s.roster, s.subject_label, s.account_label, s.severity, s.standing, s.standing_reason, s.effect,
    s.privileged, s.relation, s.used_after_departure, s.last_used_at, s.left_at, s.basis, s.evidence, s.revoke,
    s.warning, s.is_workload, s.holds_ticket, s.due_hours, s.comes_first, s.of_keys, s.attestable, s.worked_in, s.location, s.part,
    s.owners, s.made_of, case when f.ticket_key is null then s.queue else f.queue end);

-- name: begin
-- Findings never seen before: held until the guard has looked, or unverified where it can't be told; an event is one
-- whatever works now, and so is a key that nobody can be asked about, where a person attests. A system that wasn't read
-- in this run tells of everything that it can't be told: that opens nothing. Of what stands beside others ("beside") it
-- can't be told either, wherever it can't be of those. A run about some people has dropped what it
-- didn't look at already. What is due counts from the run's moment, and so does since when it's known.
insert into finding (finding_key, match_key, rule, realm, source, roster, subject_kind, subject_native_id, subject_label,
    account_native_id, account_label, person_uid, episode, state, severity, standing, standing_reason, effect,
    privileged, relation, used_after_departure, last_used_at, left_at, basis, evidence, revoke, warning, is_workload,
    holds_ticket, ticket_kind, queue, due_hours, comes_first, of_keys, attestable, worked_in, location, part, owners, made_of,
    first_seen_at,
    first_run_id)
select s.match_key, s.match_key, s.rule, s.realm, s.source, s.roster, s.subject_kind, s.subject_native_id,
    s.subject_label, s.account_native_id, s.account_label, s.person_uid, s.episode,
    case when s.standing = 'unknown' and s.ticket_kind <> 'event' and not s.attestable then 'unverified' else 'held' end,
    s.severity,
    s.standing, s.standing_reason,
    s.effect, s.privileged, s.relation, s.used_after_departure, s.last_used_at, s.left_at, s.basis, s.evidence, s.revoke,
    s.warning, s.is_workload, s.holds_ticket, s.ticket_kind, s.queue, s.due_hours, s.comes_first, s.of_keys, s.attestable,
    s.worked_in, s.location, s.part, s.owners, s.made_of, %(as_of)s, %(run_id)s
from produced s
where not exists (select from finding f where f.match_key = s.match_key)
    and not (s.standing = 'unknown' and not s.holds_ticket and s.subject_kind = 'account')
    and (s.standing <> 'unknown' or s.attestable or s.realm = '' or %(persons)s::uuid[] is not null or exists (
        select from scope c where c.realm = s.realm and c.scope = '' and c.kind = 'account' and c.complete
            and c.error = '' and c.observed_at >= %(since)s))
returning finding_key, null as from_state, state as to_state, standing_reason as text;

-- name: severities_begun
select finding_key, severity from finding where finding_key = any(%(keys)s) order by finding_key;

-- name: analyze_findings
-- Of the columns that are joined: what is looked at next would be planned for as few as stood before.
analyze finding (finding_key, match_key);

-- name: resolve
-- Findings that close, each with why.
update finding f
set state = 'resolved', resolved_at = now(), resolution = r.resolution, resolution_details = r.details,
    made_of = f.made_of || r.made_of
from unnest(%(keys)s::text[], %(resolutions)s::text[], %(details)s::jsonb[], %(made_of)s::jsonb[])
    as r(finding_key, resolution, details, made_of)
where r.finding_key = f.finding_key;

-- name: evidence
select finding_key, standing_reason, evidence from finding where finding_key = any(%(keys)s);

-- name: leave_open
-- Of what was shut, and may go on for a while, it can't be told whether it works.
update finding f
set standing = 'unknown', standing_reason = s.reason, evidence = s.evidence, made_of = f.made_of || s.made_of
from unnest(%(keys)s::text[], %(reasons)s::text[], %(evidence)s::jsonb[], %(made_of)s::jsonb[])
    as s(finding_key, reason, evidence, made_of)
where s.finding_key = f.finding_key
    and (f.standing, f.standing_reason, f.evidence) is distinct from ('unknown', s.reason, s.evidence);

-- name: finding_for_verdict
select finding_key, rule, ticket_kind, state from finding where finding_key = %(finding_key)s;

-- name: insert_verdict
insert into verdict (finding_key, reason, author) values (%(finding_key)s, %(reason)s, %(author)s)
on conflict (finding_key) do update set reason = excluded.reason, author = excluded.author, decided_at = now()
returning finding_key;
