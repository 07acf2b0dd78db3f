"""What every key of every file and form is held to, whatever else its own field asks for."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import cast

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from offboarding.model.days import far_off
from offboarding.model.texts import illegible

MOST_NUMBER = 100_000
"""Of a number whose field has no limit of its own: as many days or hours can be added to any moment."""


class Strict(BaseModel):
    """Settings that refuse what they don't know, and can't be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _strict_texts(cls, given: object) -> object:
        # An invisible text is compared as an empty one, and an empty one says something else than what was written.
        for text in _texts(given):
            if why := illegible(text):
                raise ValueError(why)
        return given

    @field_validator("*")
    @classmethod
    def _strict_limits(cls, taken: object, info: ValidationInfo) -> object:
        if isinstance(taken, int | float) and not -MOST_NUMBER <= taken <= MOST_NUMBER:
            own = cls.model_fields[str(info.field_name)].metadata
            if not any(hasattr(limit, "le") or hasattr(limit, "lt") for limit in own):
                raise ValueError(f"is out of bounds: {MOST_NUMBER:,} at most")
        if type(taken) is date and (why := far_off(taken)):
            raise ValueError(why)
        return taken


def _texts(given: object) -> Iterator[str]:
    """Yield a field's text, or those of its list; a mapping's are fields of its own model."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, list | tuple):
        for each in cast("Iterable[object]", given):
            yield from _texts(each)
