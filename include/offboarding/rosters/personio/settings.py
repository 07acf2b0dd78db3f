"""What a user may write for a roster from Personio."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.model import HrStatus
from offboarding.rosters._records.columns import ColumnNames
from offboarding.rosters._records.settings import Columns, HrWord, ServiceSettings, StatusWord

COLUMNS: ColumnNames = {
    "worker_id": "id",
    "name": ("first_name", "last_name"),
    "mail": "email",
    "manager": "supervisor",
    "location": "office",
    "type": "employment_type",
    "status": "status",
    "start": "hire_date",
    "last_working_day": "last_working_day",
    "end": "termination_date",
}
STATUSES: Mapping[str, HrStatus] = {
    "active": HrStatus.ACTIVE,
    "leave": HrStatus.LEAVE,
    "onboarding": HrStatus.FUTURE,
    "inactive": HrStatus.LEFT,
}
"""https://developer.personio.de/changelog/employee-api-added-status-and-supervisor_id-fields"""


class PersonioSettings(ServiceSettings):
    """Everybody whom a company's Personio lists."""

    tested: ClassVar[HowTested] = HowTested(
        Against.DESCRIPTION, "Personio's, cut by hand; personio-py as second caller"
    )

    columns: Columns = Field(
        default=COLUMNS, min_length=1, description="Our name -> Personio's name of the attribute, all that are wanted."
    )
    statuses: Mapping[HrWord, StatusWord] = Field(
        default=STATUSES,
        min_length=1,
        description="Personio's word -> one of ours; case doesn't count.",
    )
