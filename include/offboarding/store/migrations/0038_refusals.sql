-- Tickets that their tracker refused: in whose words, since when, by which settings, and what had been said on them by
-- then. One whose ticket is told, or is over, isn't there any more.
create table refusal (
    ticket_key text primary key references ticket,
    words text not null,
    refused_at timestamptz not null,
    settings_digest text not null,
    last_outbox_id bigint not null
);
