-- name: make_forgettable
-- Who left before the cut, works nowhere here since, and what still speaks for keeping their names and mails: a finding
-- that stands or was closed since, HR's own feed, which would tell them again, or an account that they prove to be theirs.
create temp table forgettable on commit drop as
select d.person_uid,
    exists (
        select from finding f
        where f.person_uid = d.person_uid and (f.state <> 'resolved' or f.resolved_at >= %(cut)s)) as has_finding,
    exists (
        select from worker w join roster r on r.name = w.roster
        where w.person_uid = d.person_uid and r.configured and w.missing_since is null) as told,
    exists (
        select from link l join account a using (account_pk)
        where l.person_uid = d.person_uid and l.valid_to is null and l.relation <> 'created' and a.gone_at is null)
        as has_account
from departure d
where d.valid_to is null and not d.returned and d.confirmed and d.basis <> 'away' and d.left_at < %(cut)s;

-- name: make_forgettable_account
-- Accounts that are gone since before the cut, and on which no finding stands or was closed since.
create temp table forgettable_account on commit drop as
select a.account_pk
from account a
where a.gone_at < %(cut)s and not exists (
    select from finding f
    where f.realm = a.realm and f.account_native_id = a.native_id
        and (f.state <> 'resolved' or f.resolved_at >= %(cut)s));

-- name: reasons
-- How many left so long ago, and what keeps some of them.
select count(*)::int as persons, count(*) filter (where has_finding)::int as with_finding,
    count(*) filter (where told and not has_finding)::int as still_told,
    count(*) filter (where has_account and not told and not has_finding)::int as with_account
from forgettable;

-- name: blank_workers
-- Names, and where and under whom they worked.
update worker w set name = '', manager = '', location = '', digest = null
from forgettable p
where p.person_uid = w.person_uid and not p.has_finding and not p.told
    and ((w.name, w.manager, w.location) <> ('', '', '') or w.digest is not null);

-- name: drop_mails
-- Mails, once no account is left that they could prove to be theirs. Numbers, logins and directories' own ids stay.
delete from worker_key k
using worker w, forgettable p
where w.worker_pk = k.worker_pk and p.person_uid = w.person_uid and k.kind = 'mail'
    and not p.has_finding and not p.told and not p.has_account;

-- name: blank_findings
-- What closed findings say in words: their ids, states and events stay, and with them the chain. Of a use after the
-- departure its time stays, by which a later one is told from it.
update finding f
set subject_label = case when f.subject_kind in ('worker', 'source') then f.subject_label else f.subject_native_id end,
    account_label = f.account_native_id, evidence = '[]', revoke = '[]', warning = '', location = '', owners = '{}',
    made_of = '{}',
    last_used_at = case when f.ticket_kind = 'event' then f.last_used_at end
from forgettable p
where p.person_uid = f.person_uid and not p.has_finding and not p.told
    and (f.evidence, f.revoke) is distinct from ('[]'::jsonb, '[]'::jsonb);

-- name: blank_accounts
-- Labels, names and last use of accounts that are long gone; their native ids and logins stay. And what a first read told
-- of uses for which no correlation ever came.
with unused as (
    delete from account_use u using forgettable_account g where g.account_pk = u.account_pk
), untold as (
    delete from use_told where observed_at < %(cut)s
)
update account a
set label = a.native_id, display_name = '', owner_labels = '{}', created_by = ''
from forgettable_account g
where g.account_pk = a.account_pk
    and (a.label <> a.native_id or a.display_name <> '' or a.created_by <> '' or a.owner_labels <> '{}');

-- name: drop_account_keys
-- Mails, names and former labels of accounts that are long gone.
with called as (
    delete from former_label l using forgettable_account g where g.account_pk = l.account_pk
), before as (
    delete from words_before b using forgettable_account g where g.account_pk = b.account_pk
), ended as (
    delete from former_account_key k using forgettable_account g
    where g.account_pk = k.account_pk and k.kind in ('mail', 'name')
)
update account a
set keys = coalesce((select jsonb_agg(k) from jsonb_array_elements(a.keys) k where k ->> 0 not in ('mail', 'name')), '[]')
from forgettable_account g
where g.account_pk = a.account_pk and jsonb_path_exists(a.keys, '$[*] ? (@[0] == "mail" || @[0] == "name")');

-- name: blank_credentials
-- Comments of keys, and last use, on long gone accounts.
update credential c
set label = c.native_id, last_used_at = null, last_used_service = '', last_used_region = ''
from forgettable_account g
where g.account_pk = c.account_pk and (c.label <> c.native_id or c.last_used_at is not null);

-- name: blank_comments
-- What was said on tickets that were closed before the cut.
update outbox o set text = '', made_of = null
from ticket t
where t.ticket_key = o.ticket_key and t.state = 'closed' and t.closed_at < %(cut)s and o.done_at is not null
    and o.text <> '';

-- name: blank_notices
-- Why people said that somebody leaves, or doesn't, where nothing rests on it any more.
update notice n set salt = gen_random_uuid(), reason = '', ended_for = case when n.ended_for is null then null else '' end
from forgettable p
where p.person_uid = n.person_uid and not p.has_finding and not p.told
    and (n.reason <> '' or coalesce(n.ended_for, '') <> '')
returning n.notice_id;

-- name: blank_words
update departure_word d set salt = gen_random_uuid(), reason = ''
from forgettable p
where p.person_uid = d.person_uid and not p.has_finding and not p.told and d.reason <> ''
returning d.word_id;

-- name: blank_exceptions
-- Why something was let stand, where that has ended long ago. What the file still says, it would say again.
update exception e set salt = gen_random_uuid(), reason = ''
where (e.valid_to < %(cut)s or e.origin <> 'file' and e.expires_at < %(cut)s) and e.reason <> ''
returning e.exception_id;

-- name: blank_exception_decisions
-- Why a person approved an exception that has ended long ago.
update exception_decision d set salt = gen_random_uuid(), reason = ''
from exception e where e.exception_id = d.exception_id and e.valid_to < %(cut)s and d.reason <> ''
returning d.exception_decision_id;

-- name: blank_alerts
-- What people were told at once; their keys stay, so that nothing is told twice.
update alert set subject = '', body = '' where created_at < %(cut)s and body <> '';

-- name: blank_pushed
-- Names and mails of whoever an identity provider has called inactive for so long, unless they haven't left: somebody on
-- leave. By which it knows them stays.
update pushed_user p set resource = '{}'
where p.inactive_at < %(cut)s and p.resource <> '{}' and not exists (
    select from worker w
    where w.roster = p.roster and w.worker_id = p.worker_id and not exists (
        select from departure d
        where d.person_uid = w.person_uid and d.valid_to is null and not d.returned and d.confirmed
            and d.basis <> 'away'));

-- name: blank_roster_reads
-- Values of HR's rows that couldn't be read, in old reads' messages.
update roster_read set problems = '[]', error = ''
where finished_at < %(cut)s and (problems <> '[]' or error <> '');

-- name: blank_source_reads
-- Accounts that old reads' messages named.
update source_read set gaps = '[]', error = ''
where finished_at < %(cut)s and (gaps <> '[]' or error <> '');

-- name: blank_people_lists
-- Whom somebody said that get into a system, where a newer list has been standing since the cut.
update people_list l set salt = gen_random_uuid(), reason = '', people = ''
where (l.people <> '' or l.reason <> '') and exists (
    select from people_list n
    where n.realm = l.realm and n.people <> '' and (n.listed_on, n.people_list_id) > (l.listed_on, l.people_list_id)
        and n.stated_at < %(cut)s)
returning l.people_list_id;
