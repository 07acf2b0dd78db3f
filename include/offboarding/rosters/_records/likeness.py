"""Whether a feed's columns hold what they say: two that were swapped are plausible row by row, and wrong in each.

A value out of place costs its row, or nothing; most values out of place cost the read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from include.offboarding.model import Worker
from include.offboarding.rosters._records.days import WrittenDays

LEAST = 5
"""Of fewer values nothing is concluded."""

_Looks = tuple[str, str, Callable[[str], bool]]
"""Our name of a column, what its value looks like instead, and whether one does."""


class Likeness:
    """Sees every worker of a read, and says at its end whether most of them look like something else."""

    def __init__(self, headers: Mapping[str, str], formats: tuple[str, ...], domains: Sequence[str]) -> None:
        self._headers = headers
        self._domains = frozenset(domain.casefold() for domain in domains)
        self._dates = WrittenDays(formats=formats)
        self._values: dict[str, int] = {}
        self._odd: dict[tuple[str, str], int] = {}
        self._looks: tuple[_Looks, ...] = (
            ("worker_id", "mail addresses", _is_mail),
            ("worker_id", "dates", self._is_date),
            ("name", "mail addresses", _is_mail),
            ("name", "dates", self._is_date),
            ("name", "numbers", _is_number),
            ("mail", "no mail addresses", lambda text: not _is_mail(text)),
            ("location", "mail addresses", _is_mail),
            ("location", "dates", self._is_date),
        )

    def see(self, worker: Worker) -> None:
        """Note what a worker's values look like."""
        told = {"worker_id": worker.worker_id, "name": worker.name, "mail": worker.mail, "location": worker.location}
        for name, text in told.items():
            if text:
                self._values[name] = self._values.get(name, 0) + 1
        for name, what, looks in self._looks:
            if told[name] and looks(told[name]):
                self._count(name, what)
        if worker.mail and _domain(worker.mail) in self._domains:
            self._count("mail", "ours")
        for first, last in _spans(worker):
            self._values["start"] = self._values.get("start", 0) + 1
            if first > last:
                self._count("start", "days after those for end")

    def verdict(self) -> str:
        """The sentence that says what is in the wrong place; "" where nothing is."""
        for (name, what), count in self._odd.items():
            values = self._values[name]
            if what != "ours" and values >= LEAST and count * 2 > values:
                return (
                    f'the column "{self._headers[name]}" for {name} holds {what} in {count} of {values} rows: '
                    "columns are swapped"
                )
        return self._foreign()

    def _foreign(self) -> str:
        mails = self._values.get("mail", 0)
        if not self._domains or mails < LEAST or self._odd.get(("mail", "ours")):
            return ""
        return f"none of {mails} mail addresses is at {', '.join(sorted(self._domains))}: the feed is another company's"

    def _count(self, name: str, what: str) -> None:
        self._odd[name, what] = self._odd.get((name, what), 0) + 1

    def _is_date(self, text: str) -> bool:
        if text.isdigit():
            return False  # a number may be one of a worker: 20190301 is
        try:
            return self._dates(text, "UTC") is not None
        except ValueError:
            return False


def _spans(worker: Worker) -> Iterator[tuple[date, date]]:
    """First and last days that are both told."""
    for employment in worker.employments:
        last = employment.last_working_on or employment.end_on
        if employment.start_on and last:
            yield employment.start_on, last


def _is_mail(text: str) -> bool:
    return "@" in text


def _is_number(text: str) -> bool:
    return not any(letter.isalpha() for letter in text)


def _domain(mail: str) -> str:
    return mail.rpartition("@")[2].strip().strip(">").casefold()
