-- name: wanting
-- Open findings that stand on no ticket yet, by the ticket that they belong on: the newest one of that kind, or what
-- stands for it now. Or of one finding, however it is, by the queue that it goes to now.
with loose as (
    select f.finding_key, f.ticket_kind as kind, coalesce(%(queue)s::text, f.queue) as queue, f.holds_ticket,
        case f.ticket_kind when 'revoke' then f.person_uid::text when 'event' then f.finding_key
            when 'rotate' then 'key:' || f.subject_native_id
            when 'review' then 'realm:' || f.realm when 'confirm' then 'roster:' || f.roster end as holder,
        case f.ticket_kind when 'revoke' then f.episode else 1 end as episode
    from finding f
    where f.finding_key = %(finding_key)s::text or (%(finding_key)s::text is null and f.state = 'open'
        and f.ticket_key is null and f.finding_key not in (select m.finding_key from misfit_finding m))
)
select l.kind, l.holder, l.queue, l.episode, array_agg(l.finding_key order by l.finding_key) as finding_keys,
    bool_or(l.holds_ticket) as holds, t.ticket_key, t.state, t.closed_at
from loose l
left join lateral (
    select t.* from ticket t
    where t.kind = l.kind and t.holder = l.holder and t.queue = l.queue and t.episode = l.episode
    order by t.generation desc limit 1) n on true
left join former_ticket m on m.ticket_key = n.ticket_key
left join ticket t on t.ticket_key = coalesce(m.stands_as, n.ticket_key)
group by l.kind, l.holder, l.queue, l.episode, t.ticket_key, t.state, t.closed_at
order by l.kind, l.holder, l.queue, l.episode;

-- name: misplaced
-- What stands on a ticket of another kind, or of somebody else: whose it is now first, then as whom they were known.
select t.ticket_key, f.finding_key, f.ticket_kind as kind, array[own.holder] || array(
        select a.alias_uid::text from person_alias a where f.ticket_kind = 'revoke' and a.person_uid = f.person_uid)
        as holders,
    array[t.queue, f.queue] as queues, case f.ticket_kind when 'revoke' then f.episode else 1 end as episode
from finding f join ticket t using (ticket_key)
cross join lateral (
    select case f.ticket_kind when 'revoke' then f.person_uid::text when 'event' then f.finding_key
        when 'rotate' then 'key:' || f.subject_native_id
        when 'review' then 'realm:' || f.realm when 'confirm' then 'roster:' || f.roster end as holder) own
where f.state <> 'resolved' and f.finding_key not in (select m.finding_key from misfit_finding m) and (
    -- What a roster or a system tells may be told by another one later.
    t.kind <> f.ticket_kind or t.kind in ('revoke', 'event', 'rotate') and t.holder <> own.holder and not exists (
        select from person_alias a where a.alias_uid::text = t.holder and a.person_uid = f.person_uid))
order by t.ticket_key, f.finding_key;

-- name: restore_row
update ticket set kind = %(kind)s, holder = %(holder)s, queue = %(queue)s, episode = %(episode)s,
    generation = %(generation)s
where ticket_key = %(ticket_key)s;

-- name: take_off
update finding set ticket_key = null, told = '' where finding_key = %(finding_key)s;

-- name: unverified
-- Systems of which things couldn't be told for so many nights, each with its ticket, if it has one.
with waiting as (
    select u.realm, min(f.queue) as queue, array_agg(f.finding_key order by f.finding_key) as finding_keys
    from finding f join untold u using (finding_key)
    where f.state = 'unverified' and f.finding_key not in (select m.finding_key from misfit_finding m) and (
        select count(*) from counted_run r where r.kind = 'nightly' and r.run_id >= f.first_run_id) >= %(nights)s
    group by u.realm
)
select 'unverified' as kind, 'unverified:' || w.realm as holder, w.queue, 1 as episode, w.finding_keys, true as holds,
    t.ticket_key, t.state, t.closed_at
from waiting w
left join lateral (
    select t.* from ticket t where t.kind = 'unverified' and t.holder = 'unverified:' || w.realm
    order by t.generation desc limit 1) t on true
order by w.realm;

-- name: verified_again
-- Tickets about what couldn't be told, and now can.
select t.ticket_key from ticket t
where t.kind = 'unverified' and t.state <> 'closed' and not exists (
    select from untold u where 'unverified:' || u.realm = t.holder)
    and not exists (select from outbox o where o.ticket_key = t.ticket_key and o.op = 'close' and o.done_at is null)
order by t.ticket_key;

-- name: insert_ticket
insert into ticket (ticket_key, kind, holder, queue, episode, generation, tracker, renews, state, wanted_at)
values (%(ticket_key)s, %(kind)s, %(holder)s, %(queue)s, %(episode)s, %(generation)s, %(tracker)s, %(renews)s, 'wanted',
    now())
on conflict do nothing;

-- name: put_on_ticket
update finding set ticket_key = %(ticket_key)s, told = %(told)s where finding_key = any(%(finding_keys)s);

-- name: mark_retold
-- What their ticket says of the departure is how that is now.
update finding f set told_left_at = f.left_at, told_basis = f.basis, told_worker = w.id_space || ':' || w.worker_id
from person p join worker w on w.worker_pk = p.shown_worker_pk
where f.finding_key = any(%(finding_keys)s) and p.person_uid = f.person_uid
    and (f.told_left_at, f.told_basis, f.told_worker) is distinct from (f.left_at, f.basis, w.id_space || ':' || w.worker_id);

-- name: retold
-- Tickets that say of a departure, or of whose it is, what is told otherwise now, by a roster that is believed.
select distinct f.ticket_key
from finding f join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
where f.ticket_key is not null and f.state not in ('resolved', 'held')
    and not exists (select from doubted_roster d where d.roster = f.roster)
    and not exists (select from misfit_finding m where m.ticket_key = f.ticket_key)
    and (f.told_left_at, f.told_basis, f.told_worker) is distinct from (f.left_at, f.basis, w.id_space || ':' || w.worker_id)
order by f.ticket_key;

-- name: unsettled
-- Tickets that say something of an item that is no longer so; and, whatever was said before, closed ones with an item
-- that holds them, and open ones with none. What is unverified opens a closed one only where that was never told that it
-- is over: it was excepted, and isn't any more.
select t.ticket_key
from ticket t
join lateral (
    select coalesce(bool_or(f.told <> f.state and f.state in ('open', 'excepted', 'resolved')), false) as changed,
        coalesce(bool_or(f.holds_ticket and (f.state = 'open' or f.state = 'unverified' and f.told in ('open', 'excepted'))),
            false) as works,
        coalesce(bool_or(f.holds_ticket and f.state not in ('resolved', 'excepted')), false) as holds
    from finding f where f.ticket_key = t.ticket_key) i on true
where t.kind <> 'unverified' and t.moved_to is null and (i.changed or (t.state = 'closed' and i.works) or (t.state <> 'closed' and not i.holds))
    and not exists (select from misfit_finding m where m.ticket_key = t.ticket_key)
order by t.wanted_at, t.ticket_key;

-- name: mark_told
update finding set told = case when state in ('excepted', 'resolved') then state else 'open' end
where finding_key = any(%(finding_keys)s);

-- name: insert_outbox
insert into outbox (ticket_key, op, event_key, text, made_of, run_id, goes_along, tells)
values (%(ticket_key)s, %(op)s, %(event_key)s, %(text)s, %(made_of)s, %(run_id)s, %(goes_along)s, %(tells)s)
on conflict (ticket_key, op, event_key) do nothing;

-- name: unheard
-- Of findings whose change nobody has tried to tell yet, what their ticket said of each before the first.
select distinct on (t.key) t.key, t.value
from (
    select * from outbox
    where ticket_key = %(ticket_key)s and done_at is null and told_as = '' and tells is not null for update
) o cross join jsonb_each_text(o.tells) t
order by t.key, o.outbox_id;

-- name: overtake
-- What nobody has tried to tell of things that changed is told by what says so now.
delete from outbox
where ticket_key = %(ticket_key)s and done_at is null and told_as = '' and tells is not null
    and (op, event_key) is distinct from (%(op)s, %(event_key)s);

-- name: move_on
-- The old ticket is gone, long closed or elsewhere: its items move to another.
update finding set ticket_key = %(new_key)s, told = %(told)s where ticket_key = %(old_key)s and state <> 'resolved';

-- name: newest
-- The key of the newest ticket of these people in a queue.
select ticket_key from ticket
where kind = %(kind)s and holder = %(holder)s and queue = %(queue)s and episode = %(episode)s
order by generation desc limit 1;

-- name: go_along
-- What is yet to be said of what moves on, wherever it stands.
insert into outbox (ticket_key, op, event_key, text, made_of, run_id, goes_along)
select %(new_key)s, o.op, o.event_key, o.text, o.made_of, o.run_id, true from outbox o
where o.ticket_key = %(old_key)s and o.goes_along and o.done_at is null order by o.outbox_id
on conflict (ticket_key, op, event_key) do nothing;

-- name: give_back
-- What is said wherever things go, of a ticket that was never opened, goes back to one that they came from: to the one
-- that was to say it before, else to the last. What that one may have been told already bears the same event.
with back as (
    select distinct on (o.outbox_id) p.ticket_key as there, o.*
    from outbox o join former_ticket m on m.stands_as = o.ticket_key
    join ticket p on p.ticket_key = m.ticket_key and p.ref is not null and p.tracker = any(%(trackers)s)
    left join outbox was on was.ticket_key = p.ticket_key and was.op = o.op and was.event_key = o.event_key
    where o.outbox_id = any(%(outbox_ids)s) and o.goes_along
    order by o.outbox_id, was.outbox_id is null, p.state = 'closed', p.wanted_at desc
)
insert into outbox (ticket_key, op, event_key, text, made_of, run_id, goes_along)
select b.there, b.op, b.event_key, b.text, b.made_of, b.run_id, true from back b
on conflict (ticket_key, op, event_key) do update set done_at = null;

-- name: stands_as
select stands_as from former_ticket where ticket_key = %(ticket_key)s;

-- name: join_holders
-- Tickets of people who are one by now become one person's, by generations of their own: of those that people have open
-- the oldest comes last, and stands; else the newest.
with shared as (
    select distinct a.person_uid, t.kind, t.queue, t.episode
    from ticket t join person_alias a on t.holder = a.alias_uid::text
), theirs as (
    select t.*, s.person_uid, t.state <> 'closed' and t.moved_to is null as stands,
        max(t.generation) over (partition by s.person_uid, s.kind, s.queue, s.episode) as last_generation
    from shared s join ticket t using (kind, queue, episode)
    where t.holder = s.person_uid::text or t.holder in (
        select a.alias_uid::text from person_alias a where a.person_uid = s.person_uid)
), joined as (
    select ticket_key, person_uid, last_generation + row_number() over (
        partition by person_uid, kind, queue, episode
        order by stands, state = 'open', case when stands then wanted_at end desc, wanted_at, ticket_key) as generation
    from theirs
)
update ticket t set holder = j.person_uid::text, generation = j.generation
from joined j where t.ticket_key = j.ticket_key;

-- name: overtaken
select m.ticket_key, m.stands_as from former_ticket m join ticket t using (ticket_key)
where t.state <> 'closed' and t.moved_to is null and not exists (
    select from misfit_finding x where x.ticket_key = t.ticket_key)
order by m.ticket_key;

-- name: follow
-- What was over when another ticket took over, and works again, stands where the others went; it's yet to be said there.
update finding f set ticket_key = t.ticket_key, queue = t.queue, told = ''
from former_ticket m join ticket t on t.ticket_key = m.stands_as
where f.ticket_key = m.ticket_key and f.state <> 'resolved'
    and f.finding_key not in (select x.finding_key from misfit_finding x);

-- name: told_nowhere
-- Of what is to be told, once all is planned: what stands on no ticket that is there, or is yet to be told something.
select f.finding_key from finding f left join ticket t using (ticket_key)
where f.state = 'open' and f.holds_ticket and f.finding_key not in (select m.finding_key from misfit_finding m)
    and (t.ticket_key is null or t.moved_to is not null
        or ((t.state <> 'open' or t.ref is null) and not exists (
            select from outbox o where o.ticket_key = t.ticket_key and o.done_at is null)))
order by f.finding_key;

-- name: to_drain
-- Tickets with something to say, and every open one, whose state in the tracker is asked; or some people's alone. Of a
-- run's new ones the worst first, as people read them by their numbers; last of all those at which the tracker failed.
select t.ticket_key from ticket t
where t.tracker = %(tracker)s and (t.state in ('wanted', 'open') or exists (
            select from outbox o where o.ticket_key = t.ticket_key and o.done_at is null)
        -- Missing when another took its place, it may be shown again: until that one has been closed for long.
        or (t.state = 'closed' and t.ref is not null and t.moved_to is null
            and t.ticket_key in (select n.renews from ticket n) and exists (
                select from former_ticket m join ticket s on s.ticket_key = m.stands_as
                where m.ticket_key = t.ticket_key and (s.state <> 'closed' or s.closed_at >= %(closed_since)s))))
    and (%(persons)s::uuid[] is null or exists (
        select from finding f where f.ticket_key = t.ticket_key and f.person_uid = any(%(persons)s)))
    and not exists (select from misfit_finding m where m.ticket_key = t.ticket_key)
order by t.failed_at nulls first, t.wanted_at, case when t.kind = 'event' then 0 else (
    select min(array_position(array['critical', 'high', 'medium', 'low'], f.severity)) from finding f
    where f.ticket_key = t.ticket_key and f.state not in ('resolved', 'excepted')) end, t.ticket_key;

-- name: movable
-- A tracker's tickets that aren't over, without those that have moved and are closed there by themselves.
select t.ticket_key from ticket t
where t.tracker = %(tracker)s and (t.moved_to is null or not %(named)s) and (t.state in ('wanted', 'open') or exists (
        select from outbox o where o.ticket_key = t.ticket_key and o.done_at is null))
order by t.wanted_at, t.ticket_key;

-- name: note_moved
-- Its items' queue is the successor's from now on, whichever stand.
with moved as (
    update ticket set moved_to = %(new_key)s where ticket_key = %(old_key)s returning ticket_key
)
update finding f set queue = %(queue)s from moved m where f.ticket_key = m.ticket_key and f.state <> 'resolved';

-- name: leaving
select distinct tracker from ticket where moved_to is not null and state <> 'closed';

-- name: elsewhere
-- Tickets to see to in other trackers than these.
select t.tracker, count(*)::int from ticket t
where t.tracker <> all(%(trackers)s) and (t.state in ('wanted', 'open') or exists (
        select from outbox o where o.ticket_key = t.ticket_key and o.done_at is null))
group by t.tracker order by t.tracker;

-- name: ticket
select ticket_key, kind, holder, queue, episode, generation, tracker, state, ref, url, digest, due_at, opened_at,
    closed_at, past_due_at, moved_to, renews, said_count, said_digest, doubted
from ticket where ticket_key = %(ticket_key)s;

-- name: standing_at
-- Another ticket than this that has the place in the tracker, and that none was opened for anew.
select t.ticket_key from ticket t
where t.tracker = %(tracker)s and t.ref = %(ref)s and t.ticket_key <> %(ticket_key)s
    and not exists (select from ticket later where later.renews = t.ticket_key)
order by t.ticket_key limit 1;

-- name: pending
select outbox_id, op, event_key, text, made_of, told_as from outbox
where ticket_key = %(ticket_key)s and done_at is null order by outbox_id;

-- name: is_done
select true from outbox
where ticket_key = %(ticket_key)s and op = %(op)s and event_key = %(event_key)s and done_at is not null;

-- name: try_to_tell
-- Which of these are still to be told: from now on nothing takes their place.
update outbox set told_as = %(told_as)s where outbox_id = any(%(outbox_ids)s) and done_at is null returning outbox_id;

-- name: done
update outbox set done_at = now() where outbox_id = any(%(outbox_ids)s);

-- name: drop_pending
-- The ticket is gone: nothing more can be said on it.
update outbox set done_at = now() where ticket_key = %(ticket_key)s and done_at is null;

-- name: set_out
-- What it's told now, and its number.
update ticket set said_count = said_count + case when said_digest = %(digest)s then 0 else 1 end, said_digest = %(digest)s
where ticket_key = %(ticket_key)s returning said_count;

-- name: unsaid
update ticket set said_digest = '' where ticket_key = %(ticket_key)s;

-- name: note_opened
update ticket set state = 'open', ref = %(ref)s, url = %(url)s, digest = %(digest)s, due_at = %(due_at)s,
    opened_at = coalesce(opened_at, now()), closed_at = null,
    -- After a restore it may have been opened and closed before, which a tracker that drops what it heard doesn't say.
    doubted = exists (select from store_place where restored_at > now() - interval '7 days')
where ticket_key = %(ticket_key)s;

-- name: note_updated
update ticket set digest = %(digest)s, due_at = %(due_at)s where ticket_key = %(ticket_key)s;

-- name: note_closed
-- Opened again, it has a due time of its own.
update ticket set state = 'closed', closed_at = now(), past_due_at = null
where ticket_key = %(ticket_key)s;

-- name: note_reopened
update ticket set state = 'open', closed_at = null where ticket_key = %(ticket_key)s;

-- name: note_sure
-- It's open in its tracker, or that was told to reopen it.
update ticket set doubted = false where ticket_key = %(ticket_key)s;

-- name: past_due
-- Tickets that something holds past its due time, which nobody was told of yet; since when, and what holds them so.
select t.ticket_key, t.kind, t.tracker, t.ref, t.url, min(f.due_at) as due_at,
    array_agg(f.finding_key order by array_position(array['critical', 'high', 'medium', 'low'], f.severity),
        f.finding_key) as finding_keys
from ticket t join finding f using (ticket_key)
where t.state = 'open' and t.past_due_at is null and f.state = 'open' and f.holds_ticket and f.due_at < %(as_of)s
    and not exists (select from misfit_finding m where m.ticket_key = t.ticket_key)
group by t.ticket_key order by min(f.due_at), t.ticket_key;

-- name: note_past_due
update ticket set past_due_at = %(due_at)s where ticket_key = %(ticket_key)s;

-- name: items
-- What stands on a ticket, in the order in which it came.
select f.finding_key, f.rule, f.ticket_kind, f.of_keys, f.realm, f.source, f.roster, f.subject_kind, f.subject_native_id, f.subject_label,
    f.account_native_id, f.account_label, f.state, f.severity, f.standing, f.standing_reason, f.effect, f.privileged,
    f.evidence, f.revoke, f.made_of, f.warning, f.holds_ticket, f.attestable, f.last_used_at, f.due_at, f.resolved_at, f.resolution, f.resolution_details, f.left_at, f.basis,
    w.worker_id, w.id_space, w.name, d.left_on, d.zone, d.told,
    coalesce(d.circumstance, '') as circumstance, f.reopened, f.told as ticket_says, f.told_left_at,
    f.told_basis, f.told_worker,
    f.worked_in, f.location, f.part, f.owners, f.first_seen_at, case when f.subject_kind in ('signing_key', 'shared_secret') then (
            select max(case when f.standing = 'unknown' then least(x.confirmed_at, x.access_at) else x.confirmed_at end)
            from signing_key k join key_copy c using (key_pk) join copy_read x using (copy_pk)
            where k.material = f.subject_native_id and c.gone_at is null and x.error = '')
        else (
            select greatest(max(s.observed_at), o.last_seen_at) from scope s
            where s.realm = f.realm and s.kind = f.subject_kind and s.complete and s.error = ''
                and (s.scope in (coalesce(o.native_id, ''), f.account_native_id)
                    or s.kind = 'role' and starts_with(f.subject_native_id, s.scope))) end as seen_at
from finding f
left join account o on o.realm = f.realm and o.native_id = f.account_native_id and o.last_seen_at is not null
left join person p using (person_uid)
left join worker w on w.worker_pk = p.shown_worker_pk
left join departure d on d.person_uid = f.person_uid and d.valid_to is null
where f.ticket_key = %(ticket_key)s
    or (%(kind)s = 'unverified' and f.finding_key in (
        select u.finding_key from untold u where 'unverified:' || u.realm = %(holder)s))
order by f.first_seen_at, array_position(array['critical', 'high', 'medium', 'low'], f.severity), f.finding_key;

-- name: bears
-- Whether the person of a finding bears, or bore, a number, login or mail; a mail without its domain counts, too.
select exists (
    select from finding f join worker w using (person_uid) join worker_key k using (worker_pk)
    where f.finding_key = %(finding_key)s and k.kind in ('number', 'login', 'mail')
        and %(word)s in (k.value, lower(k.raw), split_part(k.value, '@', 1))) as theirs;

-- name: missing_rights
-- Why things of a system couldn't be told.
select distinct s.error from scope s
where 'unverified:' || s.realm = %(holder)s and s.error <> '' and (s.scope = '' or exists (
    select from finding f where f.realm = s.realm and f.account_native_id = s.scope and f.state = 'unverified'))
    -- A later read of roles, by how their ids begin, was refused nothing.
    and not exists (
        select from scope n where n.realm = s.realm and s.kind = 'role' and n.kind = s.kind and n.complete
            and n.observed_at > s.error_at)
union
select k.error from key_scope k
where 'unverified:' || k.realm = %(holder)s and k.error <> '' and not exists (
    -- Of a region that isn't asked any more nothing is missing.
    select from key_scope n
    where n.realm = k.realm and n.source_kind = k.source_kind and greatest(n.observed_at, n.error_at) > k.error_at)
order by error;
