"""What decisions ask for. A field has one meaning, whichever decisions ask for it.

Its title, description and bounds are the form's and the REST schema's, and its description the command's. `Typed` says
how it's typed: a field that is needed is an argument, any other an option of its name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from offboarding.model.keys import no_finding_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """How a command takes a field."""

    metavar: str = ""
    """What its help calls it; "": the field's own name."""
    option: bool = False
    """Whether it's asked for by its name, although it's needed."""
    name: str = ""
    """Such as "--hold"; "": the field's own."""
    stripped: bool = False
    """Whether outer blanks are taken off, and blanks alone refused."""
    choices: Sequence[str] = ()


def _text(title: str, about: str, *, longest: int = 200, **more: Any) -> Any:
    """A text that isn't blanks alone."""
    return Field(title=title, description=about, min_length=1, max_length=longest, pattern=r"\S", **more)


Reason = Annotated[
    str,
    _text(
        "Reason",
        "Why. It's kept, and shown as evidence; write no names into it. Such as: asked the payments team, CHG-1881.",
        longest=2000,
        json_schema_extra={"format": "multiline"},
    ),
    Typed(metavar="TEXT", option=True, stripped=True),
]
Source = Annotated[
    str,
    _text("Source", "A source's name in the configuration, or a system's own id, such as 111111111111 (AWS)."),
]
Account = Annotated[
    str,
    _text(
        "Account",
        "Its native id, such as AIDAEXAMPLE0000000001; its label (a DN, an ARN) or login will do.",
        longest=2000,
    ),
]
Worker = Annotated[
    str, _text("Worker", "A worker id, or id_space:id, such as hr:10442; the space's only roster names it, too.")
]
Who = Annotated[
    str,
    _text(
        "Who",
        "A worker id, such as hr:10442, a mail or a login; of exactly one person. Prefer ids: Airflow keeps it.",
        longest=320,
    ),
]
LastMoment = Annotated[
    str,
    Field(
        title="Last moment",
        description="now, 2026-11-25T15:00+09:00, 2026-11-25T15:00 Asia/Seoul, or 2026-11-25 Asia/Seoul for its end.",
        min_length=3,
        max_length=80,
        pattern=r"^\s*(now|\d{4}-\d\d-\d\d\S*(\s+[A-Za-z][\w+/-]*)?)\s*$",
    ),
    Typed(metavar="MOMENT", option=True),
]
"""No date of a page's own: that would be a moment in whichever zone the page shows."""
NoticeId = Annotated[
    str, Field(title="Notice", description="Its id, such as n-4f2a91.", pattern=r"^\s*[nN]-[0-9a-fA-F]{4,12}\s*$")
]
Departure = Annotated[str, _text("Departure", "Its id, such as d-418, or the worker id, such as hr:10442.")]
_LONGEST_KEY = 60
"""That is said again of what is none."""
_FINDING_KEY = r"^\s*([fF]-)?[0-9a-fA-F]{4,32}\s*$"


def _finding_key(word: str) -> str:
    """Raises ValueError as the command does, where pydantic would show the pattern."""
    if not re.match(_FINDING_KEY, word):
        raise ValueError(no_finding_key(word[:_LONGEST_KEY]))
    return word


Finding = Annotated[
    str,
    Field(
        title="Finding",
        description="A finding's key, such as f-7c31a0b2, or any beginning of 4 digits and more.",
        json_schema_extra={"pattern": _FINDING_KEY},
    ),
    AfterValidator(_finding_key),
    Typed(metavar="KEY"),
]
Key = Annotated[
    str,
    _text(
        "Key",
        "What the command custody calls a key, such as payment-callback; or the key of a finding about one, or about an"
        " account that is attested.",
        longest=500,
    ),
]
People = Annotated[
    str,
    _text(
        "People",
        "Who gets in there, all of them: worker ids or logins, as the source's by_word says, with blanks between; or"
        " the word nobody. No addresses and no names: Airflow keeps it. Such as: hr:10442 hr:10443.",
        longest=100_000,
        json_schema_extra={"format": "multiline"},
    ),
    Typed(option=True, metavar="WORDS"),
]
ListedOn = Annotated[
    date,
    Field(title="Listed on", description="The day of which the list is, in the company's zone, such as 2026-11-20."),
    Typed(metavar="DATE", option=True, name="--listed-on"),
]
_Id = Annotated[int, Field(ge=1, le=2**53)]
Run = Annotated[
    int, Field(title="Run", description="A run's number, as its report tells it, such as 418.", ge=1, le=2**53)
]
Runs = Annotated[
    list[_Id],
    Field(title="Runs", description="Numbers of runs, as their reports tell them.", min_length=1, max_length=100),
    Typed(metavar="RUN"),
]
Holds = Annotated[
    list[_Id],
    Field(
        title="Holds",
        description="Numbers of what the guard holds, as its report or the command holds tells them.",
        min_length=1,
        max_length=100,
    ),
    Typed(metavar="HOLD", name="--hold"),
]
Batch = Annotated[
    int,
    Field(title="Batch", description="Of a first read so many tickets, such as 20, the worst first.", ge=1, le=100_000),
    Typed(metavar="N"),
]
Entry = Annotated[
    int,
    Field(
        title="Exception",
        description="Number of the exception that waits, as the night's report has it under Not covered, such as 7.",
        ge=1,
        le=2**53,
    ),
    Typed(metavar="N"),
]
Number = Annotated[
    int,
    Field(
        title="Number",
        description="Of the decision (link list) or acknowledgement (acknowledge list) that is taken back, such as 4.",
        ge=1,
        le=2**53,
    ),
    Typed(metavar="N"),
]
Roster = Annotated[
    str,
    _text("Roster", "A roster's name in the configuration, such as hr."),
]
Part = Annotated[
    str,
    Field(
        title="Part",
        description="One part of the source, such as 444444444444 (an AWS account id); empty: all of it.",
        max_length=200,
        pattern=r"\S",
    ),
]
Queue = Annotated[
    str,
    Field(
        title="Queue",
        description="The queue of departures, by that word: departures.",
        pattern="^departures$",
        json_schema_extra={"enum": ["departures"]},
    ),
    Typed(choices=("departures",)),
]
Covers = Annotated[
    str,
    Field(
        title="Covers",
        description=(
            "unread: also that it can't be read at all, such as while it's switched off; empty: that it's read in part."
        ),
        pattern="^unread$",
        json_schema_extra={"enum": ["unread"]},
    ),
    Typed(choices=("unread",)),
]
Until = Annotated[
    date,
    Field(title="Until", description="The last day on which it counts, in the company's zone, such as 2026-12-20."),
    Typed(metavar="DATE", option=True),
]
