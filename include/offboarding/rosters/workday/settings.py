"""What a user may write for a roster from Workday."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from offboarding.interfaces import Against, HowTested
from offboarding.rosters._records.settings import Columns, ServiceSettings

_PART = r"[^/?#\s]+"
_REPORT = re.compile(rf"{_PART}/{_PART}/{_PART}")
_FORMAT = "format"


def _report(path: str) -> str:
    if not _REPORT.fullmatch(path):
        raise ValueError(
            "is TENANT/OWNER/REPORT: what stands between customreport2/ and the question mark in the report's own URL"
            " (Web Service, View URLs)"
        )
    return path


Prompt = Annotated[str, StringConstraints(min_length=1)]


class WorkdaySettings(ServiceSettings):
    """A custom report that is enabled as a web service."""

    tested: ClassVar[HowTested] = HowTested(
        Against.BY_HAND,
        "after Workday's own client, and Microsoft's documents on terminations; workday-tools as second caller",
    )

    report: Annotated[str, AfterValidator(_report)] = Field(
        description="TENANT/OWNER/REPORT, as they stand in the report's URL after customreport2/."
    )
    columns: Columns = Field(
        min_length=1,
        description="Our name -> the column's name in the first line of the report as CSV.",
    )
    prompts: Mapping[Prompt, str] = Field(
        default={}, description="The report's prompts, as its URL names them -> what is to stand there."
    )
    effective_prompt: Prompt | None = Field(
        default=None,
        description="Which prompt takes the effective date: the latest day that it is anywhere is put there.",
    )
    timeout_seconds: float = Field(default=1800, gt=0, description="How long the report may take, until it's whole.")
    max_megabytes: int = Field(default=512, ge=1, description="What the report may hold; a larger one is refused.")

    @model_validator(mode="after")
    def _that_fit(self) -> "WorkdaySettings":
        if _FORMAT in self.prompts or self.effective_prompt == _FORMAT:
            raise ValueError("format is no prompt: the report is always asked for as CSV")
        if self.effective_prompt in self.prompts:
            raise ValueError(f"{self.effective_prompt} stands in effective_prompt and in prompts: leave out the latter")
        return self
