-- Of a ticket that another has taken over from, the one that stands for it now: the newest for its people and queue, and
-- where that has moved, the newest there.
drop view moved_ticket;
create view former_ticket as
with recursive newest as (
    select distinct on (kind, holder, queue, episode) kind, holder, queue, episode, ticket_key, moved_to
    from ticket order by kind, holder, queue, episode, generation desc
), after (ticket_key, comes, moved_to) as (
    select t.ticket_key, n.ticket_key, n.moved_to from ticket t join newest n using (kind, holder, queue, episode)
    union
    select a.ticket_key, n.ticket_key, n.moved_to
    from after a join ticket m on m.ticket_key = a.moved_to join newest n using (kind, holder, queue, episode)
)
select ticket_key, comes as stands_as from after where moved_to is null and comes <> ticket_key;

-- Opened in place of one that its tracker no longer had.
alter table ticket add column renews text references ticket;

-- Whether it's said wherever what it's about goes; all else is planned anew there.
alter table outbox add column goes_along boolean not null default false;

-- A ticket's page goes along with what stands on it: by which key the pager knows it stays.
alter table page add column called_as text references ticket;
update page set called_as = ticket_key;
alter table page alter column called_as set not null, drop constraint page_pkey, add primary key (called_as, pager);
create index on page (ticket_key);
