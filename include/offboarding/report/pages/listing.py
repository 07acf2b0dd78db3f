"""Findings in a list, a page at a time: what the address asks for, and what there is to ask for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from offboarding.model import FindingState, Severity
from offboarding.model.errors import FatalError
from offboarding.report.pages import AskedInVainError
from offboarding.report.pages.rows import FindingRow, row
from offboarding.rules import all_rules
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading import FindingView

PAGE = 50
MOST = 20_000
"""Findings in a file."""
OPEN = FindingState.OPEN.value
ALL = "all"
"""As a state: any."""
LATE = "late"
_KEY = re.compile("[0-9a-f]{32}")
_LONGEST = 200
"""Of what is asked for."""


class _Narrowed(TypedDict):
    severity: str | None
    rule: str | None
    source: str | None
    person_uid: str | None
    due_before: datetime | None


class TooManyError(FatalError):
    """More findings are so than a file holds."""

    def __init__(self) -> None:
        super().__init__(
            f"More than {MOST:,} findings are so, and a file holds no more. Ask for less, or have all of them:"
            " python -m offboarding findings --state all --format jsonl"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which findings; "" leaves something open."""

    state: str = OPEN
    severity: str = ""
    rule: str = ""
    source: str = ""
    due: str = ""
    """ "late": what is past due."""
    worker: str = ""
    """A worker id, or id_space:id."""
    after: str = ""
    """The whole key of the finding that the page begins behind."""

    @property
    def narrowing(self) -> Mapping[str, str]:
        """What of it stands in an address, but for the page."""
        asked = {
            "state": self.state,
            "severity": self.severity,
            "rule": self.rule,
            "source": self.source,
            "due": self.due,
            "worker": self.worker,
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but a state is asked for."""
        return bool(self.narrowing.keys() - {"state"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsPage:
    """One page of a list."""

    asked: Asked
    choices: Mapping[str, Sequence[str]]
    """What may be asked for by each name; what isn't here is typed."""
    rows: tuple[FindingRow, ...]
    next_after: str
    """What the next page begins behind; "" where this is the last."""
    counts: Mapping[str, int]
    """How many findings of what is asked for are in each state, whichever state that is."""
    refusal: str = ""
    """Why nothing is listed; "" where it's as it was asked."""


def listing(session: Session, asked: Asked, zone: str, now: datetime) -> FindingsPage:
    """The page that is asked for. Raises AskedInVainError where a word of it is none that there is."""
    choices = _checked(session, asked)
    found, so = _found(session, asked, now, PAGE + 1), _so(session, asked, now)
    return FindingsPage(
        asked=asked,
        choices=choices,
        rows=tuple(row(each, zone, now) for each in found[:PAGE]),
        next_after=found[PAGE - 1].finding_key if len(found) > PAGE else "",
        counts=reading.finding_counts(session, **so),
    )


def whole_list(session: Session, asked: Asked, zone: str, now: datetime) -> tuple[FindingRow, ...]:
    """All that is asked for, on all pages of it. Raises as `listing`, and TooManyError rather than leave any out."""
    _checked(session, asked)
    found = _found(session, asked, now, MOST + 1)
    if len(found) > MOST:
        raise TooManyError
    return tuple(row(each, zone, now) for each in found)


def _checked(session: Session, asked: Asked) -> Mapping[str, Sequence[str]]:
    choices = _choices(session)
    for name, known in choices.items():
        value = asked.narrowing.get(name)
        if value is not None and value not in known:
            raise AskedInVainError(f"There is no {name} {value[:_LONGEST]!r}. Choose one of the list.")
    if asked.after and not _KEY.fullmatch(asked.after):
        raise AskedInVainError("The address asks for a page that there isn't. Begin with the first.")
    return choices


def _found(session: Session, asked: Asked, now: datetime, most: int) -> Sequence[FindingView]:
    return reading.findings(
        session,
        state=None if asked.state in ("", ALL) else asked.state,
        after=asked.after or None,
        most=most,
        **_so(session, asked, now),
    )


def _so(session: Session, asked: Asked, now: datetime) -> _Narrowed:
    """What is asked for, but for the state and the page."""
    return {
        "severity": asked.severity or None,
        "rule": asked.rule or None,
        "source": asked.source or None,
        "person_uid": _person(session, asked.worker) if asked.worker else None,
        "due_before": now if asked.due else None,
    }


def refused_listing(session: Session, asked: Asked, refusal: AskedInVainError) -> FindingsPage:
    """The page where what is asked for isn't there: what there is to ask for, and why nothing is listed."""
    text = str(refusal)
    return FindingsPage(
        asked=replace(asked, worker=asked.worker[:_LONGEST], after=""),
        choices=_choices(session),
        rows=(),
        next_after="",
        counts={},
        refusal=text[:1].upper() + text[1:],
    )


def _choices(session: Session) -> Mapping[str, Sequence[str]]:
    return {
        "state": (*(state.value for state in FindingState), ALL),
        "severity": tuple(severity.value for severity in Severity),
        "rule": tuple(rule.id for rule in all_rules()),
        "source": reading.sources_of_findings(session),
        "due": (LATE,),
    }


def _person(session: Session, word: str) -> str:
    if len(word) > _LONGEST or not word.isprintable():
        raise AskedInVainError("That is no worker id.")
    try:
        return reading.worker_called(session, word).person_uid
    except FatalError as error:
        raise AskedInVainError(str(error)) from error
