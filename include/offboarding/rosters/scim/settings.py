"""What a user may write for a roster that an identity provider pushes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from offboarding.interfaces import Against, HowTested
from offboarding.model import EmploymentStatus
from offboarding.rosters._records.columns import ColumnNames
from offboarding.rosters._records.durations import Duration
from offboarding.rosters._records.settings import Columns, MappedSettings
from offboarding.rosters.scim.paths import AttributePath, attribute_path

COLUMNS: ColumnNames = {
    "worker_id": "employeeNumber",
    "name": ("name.givenName", "name.familyName"),
    "mail": 'emails[type eq "work"].value',
    "login": "userName",
    "manager": "manager.value",
}


def _paths(columns: ColumnNames) -> ColumnNames:
    for text in texts_of(columns):
        attribute_path(text)
    return columns


def texts_of(columns: ColumnNames) -> Iterator[str]:
    """SCIM's names of what is mapped, each as often as it stands there."""
    for names in columns.values():
        yield from (names,) if isinstance(names, str) else names


class ScimSettings(MappedSettings):
    """Whoever an identity provider has pushed by SCIM."""

    tested: ClassVar[HowTested] = HowTested(
        Against.REAL, "SCIM's own tester and client over HTTPS; what identity providers send by their documents"
    )

    connection: str = Field(
        min_length=1, description="Airflow connection id: it holds what tokens are known by."
    )  # needed here
    columns: Annotated[Columns, AfterValidator(_paths)] = Field(
        default=COLUMNS,
        min_length=1,
        description="Our name -> SCIM's name of the attribute. Nothing else of a user is kept.",
    )
    max_quiet: Duration = Field(
        default=timedelta(days=14),
        description="36h, 14d or seconds: where nothing was heard from the identity provider for longer, the read is"
        " partial.",
    )

    @model_validator(mode="after")
    def _inactive_is_no_departure(self) -> "ScimSettings":
        """Identity providers say it of whoever is taken off the app, too."""
        ends = {word for word, status in self.statuses.items() if status.status is EmploymentStatus.LEFT}
        if self.has_status_active() and ends:
            listed = ", ".join(sorted(ends))
            raise ValueError(
                f"status: active doesn't tell who left ({listed}), but who is no longer assigned. Leave status out with"
                " coverage: active, or name an attribute of HR's."
            )
        return self

    def has_status_active(self) -> bool:
        """Whether the status is what the provider says of who is assigned, and no word of HR's."""
        status = self.columns.get("status")
        return isinstance(status, str) and attribute_path(status).is_active

    def paths(self) -> dict[str, AttributePath]:
        """By SCIM's names of what is mapped."""
        return {text: attribute_path(text) for text in texts_of(self.columns)}
