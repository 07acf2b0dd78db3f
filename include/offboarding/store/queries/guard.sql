-- name: begin_roster_baselines
-- Rosters read to their end for the first time.
insert into baseline (kind, name, run_id)
select 'roster', r.roster, r.run_id from roster_read r
where r.run_id = %(run_id)s and r.status = 'complete'
on conflict do nothing
returning kind || ':' || name;

-- name: begin_source_baselines
-- Systems read to their end for the first time.
-- Whoever tells a realm's keys or events begins apart from whoever tells its accounts.
insert into baseline (kind, name, run_id)
select 'source', case r.tells when 'accounts' then r.realm else r.kind || ':' || r.realm end, r.run_id
from source_read r
where r.run_id = %(run_id)s and r.phase = 'collect' and r.status in ('complete', 'partial') and r.realm is not null
on conflict do nothing
returning kind || ':' || name;

-- name: begin_rule_baselines
-- Rules that look at this company for the first time.
insert into baseline (kind, name, run_id) select 'rule', unnest(%(rules)s::text[]), %(run_id)s on conflict do nothing
returning kind || ':' || name;

-- name: release_baselines
-- By the policy that says that a baseline needn't wait.
update baseline set released_at = now(), released_by = %(author)s, released_for = %(reason)s
where released_at is null and run_id <= %(run_id)s
returning kind || ':' || name;

-- name: end_baselines
-- A person let them through, batch by batch, and nothing of theirs waits any more.
update baseline b set released_at = now(), released_by = %(author)s, released_for = %(reason)s
where b.released_at is null and b.run_id <= %(of_run)s and not exists (
    select from candidate c join finding f using (finding_key)
    where c.baseline and f.state = 'held' and f.first_run_id = b.run_id)
returning b.kind || ':' || b.name;

-- name: note_release
insert into release (run_id, author, reason, scope, findings)
values (%(run_id)s, %(author)s, %(reason)s, %(scope)s, %(findings)s)
returning release_id;

-- name: waiting_count
-- What waits since this run or earlier, and on no line: to be told, or to be closed.
select (select count(*) from finding f where f.state = 'held' and f.first_run_id <= %(run_id)s
        and not exists (select from guard_held h where h.finding_key = f.finding_key))::int
    + (select count(*) from guard_closing)::int;

-- name: count_linked
-- How many people have accounts in each system now.
create temp table linked_now as
select a.realm, count(distinct l.person_uid)::int as linked
from link l join account a using (account_pk)
where l.valid_to is null and l.decision = 'linked' and a.gone_at is null
group by a.realm;

-- name: accept_first
-- A roster's, or a part of a source's, first read that says how much there is has nothing to be compared with: it is what others are.
insert into guard_accepted (kind, name, part, run_id, as_of, amount, linked, waiting, last_departure_id)
select 'roster', r.roster, '', n.run_id, n.as_of, r.workers, 0, r.waiting,
    (select coalesce(max(departure_id), 0) from departure)
from roster_read r join run n on n.run_id = %(run_id)s
where r.run_id = %(read_run)s and r.status = 'complete' and n.kind not in ('departure', 'verify')
union all
select 'source', s.source, s.part, n.run_id, n.as_of,
    coalesce((s.counts ->> case s.tells when 'keys' then 'keys' else 'accounts' end)::int, 0),
    coalesce(c.linked, 0), 0, (select coalesce(max(departure_id), 0) from departure)
from counting_read s join run n on n.run_id = %(run_id)s left join linked_now c on c.realm = s.realm
where s.run_id = %(read_run)s and n.kind not in ('departure', 'verify')
on conflict do nothing;

-- name: first_reads
-- Whether any of these is yet to be accepted.
select exists (
    select from roster_read r
    where r.run_id = %(read_run)s and r.status = 'complete' and not exists (
        select from guard_accepted a where a.kind = 'roster' and a.name = r.roster)
    union all
    select from counting_read s
    where s.run_id = %(read_run)s and not exists (
        select from guard_accepted a where a.kind = 'source' and a.name = s.source and a.part = s.part));

-- name: make_fresh
-- Who has left since their roster was last accepted, by whose word; a person's own word is asked by nobody.
create temp table fresh as
select d.person_uid, d.roster, case d.basis when 'away' then 'actual' else d.basis end as basis
from departure d
left join guard_accepted a on a.kind = 'roster' and a.name = d.roster
where d.valid_to is null and not d.returned and d.certain_at <= %(as_of)s and d.basis <> 'notice' and not exists (
    select from departure o
    where o.person_uid = d.person_uid and o.episode = d.episode and not o.returned and o.valid_from <= a.as_of
        and o.departure_id <= a.last_departure_id and o.certain_at <= a.as_of
        -- What that run told otherwise stood; what it took back didn't.
        and (o.valid_to is null or o.valid_to > a.as_of or o.valid_to = a.as_of and exists (
            select from departure n
            where n.person_uid = o.person_uid and n.episode = o.episode and not n.returned and n.valid_from = o.valid_to)));

-- name: make_resting
-- Findings about an account of one person that rest on the new departure of another: of one who may be the same human, or
-- who also claims the account. With the roster that reports that departure. A decision about the account rests on nobody.
create temp table resting as
select f.finding_key, d.roster
from fresh d
join possibly_one_person o on o.other_uid = d.person_uid
join finding f on f.person_uid = o.person_uid and f.account_native_id <> ''
where f.state <> 'resolved'
union
select f.finding_key, d.roster
from fresh d
join link l on l.person_uid = d.person_uid and l.valid_to is null
join account a using (account_pk)
join finding f on f.realm = a.realm and f.account_native_id = a.native_id and f.person_uid <> d.person_uid
where f.state <> 'resolved' and (l.decision <> 'candidate' or exists (
    select from link o where o.account_pk = l.account_pk and o.valid_to is null and o.decision = 'probable'));
delete from resting r using finding f, link_decision k
where f.finding_key = r.finding_key and k.revoked_at is null
    and (k.realm, k.native_id, k.person_uid, k.verdict) = (f.realm, f.account_native_id, f.person_uid, 'confirm');

-- name: roster_counts
-- What each roster changed since it was last accepted. Whoever vanished and waits to be confirmed shows a short feed too.
-- Who vanished beyond policy.max_inferred isn't a leaver yet; by how many more wait than the last time, the feed is
-- short, and those who are taken to have left by it are in doubt with them.
select 'roster' as kind, x.roster as name,
    case when x.basis = 'inferred' and max(coalesce(r.waiting, 0)) > max(coalesce(a.waiting, 0))
        then 'beyond' else x.basis end as measure,
    count(x.person_uid)::int + max(case x.basis when 'inferred'
    then greatest(coalesce(r.waiting, 0) - coalesce(a.waiting, 0), 0) else 0 end) as value,
    coalesce(max(a.amount), max(r.workers), 0) as base
from (select person_uid, roster, basis from fresh
    union all
    -- A row even where nobody is fresh, so that those who wait are counted.
    select null, roster, 'inferred' from roster_read where run_id = %(read_run)s and waiting > 0) x
left join roster_read r on r.run_id = %(read_run)s and r.roster = x.roster
left join guard_accepted a on a.kind = 'roster' and a.name = x.roster
group by x.roster, x.basis
union all
select 'roster', r.roster, 'workers', a.amount - r.workers, a.amount
from roster_read r join guard_accepted a on a.kind = 'roster' and a.name = r.roster
where r.run_id = %(read_run)s and r.status = 'complete' and r.workers < a.amount;

-- name: source_counts
-- What each part of each source lost since it was last accepted; a part that wasn't read to its end says nothing. An
-- account that is gone counts under `objects` alone: `unlinked` counts people of whose accounts some are still there and
-- are linked to no one any more.
select 'source' as kind, s.source as name, m.measure, m.value::int, m.base::int
from source_read s
join guard_accepted a on a.kind = 'source' and a.name = s.source and a.part = s.part
left join (
    select c.realm, count(distinct o.person_uid)::int as people
    from link o join account c using (account_pk) join realm r using (realm)
    join guard_accepted a on a.kind = 'source' and a.name = r.source and a.part = r.part
    where o.decision = 'linked' and o.valid_from <= a.as_of and o.valid_to > a.as_of and c.gone_at is null
        and not exists (
            select from link l where l.account_pk = o.account_pk and l.valid_to is null and l.decision = 'linked')
    group by c.realm) lost on lost.realm = s.realm
cross join lateral (values
    ('objects', a.amount - coalesce((s.counts ->> case s.tells when 'keys' then 'keys' else 'accounts' end)::int, 0),
        a.amount),
    ('unlinked', lost.people, a.linked)) as m(measure, value, base)
where s.run_id = %(read_run)s and s.phase = 'collect' and s.status in ('complete', 'partial') and s.tells <> 'events'
    and m.value > 0;

-- name: person_counts
-- Leavers whom accounts of one system are linked to since that was last accepted; since before that, where that person's
-- line has waited or was rejected since. What is that young at all is looked up first: of nearly every link it's long ago.
with young as materialized (
    select l.account_pk, l.person_uid, l.valid_from
    from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null and not d.returned
    where l.relation = 'is' and l.decision = 'linked' and l.valid_to is null
        and l.valid_from > (select min(as_of) from guard_accepted where kind in ('source', 'person'))
)
select 'person' as kind, l.person_uid::text as name, 'accounts' as measure, count(distinct l.account_pk)::int as value,
    count(distinct l.account_pk)::int as base
from young l
join account c using (account_pk)
join realm r using (realm)
join guard_accepted s on s.kind = 'source' and s.name = r.source and s.part = r.part
left join guard_accepted p on p.kind = 'person' and p.name = l.person_uid::text
cross join lateral (select least(s.as_of, p.as_of) as as_of) a
where c.gone_at is null and l.valid_from > a.as_of and not exists (
        select from link o
        where o.account_pk = l.account_pk and o.person_uid = l.person_uid and o.decision = 'linked'
            and o.valid_from <= a.as_of and (o.valid_to is null or o.valid_to > a.as_of))
group by l.person_uid, c.realm;

-- name: still_waiting
-- Lines that wait, and of which this run can't tell anew: their roster or source wasn't read to its end. With the numbers
-- by which they wait, a row each.
select h.kind, h.name, coalesce(n.measure, '') as measure, coalesce(n.value, 0) as value, coalesce(n.base, 0) as base,
    coalesce(n.bound, 0) as bound
from guard_hold h
left join lateral jsonb_to_recordset(h.numbers) as n(measure text, value int, base int, bound int) on true
where h.status = 'waiting' and (%(persons)s::uuid[] is not null
    or (h.kind = 'roster' and not exists (
        select from roster_read r where r.run_id = %(read_run)s and r.roster = h.name and r.status = 'complete'))
    or (h.kind = 'source' and exists (
        select from guard_accepted a where a.kind = 'source' and a.name = h.name and not exists (
            select from source_read s where s.run_id = %(read_run)s and s.source = a.name and s.part = a.part
                and s.phase = 'collect' and s.status in ('complete', 'partial')))));

-- name: stage_lines
-- `critical`: which findings a line holds, critical ones alone, all others alone, or both (null).
create temp table tripped (kind text, name text, critical boolean);

-- name: trip
insert into tripped (kind, name, critical) values (%(kind)s, %(name)s, %(critical)s::boolean);

-- name: make_closing
-- What this evaluation would close, by whose word and why.
create temp table closed as
select finding_key, word, text from unnest(%(keys)s::text[], %(words)s::text[], %(texts)s::text[]) as g(finding_key, word, text);
-- Those that the guard let through, whether or not a tracker was told of them; what a person decided is nobody else's
-- question. That there is no departure (taken back) is a roster's word, whatever else is said.
create temp table closing as
select f.finding_key, g.text, f.source, f.person_uid, counted_as(f.person_uid, f.realm, f.roster) as who, f.roster, back.taken,
    f.finding_key in ({findings:beside}) as beside,
    case when back.taken or (f.person_uid is not null and g.word = 'roster') then 'roster' else 'source' end as kind
from closed g join finding f using (finding_key)
cross join lateral (select f.person_uid is not null and not exists (
    select from departure d where d.person_uid = f.person_uid and d.valid_to is null and not d.returned) as taken) back
where was_let_through(f.ticket_key, f.state) and f.basis is distinct from 'notice' and g.word <> 'person';

-- name: make_closed_lately
-- What closed in other runs of the last day by the word of a roster or a source; `by_person` and `by_roster`: resolutions.
create temp table closed_lately as
select distinct f.finding_key, f.source, f.person_uid, counted_as(f.person_uid, f.realm, f.roster) as who, f.roster,
    back.taken, f.finding_key in ({findings:beside}) as beside,
    case when back.taken or (f.person_uid is not null and f.resolution = any(%(by_roster)s)) then 'roster' else 'source' end
        as kind
from counted_run r
join finding_event e on e.run_id = r.run_id and e.to_state = 'resolved'
join finding f using (finding_key)
cross join lateral (select f.person_uid is not null and not exists (
    select from departure d where d.person_uid = f.person_uid and d.valid_to is null and not d.returned) as taken) back
where r.kind <> 'release' and r.run_id <> %(run_id)s and r.as_of > %(lately)s
    and f.state = 'resolved' and was_let_through(f.ticket_key, e.from_state) and f.basis is distinct from 'notice'
    and f.resolution <> all(%(by_person)s);

-- name: closes
-- What would close now, and what closed in the last day.
select c.finding_key, c.source, c.person_uid, c.who, c.roster, c.taken, c.beside, c.kind, false as lately from closing c
union all
select l.finding_key, l.source, l.person_uid, l.who, l.roster, l.taken, l.beside, l.kind, true from closed_lately l

-- name: open_ones
-- Whose findings are open, those that would close now or closed in the last day included.
select f.source, f.roster, f.person_uid, counted_as(f.person_uid, f.realm, f.roster) as who,
    f.finding_key in ({findings:beside}) as beside
from finding f
where was_let_through(f.ticket_key, f.state) and f.state not in ('resolved', 'excepted')
    and (f.finding_key in (select g.finding_key from closing g)
        or f.finding_key not in (select z.finding_key from closed z))
union all
select l.source, l.roster, l.person_uid, l.who, l.beside from closed_lately l

-- name: closing_counts
-- Whose findings would close, by roster (people) and source (people, and systems), beside whose are open there.
select 'roster' as kind, c.roster as name, 'withdrawn' as measure, count(distinct c.person_uid)::int as value, (
    select count(distinct o.person_uid)::int from ({open_ones}) o where o.roster = c.roster) as base
from ({closes}) c where c.taken group by c.roster having not bool_and(c.lately)
union all
select 'source', c.source, 'closings', count(distinct c.who)::int, (
    select count(distinct o.who)::int from ({open_ones}) o where o.source = c.source and not o.beside)
from ({closes}) c where c.kind = 'source' and not c.beside group by c.source having not bool_and(c.lately);

-- name: vanished_counts
-- Of the accounts with findings that the guard let through and that this run has looked at, by system: how many are gone.
select 'source' as kind, f.source as name, 'objects' as measure,
    (count(distinct a.account_pk) filter (where a.gone_at is not null))::int as value,
    count(distinct a.account_pk)::int as base
from finding f join account a on a.realm = f.realm and a.native_id = f.account_native_id
where was_let_through(f.ticket_key, f.state) and f.state not in ('resolved', 'excepted')
    and (a.gone_at is null or f.finding_key in (select c.finding_key from closing c))
    and exists (
        select from scope s
        -- Of whatever kind: of a user that is there AWS tells what they hold, and not the user again.
        where s.realm = a.realm and s.scope = a.native_id and s.complete and s.error = '' and s.observed_at >= %(since)s)
group by f.source, a.realm having count(*) filter (where a.gone_at is not null) > 0;

-- name: closing_total
-- The same in all, without what waits already.
select 'total' as kind, '' as name, 'closings' as measure, count(distinct c.who)::int as value, (
    select count(distinct o.who)::int from ({open_ones}) o where not o.beside) as base
from ({closes}) c
where not c.beside and not exists (
    select from tripped t where t.kind = c.kind and t.name = case c.kind when 'roster' then c.roster else c.source end)
having not bool_and(c.lately);

-- name: hold_closings
-- What is held doesn't close, and waits. What stands beside others rests on the word of the source by which people sign on
-- to its own as well: `sources` and `providers`, each beside its own. What rests on a rival's departure waits with it.
with held as (
    select c.finding_key, t.kind, t.name, c.text
    from closing c join tripped t on (t.kind = c.kind
        and t.name = case c.kind when 'roster' then c.roster else c.source end) or t.kind = 'total'
        or t.kind = 'roster' and (c.finding_key, t.name) in (select o.finding_key, o.roster from resting o)
        or c.beside and t.kind = 'source' and exists (
            select from unnest(%(sources)s::text[], %(providers)s::text[]) as said (source, provider)
            where said.source = c.source and said.provider = t.name)
), first as (
    -- It waits on one line, and by the word of its own roster or source before that of all together ("total" comes last).
    select distinct on (finding_key) * from held order by finding_key, kind, name
)
insert into guard_closing (finding_key, kind, name, reason, run_id)
select h.finding_key, h.kind, h.name, h.text, %(run_id)s from first h
returning finding_key;

-- name: defer_closings
-- Closings that nothing was seen shut for: what still works is another finding's from now on. While that one waits, or it
-- can't be told whether it works, this one stays. Which findings these are, and how each would close.
insert into succession (finding_key, run_id, resolution, details, made_of, text)
select c.finding_key, %(run_id)s, c.resolution, c.details, c.made_of, c.text
from unnest(%(keys)s::text[], %(resolutions)s::text[], %(details)s::jsonb[], %(made_of)s::jsonb[], %(texts)s::text[])
    as c(finding_key, resolution, details, made_of, text)
join finding f using (finding_key)
where was_let_through(f.ticket_key, f.state) and exists (
    select from waiting_successor w
    where w.finding_key = f.finding_key and not w.successor = any(%(closed)s::text[]))
returning finding_key;

-- name: forget_deferred
delete from succession s using finding f
where f.finding_key = s.finding_key and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s));

-- name: close_succeeded
-- Whose successors are all let through by now.
with over as (
    delete from succession s
    where s.run_id = %(run_id)s and not exists (select from waiting_successor w where w.finding_key = s.finding_key)
    returning s.*
), before as (
    select f.finding_key, f.state from finding f join over using (finding_key) where f.state <> 'resolved'
), resolved as (
    update finding f
    set state = 'resolved', resolved_at = now(), resolution = o.resolution, resolution_details = o.details,
        made_of = f.made_of || o.made_of
    from over o where f.finding_key = o.finding_key and f.state <> 'resolved'
    returning f.finding_key, o.text
)
select r.finding_key, b.state as from_state, 'resolved' as to_state, r.text from resolved r join before b using (finding_key);

-- name: forget_closings
-- What waited to be closed is judged anew by this evaluation: of everybody's, or of these people's.
delete from guard_closing g using finding f
where f.finding_key = g.finding_key and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s));

-- name: make_candidate
-- Findings that wait to be told to somebody: on which word they rest, and whether a baseline holds them. `stale`: their
-- source wasn't read. `unseen`: it was, but a right was missing to look at this very thing, or its system can't tell any
-- more whether it works; nobody is told of a thing that was last seen before it was held. A use after the departure is
-- one whatever works now, and of a key that nobody can be asked about a person attests.
create temp table candidate as
select f.finding_key, f.ticket_kind, f.holds_ticket, f.person_uid, f.roster, f.source, f.rule, f.severity,
    f.first_run_id,
    coalesce(f.basis = 'notice', false) or exists (
        select from run_person p where p.run_id = %(run_id)s and p.person_uid = f.person_uid and p.named) as named,
    exists (select from fresh d where d.person_uid = f.person_uid and d.roster = f.roster) as fresh,
    (f.source <> '' and exists (select from guard_accepted a where a.kind = 'source' and a.name = f.source)
        and not exists (
            select from source_read s where s.run_id = %(read_run)s and s.source = f.source and s.phase = 'collect'
                and s.status in ('complete', 'partial')))
    or (f.source = '' and f.roster <> '' and not exists (
            select from roster_read r where r.run_id = %(read_run)s and r.roster = f.roster
                and r.status in ('complete', 'partial'))) as stale,
    (f.standing = 'unknown' and f.ticket_kind <> 'event' and not f.attestable)
    or (f.account_native_id <> '' and f.subject_kind <> 'role' and f.ticket_kind <> 'event' and not exists (
            select from scope s where s.realm = f.realm and s.scope in ('', f.account_native_id)
                and s.kind = f.subject_kind and s.complete and s.error = '' and s.observed_at >= %(since)s)
        and (%(persons)s::uuid[] is null or exists (
            select from scope s where s.realm = f.realm and s.scope in ('', f.account_native_id)
                and s.kind = f.subject_kind and s.error_at >= %(since)s))) as unseen,
    -- A first read holds what it found itself, and nothing that a later run finds of the same roster, system or rule.
    exists (
        select from baseline b
        where b.released_at is null and b.run_id = f.first_run_id and f.basis is distinct from 'notice'
            and ((b.kind = 'roster' and b.name = f.roster) or (b.kind = 'source' and b.name = f.realm)
                or (b.kind = 'rule' and b.name = f.rule)
                or (b.kind = 'source' and exists (
                    select from key_copy c join signing_key k using (key_pk)
                    where right(b.name, length(c.realm) + 1) = ':' || c.realm and (
                        k.material = f.subject_native_id
                        or (f.of_keys and c.realm = f.realm)))))) as baseline,
    -- As the ticket's key will be made (keys.py), so that findings are counted by the tickets that they become.
    f.queue, case f.ticket_kind when 'revoke' then f.episode else 1 end as episode,
    case f.ticket_kind when 'revoke' then f.person_uid::text when 'event' then f.finding_key
        when 'rotate' then 'key:' || f.subject_native_id
        when 'review' then 'realm:' || f.realm when 'confirm' then 'roster:' || f.roster end as holder,
    f.finding_key in ({findings:beside}) as beside, counted_as(f.person_uid, f.realm, f.roster) as who, f.severity = 'critical' as critical,
    null::text as line_kind, null::text as line_name
from finding f
where f.state = 'held' and f.finding_key not in (select m.finding_key from misfit_finding m)
    and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s))
    and (%(only_run)s::bigint is null or f.first_run_id = %(only_run)s);

-- name: make_opened
-- Findings that the guard let through in other runs of the last day, by itself; what a person released isn't counted again.
create temp table opened_lately as
select f.finding_key, f.ticket_kind, f.holds_ticket, f.person_uid, f.roster, f.source, f.rule,
    case f.ticket_kind when 'review' then 'realm:' || f.realm when 'confirm' then 'roster:' || f.roster end as holder,
    f.finding_key in ({findings:beside}) as beside, counted_as(f.person_uid, f.realm, f.roster) as who,
    f.severity = 'critical' as critical, f.ticket_key is null or exists (
        select from outbox b where b.ticket_key = f.ticket_key and b.op = 'open' and b.run_id = e.run_id) as new_ticket,
    coalesce(f.basis = 'notice', false) or exists (
        select from run_person p where p.run_id = e.run_id and p.person_uid = f.person_uid and p.named) as named,
    exists (select from fresh d where d.person_uid = f.person_uid and d.roster = f.roster) as fresh
from counted_run r
join finding_event e on e.run_id = r.run_id and e.from_state = 'held' and e.to_state = 'open'
join finding f using (finding_key)
where r.kind <> 'release' and r.run_id <> %(run_id)s and r.as_of > %(lately)s;

-- name: cover
-- Which tripped line each of them rests on: a roster's new departures, a person, a source, a rule, critical findings, all
-- together. Whom a person named is held by no line but that of too many named, unless it rests on a rival's departure.
update candidate c set line_kind = t.kind, line_name = t.name
from tripped t
where c.line_kind is null and not c.baseline and (c.named = (t.kind = 'named')
    and (t.critical is null or t.critical = c.critical) and case t.kind
    when 'roster' then c.fresh and c.roster = t.name
    when 'person' then c.person_uid::text = t.name
    when 'source' then c.source = t.name
    when 'rule' then c.rule = t.name
    else true end
    or t.kind = 'roster' and (c.finding_key, t.name) in (select o.finding_key, o.roster from resting o));

-- name: named_count
-- Of how many people something waits, or was let through in the last day, that a person named, by a notice or for a run
-- about them.
select 'named' as kind, '' as name, 'named' as measure, count(distinct n.person_uid)::int as value,
    count(distinct n.person_uid)::int as base
from (
    select c.person_uid, false as lately from candidate c where c.named and not c.baseline
    union all
    select o.person_uid, true from opened_lately o where o.named) n
having not bool_and(n.lately);

-- name: loose
-- What nothing holds yet, without what a person named and what was announced; and what was let through in the last day.
select n.*, (select coalesce(sum(a.amount), 0)::int from guard_accepted a where a.kind = 'source') as accounts
from (
    select c.finding_key, c.ticket_kind, c.holder, c.queue, c.episode, c.holds_ticket, c.person_uid, c.roster, c.source,
        c.rule, c.beside, c.who, c.critical, c.fresh, c.named, null::boolean as new_ticket, false as lately
    from candidate c where not c.baseline and c.line_kind is null
    union all
    select o.finding_key, o.ticket_kind, o.holder, '', 1, o.holds_ticket, o.person_uid, o.roster, o.source, o.rule,
        o.beside, o.who, o.critical, o.fresh, o.named, o.new_ticket, true
    from opened_lately o) n
where not n.named and not (n.fresh and n.roster = any(%(announced)s))

-- name: person_finding_counts
-- New findings of each person, critical ones apart.
select 'person' as kind, l.person_uid::text as name, case when l.critical then 'criticals' else 'items' end as measure,
    count(distinct l.finding_key)::int as value, max(l.accounts) as base
from ({loose}) l
where l.person_uid is not null and not l.beside group by l.person_uid, l.critical having not bool_and(l.lately);

-- name: finding_counts
-- People, and systems, with new findings, by source and by rule; with critical ones in all.
select 'source' as kind, l.source as name, 'findings' as measure, count(distinct l.who)::int as value, coalesce((
    select sum(a.amount) from guard_accepted a where a.kind = 'source' and a.name = l.source), 0)::int as base
from ({loose}) l where l.source <> '' and not l.beside and not l.critical group by l.source having not bool_and(l.lately)
union all
select 'rule', l.rule, 'findings', count(distinct l.who)::int, max(l.accounts)
from ({loose}) l where not l.critical group by l.rule having not bool_and(l.lately)
union all
select 'critical', '', 'criticals', count(distinct l.who)::int, max(l.accounts)
from ({loose}) l where l.critical having not bool_and(l.lately);

-- name: new_ticket_count
-- Of how many people, and systems, this run would newly open tickets, and runs of the last day did, without those that wait,
-- were named by a person or announced, and without critical findings. Questions about many people that share a ticket count
-- as that ticket.
select case when not bool_and(c.lately) then count(distinct case when c.ticket_kind in ('review', 'confirm') then c.holder
    else c.who end) else 0 end::int
from ({loose}) c
where not c.critical and c.holds_ticket and coalesce(c.new_ticket, not exists (
        select from ticket t left join former_ticket m using (ticket_key)
        join ticket s on s.ticket_key = coalesce(m.stands_as, t.ticket_key)
        where t.kind = c.ticket_kind and t.holder = c.holder and t.queue = c.queue and t.episode = c.episode
            and s.state <> 'closed'));

-- name: pick_batch
-- Of what a first read found, so many tickets as one release lets through, the worst first; all of the rest that waits.
create temp table picked as
with waiting as (
    select c.*, min(array_position(array['critical', 'high', 'medium', 'low'], c.severity)) over (
        partition by c.ticket_kind, c.holder, c.queue, c.episode) as worst
    from candidate c
    where not c.stale and not c.unseen and ((%(everything)s::boolean and c.first_run_id <= %(of_run)s
            -- On another line: one that was rejected, or that waits for another answer.
            and not exists (
                select from guard_held h where h.finding_key = c.finding_key and h.hold_id <> all(%(holds)s)))
        or c.line_kind || ':' || c.line_name = any(%(lines)s))
        -- What only this evaluation found, or opened again, was shown to no one.
        and not exists (
            select from finding_event e
            where e.finding_key = c.finding_key and e.run_id = %(run_id)s and e.to_state = 'held')
), ranked as (
    select w.*, dense_rank() over (
        partition by w.baseline order by w.worst, w.ticket_kind <> 'event', w.ticket_kind, w.holder, w.queue, w.episode)
        as place
    from waiting w
)
select finding_key from ranked where not baseline or place <= %(batch)s;

-- name: open_picked
-- A person lets them through. What stands beside others is due by those.
update finding f
set state = 'open', due_at = case when f.finding_key not in ({findings:beside})
    then %(as_of)s::timestamptz + make_interval(secs => f.due_hours * 3600) end
from picked p
where p.finding_key = f.finding_key and f.state = 'held'
returning f.finding_key, 'held' as from_state, 'open' as to_state, %(text)s as text;

-- name: open_candidates
-- The guard lets them through, but for what rests on a source that this night couldn't read, or couldn't be looked at. What
-- stands beside others is due by those.
update finding f
set state = 'open', due_at = case when not c.beside
    then %(as_of)s::timestamptz + make_interval(secs => f.due_hours * 3600) end
from candidate c
where c.finding_key = f.finding_key and f.state = 'held' and not c.baseline and c.line_kind is null
    and (%(persons)s::uuid[] is not null or not c.stale) and not c.unseen
returning f.finding_key, 'held' as from_state, 'open' as to_state,
    case when c.named then 'named by a person' else 'through the guard' end as text;

-- name: doubt_candidates
-- What nothing holds, and what can't be told to work any more, is unverified as a new finding would be, and goes through
-- the guard once it can be told. What stands beside others isn't asked about by itself.
update finding f set state = 'unverified'
from candidate c
where c.finding_key = f.finding_key and f.state = 'held' and not c.baseline and c.line_kind is null
    and (%(persons)s::uuid[] is not null or not c.stale) and c.unseen and f.standing = 'unknown' and not c.beside
returning f.finding_key, 'held' as from_state, 'unverified' as to_state, f.standing_reason as text;

-- name: held_counts
-- What waits, and why.
select count(*) filter (where c.baseline)::int as baseline, count(*) filter (where not c.baseline)::int as over_maximum
from candidate c join finding f using (finding_key) where f.state = 'held';

-- name: hold_line
-- A line that waits: this night is red for it, or finds it again with tonight's numbers.
insert into guard_hold (kind, name, opened_run, last_run, numbers, findings, closings, status)
values (%(kind)s, %(name)s, %(run_id)s, %(run_id)s, %(numbers)s, 0, 0, 'waiting')
on conflict (kind, name) where status = 'waiting' do update
set last_run = excluded.last_run,
    -- A run that couldn't tell the line anew keeps the numbers by which it waits.
    numbers = case when excluded.numbers = '[]' then guard_hold.numbers else excluded.numbers end
returning hold_id, opened_run = %(run_id)s as new;

-- name: lines_in_use
-- Lines on which something of this run waits, and that have no hold yet.
select distinct u.kind, u.name from (
    select c.line_kind, c.line_name from candidate c join finding f using (finding_key)
    where f.state = 'held' and c.line_kind is not null
    union
    select g.kind, g.name from guard_closing g where g.run_id = %(run_id)s) u (kind, name)
where not exists (select from guard_hold h where h.kind = u.kind and h.name = u.name and h.status = 'waiting');

-- name: end_holds
-- Lines that are within their limits again.
update guard_hold h set status = 'ended', decided_at = now(), decided_for = 'within the limits again'
where h.status = 'waiting' and not exists (select from tripped t where t.kind = h.kind and t.name = h.name)
returning h.hold_id;

-- name: clear_held
-- Before what waits now is written down. Findings that this run didn't look at stay on their lines.
delete from guard_held h using candidate c
where c.finding_key = h.finding_key and not exists (
    select from finding f join guard_hold g on g.hold_id = h.hold_id and g.status = 'waiting'
    where f.finding_key = c.finding_key and f.state = 'held' and c.line_kind is not null);

-- name: note_held
-- `since_run`: the first run to put it on this hold whose end reports that; a release reports nothing of the kind, and a
-- run that didn't come to its end didn't either.
insert into guard_held (finding_key, hold_id, since_run)
select c.finding_key, h.hold_id, case when %(reports)s then %(run_id)s::bigint end
from candidate c
join finding f on f.finding_key = c.finding_key and f.state = 'held'
join guard_hold h on h.kind = c.line_kind and h.name = c.line_name and h.status = 'waiting'
on conflict (finding_key) do update set hold_id = excluded.hold_id,
    (since_run, since) = (
        select case when is_said then guard_held.since_run else excluded.since_run end,
            case when is_said then guard_held.since else excluded.since end
        from (select guard_held.hold_id = excluded.hold_id and exists (
            select from run r
            where r.run_id = guard_held.since_run and r.reported_at >= guard_held.since
                -- Not resolved and seen active again since then.
                and r.run_id >= (select f.first_run_id from finding f where f.finding_key = excluded.finding_key)
        ) as is_said) said);

-- name: count_held
update guard_hold h set findings = (
        select count(*) from guard_held g join finding f using (finding_key) where g.hold_id = h.hold_id and f.state = 'held'),
    closings = (select count(*) from guard_closing g where g.kind = h.kind and g.name = h.name)
where h.status = 'waiting';

-- name: note_joined
-- What began to wait in this run, kept for its report: how many findings of how many leavers, by hold and severity.
update run set summary = coalesce(summary, '{}') || jsonb_build_object('joined', coalesce((
    select jsonb_agg(to_jsonb(j) order by j.hold_id) from (
        select h.hold_id, count(*)::int as findings, count(distinct f.person_uid)::int as people, jsonb_build_object(
            'critical', count(*) filter (where f.severity = 'critical'), 'high', count(*) filter (where f.severity = 'high'),
            'medium', count(*) filter (where f.severity = 'medium'), 'low', count(*) filter (where f.severity = 'low'))
            as severities
        from guard_held h join finding f using (finding_key)
        where h.since_run = %(run_id)s and f.state = 'held' and f.person_uid is not null
        group by h.hold_id) j), '[]'))
where run_id = %(run_id)s;

-- name: joined
select (j ->> 'hold_id')::bigint as hold_id, (j ->> 'findings')::int as findings, (j ->> 'people')::int as people,
    j -> 'severities' as severities
from run r cross join lateral jsonb_array_elements(coalesce(r.summary -> 'joined', '[]')) as e(j)
where r.run_id = %(run_id)s order by 1;

-- name: held_events
-- Uses after a departure that wait on a line.
select f.finding_key, c.line_kind, f.source, f.roster, f.left_at, f.last_used_at, coalesce(w.id_space, p.id_space, '') as id_space,
    coalesce(w.worker_id, p.worker_id, '') as worker_id
from candidate c
join finding f using (finding_key)
left join person p on p.person_uid = f.person_uid
left join worker w on w.worker_pk = p.shown_worker_pk
where f.state = 'held' and c.line_kind is not null and f.ticket_kind = 'event'
order by f.finding_key;

-- name: accept_lines
-- What went through is what the next nights are compared with. Once a day, so that what several runs let through on one
-- day is counted together, and at once what a person let through. That it went through is kept each time.
update guard_accepted a set run_id = %(run_id)s
where a.kind <> 'person' and not exists (select from tripped t where t.kind = a.kind and t.name = a.name) and (
    exists (select from roster_read r
        where a.kind = 'roster' and r.run_id = %(read_run)s and r.roster = a.name and r.status = 'complete')
    or exists (select from counting_read s
        where a.kind = 'source' and s.run_id = %(read_run)s and s.source = a.name and s.part = a.part));
update guard_accepted a set as_of = n.as_of, amount = r.workers, waiting = r.waiting,
    last_departure_id = (select coalesce(max(departure_id), 0) from departure)
from roster_read r join run n on n.run_id = %(run_id)s
where a.kind = 'roster' and r.run_id = %(read_run)s and r.roster = a.name and r.status = 'complete'
    and (a.as_of <= %(lately)s or 'roster:' || a.name = any(%(released)s)) and not exists (
        select from tripped t where t.kind = 'roster' and t.name = a.name);
-- Before that: of a person whose line waits, what was accepted before it did is compared until somebody lets it through.
insert into guard_accepted (kind, name, part, run_id, as_of, amount, linked, waiting, last_departure_id)
select distinct 'person', t.name, '', %(run_id)s::bigint, (select min(a.as_of) from guard_accepted a where a.kind = 'source'), 0,
    0, 0, 0
from tripped t
where t.kind = 'person' and exists (select from guard_accepted a where a.kind = 'source')
on conflict do nothing;
delete from guard_accepted a
where a.kind = 'person' and not exists (select from tripped t where t.kind = 'person' and t.name = a.name);
update guard_accepted a set as_of = n.as_of,
    amount = coalesce((s.counts ->> case s.tells when 'keys' then 'keys' else 'accounts' end)::int, 0),
    linked = coalesce((select c.linked from linked_now c where c.realm = s.realm), 0)
from counting_read s join run n on n.run_id = %(run_id)s
where a.kind = 'source' and s.run_id = %(read_run)s and s.source = a.name and s.part = a.part
    and (a.as_of <= %(lately)s or 'source:' || a.name = any(%(released)s)) and not exists (
        select from tripped t where t.kind = 'source' and t.name = a.name);

-- name: waiting_holds
-- Lines that wait for a person, the oldest first. New to the run that opened it; where that one was broken off, to the
-- first night that ends.
select h.hold_id, h.kind, case when h.kind = 'person' then coalesce(w.id_space || ':' || w.worker_id, h.name)
    else h.name end as name, h.name as key, h.opened_run, h.last_run, h.opened_at, h.numbers, h.findings, h.closings,
    h.status, h.decided_at, coalesce(h.decided_by, '') as decided_by, coalesce(h.decided_for, '') as decided_for,
    coalesce(h.opened_run = this.run_id or this.kind = 'nightly' and not exists (
        select from run o
        where o.run_id between h.opened_run and h.last_run and (o.run_id = h.opened_run or o.kind = 'nightly')
            and o.reported_at >= h.opened_at and o.reported_at < coalesce(this.reported_at, 'infinity')), false) as is_new
from guard_hold h
left join run this on this.run_id = %(run_id)s::bigint
left join person p on h.kind = 'person' and p.person_uid::text = h.name
left join worker w on w.worker_pk = p.shown_worker_pk
where (%(all)s::boolean or h.status = 'waiting') and (%(run_id)s::bigint is null
    or (h.opened_run <= %(run_id)s and h.last_run >= %(run_id)s))
order by h.hold_id;

-- name: waits
select h.hold_id, false as closes, f.finding_key from finding f left join guard_held h using (finding_key)
where f.state = 'held'
union all
select h.hold_id, true, g.finding_key from guard_closing g
join guard_hold h on h.kind = g.kind and h.name = g.name and h.status = 'waiting'

-- name: waiting_digest
-- One value for everything that waits: which findings, on which line, to be told or to be closed, and how severe they are.
select encode(sha256(convert_to(coalesce(string_agg(
    concat_ws(' ', coalesce(q.hold_id, 0), q.closes, f.severity, q.finding_key), e'\n'
    order by q.finding_key, q.closes), ''), 'UTF8')), 'hex')
from ({waits}) q join finding f using (finding_key);

-- name: waiting_findings
-- What waits for a person on each line, to be told or to be closed, and on none (a first read): the worst so many of
-- each, with how many there are, and whose by worker id.
with waits as (
    {waits}
), ranked as (
    select q.hold_id, q.closes, f.finding_key, f.rule, f.severity, coalesce(w.id_space, p.id_space) as id_space,
        coalesce(w.worker_id, p.worker_id) as worker_id, count(*) over (partition by q.hold_id, q.closes)::int as total,
        row_number() over (partition by q.hold_id, q.closes order by
            array_position(array['critical', 'high', 'medium', 'low'], f.severity), coalesce(w.id_space, p.id_space),
            coalesce(w.worker_id, p.worker_id), f.finding_key) as place
    from waits q
    join finding f using (finding_key)
    left join person p on p.person_uid = f.person_uid
    left join worker w on w.worker_pk = p.shown_worker_pk
)
select hold_id, closes, finding_key, rule, severity, id_space, worker_id, total from ranked
where place <= %(shown)s order by hold_id, closes, place;

-- name: decide_hold
update guard_hold set status = %(status)s, decided_at = now(), decided_by = %(author)s, decided_for = %(reason)s
where hold_id = %(hold_id)s and status = 'waiting'
returning hold_id;

-- name: rejected_findings
-- What waits on a hold that a person refused: each gets it written down.
select h.finding_key, f.state as from_state, f.state as to_state, %(text)s as text
from guard_held h join finding f using (finding_key)
where h.hold_id = any(%(hold_ids)s) and f.state = 'held'
union all
select g.finding_key, f.state, f.state, %(text)s
from guard_closing g join guard_hold h on h.kind = g.kind and h.name = g.name
join finding f on f.finding_key = g.finding_key
where h.hold_id = any(%(hold_ids)s);

-- name: note_trips
-- What the evaluation found beyond its limits, for the guard that comes after it.
update run set summary = coalesce(summary, '{}') || jsonb_build_object('closing_trips', %(trips)s::jsonb)
where run_id = %(run_id)s;

-- name: noted_trips
select t ->> 'kind' as kind, t ->> 'name' as name, t ->> 'measure' as measure, (t ->> 'value')::int as value,
    (t ->> 'base')::int as base, (t ->> 'bound')::int as bound
from run r cross join lateral jsonb_array_elements(coalesce(r.summary -> 'closing_trips', '[]')) as e(t)
where r.run_id = %(run_id)s;

-- name: read_run
-- Whose reads a run stands on: its own, or those of the last night, which a release evaluates afresh.
select case when r.kind = 'release' then coalesce((
    select n.run_id from counted_run n where n.kind = 'nightly' and n.finished_at is not null
    order by n.as_of desc, n.run_id desc limit 1), r.run_id) else r.run_id end
from run r where r.run_id = %(run_id)s;

-- name: closings_waiting
select count(*)::int from guard_closing;

-- name: ticket_waits
-- Whether something on a ticket would close, and is held.
select exists (select from guard_closing g join finding f using (finding_key) where f.ticket_key = %(ticket_key)s);

-- name: ticket_awaits
-- Whether something that belongs on a person's ticket waits behind a limit of the guard's.
select exists (
    select from ticket t
    join finding f on f.person_uid::text = t.holder and f.episode = t.episode and f.ticket_kind = t.kind and f.queue = t.queue
    join guard_held g using (finding_key)
    join guard_hold h on h.hold_id = g.hold_id and h.status = 'waiting'
    where t.ticket_key = %(ticket_key)s and t.kind = 'revoke' and f.state = 'held' and f.holds_ticket);

-- name: ticket_in_doubt
-- Whether a ticket tells of somebody by the word of a roster that isn't believed.
select exists (
    select from finding f join doubted_roster d using (roster) where f.ticket_key = %(ticket_key)s);

-- name: waiting_departures
-- Departures that stand and aren't let through yet: told by a roster that isn't believed, and not before it was, or of a
-- person who waits for a release. A notice needs no roster.
select d.departure_id from departure d
where d.valid_to is null and (d.basis <> 'notice' and d.roster in (select roster from doubted_roster) and not exists (
        select from departure o join guard_accepted a on a.kind = 'roster' and a.name = d.roster
        where o.person_uid = d.person_uid and o.episode = d.episode and not o.returned and o.valid_from <= a.as_of
            and o.certain_at <= a.as_of and (o.valid_to is null or o.valid_to > a.as_of))
    or exists (
        select from guard_hold h where h.kind = 'person' and h.name = d.person_uid::text and h.status = 'waiting'));
