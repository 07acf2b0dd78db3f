"""What every line has in common: how it's read off what the store tells, and how its values are written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, model_validator

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class By:
    """Where a field is read: under another name or path of names, or by a function of the whole."""

    read: str | Callable[[Any], object]

    def of(self, record: object) -> object:
        """The field's value."""
        return attrgetter(self.read)(record) if isinstance(self.read, str) else self.read(record)


def itself(record: object) -> object:
    """An object of the line that is read off the same as the line."""
    return record


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _or_null(record: object) -> object:
    return record or None


At = Annotated[datetime, PlainSerializer(_utc)]
"""A moment: ISO 8601 in UTC."""
OrNull = Annotated[str | None, BeforeValidator(_or_null)]
"""A text; what is empty in the store is null in a line."""


class Inner(BaseModel):
    """An object, read field by field off one of the store's."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @classmethod
    def read(cls, record: object, **given: object) -> Self:
        """Off an object of the store, but for what is given."""
        return cls.model_validate({**dict(cls._fields_of(record, given)), **given})

    @model_validator(mode="before")
    @classmethod
    def _read_within(cls, record: object) -> object:
        # What is given as it is stands in a dict; an object of the store never does.
        return cast("object", record) if isinstance(record, dict) else dict(cls._fields_of(record, {}))

    @classmethod
    def _fields_of(cls, record: object, given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        for name, field in cls.model_fields.items():
            if name not in given:
                by = next((each for each in field.metadata if isinstance(each, By)), By(name))
                yield name, by.of(record)


class JsonLine(Inner):
    """An object that is printed on a line of its own."""

    version: ClassVar[int | None] = SCHEMA_VERSION
    """Under which it's promised; None: it isn't yet."""

    def printed(self) -> dict[str, object]:
        """Ready for JSON, its fields in their order."""
        own = cast("dict[str, object]", self.model_dump(mode="json", by_alias=True))
        return own if self.version is None else {"schema_version": self.version, **own}
