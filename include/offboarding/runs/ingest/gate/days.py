"""Days of employments that can't be meant: a last day in 2999, a start in 2062 of somebody who works here.

Taken at its word, such a day makes a leaver somebody who works here for centuries, and whoever vanishes before a start
that never comes would never have worked here at all (docs/decisions/0084-a-moment-that-has-not-come.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from offboarding.model import Employment, EmploymentStatus, Problem, Worker
from offboarding.runs.ingest.gate.listing import Listing

ANNOUNCED = timedelta(days=366)
"""So far ahead a start may lie, and the last day of whom HR says that they left: as far as a notice's."""
NO_END = timedelta(days=3653)
"""A last working day further ahead than that, of somebody who works here, means that there is none."""
MANY = 10
"""A day that more people bear is how a feed writes that there is no end: told of nobody."""
_FIX = "Mend the day in the feed."


class DayGate:
    """Of one read. What it left out is known once all have passed."""

    def __init__(self, as_of: datetime) -> None:
        self._soon, self._ever = (as_of + ANNOUNCED).date(), (as_of + NO_END).date()
        self._listing = Listing()
        self._endless: dict[date, list[str]] = defaultdict(list)

    def passed(self, workers: Iterable[Worker]) -> Iterator[Worker]:
        """Each without such days; everything else of theirs counts."""
        for worker in workers:
            if any(map(self._is_odd, worker.employments)):
                yield replace(worker, employments=tuple(self._mended(worker, each) for each in worker.employments))
            else:
                yield worker

    @property
    def left_out(self) -> Sequence[Problem]:
        """A sentence for each, bounded, that names the record and the day."""
        for texts in self._endless.values():
            if len(texts) <= MANY:
                for text in texts:
                    self._listing.add(text)
        self._endless.clear()
        found = [Problem(record="", text=text, fix=_FIX) for text in self._listing.told]
        if self._listing.more:
            found.append(Problem(record="", text=f"{self._listing.more} more days like these are left out", fix=_FIX))
        return found

    def _is_odd(self, job: Employment) -> bool:
        if job.start_on and job.start_on > self._soon:
            return True
        last = self._soon if job.status is EmploymentStatus.LEFT else self._ever
        if job.last_working_on and job.last_working_on > last:
            return True
        return job.status is EmploymentStatus.LEFT and job.end_on is not None and job.end_on > last

    def _mended(self, worker: Worker, job: Employment) -> Employment:
        who = f"{worker.record}, worker {worker.worker_id}"
        if job.start_on and job.start_on > self._soon:
            self._listing.add(f"{who}: a start on {job.start_on} lies more than a year ahead: the day is left out")
            job = replace(job, start_on=None)
        if job.status is EmploymentStatus.LEFT:
            return self._of_leaver(who, job)
        if job.last_working_on and job.last_working_on > self._ever:
            texts = self._endless[job.last_working_on]
            if len(texts) <= MANY:
                texts.append(
                    f"{who}: a last working day {job.last_working_on} lies more than ten years ahead: they count as"
                    " somebody who works here without a last day, and if another day is meant, they leave unseen"
                )
            return replace(job, last_working_on=None)
        return job

    def _of_leaver(self, who: str, job: Employment) -> Employment:
        for name in ("last_working_on", "end_on"):
            day: date | None = getattr(job, name)
            if day and day > self._soon:
                self._listing.add(
                    f"{who}: HR says that they left, and by {day}, more than a year ahead: the day is left out, and"
                    " they count as having left"
                )
                job = replace(job, **cast("Any", {name: None}))
        return job
