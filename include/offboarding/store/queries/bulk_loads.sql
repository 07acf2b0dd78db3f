-- Loads and migrations, by how many accounts were made at once (docs/decisions/0099-made-in-bulk.md).

-- name: note_bulk_loads
-- Two half hours that follow each other and hold at least a third of all accounts of a realm, and no fewer than five. A
-- realm of which no account was written since the last correlation has no new one.
with written as (
    select distinct a.realm from noted n join account a using (account_pk)
    union
    select s.realm from source_setting s
    where not exists (select from correlated)
        or exists (select from noted where account_pk is null and person_uid is null and label is null)
), half as (
    select a.realm, date_bin('30 minutes', a.created_at, 'epoch') as began_at, count(*) as made,
        min(a.created_at) as first_at, max(a.created_at) as last_at
    from account a join source_setting using (realm)
    where a.realm in (select w.realm from written w) and a.created_at is not null and a.kind = 'account'
    group by 1, 2
), beside as (
    select *, sum(made) over (partition by realm) as accounts,
        case when lead(began_at) over one_realm = began_at + interval '30 minutes' then lead(made) over one_realm
            else 0 end as made_next
    from half
    window one_realm as (partition by realm order by began_at)
), hit as (
    select realm, began_at, made_next from beside
    where made + made_next >= greatest(%(fewest)s, accounts * %(percent)s / 100.0)
)
insert into bulk_load (realm, began_at, ended_at, made, accounts, first_at, last_at)
select realm, began_at, began_at + interval '30 minutes', made, accounts, first_at, last_at
from beside b
where exists (
    select from hit h
    where h.realm = b.realm and (h.began_at = b.began_at
        or (h.began_at + interval '30 minutes' = b.began_at and h.made_next > 0)))
on conflict do nothing;

-- name: bulk_loads_told
-- How many of a realm's accounts were made so, as it was when that was found, and between which moments.
select realm, sum(made)::int as made, max(accounts)::int as accounts,
    to_char(min(first_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') as first_at,
    to_char(max(last_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') as last_at
from bulk_load join source_setting using (realm)
group by realm
order by realm;
