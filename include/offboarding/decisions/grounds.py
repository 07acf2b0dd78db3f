"""What a decision rests on that a form shows: what the guard holds, and departures that HR leaves open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from offboarding.decisions import departures, releases
from offboarding.guard import releasing
from offboarding.report.wording import moment, worker
from offboarding.store import guard, words
from offboarding.store.connect import Session
from offboarding.store.words import OpenEnd

_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several that may be decided."""

    field: str
    value: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What is shown beside a form; by ids alone."""

    subject: str = ""
    details: str = ""
    choices: tuple[Choice, ...] = ()
    fills: Mapping[str, str] = field(default_factory=dict[str, str])
    """What stands in fields that were left empty."""
    seen: str = ""
    """A digest of it, by which a decision over anything else is refused; "" where nothing is shown."""


def grounds(session: Session, path: str, typed: Mapping[str, str], zone: str) -> Grounds:
    """What a form by this path shows, for what is typed so far."""
    match path:
        case "release" | "reject":
            return _held(session)
        case "departure":
            return _open_ends(session, typed.get("departure", ""), zone)
        case _:
            return Grounds()


def _held(session: Session) -> Grounds:
    asked = releasing.question(session)
    # What a night held stands in its question, though it was let through since.
    if asked is None or not (guard.holds(session) or guard.waiting(session, asked.of_run)):
        return Grounds(subject="Nothing waits for a person.")
    seen = releases.evidence(session, run=asked.of_run)
    return Grounds(subject=asked.subject, details=asked.details, fills={"run": str(asked.of_run)}, seen=seen)


def _open_ends(session: Session, word: str, zone: str) -> Grounds:
    """The one that is named, or all of them to choose from."""
    if seen := departures.evidence(session, departure=word) if word else "":
        lines = [_line(end, zone) for end in words.open_ends(session) if end.name == word.strip()]
        return Grounds(subject="What HR leaves open", details="\n".join(lines), seen=seen if lines else "")
    found = words.open_ends(session)
    choices = tuple(Choice(field="departure", value=end.name, says=_line(end, zone)) for end in found[:_MOST])
    return Grounds(
        subject="Departures that HR leaves open" if found else "HR leaves no departure open.", choices=choices
    )


def _line(end: OpenEnd, zone: str) -> str:
    return ", ".join(_parts(end, zone))


def _parts(end: OpenEnd, zone: str) -> Iterator[str]:
    yield f"{end.name}: worker {worker(end.id_space, end.worker_id)}"
    yield f"{end.basis} by roster {end.roster}"
    yield f"gone since {moment(end.left_at, zone)}"
    yield "it counts" if end.confirmed else "it doesn't count yet"
    if end.verdict:
        yield f"last said: {end.verdict.value}"
