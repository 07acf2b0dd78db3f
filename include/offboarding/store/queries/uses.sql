-- When accounts were last used, and how much of it is kept: docs/decisions/0067-last-use-beside-the-account.md

-- name: take_uses
-- What first reads told since the last correlation. Before it's asked what to look at: the accounts are among that,
-- but for those of systems that aren't looked at now. Of these the day stays, as of every account that nobody is linked to.
create temp table use_taken (like use_told including storage);
with told as (
    delete from use_told returning *
)
insert into use_taken table told;
insert into account_use (account_pk, keep_use, last_used_at, observed_at)
select u.account_pk, 'day', u.day::timestamptz, t.observed_at
from use_taken t cross join unnest(t.account_pks, t.days) u (account_pk, day)
where t.realm not in (select s.realm from source_setting s);
delete from use_taken t where t.realm not in (select s.realm from source_setting s);

-- name: make_use_to_keep
-- As little about people as the job needs: last use of working people's accounts goes, of unclaimed ones the day stays;
-- it is kept exactly of leavers' accounts, and where a finding stands (or stood: those are looked at each time).
create temp table use_to_keep as
with standing as (
    select a.account_pk from finding f join account a on a.realm = f.realm and a.native_id = f.account_native_id
    where f.state <> 'resolved'
), leavers as materialized (
    select l.account_pk from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
    where l.valid_to is null and l.decision in ('linked', 'disputed', 'probable')
), looked as (
    select account_pk from in_focus
    union all
    select o.account_pk
    from (
        select account_pk from standing
        union
        select account_pk from account_use
        where keep_use = 'exact' and account_pk not in (select l.account_pk from leavers l)) o
    join account a using (account_pk)
    where a.realm in (select s.realm from source_setting s)
        and not exists (select from in_focus f where f.account_pk = o.account_pk)
)
select account_pk, case
    when account_pk in (select l.account_pk from leavers l) or account_pk in (select t.account_pk from standing t)
        then 'exact'
    when exists (
        select from link l where l.account_pk = looked.account_pk and l.valid_to is null and l.decision = 'linked')
        then 'none'
    else 'day' end as keep_use
from looked;
analyze use_to_keep;

-- name: keep_less_use
merge into account_use u using use_to_keep w on u.account_pk = w.account_pk
when matched and w.keep_use = 'none' then delete
when matched and u.keep_use <> w.keep_use then update set keep_use = w.keep_use,
    last_used_at = case when w.keep_use = 'day' then date_trunc('day', u.last_used_at, 'UTC') else u.last_used_at end;
insert into account_use (account_pk, keep_use, last_used_at, observed_at)
select w.account_pk, w.keep_use, t.day::timestamptz,
    coalesce(t.observed_at, (select a.observed_at from account a where a.account_pk = w.account_pk))
from use_to_keep w left join (
    select u.account_pk, u.day, t.observed_at
    from use_taken t cross join unnest(t.account_pks, t.days) u (account_pk, day)) t using (account_pk)
where w.keep_use <> 'none' and not exists (select from account_use u where u.account_pk = w.account_pk);
