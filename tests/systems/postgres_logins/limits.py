"""What docs/limits.md says of it."""

from offboarding.sources import postgres_logins
from tests.support.limits import default

BOUNDS: dict[str, tuple[float, str]] = {
    "PostgreSQL logins: a statement, a portion of roles": (
        default(postgres_logins.Settings, "statement_seconds"),
        "statement_seconds",
    ),
}
