"""The file put together: entries as their systems propose them, then what holds for the company."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from zoneinfo import available_timezones

import yaml
from pydantic import ValidationError

from offboarding import wiring
from offboarding.config import loading
from offboarding.config.init.asking import Answers
from offboarding.config.mistakes import of_validation
from offboarding.config.policy import Policy
from offboarding.config.settings import STORE_CONNECTION
from offboarding.config.spelling import nearest
from offboarding.interfaces import ConnectionFields, Proposal
from offboarding.model.errors import ConfigError

WIDTH = 110
_HEAD = """\
# yaml-language-server: $schema=offboarding.schema.json
# What the checker reads, and whom it tells; begun by `python -m offboarding init`.
# Every key: docs/configuration.md. A mistake is named by: python -m offboarding check-config
# Hosts, logins and passwords are never here: `connection` names an Airflow connection.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSystem:
    """A system that is to be in the file."""

    room: str
    """rosters, sources or trackers."""
    kind: str
    where: str
    """An address, or a connection's id."""


@dataclass(slots=True, kw_only=True)
class Composition:
    """The file as far as it's known."""

    answers: Answers
    embedded: bool
    login_realm: str | None
    entries: dict[str, list[tuple[dict[str, object], Proposal]]] = field(
        default_factory=lambda: {room: list[tuple[dict[str, object], Proposal]]() for room in loading.ROOMS}
    )

    def add(self, wanted: WantedSystem) -> None:
        """Look at a system, and put down what it proposes. Raises ConfigError, for an answer that can't be right too,
        and whatever the look meets.
        """
        module = loading.kind_module(wanted.room, wanted.kind)
        by_connection = bool(module.Settings.model_fields["connection"].is_required())
        name = self._name(wanted, by_connection=by_connection)
        conn_id = wanted.where if by_connection else self.answers.given.get(f"{name}.connection")
        fields: ConnectionFields | None = wiring.connection(conn_id) if conn_id else None
        propose = getattr(module, "propose", None)
        asker = self.answers.about(name)
        try:
            proposal = cast("Proposal", propose(wanted.where, fields, asker)) if propose else Proposal(settings={})
        except ValidationError as error:
            given = {str(each["loc"][0]): "" for each in error.errors() if each["loc"]}
            wrong = "; ".join(map(str, of_validation(module.Settings, given, name, error)))
            raise ConfigError(f"{wrong}. Nothing was written: answer it otherwise.") from None
        entry: dict[str, object] = {"name": name, "kind": wanted.kind}
        entry |= {"connection": wanted.where} if by_connection else {}
        self.entries[wanted.room].append((entry | dict(proposal.settings), proposal))

    @property
    def warnings(self) -> list[str]:
        """What the systems' looks found wrong."""
        return [warning for each in self.entries.values() for _, proposal in each for warning in proposal.warnings]

    def text(self) -> str:
        """The whole file as YAML."""
        parts = [_HEAD, _yaml({"company": self._company()})]
        if self.embedded:
            parts.append(
                "# A PostgreSQL beside the project, for a first trial. Left out: the Airflow connection"
                f" {STORE_CONNECTION}.\n{_yaml({'store': 'embedded'})}"
            )
        parts += [self._room(room) for room in loading.ROOMS if self.entries[room]]
        policy = self._policy()
        parts += [_yaml({"policy": policy})] if policy else []
        self._refuse_unused()
        return "\n".join(parts)

    def _company(self) -> dict[str, object]:
        proposals = [proposal for room in loading.ROOMS for _, proposal in self.entries[room]]
        zones = [zone for proposal in proposals for zone in proposal.zones]
        company: dict[str, object] = {"time_zone": self._zone(zones[0] if zones else None)}
        domains = list(dict.fromkeys(domain for proposal in proposals for domain in proposal.mail_domains))
        company |= {"mail_domains": domains} if domains else {}
        return self._with_given("company", company)

    def _zone(self, proposed: str | None) -> str:
        """At the terminal asked until there is such a zone: a slip of the pen, last of all, would cost every answer."""
        asker, question = self.answers.about("company"), "The company's time zone, such as Asia/Seoul"
        zone = asker.choose("time_zone", question, proposed=proposed, confirm=True)
        while self.answers.interactive and zone not in available_timezones():
            zone = self.answers.ask(f"{zone!r} is no IANA time zone. {question}", proposed=proposed, needed=True)
        return zone

    def _policy(self) -> dict[str, object]:
        """Names that look privileged, beside the usual ones: naming any leaves those out."""
        found = [name for each in self.entries["sources"] for name in each[1].privileged]
        usual = Policy().privileged
        policy: dict[str, object] = {"privileged": [*usual, *dict.fromkeys(found)]} if found else {}
        return self._with_given("policy", policy)

    def _room(self, room: str) -> str:
        lines = [f"{room}:"]
        for entry, proposal in self.entries[room]:
            lines += [f"  # {line}" for note in proposal.notes for line in note.splitlines()]
            full = self._with_given(str(entry["name"]), entry | self._realm(room, entry))
            first, *rest = _yaml(full).rstrip("\n").splitlines()
            lines += [f"  - {first}", *(f"    {line}" for line in rest)]
        return "\n".join(lines) + "\n"

    def _realm(self, room: str, entry: Mapping[str, object]) -> dict[str, object]:
        """One login is one person's everywhere, where the user says so; HR's too, where it gives any."""
        columns = cast("Mapping[str, str]", entry.get("columns") or {})
        belongs = room == "sources" or (room == "rosters" and "login" in columns)
        return {"login_realm": self.login_realm} if self.login_realm and belongs else {}

    def _with_given(self, name: str, entry: dict[str, object]) -> dict[str, object]:
        """What was given for it by flag and not asked for on the way."""
        for key, value in self.answers.given.items():
            owner, _, path = key.partition(".")
            if owner == name and key not in self.answers.used:
                self.answers.used.add(key)
                _put(entry, path, _value(value))
        return entry

    def _refuse_unused(self) -> None:
        names = ["company", "policy", *(str(entry["name"]) for each in self.entries.values() for entry, _ in each)]
        for key in self.answers.given:
            if key not in self.answers.used:
                raise ConfigError(f"--set {key}: nothing is called so.{nearest(key.partition('.')[0], names)}")

    def _name(self, wanted: WantedSystem, *, by_connection: bool) -> str:
        # By an address a file is named: of rosters HR's.
        called = wanted.where if by_connection else "hr" if wanted.room == "rosters" else wanted.kind
        base = called.lower().replace("_", "-")
        taken = {entry["name"] for entries in self.entries.values() for entry, _ in entries}
        return next(name for name in _numbered(base) if name not in taken)


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _put(entry: dict[str, object], path: str, value: object) -> None:
    """Below one mapping at most: `columns.worker_id`, and never `statuses.a.b`, where a word may hold a dot."""
    top, dot, below = path.partition(".")
    if not dot:
        entry[top] = value
        return
    inner = dict(cast("Mapping[str, object]", entry.get(top) or {}))
    inner[below] = value
    entry[top] = inner


def _value(text: str) -> object:
    """A flag's value as YAML reads it, but for numbers, which are ids."""
    try:
        read = cast("object", yaml.safe_load(text))
    except yaml.YAMLError:
        return text
    if isinstance(read, list):
        return [str(item) for item in cast("Sequence[object]", read)]
    if isinstance(read, dict):
        return cast("Mapping[str, object]", read)
    return read if isinstance(read, bool) else text


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=WIDTH)
