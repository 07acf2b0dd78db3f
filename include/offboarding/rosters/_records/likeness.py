"""Whether a feed's columns hold what they say: two that were swapped are plausible row by row, and wrong in each.

A value out of place costs its row, or nothing; most values out of place cost the read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from offboarding.model import Worker
from offboarding.rosters._records.days import WrittenDays

LEAST = 5
"""Of fewer values nothing is concluded."""
_EACH = 5_000
_EVERY = 16
"""A column is swapped in all of a feed, and looking at each value of a million takes as long as reading them."""

_Looks = tuple[str, str, Callable[[str], bool]]
"""Our name of a column, what its value looks like instead, and whether one does."""


class Likeness:
    """Sees every worker of a read, and says at its end whether most of them look like something else."""

    def __init__(self, headers: Mapping[str, str], formats: tuple[str, ...], domains: Sequence[str]) -> None:
        self._headers = headers
        self._domains = frozenset(domain.casefold() for domain in domains)
        self._dates = WrittenDays(formats=formats)
        self._seen = 0
        self._mails = 0
        self._ours = False
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
        """Note what a worker's values look like: of the first thousands each, and then of every sixteenth."""
        if worker.mail:
            self._mails += 1
            self._ours = self._ours or self._is_ours(_domain(worker.mail))
        self._seen += 1
        if self._seen <= _EACH or self._seen % _EVERY == 0:
            self._look(worker)

    def _look(self, worker: Worker) -> None:
        values = {"worker_id": worker.worker_id, "name": worker.name, "mail": worker.mail, "location": worker.location}
        for name, text in values.items():
            if text:
                self._values[name] = self._values.get(name, 0) + 1
        for name, what, looks in self._looks:
            if values[name] and looks(values[name]):
                self._count(name, what)
        for first, last in _spans(worker):
            self._values["start"] = self._values.get("start", 0) + 1
            if first > last:
                self._count("start", "days after those for end")

    def verdict(self) -> str:
        """The sentence that says what is in the wrong place; "" where nothing is."""
        for (name, what), count in self._odd.items():
            values = self._values[name]
            if values >= LEAST and count * 2 > values:
                return (
                    f'the column "{self._headers[name]}" for {name} holds {what} in {count} of {values} rows looked '
                    "at: columns are swapped"
                )
        return self._foreign()

    def _foreign(self) -> str:
        if not self._domains or self._mails < LEAST or self._ours:
            return ""
        domains = ", ".join(sorted(self._domains))
        return f"none of {self._mails} mail addresses is at {domains}: the feed is another company's"

    def _count(self, name: str, what: str) -> None:
        self._odd[name, what] = self._odd.get((name, what), 0) + 1

    def _is_ours(self, domain: str) -> bool:
        return domain in self._domains or any(domain.endswith(f".{ours}") for ours in self._domains)

    def _is_date(self, text: str) -> bool:
        # A number may be a worker's (20190301 is), and looking for a date takes long.
        if text.isdigit() or not any(letter.isdigit() for letter in text):
            return False
        return self._dates.is_day(text)


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
