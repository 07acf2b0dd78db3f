-- name: facts
-- All that is known of findings of a system's things: whether one may be shut is judged by it. One finding, or every open
-- one on a ticket about what a person has. A rival is anybody else whom the account may be, or be owned by, or who works
-- here and has a mail, login or directory id of theirs. `identifies`: what of the account is that of anybody else who works
-- here, whatever was decided about it. People's words count from the moment that they're given, though links and departures
-- go by them from the next correlation on only.
select f.finding_key, f.match_key, f.rule, f.severity, f.state, f.standing, f.ticket_kind, f.holds_ticket,
    f.relation, f.reopened, f.episode, f.person_uid::text,
    coalesce(w.id_space, '') as id_space, coalesce(w.worker_id, '') as worker_id,
    r.source, r.part, r.kind as source_kind,
    f.realm as thing__realm, f.subject_kind as thing__kind, f.subject_native_id as thing__native_id,
    f.account_native_id as thing__account_native_id, a.login as thing__login, a.product as thing__product,
    array[f.subject_label, f.account_label, a.label, a.login, a.native_id, a.display_name] as names,
    array(select c.native_id from credential c where c.account_pk = a.account_pk) as credentials,
    a.service_like or exists (
        select from finding o
        where o.realm = f.realm and o.account_native_id = f.account_native_id and o.state <> 'resolved'
            and o.is_workload) as is_workload,
    a.is_reader, a.gone_at is not null as gone,
    greatest(u.last_used_at, (
        select max(c.last_used_at) from credential c where c.account_pk = a.account_pk and c.gone_at is null)) as used_at,
    exists (select from credential c
        where c.account_pk = a.account_pk and c.gone_at is null and c.standing <> 'dead' and c.last_used_at is null)
        or a.has_own_login and u.last_used_at is null as use_unknown,
    exists (select from link l
        where l.account_pk = a.account_pk and l.person_uid = f.person_uid and l.relation = 'is' and l.valid_to is null
            and l.decision = 'linked' and l.held_since is null and (not l.by_word or exists (
                select from link_decision o
                where (o.realm, o.native_id, o.person_uid, o.verdict) = (a.realm, a.native_id, f.person_uid, 'confirm')
                    and o.revoked_at is null))) as linked,
    exists (select from link l
        where l.account_pk = a.account_pk and l.person_uid <> f.person_uid and l.relation <> 'created'
            and l.valid_to is null and l.decision <> 'candidate') or exists (
        select from link_decision o
        where (o.realm, o.native_id) = (a.realm, a.native_id) and o.revoked_at is null
            and (o.verdict = 'reject') = (o.person_uid = f.person_uid)) or exists (
        -- Perhaps they are back under another number.
        select from (
            select m.kind, m.value from worker_key m join worker v using (worker_pk)
            where v.person_uid = f.person_uid and m.kind in ('mail', 'login', 'directory_id')
            union
            select 'login', m.loose from worker_key m join worker v using (worker_pk)
            where v.person_uid = f.person_uid and m.kind = 'mail'
            union
            select 'login', lower(b.login) from link l join account b using (account_pk)
            where l.person_uid = f.person_uid and l.relation = 'is' and l.valid_to is null and l.decision = 'linked'
        ) mark
        join worker_key k using (kind, value) join worker o using (worker_pk) join employed_person using (person_uid)
        where k.origin = 'current' and k.valid_to is null and o.person_uid <> f.person_uid) as rival,
    array(
        select distinct i.what || ' of ' || coalesce(w.id_space, q.id_space) || ':' || coalesce(w.worker_id, q.worker_id)
        from (
            select k.kind as what, o.person_uid
            from jsonb_array_elements(a.keys) x
            join worker_key k on k.value = x ->> 1
                or (x ->> 0 = 'number' and x ->> 2 <> ''
                    and (k.value = x ->> 2 or (k.loose = x ->> 2 and k.loose <> k.value and k.kind = 'number')))
            join worker o using (worker_pk)
            where k.kind = x ->> 0 and k.origin = 'current' and k.valid_to is null and case k.kind
                when 'number' then o.id_space = coalesce(s.id_space, o.id_space)
                when 'directory_id' then k.space in ('', 'source:' || r.source)
                else true end
            union all
            -- The login is the local part of a work mail.
            select 'mail', o.person_uid
            from jsonb_array_elements(a.keys) x cross join unnest(%(mail_domains)s::text[]) as domain
            join worker_key k on k.value = (x ->> 1) || '@' || domain join worker o using (worker_pk)
            where x ->> 0 = 'login' and k.kind = 'mail' and k.origin = 'current' and k.valid_to is null
            union all
            -- The login is that of an account of theirs in the same login realm.
            select 'login', l.person_uid
            from account b join realm c on c.realm = b.realm
            join jsonb_to_recordset(%(spaces)s) as t (source text, login_realm text) on t.source = c.source
            join link l on l.account_pk = b.account_pk
            where lower(b.login) = lower(a.login) and a.login <> '' and t.login_realm = s.login_realm
                and l.relation = 'is' and l.decision = 'linked' and l.valid_to is null
            union all
            -- An account with that login holds a number or mail of theirs, or a decision took it, or this account, from them.
            select 'login', h.person_uid
            from account b join realm c on c.realm = b.realm
            join jsonb_to_recordset(%(spaces)s) as t (source text, id_space text, login_realm text) on t.source = c.source
            cross join lateral (
                select o.person_uid
                from jsonb_array_elements(b.keys) x
                join worker_key k on k.kind = x ->> 0 and k.value = x ->> 1 join worker o using (worker_pk)
                where k.kind in ('number', 'mail') and k.origin = 'current' and k.valid_to is null
                    and (k.kind = 'mail' or o.id_space = coalesce(t.id_space, o.id_space))
                union all
                select l.person_uid
                from link_decision o join link l on l.account_pk in (a.account_pk, b.account_pk)
                where (o.realm, o.native_id) = (b.realm, b.native_id) and o.revoked_at is null
                    and (o.verdict = 'confirm') = (o.person_uid = f.person_uid)
                    and l.relation = 'is' and l.decision = 'linked' and l.valid_to is not null) h
            where lower(b.login) = lower(a.login) and a.login <> '' and t.login_realm = s.login_realm
                and b.account_pk <> a.account_pk
            union all
            -- A key on it is on an account of theirs.
            select 'ssh_key', l.person_uid
            from credential c join credential e on e.fingerprint = c.fingerprint and e.account_pk <> c.account_pk
            join link l on l.account_pk = e.account_pk
            where c.account_pk = a.account_pk and c.gone_at is null and c.fingerprint <> '' and e.gone_at is null
                and l.relation = 'is' and l.decision = 'linked' and l.valid_to is null
        ) i
        join employed_person using (person_uid) join person q using (person_uid)
        left join worker w on w.worker_pk = q.shown_worker_pk
        where i.person_uid <> f.person_uid order by 1) as identifies,
    d.basis, d.left_at, coalesce(d.returned, false) as returned, coalesce(d.confirmed, false) as confirmed, d.certain_at,
    coalesce(d.episode = f.episode, false) as same_departure,
    d.basis = 'notice' and not exists (select from notice o where o.person_uid = f.person_uid and o.ended_at is null)
        or exists (select from departure_word o
        where o.person_uid = f.person_uid and o.basis = d.basis and o.left_at = d.left_at and o.verdict = 'deny'
            and o.until > clock_timestamp()) as taken_back,
    exists (select from departure_word o
        where o.person_uid = f.person_uid and o.basis = d.basis and o.left_at = d.left_at and o.verdict = 'confirm')
        as by_word,
    array(
        select o.author from notice o where d.basis = 'notice' and o.person_uid = f.person_uid and o.ended_at is null
        union
        select o.author from departure_word o
        where o.person_uid = f.person_uid and o.basis in (d.basis, 'hidden') and o.left_at = d.left_at
            and o.verdict = 'confirm'
        order by 1) as departure_by,
    -- Authors of decisions that make the account theirs: confirmed for them, rejected for another person, or a contrary
    -- decision revoked; also about the accounts whose login or SSH key links it, unless it is linked without these.
    array(
        with recursive voucher as (
            select a.account_pk, a.realm, a.native_id, a.login
            union
            select b.account_pk, b.realm, b.native_id, b.login
            from voucher v
            join link l on l.person_uid = f.person_uid and l.relation = 'is' and l.decision = 'linked' and l.valid_to is null
            join account b on b.account_pk = l.account_pk
            where b.account_pk <> v.account_pk and not exists (
                select from link h
                where h.account_pk = v.account_pk and h.person_uid = f.person_uid and h.relation = 'is'
                    and h.valid_to is null and h.definite)
                and (v.login <> '' and lower(b.login) = lower(v.login) and exists (
                    select from realm vr
                    join jsonb_to_recordset(%(spaces)s) as vs (source text, login_realm text) on vs.source = vr.source
                    join jsonb_to_recordset(%(spaces)s) as bs (source text, login_realm text)
                        on bs.login_realm = vs.login_realm
                    join realm br on br.source = bs.source
                    where vr.realm = v.realm and br.realm = b.realm)
                or exists (
                    select from credential c join credential e on e.fingerprint = c.fingerprint
                    where c.account_pk = v.account_pk and e.account_pk = b.account_pk and c.fingerprint <> ''))
        )
        select distinct case when o.revoked_at is null then o.author else o.revoked_by end
        from voucher v join link_decision o on (o.realm, o.native_id) = (v.realm, v.native_id)
        where ((o.verdict = 'confirm') = (o.person_uid = f.person_uid)) = (o.revoked_at is null)
        order by 1) as link_by,
    exists (select from listed_person o where o.person_uid = f.person_uid) as hr_lists,
    exists (select from doubted_roster o where o.roster in (f.roster, d.roster)) or exists (
        select from guard_hold h
        where h.status = 'waiting' and (h.kind, h.name) in (
            ('roster', f.roster), ('source', r.source), ('person', f.person_uid::text))) or exists (
        select from guard_closing g where g.finding_key = f.finding_key) as held,
    exists (select from covering c where c.finding_key = f.finding_key and c.expires_at > clock_timestamp()) as excepted,
    coalesce(t.state = 'open', false) as ticketed, f.ticket_key,
    (select max(s.observed_at) from scope s
        where s.realm = f.realm and s.scope = any(scopes_of(a.native_id, a.last_seen_at)) and s.kind = f.subject_kind and s.complete
            and s.error = '') as seen_at,
    (select max(s.observed_at) from scope s
        where s.realm = f.realm and s.scope = any(scopes_of(a.native_id, a.last_seen_at)) and s.kind = a.kind and s.complete
            and s.error = '') as account_seen_at,
    exists (select from revocation v
        where v.finding_key = f.finding_key and (v.status in ('doing', 'undoing', 'undone', 'undo_unseen')
            or v.status = 'done' and v.reopened = f.reopened)) as settled
from finding f
join realm r using (realm)
left join jsonb_to_recordset(%(spaces)s) as s (source text, id_space text, login_realm text) on s.source = r.source
join account a on a.realm = f.realm and a.native_id = f.account_native_id
left join account_use u using (account_pk)
left join ticket t using (ticket_key)
left join person p on p.person_uid = f.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = f.person_uid and d.valid_to is null
where case when %(finding_key)s::text is null then f.state = 'open' and f.ticket_kind = 'revoke'
        and r.source = any(%(sources)s) and f.subject_kind = any(%(subjects)s)
    else f.finding_key = %(finding_key)s end
order by array_position(array['critical', 'high', 'medium', 'low'], f.severity), f.due_at, f.finding_key;

-- name: taken
-- How many were taken in the last 24 hours, undone ones too.
select count(*)::int from revocation where taken_at > clock_timestamp() - interval '24 hours';

-- name: rows
-- What was proposed, the newest first: all, or what stands so; of one finding, or one by its number. A source may be
-- called otherwise since: its system is the same.
select v.revocation_id, v.finding_key, v.status, v.reopened < f.reopened or n.run_id is not null as works_again,
    coalesce(r.source, v.source) as source_now, coalesce(r.part, v.part) as part_now, v.proposed_at, v.proposed_run, v.source, v.part, v.step, v.caller,
    v.approved_by, v.approved_at, v.reason, v.look_run, v.before, l.may_come_late, v.taken_at, v.done_at, v.ended_at, v.ended_by,
    v.ended_for, f.rule, f.severity, f.person_uid::text, f.ticket_key, coalesce(w.id_space, '') as id_space,
    coalesce(w.worker_id, '') as worker_id,
    v.realm as thing__realm, v.subject_kind as thing__kind, v.subject_native_id as thing__native_id,
    v.account_native_id as thing__account_native_id, v.login as thing__login, v.product as thing__product
from revocation v
join finding f using (finding_key)
left join realm r on r.realm = v.realm
left join person p on p.person_uid = f.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
cross join lateral (select v.status = 'refused' and v.before is not null
    and v.taken_at > clock_timestamp() - interval '24 hours' as may_come_late) l
-- A night that read its system whole more than a day after it was told, and didn't find it shut: by then every late step
-- had been taken.
left join lateral (select n.run_id from run n
    where n.kind = 'nightly' and n.finished_at is not null and n.started_at > v.taken_at + interval '24 hours'
        and (select count(distinct c.phase) from source_read c where c.run_id = n.run_id
            and c.source in (v.source, r.source) and c.part in (v.part, r.part) and c.status = 'complete') = 2
        and not exists (select from finding_event e where e.finding_key = v.finding_key and e.to_state = 'resolved'
            and e.at > v.taken_at and e.run_id <= n.run_id)
    limit 1) n on true
where (%(statuses)s::text[] is null or v.status = any(%(statuses)s))
    and (%(finding_key)s::text is null or v.finding_key = %(finding_key)s)
    and (%(revocation_id)s::bigint is null or v.revocation_id = %(revocation_id)s)
    and (not %(broken_off)s or v.status in ('approved', 'doing', 'undoing') or l.may_come_late)
order by v.revocation_id desc;

-- name: propose
insert into revocation (finding_key, reopened, status, proposed_run, source, part, realm, subject_kind,
    subject_native_id, account_native_id, login, product, step)
values (%(finding_key)s, %(reopened)s, 'proposed', %(run_id)s, %(source)s, %(part)s, %(realm)s, %(kind)s,
    %(native_id)s, %(account_native_id)s, %(login)s, %(product)s, %(step)s)
returning revocation_id;

-- name: approve
update revocation set status = 'approved', approved_by = %(author)s, approved_at = clock_timestamp(),
    reason = %(reason)s, caller = %(caller)s
where revocation_id = %(revocation_id)s and status = 'proposed'
returning revocation_id;

-- name: begin
-- What stood before is written down before the system is told. Where so many were taken already, nothing is.
update revocation set status = 'doing', before = %(before)s, look_run = %(run_id)s, taken_at = clock_timestamp()
where revocation_id = %(revocation_id)s and status = 'approved' and caller = %(caller)s and (
    select count(*) from revocation where taken_at > clock_timestamp() - interval '24 hours') < %(most)s
returning revocation_id;

-- name: broken_off_then
-- What was being shut or opened again when a night began, and still was when it ended, by the record: the oldest first.
-- The look of an answer is a departure's run, and stands between its own approval and its end.
select v.finding_key, b.status = 'undoing' as is_undo
from run
join revocation v on v.approved_at < run.started_at
cross join lateral (select e.text::jsonb ->> 'status' as status from finding_event e
    where e.about = 'revocation:' || v.revocation_id and e.at < run.started_at order by e.seq desc limit 1) b
cross join lateral (select e.text::jsonb ->> 'status' as status from finding_event e
    where e.about = 'revocation:' || v.revocation_id and e.at <= coalesce(run.finished_at, 'infinity')
    order by e.seq desc limit 1) l
where run_id = %(run_id)s and run.kind = 'nightly' and b.status in ('approved', 'doing', 'undoing')
    and l.status in ('approved', 'doing', 'undoing')
order by v.revocation_id;

-- name: done
-- What was refused may have been done late, and what nobody could look at stands shut after all.
update revocation set status = 'done', done_at = clock_timestamp(), ended_by = null, ended_for = null
where revocation_id = %(revocation_id)s and before is not null
    and status in ('doing', 'refused', 'unseen', 'undo_unseen')
returning revocation_id;

-- name: end
-- It comes to nothing: refused, or lapsed; or nobody can look any more. What stood before is kept where its system may
-- have taken the step, and in the record.
update revocation set status = %(status)s, ended_at = clock_timestamp(), ended_by = %(author)s, ended_for = %(reason)s,
    before = case when %(in_doubt)s then before end
where revocation_id = %(revocation_id)s and status in ('proposed', 'approved', 'doing', 'undoing')
returning revocation_id;

-- name: begin_undo
update revocation set status = 'undoing', ended_by = %(author)s, ended_for = %(reason)s
where revocation_id = %(revocation_id)s and status in ('done', 'undoing')
returning revocation_id;

-- name: keep
-- An undo that came to nothing.
update revocation set status = 'done', ended_by = null, ended_for = null
where revocation_id = %(revocation_id)s and status = 'undoing'
returning revocation_id;

-- name: undone
update revocation set status = 'undone', ended_at = clock_timestamp()
where revocation_id = %(revocation_id)s and status = 'undoing'
returning revocation_id;
