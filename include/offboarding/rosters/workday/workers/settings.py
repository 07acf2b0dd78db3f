"""What a user may write for a roster of Workday's workers."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from offboarding.interfaces import Against, HowTested
from offboarding.model import HrStatus
from offboarding.rosters._records.columns import ColumnNames
from offboarding.rosters._records.settings import Columns, HrWord, ServiceSettings, StatusWord

STATUS = "Status"
"""What is made of a worker's Worker_Status_Data, in place of a path."""
RESCINDED = "Rescinded"
_STATUS_DATA = "wd:Worker_Data/wd:Employment_Data/wd:Worker_Status_Data"
_JOB = "wd:Worker_Data/wd:Employment_Data/wd:Worker_Job_Data[@wd:Primary_Job=1]/wd:Position_Data"
_NAME = "wd:Worker_Data/wd:Personal_Data/wd:Name_Data/wd:Preferred_Name_Data/wd:Name_Detail_Data/@wd:Formatted_Name"
_WORK = "wd:Usage_Data/wd:Type_Data/wd:Type_Reference/wd:ID[@wd:type='Communication_Usage_Type_ID']='WORK'"
_ENDS = f"{_STATUS_DATA}/wd:Termination_Date"
COLUMNS: ColumnNames = {
    "worker_id": "wd:Worker_Data/wd:Worker_ID",
    "name": _NAME,
    "mail": f"wd:Worker_Data/wd:Personal_Data/wd:Contact_Data/wd:Email_Address_Data[{_WORK}]/wd:Email_Address",
    "login": "wd:Worker_Data/wd:User_ID",
    "manager": f"{_JOB}/wd:Manager_as_of_last_detected_manager_change_Reference/wd:ID[@wd:type='Employee_ID']",
    "location": f"{_JOB}/wd:Business_Site_Summary_Data/wd:Name",
    "type": "wd:Worker_Reference/wd:ID[@wd:type!='WID']/@wd:type",
    "status": STATUS,
    "start": f"{_STATUS_DATA}/wd:Hire_Date",
    "last_working_day": f"{_STATUS_DATA}/wd:Termination_Last_Day_of_Work",
    "end": f"{_ENDS} | {_STATUS_DATA}[not(wd:Termination_Date)]/wd:End_Employment_Date",
}
STATUSES: Mapping[str, HrStatus] = {
    "Active": HrStatus.ACTIVE,
    "On Leave": HrStatus.LEAVE,
    "Terminated": HrStatus.LEFT,
    "Retired": HrStatus.RETIRED,
    RESCINDED: HrStatus.LEFT,
    "Future": HrStatus.FUTURE,
}
"""What workers.py makes of Workday's flags; what it calls Inactive is none of these."""


class WorkdayWorkersSettings(ServiceSettings):
    """Every worker of a tenant's, by Get_Workers."""

    tested: ClassVar[HowTested] = HowTested(
        Against.BY_HAND, "a schema after Workday's, and Microsoft's documents; zeep as second caller"
    )

    tenant: Annotated[str, StringConstraints(pattern=r"^[^/?#\s]+$")] = Field(
        description="The tenant's name, as it stands in Workday's URLs."
    )
    version: Annotated[str, StringConstraints(pattern=r"^v\d{2}\.\d$")] = Field(
        default="v43.0", description="Of Workday's web services."
    )
    page_size: int = Field(default=100, ge=1, le=999, description="Workers on a page.")
    columns: Columns = Field(
        default=COLUMNS,
        min_length=1,
        description="Our name -> an XPath from wd:Worker on, or Status, all that are wanted.",
    )
    statuses: Mapping[HrWord, StatusWord] = Field(
        default=STATUSES, min_length=1, description="A word that Status may be -> one of ours; case doesn't count."
    )
    timeout_seconds: float = Field(default=300, gt=0, description="How long to wait for an answer.")
