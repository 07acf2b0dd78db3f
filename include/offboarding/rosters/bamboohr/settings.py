"""What a user may write for a roster from BambooHR."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.model import HrStatus
from offboarding.rosters._records.columns import ColumnNames
from offboarding.rosters._records.settings import Columns, HrWord, ServiceSettings, StatusWord

COLUMNS: ColumnNames = {
    "worker_id": "employeeNumber",
    "name": ("firstName", "lastName"),
    "mail": "workEmail",
    "location": "locationName",
    "type": "employmentStatusName",
    "status": "status",
    "start": "hireDate",
    "end": "terminationDate",
}


class BambooSettings(ServiceSettings):
    """Everybody whom a company's BambooHR lists."""

    tested: ClassVar[HowTested] = HowTested(
        Against.BY_HAND,
        "after BambooHR's own client; mcparmory-bamboohr, made of its description by others, as second caller",
    )

    columns: Columns = Field(
        default=COLUMNS, min_length=1, description="Our name -> BambooHR's name of the field, all that are wanted."
    )
    statuses: Mapping[HrWord, StatusWord] = Field(
        default={"Active": HrStatus.ACTIVE, "Inactive": HrStatus.LEFT},
        min_length=1,
        description="BambooHR's word -> one of ours; case doesn't count.",
    )
