-- The lines of pg_hba.conf as its file stands, those that are included among them, in the order in which they count.
select line_number, type, database, user_name, address, netmask, auth_method, error
from pg_catalog.pg_hba_file_rules() with ordinality as line
order by ordinality
