-- Loads and migrations, by how many accounts were made at once (docs/decisions/0099-made-in-bulk.md).

-- name: note_bulk_loads
-- Two half hours that follow each other and hold at least a third of all accounts of a realm, and no fewer than five.
with half as (
    select a.realm, date_bin('30 minutes', a.created_at, 'epoch') as began_at, count(*) as made
    from account a join source_setting using (realm)
    where a.created_at is not null and a.kind = 'account'
    group by 1, 2
), beside as (
    select realm, began_at, made, sum(made) over (partition by realm) as dated,
        case when lead(began_at) over one_realm = began_at + interval '30 minutes' then lead(made) over one_realm
            else 0 end as made_next
    from half
    window one_realm as (partition by realm order by began_at)
), hit as (
    select realm, began_at, made_next > 0 as has_next from beside
    where made + made_next >= greatest(%(fewest)s, dated * %(percent)s / 100.0)
)
insert into bulk_load (realm, began_at, ended_at)
select realm, began_at, began_at + interval '30 minutes' from hit
union
select realm, began_at + interval '30 minutes', began_at + interval '60 minutes' from hit where has_next
on conflict do nothing;

-- name: bulk_loads_told
-- How many of a realm's accounts were made then, and between which moments.
select a.realm, count(*) filter (where b.told_at is null)::int as made, count(*)::int as accounts,
    to_char(min(a.created_at) filter (where b.told_at is null) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
        as first_at,
    to_char(max(a.created_at) filter (where b.told_at is null) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
        as last_at
from account a join birth b using (account_pk) join source_setting s on s.realm = a.realm
where a.realm in (select l.realm from bulk_load l) and a.created_at is not null and a.kind = 'account'
    and a.gone_at is null
group by a.realm
having count(*) filter (where b.told_at is null) > 0
order by a.realm;
