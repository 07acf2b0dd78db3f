"""What a user may write for a PostgreSQL roster."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.rosters._records.durations import Duration
from offboarding.rosters._records.settings import RecordSettings


class Settings(RecordSettings):
    """What a user may write for a PostgreSQL roster.

    A column of the query that `columns` doesn't map is found by our own name for it.
    """

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "PostgreSQL")

    connection: str = Field(description="Airflow connection id.")  # needed here
    query: str = Field(min_length=1, description="One statement that reads; a row an employment.")
    statement_timeout: Duration = Field(
        default=timedelta(minutes=10), description="How long the server may take, for each portion of the rows too."
    )

    def tells_location(self) -> bool:
        """What the query has a column for isn't known before it's asked."""
        return True
