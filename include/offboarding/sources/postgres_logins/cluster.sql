-- What server this is. A copy of its files bears the same number.
select system_identifier::text, current_setting('server_version_num')::int, pg_catalog.pg_is_in_recovery(),
    session_user::text, current_setting('server_version')
from pg_catalog.pg_control_system()
