-- name: misfits
-- Findings that say something else than their keys were made of; what they say; and whether that was told already.
select m.finding_key, m.begun, m.now_key, f.rule, f.realm, f.subject_kind, f.account_native_id, f.subject_native_id,
    f.person_uid, f.episode, coalesce((
        select e.to_state = 'set aside' from finding_event e where e.about = 'finding:' || m.finding_key
        order by e.seq desc limit 1), false) as told
from misfit_finding m join finding f using (finding_key)
order by m.finding_key;

-- name: set_aside
-- Out of the way: of two that were exchanged, each stands where the other belongs.
update finding set match_key = 'set aside ' || finding_key
where finding_key in (select m.finding_key from misfit_finding m) and match_key <> 'set aside ' || finding_key;

-- name: began_as
-- What such findings said as they began, where rule, person or episode alone are others now: of whoever the account was
-- ever linked to, the ticket is about, or who turned out to be one with them.
with whose as (
    select f.finding_key, f.person_uid as uid from misfit_finding m join finding f using (finding_key)
    union
    select f.finding_key, l.person_uid
    from misfit_finding m join finding f using (finding_key)
    join account a on a.realm = f.realm and a.native_id = f.account_native_id join link l using (account_pk)
    union
    select m.finding_key, p.person_uid
    from misfit_finding m join ticket t using (ticket_key) join person p on p.person_uid::text = t.holder
), also as (
    select finding_key, uid from whose
    union
    select w.finding_key, a.alias_uid from whose w join person_alias a on a.person_uid = w.uid
), rules as (
    select rule from finding union select name from baseline where kind = 'rule'
)
select distinct on (f.finding_key) f.finding_key, r.rule, f.realm, f.subject_kind, f.account_native_id,
    f.subject_native_id, o.uid as person_uid, e.episode, k.person_uid as keeper
from also o join finding f using (finding_key)
cross join rules r
cross join generate_series(0, (select least(max(episode), 9) from person)) e (episode)
left join person_alias k on k.alias_uid = o.uid
where finding_key_of(r.rule, f.realm, f.subject_kind, f.account_native_id, f.subject_native_id, o.uid, e.episode)
    = f.finding_key
order by f.finding_key;

-- name: as_produced
-- The same by what the rules say now; needs their table.
select distinct on (m.finding_key) m.finding_key, s.rule, s.realm, s.subject_kind, s.account_native_id,
    s.subject_native_id, coalesce(a.alias_uid, s.person_uid) as person_uid, s.episode,
    case when a.alias_uid is not null then s.person_uid end as keeper
from produced s
left join person_alias a on a.person_uid = s.person_uid
    and not exists (select from misfit_finding o where o.finding_key = s.match_key)
join misfit_finding m on m.finding_key in (
    s.match_key,
    finding_key_of(s.rule, s.realm, s.subject_kind, s.account_native_id, s.subject_native_id, a.alias_uid, s.episode))
order by m.finding_key;

-- name: put_back
update finding f
set rule = %(rule)s, realm = %(realm)s, subject_kind = %(subject_kind)s, account_native_id = %(account_native_id)s,
    subject_native_id = %(subject_native_id)s, person_uid = %(person_uid)s, episode = %(episode)s,
    match_key = %(match_key)s
where f.finding_key = %(finding_key)s and not exists (
    select from finding o where o.match_key = %(match_key)s and o.finding_key <> f.finding_key);

-- name: episodes
-- Departures of another episode than their person is in, where correlation writes both together; and which of the two how
-- often the person came back and left again says, by all their departures.
select d.departure_id, d.person_uid, d.episode, p.episode as of_person,
    case when d.episode = h.episode then d.episode else p.episode end as begun
from departure d join person p using (person_uid)
cross join lateral (
    select 1 + count(*) filter (where o.came_back and not o.returned) as episode
    from (select returned, lag(returned) over (order by departure_id) as came_back from departure a
        where a.person_uid = d.person_uid) o) h
where d.valid_to is null and d.episode <> p.episode order by d.departure_id;

-- name: put_back_episode
update departure set episode = %(episode)s where departure_id = %(departure_id)s and episode <> %(episode)s;
update person set episode = %(episode)s where person_uid = %(person_uid)s and episode <> %(episode)s;
