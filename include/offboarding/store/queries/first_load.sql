-- name: indexes
-- What drops each index of a table and what makes it again, a constraint with its name; but for those that other tables'
-- foreign keys rest on.
select case when c.oid is null then 'drop index ' || i.indexrelid::regclass
        else 'alter table ' || i.indrelid::regclass || ' drop constraint ' || quote_ident(c.conname) end as drop,
    case when c.oid is null then pg_get_indexdef(i.indexrelid)
        else 'alter table ' || i.indrelid::regclass || ' add constraint ' || quote_ident(c.conname) || ' '
            || pg_get_constraintdef(c.oid) end as make
from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
where i.indrelid = %(table)s::regclass
    and not exists (select from pg_constraint f where f.conindid = i.indexrelid and f.contype = 'f')
order by i.indexrelid;
