-- As accounts.sql, at MySQL. A role is an account there, and one that is named in mandatory_roles is everybody's. What no
-- bit of MariaDB's stands for has a high one. No hash is read: of an old password, that there is one.
with recursive mandatory (user, host) as (
    select user, host from mysql.user, (
        select regexp_replace(@@mandatory_roles, '[`''" ]', '') as names
    ) as set_here
    where find_in_set(concat(user, '@', host), names) or host = '%' and find_in_set(user, names)
), held (user, host, role, role_host) as (
    select to_user, to_host, from_user, from_host from mysql.role_edges
    union
    select u.user, u.host, m.user, m.host from mysql.user u join mandatory m
    union
    select held.user, held.host, e.from_user, e.from_host
    from held join mysql.role_edges e on e.to_user = held.role and e.to_host = held.role_host
), granted (user, host, access) as (
    select user, host, bit_or(case priv
        when 'ROLE_ADMIN' then 1 << 50
        when 'SET_ANY_DEFINER' then 1 << 51
        when 'SET_USER_ID' then 1 << 51
        when 'SYSTEM_VARIABLES_ADMIN' then 1 << 52
        else 0 end)
    from mysql.global_grants group by user, host
), own (user, host, access) as (
    select u.user, u.host,
        (super_priv = 'Y') << 15 | (create_user_priv = 'Y') << 25 | (grant_priv = 'Y') << 10 | (file_priv = 'Y') << 9
        | (insert_priv = 'Y') << 1 | (update_priv = 'Y') << 2 | coalesce(granted.access, 0)
    from mysql.user u left join granted on granted.user = u.user and granted.host = u.host
), of_roles (user, host, access) as (
    select held.user, held.host, bit_or(own.access)
    from held join own on own.user = held.role and own.host = held.role_host
    group by held.user, held.host
)
select u.user, u.host,
    u.account_locked = 'Y',
    case
        when u.plugin = 'mysql_no_login' then 'mysql_no_login'
        when not exists (
            select 1 from information_schema.plugins p where p.plugin_name = u.plugin and p.plugin_status = 'ACTIVE'
        ) then concat(u.plugin, ' isn''t loaded')
        else ''
    end,
    u.plugin,
    0,
    '[]',
    coalesce(json_extract(u.user_attributes, '$.multi_factor_authentication[*].plugin'), '[]'),
    coalesce(json_contains_path(u.user_attributes, 'one', '$.additional_password'), 0),
    coalesce(unix_timestamp(u.password_last_changed), 0),
    own.access | coalesce(of_roles.access, 0),
    count(*) over (partition by u.user) > 1
from mysql.user u join own on own.user = u.user and own.host = u.host
left join of_roles on of_roles.user = u.user and of_roles.host = u.host
