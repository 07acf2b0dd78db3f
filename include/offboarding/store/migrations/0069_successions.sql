-- Findings that close because another finding judges the same thing from now on: how each closes, once that one is told.
create table succession (
    finding_key text primary key references finding,
    run_id      bigint not null references run,       -- whose evaluation says so
    resolution  text not null,
    details     jsonb not null,
    made_of     jsonb not null,
    text        text not null
);

-- Findings that judge the same thing as another and aren't told yet: held by the guard, or it can't be told whether the
-- thing works. Of the same account or key, and person; a question whose an account is concerns whomever it may be.
create view waiting_successor as
select f.finding_key, g.finding_key as successor
from finding f join finding g on g.finding_key <> f.finding_key and g.state in ('held', 'unverified') and g.holds_ticket
    and g.ticket_kind <> 'event' and (g.person_uid is not distinct from f.person_uid or g.ticket_kind = 'review')
    and case
        when f.subject_kind = 'worker' then g.person_uid = f.person_uid
        when f.account_native_id <> '' then g.realm = f.realm and g.account_native_id = f.account_native_id
        else g.subject_native_id = f.subject_native_id and g.subject_kind = f.subject_kind end;
