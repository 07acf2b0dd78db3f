"""What docs/limits.md says of it."""

from offboarding.sources import mariadb_logins
from offboarding.sources.mariadb_logins import server as mariadb
from tests.support.limits import default

BOUNDS: dict[str, tuple[float, str]] = {
    "MariaDB logins: the connection": (mariadb._CONNECT_SECONDS, ""),
    "MariaDB logins: silence": (default(mariadb_logins.Settings, "statement_seconds"), "statement_seconds"),
}
