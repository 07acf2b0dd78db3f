-- Whom a finding counts as on the guard's lines: its person, or its system where it is about none.
create function counted_as(person uuid, realm text, roster text) returns text
    language sql immutable parallel safe
    return coalesce(person::text, nullif(realm, ''), roster);

-- The first run to put a finding on its hold, and to say so at its end. Null: none has yet.
alter table guard_held add column since_run bigint references run;
update guard_held g set since_run = h.last_run from guard_hold h where h.hold_id = g.hold_id;

-- Critical findings have a line of their own; and a person's line that waits is compared with what was accepted before.
alter table guard_hold drop constraint guard_hold_kind_check;
alter table guard_hold add constraint guard_hold_kind_check
    check (kind in ('roster', 'source', 'rule', 'person', 'named', 'critical', 'total'));
alter table guard_accepted drop constraint guard_accepted_kind_check;
alter table guard_accepted add constraint guard_accepted_kind_check check (kind in ('roster', 'source', 'person'));

-- People with linked accounts, where the accounts themselves were counted.
comment on column guard_accepted.linked is 'of a source''s part: people with linked accounts';
update guard_accepted a set linked = coalesce((
    select count(distinct l.person_uid) from realm r join account c using (realm) join link l using (account_pk)
    where r.source = a.name and r.part = a.part and c.gone_at is null and l.decision = 'linked' and l.valid_to is null), 0)
where a.kind = 'source';

-- Whether the guard let a finding through: with a tracker it's on a ticket then, also while it is held again.
create function was_let_through(ticket_key text, state text) returns boolean
    language sql immutable parallel safe
    return ticket_key is not null or state = 'open';

-- What the guard let through, and what closed, in the runs of a day.
create index finding_event_run on finding_event (run_id) where to_state in ('open', 'resolved');
