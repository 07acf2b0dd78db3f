"""From what is known of a key to what the register might say of it: who is proposed, and who is only a guess.

Proposed is what a system itself says (a policy, an audit trail, an owner's tag), and a guarded group called as the key
is. What merely may be so (a commit, any other group) is a guess, and written as a comment.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from offboarding.custody.proposing import ProposedKey, ProposedLine, Value, slug
from offboarding.model import Exportable, Grade, KeyCopy, SubjectKind, counted

_MOST_GUESSES = 8
_USUAL = frozenset(
    {"keys", "secret", "secrets", "admin", "admins", "users", "group", "groups", "team", "corp", "prod", "with", "from"}
)
"""Words that are in every name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodianCandidate:
    """Somebody, as the register writes them, and when they left."""

    worker: str
    """hr:10442."""
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody is proposed."""

    person: CustodianCandidate
    grade: Grade
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePrincipal:
    """What a policy lets take the key away: an ARN, or a group of a source."""

    source: str
    """The group's source; "" for an ARN."""
    name: str
    why: str
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateGroup:
    """A group that guards keys, perhaps this one."""

    source: str
    name: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """What is known of one key."""

    material: str
    label: str
    registered: str
    """Its name in the register; "" where it isn't there."""
    kind: SubjectKind
    copies: Sequence[KeyCopy]
    standing: str
    """Whether it's trusted, in words."""
    carryable: Exportable
    carryable_reason: str
    reasons: Sequence[Reason]
    principals: Sequence[CandidatePrincipal]
    owners: Sequence[tuple[str, CustodianCandidate | None]]
    """What systems call its owner, and who that is, where it's somebody."""
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterNames:
    """What the configuration has names for."""

    verifiers: frozenset[str]
    sources: frozenset[str]
    directories: frozenset[str]
    zone: str


def entry(known: KnownKey, groups: Sequence[CandidateGroup], names: RegisterNames, taken: Iterable[str]) -> ProposedKey:
    """What to propose for a key. `taken`: names that the register or another proposal has."""
    live = [copy for copy in known.copies if copy.untrusted_since is None] or list(known.copies)
    return ProposedKey(
        name=known.registered or slug(_words(live, known.label), set(taken)),
        registered=bool(known.registered),
        kind=known.kind,
        notes=(f"{known.label}: {known.standing}", *known.notes),
        places=_places(known.material, live, names),
        custodians=tuple(
            _distinct((*_people(known, names), *_principals(known, names), *_groups(known, groups, names)))
        ),
        carryable=known.carryable,
        because=known.carryable_reason,
        owner=next((name for name, _ in known.owners), ""),
    )


def _words(live: Sequence[KeyCopy], label: str) -> str:
    if not live:
        return label
    own = live[0].key
    # The end of an ARN or an address says more than its beginning.
    return f"{live[0].source} {re.split(r'[:/]', own.native_id.rstrip('/'))[-1]}"


def _places(material: str, live: Sequence[KeyCopy], names: RegisterNames) -> tuple[ProposedLine, ...]:
    shown = "; ".join(dict.fromkeys(f"{copy.source} shows it as {copy.key.label}" for copy in live)) or "seen nowhere"
    if material.startswith("jkt:"):
        return (ProposedLine(fields={"thumbprint": material.removeprefix("jkt:")}, why=shown),)
    places = [
        ProposedLine(fields={room: copy.source, "id": copy.key.name}, why=f"{copy.key.label}, in all its versions")
        for copy in live
        for room in ("verifier", "source")
        if copy.source in (names.verifiers if room == "verifier" else names.sources)
    ]
    return tuple(_distinct(places)) or (ProposedLine(fields={"material": material}, why=shown),)


def _people(known: KnownKey, names: RegisterNames) -> Iterator[ProposedLine]:
    for reason in known.reasons:
        if reason.grade is not Grade.COULD:
            yield _worker(reason.person, f"{reason.grade}: {reason.why}", names, guess=reason.grade is Grade.INFERRED)
    for name, person in known.owners:
        if person:
            yield _worker(person, f"the system's own word for its owner: {name}", names)


def _worker(person: CustodianCandidate, why: str, names: RegisterNames, *, guess: bool = False) -> ProposedLine:
    fields: dict[str, Value] = {"worker": person.worker}
    if person.left_at is not None:
        # The day that ended at that moment.
        last = (person.left_at - timedelta(seconds=1)).astimezone(ZoneInfo(names.zone)).date()
        fields["until"] = last.isoformat()
    return ProposedLine(fields=fields, why=why, guess=guess)


def _principals(known: KnownKey, names: RegisterNames) -> Iterator[ProposedLine]:
    for principal in known.principals:
        if not principal.source:
            yield ProposedLine(fields={"principal": principal.name}, why=principal.why, guess=not principal.sure)
        elif principal.source in names.directories:
            fields = {"group": {"source": principal.source, "name": principal.name}}
            yield ProposedLine(fields=fields, why=principal.why, guess=not principal.sure)


def _groups(known: KnownKey, groups: Sequence[CandidateGroup], names: RegisterNames) -> Iterator[ProposedLine]:
    """Yield those whose name shares a word with the key's; else the first of all, as guesses."""
    words = _significant(" ".join((known.label, *(f"{c.source} {c.key.name} {c.key.owner}" for c in known.copies))))
    there = [group for group in groups if group.source in names.directories]
    alike = [(group, sorted(_significant(_first(group.name)) & words)) for group in there]
    shared = [(group, common) for group, common in alike if common]
    for group, common in shared or [(group, []) for group in there[:_MOST_GUESSES]]:
        why = f"its name shares {' and '.join(common)} with the key's" if common else "it guards keys: this one, too?"
        fields = {"group": {"source": group.source, "name": group.name}}
        yield ProposedLine(fields=fields, why=f"a group of {counted(group.members, 'member')}; {why}", guess=not common)


def _first(name: str) -> str:
    """A group's own name, of a DN."""
    return name.split(",", maxsplit=1)[0]


def _significant(text: str) -> set[str]:
    """Words that say something, in the singular."""
    words = re.split(r"[^a-z0-9]+", text.lower())
    return {word.removesuffix("s") for word in words if len(word) > 3 and word not in _USUAL and not word.isdigit()}


def _distinct(lines: Iterable[ProposedLine]) -> Iterator[ProposedLine]:
    """Yield each once, by what it says; what is proposed before what is guessed."""
    seen: set[str] = set()
    for line in sorted(lines, key=lambda line: line.guess):
        content = str({name: value for name, value in line.fields.items() if name != "until"})
        if content not in seen:
            seen.add(content)
            yield line
