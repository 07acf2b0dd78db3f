-- name: find
select user_id, user_name, user_name_key, external_id, worker_id, active, resource, created_at, changed_at
from pushed_user where roster = %(roster)s and user_id = %(user_id)s and deleted_at is null;

-- name: find_for_change
-- Whoever changes the same one waits.
select user_id, user_name, user_name_key, external_id, worker_id, active, resource, created_at, changed_at
from pushed_user where roster = %(roster)s and user_id = %(user_id)s and deleted_at is null for update;

-- name: matching
-- Those that bear all of what is asked for.
select user_id, user_name, user_name_key, external_id, worker_id, active, resource, created_at, changed_at
from pushed_user
where roster = %(roster)s and deleted_at is null
    and (%(user_id)s::uuid is null or user_id = %(user_id)s::uuid)
    and (%(user_name_key)s::text is null or user_name_key = %(user_name_key)s::text)
    and (%(external_id)s::text is null or external_id = %(external_id)s::text)
order by user_id
limit %(most)s;

-- name: confirm
-- After a restore: the identity provider has these, and has compared them.
update pushed_user set confirmed_at = clock_timestamp()
where roster = %(roster)s and user_id = any(%(user_ids)s) and greatest(changed_at, confirmed_at) < (
    select restored_at from store_place);

-- name: page
-- In an order that stays.
select user_id, user_name, user_name_key, external_id, worker_id, active, resource, created_at, changed_at
from pushed_user
where roster = %(roster)s and deleted_at is null
order by user_id offset %(offset)s limit %(most)s;

-- name: many
select count(*)::int from pushed_user where roster = %(roster)s and deleted_at is null;

-- name: add
insert into pushed_user (user_id, roster, user_name, user_name_key, external_id, worker_id, active, resource,
    created_at, changed_at, inactive_at)
values (%(user_id)s, %(roster)s, %(user_name)s, %(user_name_key)s, %(external_id)s, %(worker_id)s, %(active)s,
    %(resource)s, %(created_at)s, %(changed_at)s, case when not %(active)s::boolean then %(changed_at)s::timestamptz end);

-- name: change
-- Since when somebody is inactive stays, until they are active again. Who gets an earlier number back has borne none since.
update pushed_user
set former_worker_ids = case
        when %(worker_id)s = any(former_worker_ids)
            then former_worker_ids[:array_position(former_worker_ids, %(worker_id)s) - 1]
        when worker_id in ('', %(worker_id)s) then former_worker_ids
        else (former_worker_ids || worker_id)[greatest(1, cardinality(former_worker_ids) - 8):] end,
    user_name = %(user_name)s, user_name_key = %(user_name_key)s, external_id = %(external_id)s,
    worker_id = %(worker_id)s, active = %(active)s, resource = %(resource)s, changed_at = %(changed_at)s,
    inactive_at = case when not %(active)s::boolean then coalesce(inactive_at, %(changed_at)s::timestamptz) end
where roster = %(roster)s and user_id = %(user_id)s and deleted_at is null;

-- name: delete
-- The worker's number, and what was told when, is all that stays.
update pushed_user
set deleted_at = %(at)s, changed_at = %(at)s, user_name = '', user_name_key = '', external_id = null, active = null,
    resource = '{}'
where roster = %(roster)s and user_id = %(user_id)s and deleted_at is null;

-- name: count_change
insert into pushed_changes as p (changes) values (1)
on conflict (only_one) do update set changes = p.changes + 1;

-- name: changes
-- How many changes were pushed, of every roster.
select coalesce((select changes from pushed_changes), 0);

-- name: raise_changes
-- Returns a row if the number was smaller.
insert into pushed_changes as p (changes) values (%(kept)s)
on conflict (only_one) do update set changes = excluded.changes where p.changes < excluded.changes
returning changes;

-- name: heard
-- To the minute: an initial sync speaks to us thousands of times.
insert into pushed_feed as f (roster, heard_at) values (%(roster)s, %(at)s)
on conflict (roster) do update set heard_at = excluded.heard_at
where f.heard_at < excluded.heard_at - interval '1 minute';

-- name: state
-- How the feed stands: how many there are and work here, how many came or went since a moment, when we last heard of it.
select (select heard_at from pushed_feed where roster = %(roster)s) as heard_at,
    count(*) filter (where deleted_at is null)::int as users,
    count(*) filter (where deleted_at is null and active is not false)::int as active,
    count(*) filter (where deleted_at is not null)::int as deleted,
    count(*) filter (where deleted_at is null and created_at > %(since)s)::int as came,
    count(*) filter (where deleted_at > %(since)s)::int as went,
    (select restored_at from store_place) as restored_at,
    count(*) filter (where deleted_at is null and greatest(changed_at, confirmed_at) < (
        select restored_at from store_place))::int as unconfirmed,
    (select count(*)::int from (
        select from pushed_user where roster = %(roster)s and deleted_at is null and active is not false and worker_id <> ''
        group by worker_id having count(*) > 1) d) as doubled
from pushed_user where roster = %(roster)s;

-- name: attributes
-- Which attributes anybody's record has, set or not; those of an extension with its schema before them.
select distinct case when jsonb_typeof(e.value) = 'object' and e.key like 'urn:%%' then e.key || ':' || x.key else e.key end
from pushed_user u cross join lateral jsonb_each(u.resource) e
left join lateral (
    select k as key from jsonb_object_keys(case when jsonb_typeof(e.value) = 'object' then e.value else '{}' end) k
) x on e.key like 'urn:%%'
where u.roster = %(roster)s and u.deleted_at is null;

-- name: read
-- Everybody, each with the record of whom they have for a manager, where that is one of these.
-- A number that anybody else bears or bore, or that stands for two, makes nobody the same.
select u.user_id, u.user_name, u.external_id, u.active, u.resource, m.resource as manager,
    case when u.former_worker_ids = '{}' or exists (
            select from pushed_user o where o.roster = u.roster and o.user_id <> u.user_id and o.worker_id = u.worker_id)
        then '{}' else array(
            select f.number from unnest(u.former_worker_ids) with ordinality f (number, place)
            where not exists (
                select from pushed_user o where o.roster = u.roster and o.user_id <> u.user_id
                    and (o.worker_id = f.number or f.number = any(o.former_worker_ids)))
            order by f.place) end as former_worker_ids
from pushed_user u
left join pushed_user m on m.roster = u.roster and m.deleted_at is null and m.user_id::text
    = u.resource -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' -> 'manager' ->> 'value'
where u.roster = %(roster)s and u.deleted_at is null
order by u.user_id;
