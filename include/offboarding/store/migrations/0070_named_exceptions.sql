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

-- Which findings an exception names, in force or not, expired or not: never an event, nor what began, or worked again, after
-- a run first read the entry. One that names neither a finding nor a worker nor an account names none.
create view named_finding as
select e.exception_id, e.approver, e.valid_from, e.valid_to, e.expires_at, f.finding_key, f.severity
from exception e
join finding f on (e.finding is null or e.finding = f.finding_key) and (e.rule is null or e.rule = f.rule)
    and (e.source is null or e.source = f.source)
join run b on b.run_id = f.first_run_id and b.as_of <= e.valid_from
where e.kind = 'exception' and f.ticket_kind <> 'event'
    and coalesce(e.finding, e.worker, e.account) is not null and (e.worker is null) = (e.space is null)
    and (e.account is null or e.account = f.account_native_id or exists (
        select from excepted_account x
        where x.valid_to is null and x.covered and (x.source, x.label) = (e.source, e.account)
            and (x.realm, x.native_id) = (f.realm, f.account_native_id)))
    and (e.worker is null or exists (
        select from worker w join worker_key k using (worker_pk)
        where w.person_uid = f.person_uid and w.id_space = e.space and k.kind = 'number' and k.value = e.worker));

-- Which findings the exceptions in force cover: what they name, but for what is critical.
create or replace view covering as
select exception_id, approver, expires_at, finding_key from named_finding
where valid_to is null and severity <> 'critical';
