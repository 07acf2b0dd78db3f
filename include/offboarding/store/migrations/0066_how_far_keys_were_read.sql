-- How far keys were read, by how the names of those begin that a read covers, '' for all of the realm's: where a reader
-- is told to look in some regions or mounts alone, what lies elsewhere wasn't looked at.
alter table key_scope add column scope text not null default '';
alter table key_scope alter column scope drop default;
alter table key_scope drop constraint key_scope_pkey;
alter table key_scope add primary key (realm, source_kind, kind, scope);

-- When each copy was last looked at by a read to the end, and what kept the last try from it. Nulls: no read covers it.
create view copy_read as
select c.copy_pk, k.confirmed_at, k.error
from key_copy c cross join lateral (
    select max(k.observed_at) filter (where k.complete) as confirmed_at,
        (array_agg(k.error order by greatest(k.observed_at, k.error_at) desc, k.error))[1] as error
    from key_scope k
    where k.realm = c.realm and k.source_kind = c.source_kind and k.kind = c.kind and starts_with(c.name, k.scope)) k;
