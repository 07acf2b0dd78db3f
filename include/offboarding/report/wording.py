"""Counts, moments and ids as people read them, the same everywhere."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from offboarding.model import THIS_FINDING, DecisionStep, RunKind, SubjectKind
from offboarding.model.days import by_clock, moment_of
from offboarding.model.keys import short_finding
from offboarding.model.texts import printable

COMMAND = "python -m offboarding"
SUBJECTS = {
    SubjectKind.WORKER: "worker",
    SubjectKind.ACCOUNT: "account",
    SubjectKind.ACCESS_KEY: "access key",
    SubjectKind.CONSOLE_PASSWORD: "console password of",
    SubjectKind.SSH_KEY: "SSH key",
    SubjectKind.CERTIFICATE: "certificate",
    SubjectKind.SERVICE_CREDENTIAL: "service credential",
    SubjectKind.ROLE: "role",
    SubjectKind.ROOT_ACCOUNT: "root user of",
    SubjectKind.SOURCE: "accounts of",
    SubjectKind.SIGNING_KEY: "signing key",
    SubjectKind.SHARED_SECRET: "shared secret",
}
"""What stands before a thing's own id."""
NO_NIGHT = {
    RunKind.RELEASE: "release",
    RunKind.DEPARTURE: "check of some people",
    RunKind.VERIFY: "check of what is open",
}
"""What a run is that is about less than everybody."""
_IN_UTC = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")
"""As `rules/_sentences.at` writes it, and whoever tells why something works."""
_ITEM = re.compile(r" *- ")
"""What an item of a list begins with."""
_LABEL_SAYS_IT = frozenset(
    {
        SubjectKind.WORKER,
        SubjectKind.CONSOLE_PASSWORD,
        SubjectKind.CERTIFICATE,
        SubjectKind.SERVICE_CREDENTIAL,
        SubjectKind.ROOT_ACCOUNT,
    }
)
_LONGEST_ID = 22
WIDTH = 95
"""Of a line of a night's report: what Airflow's page of a log shows beside its own prefix, 1,360 pixels wide."""
_LABEL = 11
ROOM = WIDTH - _LABEL - 1
"""Beside a label."""


def moment(at: datetime, zone: str) -> str:
    """A moment in the company's zone, with the zone's own short name: "2026-11-25 01:30 KST"."""
    return f"{by_clock(at, ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def employed(left_at: datetime | None, zone: str, *, confirmed: bool) -> str:
    """Return whether somebody works here, has left, or may have left, as a clause."""
    if left_at is None:
        return "works here"
    return f"gone since {moment(left_at, zone)}" if confirmed else f"may be gone since {moment(left_at, zone)}"


def night_of(as_of: datetime, zone: str) -> str:
    """The day that a night is called by: it begins in the evening before."""
    return moment(as_of - timedelta(hours=12), zone)[:10]


def zoned(text: str, zone: str) -> str:
    """A text for people, its moments in one zone: rules and readers, who know none, tell them in UTC."""
    return _IN_UTC.sub(lambda found: moment(at, zone) if (at := moment_of(found[1])) else found[0], text)


def whole_days(since: datetime, until: datetime) -> int:
    """Whole days between two moments; 0 where they stand the other way round."""
    return max(0, (until - since).days)


def shortened(native_id: str) -> str:
    """An id as a screen has room for it: "AKIAQ...7Q3A"; its two ends tell it from others."""
    return native_id if len(native_id) <= _LONGEST_ID else f"{native_id[:12]}...{native_id[-6:]}"


def worker(id_space: str, worker_id: str) -> str:
    """A worker as commands take one: the id space is said unless there is but the one that nobody named."""
    return worker_id if id_space in ("", "default") else f"{id_space}:{worker_id}"


def ticket(ref: str | None, tracker: str = "") -> str:
    """A ticket as its tracker calls it: "ticket #231"; one that isn't there yet is wanted.

    `tracker`: which, where there are several: "ticket jira #231".
    """
    return "ticket wanted" if ref is None else f"ticket {ticket_number(ref, tracker)}"


def ticket_number(ref: str, tracker: str = "") -> str:
    """The same without the word: "#231", "jira #231"."""
    number = f"#{ref}" if ref.isdigit() else ref
    return f"{tracker} {number}" if tracker else number


def noun_of(kind: SubjectKind, *, of_keys: bool) -> str:
    """What stands before a finding's subject; `of_keys`: of a whole system, of which its keys are meant."""
    return "keys of" if of_keys and kind is SubjectKind.SOURCE else SUBJECTS[kind]


def thing(kind: SubjectKind, label: str, account_label: str, *, of_keys: bool = False) -> str:
    """A finding's subject by its label, with the account that it's on: "console password on arn:...:user/kim"."""
    noun = noun_of(kind, of_keys=of_keys)
    says_it = kind in _LABEL_SAYS_IT or label.startswith(noun)
    named = label if says_it else f"{noun} {label}"
    if account_label in {"", label}:
        return named
    return f"{named} that trusts {account_label}" if kind is SubjectKind.ROLE else f"{named} on {account_label}"


def thing_by_ids(kind: SubjectKind, source: str, realm: str, native_id: str, *, whole: bool = False) -> list[str]:
    """A finding's subject without its label: where it is, and its own id, as far as either is known; shortened for
    people's eyes unless it's to be `whole`.
    """
    parts: list[str] = []
    if kind is not SubjectKind.WORKER:
        parts.append(f"{source} {realm}" if realm.isdigit() else source)
    if kind not in (SubjectKind.WORKER, SubjectKind.SOURCE):
        parts.append(f"{SUBJECTS[kind]} {native_id if whole else shortened(native_id)}")
    return parts


def with_key(question: DecisionStep, finding_key: str) -> DecisionStep:
    """A question with the finding's own short key, which its rule doesn't know."""
    own = {THIS_FINDING: short_finding(finding_key)}
    return replace(question, fields=tuple((name, own.get(value, value)) for name, value in question.fields))


def labelled(label: str, lines: Iterable[str], width: int = _LABEL) -> list[str]:
    """Lines beside their label, which stands once."""
    texts = list(lines)
    return [f"{label if number == 0 else '':{width}} {line}".rstrip() for number, line in enumerate(texts)]


def first_of(lines: Sequence[str], most: int, which: str = "") -> Iterator[str]:
    """Yield the first of them, and how many more there are: "and 3 more". `which`: what is said behind that."""
    yield from lines[:most]
    if len(lines) > most:
        yield f"and {len(lines) - most} more{which}"


def flowing(items: Sequence[str], room: int = ROOM) -> list[str]:
    """Items divided by dots, over as many lines as they need; an item is never torn."""
    lines: list[str] = []
    for item in items:
        joined = f"{lines[-1]} · {item}" if lines else item
        if lines and len(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(item)
    return lines


def fitted(lines: Iterable[str]) -> list[str]:
    """Lines of ours, none wider than `WIDTH`, and nothing left out: what is over stands below, beside the labels.

    A word that is longer than a line is torn, an address isn't: it's to be clicked on.
    """
    return [part for line in map(printable, lines) for part in _fitted(line)]


def _fitted(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    return textwrap.wrap(
        line,
        WIDTH,
        subsequent_indent=" " * (_LABEL + 3),
        break_long_words="://" not in line,
        break_on_hyphens=False,
    )


def joined(lines: Iterable[str]) -> str:
    """Lines of ours as one text; a line end that stood in one of them is shown, and ends none."""
    return "\n".join(map(printable, lines))


def wrapped(text: str, room: int = ROOM, *, hang: int = 0) -> list[str]:
    """A text over several lines; a command by itself, and all that stands below the first line, is whole, to be copied.

    `hang`: how far later lines stand in, where the text is no item of a list.
    """
    first, *typed = text.splitlines() or [""]
    if first.lstrip().startswith(COMMAND):
        return [first, *typed]
    item = _ITEM.match(first)
    later = " " * (len(item[0]) if item else hang)
    prose = textwrap.wrap(first, room, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)
    return [*(prose or [""]), *typed]
