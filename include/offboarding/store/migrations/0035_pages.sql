-- Whom a ticket has called: a row a pager, kept when it's over.
create table page (
    ticket_key  text not null references ticket,
    pager       text not null,
    called_at   timestamptz not null,
    over_at     timestamptz,
    primary key (ticket_key, pager)
);
