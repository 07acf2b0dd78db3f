-- Of a ticket that went to another tracker, the one that stands for it now, however often that has moved on.
create view moved_ticket as
with recursive moved (ticket_key, stands_as) as (
    select t.ticket_key, n.ticket_key from ticket t join ticket n on n.ticket_key = t.moved_to where n.moved_to is null
    union all
    select t.ticket_key, m.stands_as from ticket t join moved m on m.ticket_key = t.moved_to
)
select ticket_key, stands_as from moved;
