-- Each role but PostgreSQL's own, with which of the groups it is in, by whatever way: who may take on a group, or let
-- itself into one, counts as in it. A role that can't log in may be a group, or a login that was shut.
with recursive membership as (
    select m.roleid as held, m.member from pg_catalog.pg_auth_members m where m.roleid = any(%(groups)s::oid[])
    union
    select above.held, m.member from membership above join pg_catalog.pg_auth_members m on m.roleid = above.member
), of_member as (
    select member, array_agg(held::bigint order by held) as held from membership group by member
)
select r.oid::bigint, r.rolname, r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolreplication, r.rolbypassrls,
    r.rolconnlimit, coalesce(r.rolvaliduntil::text, ''), coalesce(r.rolvaliduntil <= %(as_of)s, false),
    coalesce(of_member.held, '{}'),
    array(
        select pattern from unnest(%(patterns)s::text[]) pattern
        where r.rolname::text collate "C" ~ substr(pattern, 2)
    ),
    case when %(comments)s then coalesce(pg_catalog.shobj_description(r.oid, 'pg_authid'), '') else '' end
from pg_catalog.pg_roles r left join of_member on of_member.member = r.oid
where r.rolname !~ '^pg_' and (%(oids)s::oid[] is null or r.oid = any(%(oids)s::oid[]))
