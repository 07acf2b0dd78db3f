"""What docs/limits.md says of it."""

from offboarding.rosters import postgres
from tests.support.limits import default

BOUNDS: dict[str, tuple[float, str]] = {
    "PostgreSQL roster: a statement, a portion of rows": (
        default(postgres.Settings, "statement_timeout"),
        "statement_timeout",
    ),
}
