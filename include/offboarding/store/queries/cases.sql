-- name: make_telling
-- Persons of whom a rule may have anything to say: of the others no case is made. That a rule says of these what it says
-- of everyone is what tests/integration/store/test_telling.py holds. A person tells where
--   the departure waits for somebody's word;
--   an account linked to them, or a credential on one, isn't dead or wasn't read to its end in this run (every rule
--   about what works, and each that says "not checked"), can be switched on again (the inactive ones), or was used
--   after the departure was over everywhere, dead or not;
--   an account's system tells up to when its sessions were revoked, and it may have been signed in to since;
--   something lies beside their accounts: roles, keys elsewhere, links that moved (`beside`).
create temp table telling as
with departed as (
    select person_uid, confirmed, certain_at, left_at from departure
    where valid_to is null and (%(persons)s::uuid[] is null or person_uid = any(%(persons)s))
), theirs as (
    select d.person_uid, d.certain_at, d.left_at, a.account_pk, a.realm, a.native_id, a.kind, a.standing,
        a.sessions_valid_from, a.last_seen_at is not null as left_out
    from departed d
    join link l on l.person_uid = d.person_uid and l.valid_to is null and l.decision = 'linked'
    join account a on a.account_pk = l.account_pk and a.gone_at is null
), whole as (
    select realm, kind from scope where scope = '' and complete and error = '' and observed_at >= %(since)s
)
select person_uid from departed where not confirmed or person_uid = any(%(beside)s::uuid[])
union
select t.person_uid
from theirs t left join account_use u using (account_pk)
where t.standing <> 'dead' or u.last_used_at > t.certain_at
    or t.sessions_valid_from < coalesce(u.last_used_at, t.left_at)
    or ((t.left_out or (t.realm, t.kind) not in (select realm, kind from whole)) and not exists (
        select from scope o where o.realm = t.realm and o.scope = t.native_id and o.kind = t.kind and o.complete
            and o.error = '' and o.observed_at >= %(since)s))
union
select t.person_uid
from theirs t join credential c on c.account_pk = t.account_pk and c.gone_at is null
where c.standing <> 'dead' or c.can_reactivate or c.last_used_at > t.certain_at
    or ((t.left_out or (t.realm, c.kind) not in (select realm, kind from whole)) and not exists (
        select from scope o where o.realm = t.realm and o.scope = t.native_id and o.kind = c.kind and o.complete
            and o.error = '' and o.observed_at >= %(since)s));
analyze telling;

-- name: seen
-- An account that exists beside each of its credentials (null throughout where it has none), when each was last seen, and
-- whether by a complete live read of this run: a read of its kind, of the whole realm or of this account. Who answers for
-- it: its tags and entries say so, and owners that it's linked to, until their departure is confirmed.
select a.account_pk, r.source as seen__source, r.kind as seen__source_kind, {a.account as seen__account},
    a.realm as seen__account__realm, u.last_used_at as seen__account__last_used_at,
    a.created_at is not null and b.told_at is null as seen__in_bulk,
    coalesce(greatest(sa.observed_at, a.last_seen_at), a.observed_at) as seen__observed_at, coalesce(sa.complete_at >= %(since)s, false) as seen__fresh,
    {c.credential as seen__credential__credential}, a.realm as seen__credential__credential__realm,
    a.native_id as seen__credential__credential__account_native_id,
    coalesce(sc.observed_at, c.observed_at) as seen__credential__observed_at,
    coalesce(sc.complete_at >= %(since)s, false) as seen__credential__fresh,
    array(
        select k ->> 5 from jsonb_array_elements(a.keys) k where k ->> 3 = 'owner'
        union select unnest(a.owner_labels)
        union select w.worker_id
        from link l join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
        where l.account_pk = a.account_pk and l.relation = 'owns' and l.decision = 'linked' and l.valid_to is null
            and not exists (
                select from departure g where g.person_uid = l.person_uid and g.valid_to is null and not g.returned
                    and g.confirmed and g.basis <> 'away')
        order by 1) as seen__owners
from account a
join realm r using (realm)
join birth b on b.account_pk = a.account_pk
left join account_use u on u.account_pk = a.account_pk
left join credential c on c.account_pk = a.account_pk and c.gone_at is null
left join lateral (
    select max(o.observed_at) as observed_at,
        max(o.observed_at) filter (where o.complete and o.error = '') as complete_at
    from scope o
    where o.realm = a.realm and o.scope = any(scopes_of(a.native_id, a.last_seen_at))
        and o.kind = a.kind) sa on true
left join lateral (
    select max(o.observed_at) as observed_at,
        max(o.observed_at) filter (where o.complete and o.error = '') as complete_at
    from scope o
    where o.realm = a.realm and o.scope = any(scopes_of(a.native_id, a.last_seen_at))
        and o.kind = c.kind) sc on true
where a.gone_at is null

-- name: leaver_cases
-- Those of them who left, or came back, with their accounts and credentials, flat, person by person.
select p.person_uid::text, w.id_space, w.worker_id, w.name, d.episode, d.returned, {d.departure as departure},
    v.location as departure__location,
    coalesce(o.active_owner, false) as active_owner, word.author as attested__author, word.reason as attested__reason,
    word.attested_at as attested__at, word.until as attested__until, t.*
from telling
join departure d on d.person_uid = telling.person_uid and d.valid_to is null
join person p on p.person_uid = d.person_uid
join worker w on w.worker_pk = p.shown_worker_pk
join worker v on v.worker_pk = d.worker_pk
left join lateral (
    select l.relation as link__relation, l.decision as link__decision, l.score as link__score,
        l.evidence as link__evidence, l.own_now as link__own_now, l.held_since as link__held_since, s.*
    from link l join ({seen}) s using (account_pk)
    where l.person_uid = d.person_uid and l.valid_to is null and l.decision = 'linked') t on true
left join lateral (
    select true as active_owner from link n
    where n.account_pk = t.account_pk and n.relation in ('is', 'owns') and n.decision = 'linked' and n.valid_to is null
        and not exists (select from departure g
            where g.person_uid = n.person_uid and g.valid_to is null and not g.returned and g.confirmed
                and g.basis <> 'away')
    limit 1) o on true
left join lateral (
    select k.author, k.reason, k.attested_at, k.until from attestation k
    where t.seen__account__attested_at is not null
        and k.material = account_material(t.seen__account__realm, t.seen__account__native_id)
    order by k.attestation_id desc limit 1) word on true
order by p.person_uid, t.account_pk, t.link__relation, t.seen__credential__credential__kind,
    t.seen__credential__credential__native_id;

-- name: make_doubted
-- Accounts of which it isn't certain whose they are, found in one pass over all links; of some people, those that may be
-- theirs. And those that say otherwise of themselves than when their link stood, whoever holds them.
create temp table doubted as
select account_pk, min(decision) as decision, null::uuid as holder, null::timestamptz as held_since from link
where valid_to is null and relation <> 'created' and decision in ('disputed', 'probable')
group by account_pk
having %(persons)s::uuid[] is null or bool_or(person_uid = any(%(persons)s))
union all
select account_pk, 'linked', person_uid, held_since from link
where valid_to is null and held_since is not null
    and (%(persons)s::uuid[] is null or person_uid = any(%(persons)s));
analyze doubted;

-- name: account_cases
-- Disputed and probable accounts, and those whose link is held, with their credentials, a row a credential.
select l.decision, l.held_since, s.*
from doubted l join ({seen}) s using (account_pk)
order by s.account_pk, l.decision, s.seen__credential__credential__kind, s.seen__credential__credential__native_id;

-- name: suspects
-- Who these accounts may belong to, best first, the holder before all. Whose evidence would be a link by itself, but for
-- somebody else's.
select l.account_pk, doubted.decision, p.episode, p.person_uid::text as suspect__person_uid,
    w.id_space as suspect__id_space, w.worker_id as suspect__worker_id, l.score as suspect__score,
    l.evidence as suspect__evidence, {d.departure as suspect__departure}, v.location as suspect__departure__location,
    l.relation = 'is' and l.decision = 'disputed' and l.score >= %(linked)s and exists (
        select from link o
        where o.account_pk = l.account_pk and o.person_uid <> l.person_uid and o.relation = 'is' and o.valid_to is null
            and l.score - o.score < %(ahead)s) as suspect__links_alone
from doubted
join link l using (account_pk)
join person p using (person_uid)
join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = p.person_uid and d.valid_to is null and not d.returned and d.basis <> 'away'
left join worker v on v.worker_pk = d.worker_pk
where l.valid_to is null and l.relation <> 'created'
order by l.account_pk, doubted.decision, l.person_uid is distinct from doubted.holder, l.score desc, p.person_uid;

-- name: make_orphan
-- Accounts that aren't dead and that nobody claims, of realms that this run has read to their end, with what they say of
-- an owner, unless a person decided whose they aren't; but for those that the checker itself reads by. Which realms these
-- are is asked first: joined, they look like few accounts, and each would be looked up by itself.
create temp table orphan as
select a.account_pk, r.realm, r.source, r.kind as source_kind, a.native_id, a.label, a.owner_labels,
    a.attested_at is not null as attested, coalesce(u.last_used_at > %(as_of)s - interval '30 days', false) as recent,
    case when not exists (select from link_decision d
            where d.realm = a.realm and d.native_id = a.native_id and d.revoked_at is null)
        then array(select distinct k ->> 4 || ' says ' || (k ->> 5) from jsonb_array_elements(a.keys) k
            where k ->> 3 = 'owner' order by 1)
        else '{}' end as owners
from account a join realm r using (realm) left join account_use u using (account_pk)
where a.gone_at is null and a.kind = 'account' and a.standing <> 'dead' and not a.is_reader
    and not exists (
        select from link l where l.account_pk = a.account_pk and l.valid_to is null and l.relation <> 'created')
    and a.realm = any(array(select s.realm from scope s where s.scope = '' and s.kind = 'account' and s.complete
        and s.error = '' and s.observed_at >= %(since)s));
analyze orphan;

-- name: orphans
select realm, source, source_kind, native_id, label, attested, recent, owners from orphan order by realm, native_id;

-- name: orphan_owners
-- Whom their entries name as manager or owner, by the entry that bears this label, or the last that did; null throughout
-- where that is nobody's for certain. Whose they aren't by a person's word isn't told.
with named as (
    select o.account_pk, o.realm, o.native_id, said.label, plain_label(said.label) as plain
    from orphan o cross join lateral unnest(o.owner_labels) as said(label)
    where plain_label(said.label) <> plain_label(o.label)
), entry as materialized (
    select b.realm, b.plain, b.account_pk,
        rank() over (partition by b.realm, b.plain order by a.gone_at desc nulls first) as place
    from labelled_account b join account a using (account_pk)
    where not b.is_taken and b.realm in (select n.realm from named n) and b.plain in (select n.plain from named n)
)
select n.realm, n.native_id, n.label as owner__said, w.worker_id as owner__worker_id,
    e.account_pk is not null as owner__is_entry, {d.departure as owner__departure}
from named n
left join entry e on e.realm = n.realm and e.plain = n.plain and e.place = 1
left join link l on l.account_pk = e.account_pk and l.valid_to is null and l.relation = 'is' and l.decision = 'linked'
left join person p on p.person_uid = l.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = p.person_uid and d.valid_to is null and not d.returned and d.basis <> 'away'
where not exists (
    select from link_decision k
    where k.realm = n.realm and k.native_id = n.native_id and k.person_uid = p.person_uid and k.revoked_at is null)
order by n.realm, n.native_id, n.label, w.worker_id;

-- name: trusts
-- Roles that leavers' users may take on.
select p.person_uid::text, a.realm as account_realm, a.native_id as account_native_id,
    {t.trust as trust__trust}, t.realm as trust__trust__realm, r.source as trust__source,
    coalesce(s.observed_at, t.observed_at) as trust__observed_at, coalesce(s.fresh, false) as trust__fresh
from departure d
join person p using (person_uid)
join link l on l.person_uid = p.person_uid and l.valid_to is null and l.decision = 'linked' and l.relation = 'is'
join account a on a.account_pk = l.account_pk and a.gone_at is null
join trust t on t.principal_realm = a.realm and t.principal in (a.label, lower(a.label), a.native_id) and t.gone_at is null
join realm r on r.realm = t.realm
left join lateral (
    select max(o.observed_at) as observed_at, bool_or(o.complete and o.error = '' and o.observed_at >= %(since)s) as fresh
    from scope o where o.realm = t.realm and starts_with(t.native_id, o.scope) and o.kind = 'role') s on true
where d.valid_to is null
order by p.person_uid, a.realm, a.native_id, t.realm, t.native_id;

-- name: keys_elsewhere
-- Leavers' SSH keys on accounts that aren't theirs; where no account has a key, nobody's are looked for.
with theirs as (
    select distinct d.person_uid, c.fingerprint
    from departure d
    join link l on l.person_uid = d.person_uid and l.valid_to is null and l.decision = 'linked' and l.relation = 'is'
    join credential c on c.account_pk = l.account_pk and c.kind = 'ssh_key' and c.fingerprint <> ''
    where d.valid_to is null and not d.returned
        and exists (select from credential where kind = 'ssh_key' and fingerprint <> '' and gone_at is null)
)
select t.person_uid::text, s.*,
    exists (
        select from link n
        where n.account_pk = s.account_pk and n.decision = 'linked' and n.valid_to is null
            and not exists (select from departure g
                where g.person_uid = n.person_uid and g.valid_to is null and not g.returned and g.confirmed
                    and g.basis <> 'away')) as active_holder
from theirs t
join ({seen}) s on s.seen__credential__credential__fingerprint = t.fingerprint
    and s.seen__credential__credential__kind = 'ssh_key'
where not exists (
    select from link n where n.account_pk = s.account_pk and n.person_uid = t.person_uid and n.relation = 'is'
        and n.decision = 'linked' and n.valid_to is null)
order by t.person_uid, s.seen__account__realm, s.seen__account__native_id, s.seen__credential__credential__native_id;

-- name: moved_links
-- Accounts that were a leaver's until shortly before the departure, or after it; a person's rejection is no move, and the
-- end of what a person's word alone made none either. And what a leaver owned until shortly before it: from then on what is owned has a finding of its own.
select d.person_uid::text, l.relation, s.*,
    l.valid_from as linked_from, l.valid_to as linked_until, l.evidence,
    coalesce((
        select n.decision from link n
        where n.account_pk = s.account_pk and n.valid_to is null and n.relation <> 'created'
        order by array_position(array['linked', 'disputed', 'probable', 'candidate'], n.decision) limit 1), 'orphan')
        as decision
from departure d
join (
    -- By person and account, all at once: asked person by person, it would look through every ended link each time.
    select distinct on (m.person_uid, m.account_pk) m.* from link m
    join departure g on g.person_uid = m.person_uid and g.valid_to is null
        and m.valid_to >= g.left_at - make_interval(days => %(moved_days)s)
    where (m.relation = 'is' or (m.relation = 'owns' and m.valid_to <= g.left_at)) and m.decision = 'linked'
        and m.valid_to is not null and m.link_id not in (select v.link_id from revoked_link v)
    order by m.person_uid, m.account_pk, m.relation, m.valid_to desc) l on l.person_uid = d.person_uid
join ({seen}) s on s.account_pk = l.account_pk
where d.valid_to is null and not d.returned and d.confirmed
    and not exists (
        select from link n where n.account_pk = s.account_pk and n.person_uid = d.person_uid
            and n.relation in ('is', l.relation) and n.decision = 'linked' and n.valid_to is null)
    and not exists (
        select from link_decision k
        where k.realm = s.seen__account__realm and k.native_id = s.seen__account__native_id and k.revoked_at is null)
order by d.person_uid, s.seen__account__realm, s.seen__account__native_id, s.seen__credential__credential__kind,
    s.seen__credential__credential__native_id;
