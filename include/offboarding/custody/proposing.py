"""Entries for the register, as YAML that a person reads, prunes and pastes: a comment a line says why it's there."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from offboarding.model import Exportable, SubjectKind
from offboarding.model.texts import illegible

Value = str | Mapping[str, str]

_MOST_WORDS = 100
"""Characters of a comment's line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedLine:
    """A line of a list, as a mapping, and why it's proposed."""

    fields: Mapping[str, Value]
    why: str
    guess: bool = False
    """Written as a comment, for whoever knows better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedKey:
    """What is proposed for a key."""

    name: str
    """The register's own where it has the key already: then its custodians alone are proposed."""
    registered: bool
    kind: SubjectKind
    notes: Sequence[str]
    """What is known of the key, for whoever decides."""
    places: Sequence[ProposedLine]
    custodians: Sequence[ProposedLine]
    carryable: Exportable
    because: str
    owner: str


def rendered(entries: Sequence[ProposedKey]) -> Iterator[str]:
    """Yield lines. New entries go below `keys:`; of registered keys each list goes below the entry's custodians."""
    new = [entry for entry in entries if not entry.registered]
    if new:
        yield "# New entries, to be pasted below `keys:`. Whoever is proposed is to be judged by somebody who knows."
    for entry in new:
        yield from _notes(entry, "  ")
        yield f"  - name: {_scalar(entry.name)}"
        yield f"    kind: {entry.kind.value}"
        yield "    places:"
        yield from _lines(entry.places)
        yield from _custodians(entry)
        yield f"    carryable: {_scalar(entry.carryable.value)}"
        if entry.because and not illegible(entry.because):
            yield f"    because: {_scalar(entry.because)}"
        if entry.owner and not illegible(entry.owner):
            yield f"    owner: {_scalar(entry.owner)}"
    for entry in entries:
        if entry.registered:
            yield f"# {_plain(entry.name)} is registered: to be pasted below its `custodians:`."
            yield from _notes(entry, "  ")
            yield from _lines(entry.custodians) if entry.custodians else ["      # nobody who isn't there already"]


def slug(words: str, taken: Container[str]) -> str:
    """A name that the register takes and doesn't have yet, made of these words."""
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].rstrip("-") or "key"
    numbered = (plain if number == 1 else f"{plain}-{number}" for number in range(1, 10_000_000))
    return next(name for name in numbered if name not in taken)


def _custodians(entry: ProposedKey) -> Iterator[str]:
    if any(not line.guess for line in entry.custodians):
        yield "    custodians:"
        yield from _lines(entry.custodians)
        return
    yield "    # Nothing says who holds it: NOT CHECKED until somebody writes it here."
    yield "    custodians:"
    yield from _lines(entry.custodians)


def _lines(lines: Sequence[ProposedLine]) -> Iterator[str]:
    for line in lines:
        for words in _folded(line.why):
            yield f"      # {words}"
        aside = line.guess or not all(map(_is_legible, line.fields.values()))
        yield f"      {'# ' if aside else ''}- {_mapping(line.fields)}"


def _is_legible(value: Value) -> bool:
    """Whether the register takes it: what it refuses is written as a comment."""
    return not illegible(value) if isinstance(value, str) else all(map(_is_legible, value.values()))


def _notes(entry: ProposedKey, indent: str) -> Iterator[str]:
    for note in entry.notes:
        for words in _folded(note):
            yield f"{indent}# {words}"


def _mapping(fields: Mapping[str, Value]) -> str:
    inner = (
        f"{name}: {_scalar(value) if isinstance(value, str) else _mapping(value)}" for name, value in fields.items()
    )
    return f"{{{', '.join(inner)}}}"


def _scalar(text: str) -> str:
    """In quotes, whatever it may look like to YAML."""
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf")).strip()


def _folded(text: str) -> list[str]:
    lines: list[str] = [""]
    for word in _plain(text).split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _MOST_WORDS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _plain(text: str) -> str:
    """On one line, and nothing that YAML refuses even in a comment."""
    return "".join(c if c.isprintable() else " " for c in text)
