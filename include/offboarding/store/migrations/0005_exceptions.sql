-- What is let stand for a while: exceptions to findings, and acknowledged gaps, entry by entry as the file had them.

create table exception (
    exception_id bigint generated always as identity primary key,
    kind         text not null check (kind in ('exception', 'acknowledgement')),
    finding      text not null,                       -- the beginning of a finding's key; '' here and below: any
    space        text not null,                       -- a worker's id space
    worker       text not null,                       -- and id, in its normal form
    source       text not null,
    part         text not null,
    roster       text not null,
    account      text not null,                       -- native id or label
    rule         text not null,
    reason       text not null,
    approver     text not null,
    expires_at   timestamptz not null,                -- the end of its last day
    valid_from   timestamptz not null,
    valid_to     timestamptz                          -- since when the file no longer has it
);
create index on exception (kind) where valid_to is null;

-- What a ticket last said of an item: that it may stand for a while, too.
alter table finding drop constraint finding_told_check;
alter table finding add constraint finding_told_check check (told in ('', 'open', 'excepted', 'resolved'));

-- Which findings an entry of the present file covers; never an event, and whether or not it has expired.
create view covering as
select e.exception_id, e.approver, e.expires_at, f.finding_key
from exception e
join finding f on f.finding_key like e.finding || '%' and e.rule in ('', f.rule) and e.source in ('', f.source)
    and e.account in ('', f.account_native_id, f.account_label)
where e.kind = 'exception' and e.valid_to is null and f.ticket_kind <> 'event'
    and (e.worker = '' or exists (
        select from worker w join worker_key k using (worker_pk)
        where w.person_uid = f.person_uid and w.id_space = e.space and k.kind = 'number' and k.value = e.worker));
