-- name: anything_open
-- Whether there is anything to watch: a finding that is open, a ticket that stands, or something yet to be told.
select exists (select from finding where state = 'open') or exists (select from ticket where state <> 'closed')
    or exists (select from outbox where done_at is null) as open;

-- name: lean_on_links
-- Such a run links nothing itself: it goes by the last correlation. What an earlier one watched needn't be kept.
update run r set correlated_at = coalesce(r.correlated_at, (select max(o.correlated_at) from run o))
where r.run_id = %(run_id)s;
delete from run_person p using run r
where r.run_id = p.run_id and r.kind = 'verify' and r.finished_at is not null and r.run_id <> %(run_id)s;

-- name: note_watched
-- Whose findings are open: their cases are judged. What is an event waits for a person's verdict alone.
insert into run_person (run_id, person_uid, named)
select distinct %(run_id)s::bigint, f.person_uid, false from finding f
where f.state = 'open' and f.ticket_kind <> 'event' and f.person_uid is not null
on conflict do nothing;

-- name: at_providers
-- Of whom an open finding is about, their accounts at whoever they sign on there by: what the finding says of those is as
-- live as what it says of its own. `sources` and `providers`: by name, each beside its own.
select p.source, p.part, a.realm, a.native_id, a.label, a.login
from finding f
join realm r using (realm)
join unnest(%(sources)s::text[], %(providers)s::text[]) as said (source, provider) on said.source = r.source
join realm p on p.source = said.provider
join link l on l.person_uid = f.person_uid and l.relation = 'is' and l.decision = 'linked' and l.valid_to is null
join account a on a.account_pk = l.account_pk and a.realm = p.realm and a.kind = 'account' and a.gone_at is null
where f.state = 'open' and f.ticket_kind <> 'event' and f.relation = 'is'

-- name: parts_to_reread
-- Who reads the accounts that open findings are about; and, of keys, whoever may be asked whether it's trusted (one that
-- shows it no more is asked a second time), or where it lies. A role, and what nobody claims, takes an inventory.
select r.source, r.part
from finding f join realm r using (realm)
where f.state = 'open' and f.ticket_kind <> 'event' and f.account_native_id <> ''
    and f.subject_kind not in ('role', 'source', 'worker', 'signing_key', 'shared_secret')
union
select c.source, p.part
from finding f
join signing_key k on k.material = f.subject_native_id
join key_copy c using (key_pk)
cross join lateral (
    select s.part from source_read s
    where s.source = c.source and s.realm = c.realm and s.tells = 'keys' order by s.read_id desc limit 1) p
where f.state = 'open' and f.ticket_kind <> 'event' and f.subject_kind in ('signing_key', 'shared_secret')
    and (c.verifies or c.gone_at is null)
union
select source, part from ({at_providers}) at_provider
order by source, part;

-- name: accounts_to_reread
-- Accounts of a system with findings that are open, and those at a provider of people with such elsewhere.
select a.realm, a.native_id, a.label, a.login
from finding f join account a on a.realm = f.realm and a.native_id = f.account_native_id
where f.realm = %(realm)s and f.state = 'open' and f.ticket_kind <> 'event'
    and f.subject_kind not in ('role', 'source', 'worker', 'signing_key', 'shared_secret')
union
select realm, native_id, label, login from ({at_providers}) at_provider where realm = %(realm)s
order by native_id;

-- name: due
-- Whose last day or moment has ended since the last night, by what HR's feed or a notice told before that: nobody has
-- looked at what is theirs since. The run about them asks HR again, and decides. Needs employment_span.
with last as (
    select as_of from counted_run where kind = 'nightly' and finished_at is not null order by as_of desc, run_id desc limit 1
), ended as (
    select person_uid, certain_at from employment_span where outcome in ('left', 'vanished')
    union all
    select person_uid, left_at from notice where ended_at is null
)
select distinct p.person_uid::text, w.id_space, w.worker_id
from ended e
join last on e.certain_at > last.as_of
join person p using (person_uid)
join worker w on w.worker_pk = p.shown_worker_pk
where e.certain_at <= %(as_of)s
    and not exists (
        select from run_person r join counted_run n using (run_id)
        where r.person_uid = p.person_uid and n.kind = 'departure' and n.status = 'green' and n.as_of >= e.certain_at)
order by w.id_space, w.worker_id;

-- name: watched
-- What came of the findings that this run is about, and how many tickets stand.
with own as (
    select e.from_state, e.to_state, e.finding_key from finding_event e where e.run_id = %(run_id)s
)
select (select count(*) from finding where state = 'open')::int as open,
    (select count(*) from own where to_state = 'resolved')::int as resolved,
    (select count(*) from own where from_state = 'resolved')::int as reopened,
    (select count(*) from own where from_state is null)::int as begun,
    (select count(*) from finding f where f.state = 'held' and f.first_run_id = %(run_id)s)::int as waiting,
    (select count(*) from guard_closing g where g.run_id = %(run_id)s)::int as closings_waiting,
    (select count(*) from finding where state = 'open' and ticket_kind <> 'event' and subject_kind in ('role', 'source', 'worker'))::int
        as by_night,
    (select count(*) from ticket where state = 'open')::int as tickets,
    (select count(*) from ticket where state = 'open' and past_due_at is not null)::int as past_due;
