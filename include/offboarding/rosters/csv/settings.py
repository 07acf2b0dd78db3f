"""What a user may write for a CSV roster."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from offboarding.interfaces import Against, HowTested
from offboarding.rosters._records.decoding import checked_encoding
from offboarding.rosters._records.durations import Duration, DurationOrNever
from offboarding.rosters._records.settings import MappedSettings, ZoneName
from offboarding.rosters.csv.calendar_days import DeliveryDays
from offboarding.rosters.csv.names import checked_date_form
from offboarding.rosters.csv.proof import FeedManifest, Trailer
from offboarding.rosters.csv.stores import checked_address


def _files(value: object) -> object:
    if value in ("newest", "all") or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError("is newest, all, or how many there must be")


Files = Annotated[
    Literal["newest", "all"] | int,
    BeforeValidator(_files, json_schema_input_type=Literal["newest", "all"] | Annotated[int, Field(ge=1)]),
]


DEFAULT_MEGABYTES = 2048


class Settings(MappedSettings):
    """What a user may write for a CSV roster."""

    tested: ClassVar[HowTested] = HowTested(
        Against.REAL,
        "files, OpenSSH's SFTP server, Samba's file server, messages of GnuPG and Sequoia; on emulators S3 "
        "(moto), Google's storage (fake-gcs-server) and Azure's (Azurite)",
    )

    path: Annotated[str, AfterValidator(checked_address)] = Field(
        min_length=1,
        description="A file, a folder (its *.csv), or a pattern; of this machine, relative to the project's folder, or "
        "an address such as s3://bucket/hr/.",
    )
    files: Files = Field(
        default="newest", description="Which of the files found are the feed: newest, all, or a number: all, so many."
    )
    newest: Literal["time", "name"] | None = Field(
        default=None,
        description="By what the newest is told: time of modification, or name. By the date in the name "
        "where date_in_name is given.",
    )
    date_in_name: Annotated[str, AfterValidator(checked_date_form)] | None = Field(
        default=None, description="%Y%m%d: where a name tells the feed's date; files without one don't count."
    )
    clock: ZoneName | None = Field(
        default=None, description="The zone of date_in_name, and of expected and holidays; left out: the company's."
    )
    encoding: Annotated[str, AfterValidator(checked_encoding)] = Field(
        default="utf-8", description="As declared, never guessed; a byte order mark is fine."
    )
    delimiter: Annotated[str, StringConstraints(strip_whitespace=False)] = Field(
        default=",", description='One character; a tab is "\\t".'
    )
    sheet: str | None = Field(
        default=None,
        min_length=1,
        description="Of a workbook (.xlsx); left out: the one visible sheet that has the columns.",
    )
    trailer: Trailer | None = Field(default=None, description="The last record, when it counts those above it.")
    manifest: FeedManifest | None = Field(default=None, description="A file beside the feed that says what it holds.")
    signed_by: str | None = Field(
        default=None,
        min_length=1,
        description="A file of HR's OpenPGP certificate: what isn't signed by it is refused; needs connection.",
    )
    max_age: Duration | None = Field(
        default=None, description="36h, 2d or seconds: a file made longer ago makes the read partial."
    )
    max_unchanged: DurationOrNever | None = Field(
        default=None,
        description="The same content delivered for longer than this makes the read partial; left out: as long as is "
        "likely with so many workers. never: it may stay the same.",
    )
    expected: DeliveryDays = Field(
        default=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        description="daily, weekdays, or a list of days: when HR delivers; other days don't age a file.",
    )
    max_megabytes: int = Field(
        default=DEFAULT_MEGABYTES,
        ge=1,
        description="What a file may hold, unpacked; a larger one is refused.",
    )
    holidays: frozenset[date] = Field(default=frozenset(), description="Days without delivery, beside expected.")

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        if len(delimiter) != 1 or delimiter in '"\r\n\0':
            raise ValueError('one character is needed, and no quotation mark or line end: ",", ";", "|" or "\\t"')
        return delimiter

    @model_validator(mode="after")
    def _that_fit(self) -> "Settings":
        if self.newest == "time" and self.date_in_name:
            raise ValueError("newest: time and date_in_name contradict each other: leave one of them out")
        if self.signed_by and not self.connection:
            raise ValueError("signed_by needs connection: the one whose extra holds pgp_private_key")
        return self
