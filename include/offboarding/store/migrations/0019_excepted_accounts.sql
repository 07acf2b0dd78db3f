-- Which accounts an exception means that names them by a label: those that bore it when the entry began, whatever they are
-- called since (docs/decisions/0093-a-label-means-who-bore-it.md).

create table excepted_account (
    excepted_account_id bigint generated always as identity primary key,
    source              text not null,
    label               text not null,               -- as the file has it
    realm               text not null,               -- '' here and below: nothing bore it
    native_id           text not null,
    covered             boolean not null,            -- false: it bears the label since later, or nothing did
    run_id              bigint not null references run, -- which saw it first
    valid_from          timestamptz not null,
    valid_to            timestamptz,                 -- since when no entry of the file names the label
    check (not covered or native_id <> '')
);
create index on excepted_account (source, label) where valid_to is null;

-- Which findings an entry of the present file covers; never an event, and whether or not it has expired.
create or replace view covering as
select e.exception_id, e.approver, e.expires_at, f.finding_key
from exception e
join finding f on f.finding_key like e.finding || '%' and e.rule in ('', f.rule) and e.source in ('', f.source)
where e.kind = 'exception' and e.valid_to is null and f.ticket_kind <> 'event'
    and (e.account in ('', f.account_native_id) or exists (
        select from excepted_account x
        where x.valid_to is null and x.covered and (x.source, x.label) = (e.source, e.account)
            and (x.realm, x.native_id) = (f.realm, f.account_native_id)))
    and (e.worker = '' or exists (
        select from worker w join worker_key k using (worker_pk)
        where w.person_uid = f.person_uid and w.id_space = e.space and k.kind = 'number' and k.value = e.worker));
