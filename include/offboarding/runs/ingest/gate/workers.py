"""Workers on their way from a roster into the store."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from offboarding.model import Employment, Problem, ScopedValue, Worker
from offboarding.model.texts import defect_of_number, is_storable, label, sentence, visible
from offboarding.runs.ingest.gate.fits import fits, texts_of_worker
from offboarding.runs.ingest.gate.listing import Listing, mark

_MEND = "Mend the value in the feed, or remove it."


class WorkerGate:
    """Of one read. What it left out is known once all have passed."""

    def __init__(self) -> None:
        self.of = list[str]()
        """Ids of workers of whom a value was left out."""
        self._values = Listing()
        self._records = Listing()

    def passed(self, workers: Iterable[Worker]) -> Iterator[Worker]:
        """Each as it can be held; whose number can't be is left out."""
        for worker in workers:
            if why := defect_of_number(worker.worker_id):
                self._records.add(f"{label(worker.record)}, worker id SHA-256 {mark(worker.worker_id)}: {why}")
            elif fits(texts_of_worker(worker), worker.logins) and _rest_fits(worker):
                yield worker
            else:
                yield self._mended(worker)

    @property
    def problems(self) -> Sequence[Problem]:
        """Records that were left out: whose they are isn't known, so nobody's absence tells anything."""
        return _problems(self._records, "", "the record is left out", "Give the worker's number in the feed.")

    @property
    def left_out(self) -> Sequence[Problem]:
        """Values that were left out: all else of these workers counts, and so does everybody else's absence."""
        return _problems(self._values, "can't be kept", "the value is left out", _MEND)

    def _mended(self, worker: Worker) -> Worker:
        left: list[str] = []
        mended = replace(
            worker,
            previous_worker_ids=_kept(left, "previous_worker_ids", worker.previous_worker_ids),
            name=label(worker.name),
            mail=_one(left, "mail", worker.mail),
            former_mails=_kept(left, "former_mail", worker.former_mails),
            logins=_scoped(left, "login", worker.logins),
            directory_ids=_scoped(left, "directory_id", worker.directory_ids),
            manager=label(worker.manager),
            location=label(worker.location),
            employments=tuple(_employment(each) for each in worker.employments),
            record=sentence(worker.record),
        )
        if left:
            self.of.append(worker.worker_id)
            self._values.add(f"{label(worker.record)}, worker {worker.worker_id}: {', '.join(dict.fromkeys(left))}")
        return mended


def _rest_fits(worker: Worker) -> bool:
    """What few have."""
    types = [each.type for each in worker.employments]
    others = (*types, *worker.former_mails, *worker.previous_worker_ids)
    return fits(others, worker.directory_ids)


def _problems(listing: Listing, what: str, then: str, fix: str) -> list[Problem]:
    found = [Problem(record="", text=f"{text} {what}".rstrip() + f": {then}", fix=fix) for text in listing.told]
    if listing.more:
        found.append(Problem(record="", text=f"{listing.more} more records like these: {then}", fix=fix))
    return found


def _one(left: list[str], name: str, value: str) -> str:
    return next(iter(_kept(left, name, (value,))), "")


def _kept(left: list[str], name: str, values: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(value for value in values if is_storable(value))
    if len(kept) < len(values):
        left.append(name)
    return kept


def _scoped(left: list[str], name: str, values: Sequence[ScopedValue]) -> tuple[ScopedValue, ...]:
    kept = tuple(each for each in values if is_storable(each.value))
    if len(kept) < len(values):
        left.append(name)
    return kept


def _employment(employment: Employment) -> Employment:
    return replace(employment, type=visible(employment.type))
