-- name: holding
-- What holds tickets open that stand in their trackers.
select t.ticket_key, t.kind as ticket, t.url, f.rule, f.severity, f.source, f.part,
    coalesce(nullif(f.account_label, ''), f.subject_label) as account, f.roster, f.worked_in as zone,
    f.location, f.owners, f.privileged
from ticket t join finding f using (ticket_key)
where t.state = 'open' and t.ref is not null and t.moved_to is null and f.state = 'open' and f.holds_ticket
    and not exists (select from misfit_finding m where m.ticket_key = t.ticket_key)
order by t.ticket_key, f.first_seen_at, f.finding_key;

-- name: standing
-- Tickets that have called somebody, and not said since that it's over.
select ticket_key, pager from page where over_at is null order by ticket_key, pager;

-- name: note_called
insert into page (ticket_key, pager, called_at) values (%(ticket_key)s, %(pager)s, now())
on conflict (ticket_key, pager) do update set called_at = excluded.called_at, over_at = null;

-- name: note_over
update page set over_at = now() where ticket_key = %(ticket_key)s and pager = %(pager)s;
