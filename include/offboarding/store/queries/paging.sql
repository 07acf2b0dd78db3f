-- name: holding
-- What holds tickets open, and what they will be opened for.
select t.ticket_key, t.kind as ticket, coalesce(t.url, '') as url, f.rule, f.severity, f.source, f.part,
    coalesce(nullif(f.account_label, ''), f.subject_label) as account, f.roster, f.worked_in as zone,
    f.location, f.owners, f.privileged
from ticket t join finding f using (ticket_key)
where t.moved_to is null and f.state = 'open' and f.holds_ticket
    and not exists (select from misfit_finding m where m.ticket_key = t.ticket_key)
order by t.ticket_key, f.first_seen_at, f.finding_key;

-- name: standing
-- Tickets that have called somebody, and not said since that it's over; and by which key their pagers know it.
select ticket_key, pager, called_as from page where over_at is null order by called_as, pager;

-- name: note_called
insert into page (ticket_key, called_as, pager, called_at) values (%(ticket_key)s, %(ticket_key)s, %(pager)s, now())
on conflict (called_as, pager) do update
set ticket_key = excluded.ticket_key, called_at = excluded.called_at, over_at = null;

-- name: go_along
-- Whoever was called about what moves on isn't called anew.
update page set ticket_key = %(new_key)s where ticket_key = %(old_key)s and over_at is null;

-- name: note_over
update page set over_at = now() where called_as = %(called_as)s and pager = %(pager)s;
