-- Where policy.exceptions_need_decision says so, an entry of the exceptions file covers nothing until an approver has
-- decided on it. An entry whose words change is another row, and waits again.
alter table exception add column needs_decision boolean not null default false;

create table exception_decision (
    exception_decision_id bigint generated always as identity primary key,
    exception_id          bigint not null,
    author                text not null,
    decided_at            timestamptz not null default clock_timestamp(),
    reason                text not null,                  -- '' once it's forgotten
    salt                  uuid not null default gen_random_uuid()
);
create index on exception_decision (exception_id);

-- Which findings the exceptions in force cover, and who answers for that: whoever decided, else the file's approver.
create or replace view covering as
select n.exception_id, coalesce(d.author, n.approver) as approver, n.expires_at, n.finding_key
from named_finding n
join exception e using (exception_id)
left join lateral (
    select x.author from exception_decision x
    where x.exception_id = e.exception_id order by x.exception_decision_id limit 1) d on true
where n.valid_to is null and n.severity <> 'critical' and (not e.needs_decision or d.author is not null);
