"""`custody.yaml`: who holds which key, as people say it. Every key of the file is a field here.

The register is a person's word. It grades who held a key, and says what no system tells (that a key on a laptop can be
carried away); it never says that a key is dead, and an entry that is taken out stays evidence in the store.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from offboarding.config.yaml_file import Day, short_enough
from offboarding.interfaces import Strict
from offboarding.model import Exportable, Key

_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_MATERIAL = re.compile(rf"jkt:{_THUMBPRINT.pattern}|ref:[^/]+/.+")
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_LONGEST_NAME = 100
_LONGEST_SENTENCE = 2_000


def _thumbprint(text: str) -> str:
    if not _THUMBPRINT.fullmatch(text):
        raise ValueError(f"{text!r} is no RFC 7638 SHA-256 thumbprint: 43 letters, digits, - and _")
    return text


def _material(text: str) -> str:
    if not _MATERIAL.fullmatch(text):
        raise ValueError(f"{text!r} is neither jkt:THUMBPRINT nor ref:SYSTEM/ID, as `custody` shows them")
    return text


def _yes_or_no(value: object) -> object:
    """YAML 1.1 reads a bare yes and no as true and false."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _listed(value: object) -> object:
    """A heading with nothing but comments below it is an empty list."""
    return () if value is None else value


def _named(value: object) -> object:
    return {} if value is None else value


Thumbprint = Annotated[str, AfterValidator(_thumbprint)]
Material = Annotated[str, AfterValidator(short_enough), AfterValidator(_material)]
Answer = Annotated[
    Literal["yes", "no", "unknown"],
    BeforeValidator(_yes_or_no),
    WithJsonSchema({"enum": ["yes", "no", "unknown", True, False], "title": "Carryable"}),
]
Text = Annotated[str, Field(min_length=1), AfterValidator(short_enough)]
Sentence = Annotated[str, Field(max_length=_LONGEST_SENTENCE)]


class Stretch(Strict):
    """From a day to a day, both included."""

    since: Day | None = Field(default=None, description="The first day; left out: ever since.")
    until: Day | None = Field(default=None, description="The last day; left out: still.")

    @field_validator("until")
    @classmethod
    def _after_since(cls, until: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if until is not None and since is not None and until < since:
            raise ValueError(f"{until} lies before since, {since}")
        return until


class TeamMember(Stretch):
    """A worker in a team."""

    worker: Text = Field(description="id_space:worker_id, such as hr:10442.")


class GroupReference(Strict):
    """A group that a source reads because it guards keys."""

    source: Text = Field(description="The source's name in offboarding.yaml.")
    name: Text = Field(description="The group's label (a DN) or native id, as the source tells it.")


class Custodian(Stretch):
    """Somebody who holds the key, or held it: one of worker, group, principal and team."""

    worker: Text | None = Field(default=None, description="id_space:worker_id, such as hr:10442.")
    group: GroupReference | None = Field(default=None, description="Whoever is in a guarded group of a directory.")
    principal: Text | None = Field(default=None, description="An AWS principal's ARN.")
    team: Text | None = Field(default=None, description="The name of one of the teams above.")

    @model_validator(mode="after")
    def _one(self) -> "Custodian":
        _exactly_one(self, "worker", "group", "principal", "team")
        return self


class KeyPlace(Strict):
    """How the key is recognised: by its material, or by what one reader calls it."""

    material: Material | None = Field(default=None, description="jkt:THUMBPRINT or ref:SYSTEM/ID, as `custody` shows.")
    thumbprint: Thumbprint | None = Field(default=None, description="RFC 7638, SHA-256, of the public half.")
    verifier: Text | None = Field(default=None, description="A verifier's name in offboarding.yaml.")
    source: Text | None = Field(default=None, description="A source's name in offboarding.yaml.")
    id: Text | None = Field(default=None, description="What the reader calls it: an ARN, a key id, transit/name.")
    kid: Text | None = Field(default=None, description="Of a JWKS: the key id.")
    issuer: Text | None = Field(default=None, description="Of a JWKS: every key of this issuer.")

    @model_validator(mode="after")
    def _whole(self) -> "KeyPlace":
        _exactly_one(self, "material", "thumbprint", "verifier", "source")
        if self.reader:
            _exactly_one(self, "id", "kid", "issuer")
        elif self.id or self.kid or self.issuer:
            raise ValueError("id, kid and issuer are what a verifier or source calls it: name that, too")
        return self

    @property
    def reader(self) -> str:
        """The verifier's or source's name; "" where the material says it."""
        return self.verifier or self.source or ""

    @property
    def called(self) -> str:
        """The material, or what the reader calls it."""
        return self.material or (f"jkt:{self.thumbprint}" if self.thumbprint else "") or self._own

    @property
    def _own(self) -> str:
        return self.id or self.kid or self.issuer or ""

    def shows(self, reader: str, key: Key) -> bool:
        """Whether this is the place of a copy that a reader tells of."""
        if self.reader:
            return self.reader == reader and self.called in (key.native_id, key.name)
        return self.called == key.material


class TrustedBy(Strict):
    """A verifier that accepts what the key signs."""

    name: Text = Field(description="A verifier's or source's name in offboarding.yaml.")
    cache_hours: float = Field(
        default=0, ge=0, description="The longest that anyone there goes on trusting it, if longer than the verifier's."
    )


class RegisteredKey(Strict):
    """A key or shared secret."""

    name: str = Field(
        pattern=_NAME,
        max_length=_LONGEST_NAME,
        description="Our name for it, in tickets and commands: letters, digits, . - _",
    )
    kind: Literal["signing_key", "shared_secret"]
    places: tuple[KeyPlace, ...] = Field(min_length=1, description="How it is recognised; several places, one key.")
    verifiers: tuple[TrustedBy, ...] = Field(default=(), description="Who trusts it, and for how long at most.")
    custodians: Annotated[tuple[Custodian, ...], BeforeValidator(_listed)] = Field(
        default=(), description="Who holds it, or held it. Whoever gave it up gets an until; nobody is taken out."
    )
    carryable: Answer = Field(default="unknown", description="Whether the material can be taken along.")
    because: Sentence = Field(default="", description="Why; needed for no.")
    signs_for: Sentence = Field(default="", description="What it can sign or open, in a sentence.")
    owner: Sentence = Field(default="", description="Who answers for it.")
    queue: Sentence = Field(default="", description="Ticket queue; left out: the reader's, else the policy's.")
    threshold: int = Field(default=1, ge=1, description="How many holders it takes together; 1: each alone.")

    @model_validator(mode="after")
    def _reason(self) -> "RegisteredKey":
        if self.carryable == "no" and not self.because:
            raise ValueError("because is missing: carryable: no needs the reason, for a person who has to believe it")
        return self

    @property
    def answer(self) -> Exportable:
        """`carryable`, as a case has it."""
        return Exportable(self.carryable)


class Register(Strict):
    """The whole file."""

    teams: Annotated[Mapping[str, tuple[TeamMember, ...]], BeforeValidator(_named)] = Field(
        default={}, description="Team: its members, past ones too."
    )
    keys: Annotated[tuple[RegisteredKey, ...], BeforeValidator(_listed)] = Field(
        default=(), description="Keys that several people may hold."
    )

    def cache(self, reader: str, key: Key) -> timedelta:
        """The longest that a copy goes on being trusted after its verifier stopped, by the register's word.

        An entry that doesn't say which of the verifier's keys it is makes all of them wait: longer is safer.
        """
        hours = (
            trusted.cache_hours
            for entry in self.keys
            for trusted in entry.verifiers
            if trusted.name == reader and _may_be(entry, reader, key)
        )
        return timedelta(hours=max(hours, default=0))


def json_schema() -> dict[str, object]:
    """The file's JSON schema, for editors."""
    schema = Register.model_json_schema()
    # A class's docstring is for whoever changes the class.
    definitions = {
        name: {key: value for key, value in definition.items() if key != "description"}
        for name, definition in schema.pop("$defs", {}).items()
    }
    schema |= {"title": "custody.yaml", "description": "docs/custody.md", "$defs": definitions}
    schema["properties"] = {name: _or_null(shown) for name, shown in schema["properties"].items()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_SHAPES = frozenset({"type", "items", "additionalProperties"})
"""What says how a list or mapping looks."""


def _or_null(shown: Mapping[str, object]) -> dict[str, object]:
    """A list or mapping with nothing but comments below it is null."""
    shape = {key: value for key, value in shown.items() if key in _SHAPES}
    rest = {key: value for key, value in shown.items() if key not in _SHAPES}
    return {**rest, "anyOf": [shape, {"type": "null"}]}


def _may_be(entry: RegisteredKey, reader: str, key: Key) -> bool:
    fitting = [place for place in entry.places if place.reader in ("", reader)]
    return not fitting or any(place.shows(reader, key) for place in fitting)


def _exactly_one(model: Strict, *names: str) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        got = f" (got {' and '.join(given)})" if given else ""
        raise ValueError(f"names one of {', '.join(names[:-1])} and {names[-1]}{got}")


def custodians_of(register: Register, entry: RegisteredKey) -> Iterator[tuple[Custodian, str]]:
    """Yield an entry's custodians with the team each comes by ("": none), a team's members in its place.

    A member counts for the days that both the team and the entry are told of.

    A member whose days lie outside the team's is nobody's custodian. An unknown team yields nobody: `check` tells it.
    """
    for custodian in entry.custodians:
        if custodian.team is None:
            yield custodian, ""
            continue
        for member in register.teams.get(custodian.team, ()):
            since, until = _later(custodian.since, member.since), _earlier(custodian.until, member.until)
            if since is None or until is None or since <= until:
                yield Custodian(worker=member.worker, since=since, until=until), custodian.team


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day), default=None)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day), default=None)
