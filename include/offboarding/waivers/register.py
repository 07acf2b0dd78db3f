"""`exceptions.yaml`: reviewed like code, so that who let what stand, why and until when is on record.

An exception hides nothing: what it covers is listed and counted, and stands again on the day after it expires. It names
people, accounts or findings. It never covers an event (something that happened is judged by a person, one by one), a
critical finding, one that began after the entry was first read, or everything of a kind.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from offboarding.config.yaml_file import Day, short_enough
from offboarding.interfaces import Strict
from offboarding.model import TicketKind
from offboarding.model.texts import is_blank
from offboarding.rules import rule_of

_FINDING = re.compile(r"(?:f-)?([0-9a-f]{8,32})")


def _listed(value: object) -> object:
    """A heading with nothing but comments below it is an empty list."""
    return () if value is None else value


def _finding(text: str) -> str:
    found = _FINDING.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no finding's key, such as f-7c31a0b2")
    return found[1]


def _named(text: str) -> str:
    if set(text) <= set("*?%. ") or is_blank(text):
        raise ValueError(f"{text!r} would stand for everything: name the one that is meant")
    return text


Name = Annotated[str, Field(min_length=1), AfterValidator(_named), AfterValidator(short_enough)]
Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class Waiver(Strict):
    """Who lets it stand, why, and until when."""

    reason: Text = Field(description="Why, for whoever reads it in a year.")
    approver: Text = Field(description="Who approved it.")
    expires: Day = Field(description="The last day on which it counts, in the company's zone.")


class Exempted(Waiver):
    """An exception to findings: by their key, or whose and what they are about; all that is given must hold."""

    finding: Annotated[str, AfterValidator(_finding)] | None = Field(
        default=None, description="A finding's key, such as f-7c31a0b2."
    )
    worker: Name | None = Field(default=None, description="id_space:worker_id, such as hr:10442.")
    source: Name | None = Field(default=None, description="A source's or verifier's name in offboarding.yaml.")
    account: Name | None = Field(
        default=None, description="An account's native id, or its label on the first night; needs its source."
    )
    rule: Name | None = Field(default=None, description="A rule's id; needs one of the others beside it.")

    @model_validator(mode="after")
    def _bounded(self) -> "Exempted":
        if not (self.finding or self.worker or self.account):
            raise ValueError("names nothing that bounds it: a finding, a worker, or an account with its source")
        if self.account and not self.source:
            raise ValueError("account needs its source: the same id may be somebody else's in another system")
        named = rule_of(self.rule) if self.rule else None
        if named and named.ticket is TicketKind.EVENT:
            raise ValueError(f"rule {self.rule} can't be excepted: what happened is judged one by one (verdict)")
        return self


class Acknowledged(Waiver):
    """A gap that a company knows: what can't be read yet, heard, or told for certain; one of the four."""

    source: Name | None = Field(default=None, description="A source or verifier that can't be read whole.")
    part: Name | None = Field(default=None, description="One part of it (an AWS account id); left out: all of it.")
    roster: Name | None = Field(default=None, description="A roster that can't be read whole.")
    finding: Annotated[str, AfterValidator(_finding)] | None = Field(
        default=None, description="A finding of which it can't be told whether it works."
    )
    queue: Literal["departures"] | None = Field(
        default=None, description="The queue of departures, which can't be asked or whose messages nobody takes."
    )
    covers: Literal["unread"] | None = Field(
        default=None,
        description="unread: also that it can't be read at all. Left out: only that it's read in part.",
    )

    @model_validator(mode="after")
    def _one(self) -> "Acknowledged":
        given = [name for name in ("source", "roster", "finding", "queue") if getattr(self, name) is not None]
        if len(given) != 1:
            got = f" (got {' and '.join(given)})" if given else ""
            raise ValueError(f"names one of source, roster, finding and queue{got}")
        if self.part and not self.source:
            raise ValueError("part needs its source")
        if self.covers and not (self.source or self.roster):
            raise ValueError("covers needs a source or a roster")
        return self


class Exceptions(Strict):
    """The whole file."""

    exceptions: Annotated[tuple[Exempted, ...], BeforeValidator(_listed)] = Field(
        default=(), description="Findings that may stand for a while."
    )
    acknowledgements: Annotated[tuple[Acknowledged, ...], BeforeValidator(_listed)] = Field(
        default=(), description="Gaps that are known: while they are acknowledged, they turn no run red."
    )


def json_schema() -> dict[str, object]:
    """The file's JSON schema, for editors."""
    schema = Exceptions.model_json_schema()
    # A class's docstring is for whoever changes the class.
    definitions = {
        name: {key: value for key, value in definition.items() if key != "description"}
        for name, definition in schema.pop("$defs", {}).items()
    }
    schema |= {"title": "exceptions.yaml", "description": "docs/exceptions.md", "$defs": definitions}
    # A heading with nothing but comments below it is null.
    schema["properties"] = {
        name: {
            "anyOf": [{"type": "array", "items": shown["items"]}, {"type": "null"}],
            "description": shown["description"],
        }
        for name, shown in schema["properties"].items()
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
