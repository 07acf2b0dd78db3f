"""What a user may write for any roster that is a table."""

from collections.abc import Mapping
from typing import Annotated, cast
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from offboarding.interfaces import RosterSettings
from offboarding.model import HrStatus
from offboarding.net.service.budget import HttpBudget
from offboarding.rosters._records.columns import (
    JOINED,
    NAMES,
    SCOPED,
    ColumnNames,
    check_joined,
    checked_name,
    missing,
)
from offboarding.rosters._records.days import check_formats
from offboarding.rosters._records.words import choice, folded, hint

_COLUMNS_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        name: {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
        for name in JOINED
    },
    "additionalProperties": {"type": "string"},
    "propertyNames": {"anyOf": [{"enum": list(NAMES)}, {"pattern": f"^({'|'.join(SCOPED)}):.+$"}]},
}


def _hr_word(word: object) -> object:
    """HR's codes are often numbers, which YAML reads as such; its Yes and No are no words any more."""
    if isinstance(word, bool):
        raise ValueError("put this word in quotes: YAML reads Yes, No, On and Off as true and false")  # noqa: TRY004 - pydantic takes a ValueError
    return str(word) if isinstance(word, int) else word


def _status(word: object) -> object:
    if isinstance(word, str) and word.strip() not in tuple(HrStatus):
        raise ValueError(f"{word} is no status.{choice(word, HrStatus)}")
    return word


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError) as error:
        near = hint(name, available_timezones())
        raise ValueError(f"{name!r} is no IANA time zone.{near or ' One is Asia/Seoul.'}") from error
    return name


def _formats(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _header_names(value: object) -> str | tuple[str, ...]:
    parts = cast("list[object] | tuple[object, ...]", value) if isinstance(value, list | tuple) else (value,)
    names = tuple(part for part in parts if isinstance(part, str) and part.strip())
    if not names or len(names) != len(parts):
        raise ValueError("is a column's name in the header, or a list of such names")
    return names[0] if isinstance(value, str) else names


def _joined(columns: ColumnNames) -> ColumnNames:
    check_joined(columns)
    return columns


def _without_twins(words: Mapping[str, object]) -> None:
    seen: dict[str, str] = {}
    for word in words:
        twin = seen.setdefault(folded(word), word)
        if twin != word and words[twin] != words[word]:
            raise ValueError(f"{twin!r} and {word!r} are the same word, and mean two things")


HrWord = Annotated[str, BeforeValidator(_hr_word)]
ColumnName = Annotated[str, AfterValidator(checked_name)]
StatusWord = Annotated[HrStatus, BeforeValidator(_status)]
ZoneName = Annotated[str, AfterValidator(_zone)]
HeaderNames = Annotated[str | tuple[str, ...], PlainValidator(_header_names)]
Columns = Annotated[Mapping[ColumnName, HeaderNames], AfterValidator(_joined), WithJsonSchema(_COLUMNS_SCHEMA)]
"""Our name -> the feed's name of the column; of `name` and of lists also several."""


class RecordSettings(RosterSettings):
    """How a table's columns and words are to be read."""

    columns: Columns = Field(
        default={}, description="Our name -> the feed's name of the column; [First Name, Last Name] puts two together."
    )
    statuses: Mapping[HrWord, StatusWord] = Field(
        default={str(status): status for status in HrStatus},
        min_length=1,
        description="HR's word -> active, leave, suspended, garden_leave, left, retired, deceased or future; case"
        " doesn't count.",
    )
    zones: Mapping[HrWord, ZoneName] = Field(
        default={}, description="HR's word for a location -> the IANA time zone its days are in; case doesn't count."
    )
    date_format: Annotated[tuple[str, ...], BeforeValidator(_formats, json_schema_input_type=str | tuple[str, ...])] = (
        Field(default=("%Y-%m-%d",), min_length=1, description="strptime's language; several are tried, none guessed.")
    )
    mail_domains: tuple[str, ...] | None = Field(
        default=None,
        description="Domains of this feed's mails: a feed with none there is another company's. Left out: the "
        "company's own; []: any.",
    )
    list_separator: Annotated[str, StringConstraints(strip_whitespace=False, min_length=1)] = Field(
        default=";", description="Between several previous worker ids, or former mails, in one field."
    )

    @field_validator("statuses", "zones")
    @classmethod
    def _one_meaning(cls, words: Mapping[str, object]) -> Mapping[str, object]:
        _without_twins(words)
        return words

    @field_validator("date_format")
    @classmethod
    def _whole_days(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        check_formats(formats)
        return formats

    def named_sources(self) -> tuple[str, ...]:
        """Sources that its columns name, as in `login:corp-ldap`."""
        sources = (name.partition(":")[2] for name in self.columns)
        return tuple(dict.fromkeys(source for source in sources if source))

    def maps_logins(self) -> bool:
        """Whether it maps a `login` for no source in particular."""
        return "login" in self.columns

    def tells_location(self) -> bool:
        """Whether it maps where somebody works."""
        return "location" in self.columns


class MappedSettings(RecordSettings):
    """How a table is to be read of which nothing counts but what is mapped."""

    columns: Columns = Field(
        min_length=1,
        description="Our name -> the header's name of the column; [First Name, Last Name] puts two together.",
    )

    @field_validator("columns")
    @classmethod
    def _required_columns(cls, columns: ColumnNames, info: ValidationInfo) -> ColumnNames:
        coverage = info.data.get("coverage")
        sentence = missing(columns, coverage) if coverage else ""
        if sentence:
            raise ValueError(sentence)
        return columns


class ServiceSettings(HttpBudget, MappedSettings):
    """The same of what a service tells over HTTP."""

    connection: str = Field(min_length=1, description="Airflow connection id.")  # needed here
