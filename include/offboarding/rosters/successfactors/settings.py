"""What a user may write for a roster from SAP SuccessFactors."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, field_validator

from offboarding.interfaces import Against, HowTested
from offboarding.model import HrStatus
from offboarding.rosters._records.columns import ColumnNames
from offboarding.rosters._records.settings import Columns, HrWord, ServiceSettings, StatusWord

_JOB = "employmentNav/jobInfoNav"
COLUMNS: ColumnNames = {
    "worker_id": "personIdExternal",
    "name": ("personalInfoNav/firstName", "personalInfoNav/lastName"),
    "mail": "emailNav/emailAddress",
    "manager": f"{_JOB}/managerEmploymentNav/personIdExternal",
    "location": f"{_JOB}/location",
    "status": f"{_JOB}/emplStatusNav/externalCode",
    "start": "employmentNav/startDate",
    "last_working_day": "employmentNav/lastDateWorked",
    "end": "employmentNav/endDate",
}
STATUSES: Mapping[str, HrStatus] = {
    "A": HrStatus.ACTIVE,
    "D": HrStatus.LEAVE,
    "U": HrStatus.LEAVE,
    "P": HrStatus.LEAVE,
    "F": HrStatus.LEAVE,
    "S": HrStatus.SUSPENDED,
    "O": HrStatus.LEFT,
    "R": HrStatus.RETIRED,
    "T": HrStatus.LEFT,
}
"""Codes of the picklist employee-status, which are not to be changed: https://userapps.support.sap.com/sap/support/knowledge/en/2505526

Dormant is who is away on a global assignment; a furlough ends nothing; discarded is an assignment that never was.
"""
_USER = "userNav"


class SuccessFactorsSettings(ServiceSettings):
    """Everybody with an employment in a company's Employee Central."""

    tested: ClassVar[HowTested] = HowTested(
        Against.BY_HAND, "after SAP's `$metadata`; SAP's own client as second caller"
    )

    columns: Columns = Field(
        default=COLUMNS,
        min_length=1,
        description="Our name -> the path of the property, from PerPerson on, all that are wanted.",
    )
    statuses: Mapping[HrWord, StatusWord] = Field(
        default=STATUSES,
        min_length=1,
        description="The external code of an employee status -> one of ours; case doesn't count.",
    )
    mail_type: str = Field(
        default="B", min_length=1, description="The external code of the type that a work mail is of."
    )

    @field_validator("columns")
    @classmethod
    def _told_of_leavers(cls, columns: ColumnNames) -> ColumnNames:
        """Why not by User: https://userapps.support.sap.com/sap/support/knowledge/en/2808267."""
        paths = (path for each in columns.values() for path in ((each,) if isinstance(each, str) else each))
        if any(_USER in path.split("/") for path in paths):
            raise ValueError(
                f"no path goes by {_USER}: SuccessFactors tells no User of whoever is inactive, so that what is mapped"
                " there would be gone as somebody leaves. Take a property of PerPerson, EmpEmployment or EmpJob"
            )
        return columns
