-- name: lock
-- One decision at a time, so that no two confirm one account for two people.
lock table link_decision in share row exclusive mode;

-- name: realms_called
-- Systems by our name for them or their own.
select realm, source from realm where source = %(word)s or realm = %(word)s order by realm;

-- name: realm_words
-- What systems are called, for whoever mistyped one.
select source as word from realm union select realm from realm order by word;

-- name: accounts_called
-- Accounts of these systems by native id, label or login, the nearest first. A decision may be about the past: one that is
-- gone is meant by its own id, or where nothing that is there is called so.
select a.realm, r.source, a.native_id, a.label, a.login, a.gone_at is not null as gone, case
        when a.native_id = %(word)s then 1
        when lower(a.label) = lower(%(word)s) then 2
        else 3 end + case when a.native_id <> %(word)s and a.gone_at is not null then 2 else 0 end as rank
from account a join realm r using (realm)
where a.realm = any(%(realms)s)
    and (a.native_id = %(word)s or lower(a.label) = lower(%(word)s) or lower(a.login) = lower(%(word)s))
order by rank, a.realm, a.native_id limit 20;

-- name: accounts_of
-- Accounts by native id alone, which is how files name them.
select a.realm, r.source, a.native_id, a.label, a.login, a.gone_at is not null as gone, 1 as rank
from realm r join account a using (realm)
where (r.source = %(source)s or r.realm = %(source)s) and a.native_id = %(native_id)s limit 2;

-- name: account_words
-- Some accounts' names, for whoever mistyped one.
select login as word from account where realm = any(%(realms)s) and login <> '' order by login limit 20000;

-- name: standing
-- Decisions about an account that stand.
select d.decision_id, d.person_uid::text, d.verdict, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id
from link_decision d join person p using (person_uid)
left join worker w on w.worker_pk = p.shown_worker_pk
where d.realm = %(realm)s and d.native_id = %(native_id)s and d.revoked_at is null order by d.decision_id;

-- name: employed_holders
-- Who works here and holds an account by what the last correlation found.
select l.person_uid::text
from link l join account a using (account_pk) join employed_person using (person_uid)
where a.realm = %(realm)s and a.native_id = %(native_id)s and l.valid_to is null and l.relation = 'is'
    and l.decision = 'linked'
union
-- And for whom a decision confirmed it.
select d.person_uid::text from link_decision d join employed_person using (person_uid)
where d.realm = %(realm)s and d.native_id = %(native_id)s and d.revoked_at is null and d.verdict = 'confirm';

-- name: insert_decision
insert into link_decision (realm, native_id, person_uid, verdict, reason, author)
values (%(realm)s, %(native_id)s, %(person_uid)s, %(verdict)s, %(reason)s, %(author)s)
returning decision_id;

-- name: revoke
update link_decision set revoked_at = now(), revoked_by = %(author)s
where decision_id = %(decision_id)s and revoked_at is null
returning decision_id;

-- name: decisions
-- What people decided, newest first: of all accounts, or of one.
select d.decision_id, d.verdict, coalesce(r.source, '') as source, d.realm, d.native_id, d.person_uid::text,
    coalesce(a.label, '') as account_label, coalesce(w.id_space, p.id_space) as id_space,
    coalesce(w.worker_id, p.worker_id) as worker_id, d.reason, d.author, d.decided_at, d.revoked_at, d.revoked_by
from link_decision d join person p using (person_uid)
left join worker w on w.worker_pk = p.shown_worker_pk
left join realm r on r.realm = d.realm
left join account a on a.realm = d.realm and a.native_id = d.native_id
where %(realm)s::text is null or (d.realm = %(realm)s and d.native_id = %(native_id)s)
order by d.decision_id desc;
