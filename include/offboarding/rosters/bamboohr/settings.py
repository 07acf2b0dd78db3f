"""What a user may write for a roster from BambooHR."""

from collections.abc import Mapping

from pydantic import Field, ValidationInfo, field_validator

from offboarding.model import HrStatus
from offboarding.net.service.budget import HttpBudget
from offboarding.rosters._records.columns import ColumnNames, missing
from offboarding.rosters._records.settings import Columns, HrWord, RecordSettings, StatusWord

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


class BambooSettings(HttpBudget, RecordSettings):
    """Everybody whom a company's BambooHR lists."""

    connection: str = Field(description="Airflow connection id.")  # pyright: ignore[reportIncompatibleVariableOverride] - needed here
    columns: Columns = Field(
        default=COLUMNS, min_length=1, description="Our name -> BambooHR's name of the field, all that are wanted."
    )
    statuses: Mapping[HrWord, StatusWord] = Field(
        default={"Active": HrStatus.ACTIVE, "Inactive": HrStatus.LEFT},
        min_length=1,
        description="BambooHR's word -> one of ours; case doesn't count.",
    )

    @field_validator("columns")
    @classmethod
    def _required_columns(cls, columns: ColumnNames, info: ValidationInfo) -> ColumnNames:
        coverage = info.data.get("coverage")
        sentence = missing(columns, coverage) if coverage else ""
        if sentence:
            raise ValueError(sentence)
        return columns
