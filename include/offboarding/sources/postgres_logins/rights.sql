-- What this login may read; everybody may, unless somebody took it away.
select needed, held
from (values
    ('select on pg_catalog.pg_roles', has_table_privilege('pg_catalog.pg_roles', 'select')),
    ('select on pg_catalog.pg_auth_members', has_table_privilege('pg_catalog.pg_auth_members', 'select')),
    ('select on pg_catalog.pg_database', has_table_privilege('pg_catalog.pg_database', 'select')),
    ('select on pg_catalog.pg_stat_activity', has_table_privilege('pg_catalog.pg_stat_activity', 'select')),
    ('select on pg_catalog.pg_shdescription', has_table_privilege('pg_catalog.pg_shdescription', 'select')),
    ('execute on function pg_catalog.pg_control_system()',
        has_function_privilege('pg_catalog.pg_control_system()', 'execute')),
    ('execute on function pg_catalog.pg_hba_file_rules()',
        has_function_privilege('pg_catalog.pg_hba_file_rules()', 'execute'))
) as rights (needed, held)
