-- name: make_kept_key
-- Keys with a finding that stands or was closed since the cut: nothing of what speaks for it is forgotten.
create temp table kept_key on commit drop as
select c.realm, c.native_id as key from finding f join signing_key k on k.material = f.subject_native_id
join key_copy c using (key_pk)
where f.state <> 'resolved' or f.resolved_at >= %(cut)s
union
select c.realm, c.name from finding f join signing_key k on k.material = f.subject_native_id
join key_copy c using (key_pk)
where f.state <> 'resolved' or f.resolved_at >= %(cut)s;

-- name: drop_event_keys
-- Mails and logins that old sessions bore: of people who are forgotten, and of whoever is nobody here.
delete from event_key k
using event e
where e.realm = k.realm and e.event_id = k.event_id and e.at < %(cut)s
    and not exists (select from kept_key o where o.realm = e.object_realm and o.key = e.object)
    and not exists (
        select from worker_key n join worker w using (worker_pk)
        left join forgettable p on p.person_uid = w.person_uid and not p.has_finding and not p.told
        where n.kind = k.kind and n.value = k.value and p.person_uid is null);

-- name: blank_events
-- What those sessions and long gone users were called; what was done to which key and when stays.
update event e set actor_label = ''
where e.at < %(cut)s and e.actor_label <> ''
    and not exists (select from kept_key o where o.realm = e.object_realm and o.key = e.object)
    and not exists (select from event_key k where k.realm = e.realm and k.event_id = e.event_id)
    and not exists (
        select from account a where a.realm = e.actor_realm and a.native_id = e.actor
            and not exists (select from forgettable_account g where g.account_pk = a.account_pk));

-- name: blank_attestations
-- Why people said that a key is dead, where that has ended long ago.
update attestation a set salt = gen_random_uuid(), reason = ''
where a.until < %(cut)s and a.reason <> '' and not exists (
    select from signing_key k join key_copy c using (key_pk) join kept_key o on o.realm = c.realm and o.key = c.name
    where k.material = a.material)
returning a.attestation_id;
