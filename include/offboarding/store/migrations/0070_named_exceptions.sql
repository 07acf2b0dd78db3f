-- What an exception or acknowledgement does not name is null: no empty text stands for "any", so none that was written
-- empty or became so can. A finding is named by its whole key; a shorter one was not one finding's, and names none.

alter table exception
    alter finding drop not null, alter space drop not null, alter worker drop not null, alter source drop not null,
    alter part drop not null, alter part drop default, alter roster drop not null, alter account drop not null,
    alter rule drop not null, alter queue drop not null, alter queue drop default, alter covers drop not null,
    alter covers drop default;
update exception set finding = nullif(finding, ''), space = nullif(space, ''), worker = nullif(worker, ''),
    source = nullif(source, ''), part = nullif(part, ''), roster = nullif(roster, ''), account = nullif(account, ''),
    rule = nullif(rule, ''), queue = nullif(queue, ''), covers = nullif(covers, '');
alter table exception add constraint exception_nothing_empty check ('' <> all(
    array[finding, space, worker, source, part, roster, account, rule, queue, covers]));

-- Which findings an exception in force covers; never an event, and whether or not it has expired. One that names nothing
-- that bounds it covers nothing.
create or replace view covering as
select e.exception_id, e.approver, e.expires_at, f.finding_key
from exception e
join finding f on (e.finding is null or e.finding = f.finding_key) and (e.rule is null or e.rule = f.rule)
    and (e.source is null or e.source = f.source)
where e.kind = 'exception' and e.valid_to is null and f.ticket_kind <> 'event'
    and (coalesce(e.finding, e.worker, e.account) is not null or (e.rule is not null and e.source is not null))
    and (e.worker is null) = (e.space is null)
    and (e.account is null or e.account = f.account_native_id or exists (
        select from excepted_account x
        where x.valid_to is null and x.covered and (x.source, x.label) = (e.source, e.account)
            and (x.realm, x.native_id) = (f.realm, f.account_native_id)))
    and (e.worker is null or exists (
        select from worker w join worker_key k using (worker_pk)
        where w.person_uid = f.person_uid and w.id_space = e.space and k.kind = 'number' and k.value = e.worker));
