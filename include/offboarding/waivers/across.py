"""What is wrong in the file only beside the rest: names that nothing has, and days too far away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from offboarding.config.mistakes import Mistake, of_worker
from offboarding.config.spelling import nearest
from offboarding.waivers.register import Exceptions, Exempted, Waiver

MOST_ACKNOWLEDGED_DAYS = 30
"""A gap is looked at again each month at the latest."""
SOON_DAYS = 7
"""So long before it ends, an entry is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverContext:
    """What offboarding.yaml has names for, and the day it's judged on."""

    id_spaces: Mapping[str, str]
    """What names one: the space, or its only roster."""
    rosters: Sequence[str]
    readers: Sequence[str]
    """Sources and verifiers."""
    queue: bool
    """Whether departures come by message."""
    rules: Sequence[str]
    max_days: int
    """How far ahead an exception may end."""
    today: date


def mistakes(read: Exceptions, known: WaiverContext) -> Iterator[Mistake]:
    """Yield what a person must mend."""
    for index, entry in enumerate(read.exceptions):
        where = f"exceptions[{index}]"
        yield from _expiry(where, entry, known, known.max_days, "policy.max_exception_days")
        yield from _exempted(where, entry, known)
    for index, entry in enumerate(read.acknowledgements):
        where = f"acknowledgements[{index}]"
        yield from _expiry(where, entry, known, MOST_ACKNOWLEDGED_DAYS, "a month, then it's looked at again")
        yield from _unknown(f"{where}.source", "source or verifier", entry.source, known.readers)
        yield from _unknown(f"{where}.roster", "roster", entry.roster, known.rosters)
        if entry.queue and not known.queue:
            yield Mistake(path=f"{where}.queue", text="departures come by no queue: the configuration has no messages")


def warnings(read: Exceptions, today: date) -> Iterator[str]:
    """Yield which entries have ended, and which end soon."""
    named = [(f"exceptions[{index}]", entry) for index, entry in enumerate(read.exceptions)]
    named += [(f"acknowledgements[{index}]", entry) for index, entry in enumerate(read.acknowledgements)]
    for where, entry in named:
        if entry.expires < today:
            yield f"{where}: ended on {entry.expires}: take it out, or have it approved anew."
        elif entry.expires - today <= timedelta(days=SOON_DAYS):
            yield f"{where}: ends on {entry.expires}: what it covers stands again after that."


def _exempted(where: str, entry: Exempted, known: WaiverContext) -> Iterator[Mistake]:
    yield from _unknown(f"{where}.source", "source or verifier", entry.source, known.readers)
    yield from _unknown(f"{where}.rule", "rule", entry.rule, known.rules)
    if entry.worker is not None:
        yield from of_worker(f"{where}.worker", entry.worker, known.id_spaces)


def _expiry(where: str, entry: Waiver, known: WaiverContext, most: int, limit: str) -> Iterator[Mistake]:
    days = (entry.expires - known.today).days
    if days > most:
        yield Mistake(
            path=f"{where}.expires", text=f"{entry.expires} is {days} days ahead, and {most} are the most ({limit})"
        )


def _unknown(path: str, what: str, name: str | None, known: Sequence[str]) -> Iterator[Mistake]:
    if name is not None and name not in known:
        yield Mistake(path=path, text=f"no {what} is named {name!r}.{nearest(name, known)}")
