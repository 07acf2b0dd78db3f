-- Each account, and what it may do by itself and by its roles. What it proves itself by stays where it is: a hash is
-- compared with the one word that means none, and not read.
with recursive held (user, host, role) as (
    select m.user, m.host, m.role from mysql.roles_mapping m
    union
    select held.user, held.host, m.role from held join mysql.roles_mapping m on m.host = '' and m.user = held.role
), of_roles (user, host, access) as (
    select held.user, held.host, bit_or(cast(json_value(r.priv, '$.access') as unsigned))
    from held join mysql.global_priv r on r.user = held.role and r.host = ''
    group by held.user, held.host
)
select p.user, p.host,
    coalesce(json_value(p.priv, '$.account_locked'), '0') in ('1', 'true'),
    if(coalesce(cast(json_value(p.priv, '$.max_user_connections') as signed), 0) < 0, 'MAX_USER_CONNECTIONS -1', ''),
    coalesce(json_value(p.priv, '$.plugin'), ''),
    coalesce(json_value(p.priv, '$.authentication_string'), '') = 'invalid',
    coalesce(json_extract(p.priv, '$.auth_or[*].plugin'), '[]'),
    '[]',
    0,
    coalesce(cast(json_value(p.priv, '$.password_last_changed') as unsigned), 0),
    coalesce(cast(json_value(p.priv, '$.access') as unsigned), 0) | coalesce(of_roles.access, 0),
    count(*) over (partition by p.user) > 1
from mysql.global_priv p left join of_roles on of_roles.user = p.user and of_roles.host = p.host
where coalesce(json_value(p.priv, '$.is_role'), '0') not in ('1', 'true')
