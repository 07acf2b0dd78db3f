"""A person, as rosters tell of them. For a terminal: it names them."""

from collections.abc import Iterator

from offboarding.model import Basis
from offboarding.report.wording import joined, labelled, moment, worker, zoned
from offboarding.store.reading import PersonView
from offboarding.store.reading.workers import DepartureView, EmploymentView, IdentityKeyView, WorkerRecord

_LABEL = 12
_BASES = {
    "actual": "by HR's word",
    "notice": "by notice, before HR told it",
    "planned": "a planned end, which nobody has confirmed",
    "inferred": "vanished from the roster",
}


def render(person: PersonView, zone: str) -> str:
    """Records, employments, departures and identity keys."""
    name = next((record.name for record in person.records if record.name), "")
    title = f"Worker {worker(person.found.id_space, person.found.worker_id)}" + (f"  {name}" if name else "")
    stands = [departure for departure in person.departures if departure.valid_to is None]
    lines = [
        title,
        *labelled("Records", [record_line(record, zone) for record in person.records], _LABEL),
        *labelled("Employments", [employment_line(employment) for employment in person.employments], _LABEL),
        *labelled(
            "Departure", [departure_line(d, zone) for d in person.departures] if stands else _here(person), _LABEL
        ),
        *labelled("Known by", [_key(key) for key in person.keys], _LABEL),
    ]
    return joined(zoned(line, zone) for line in lines)


def departure_line(departure: DepartureView, zone: str) -> str:
    """A departure, by whose word, and whether it stands."""
    back = "; back at work since" if departure.returned else ""
    end = f"; stood until {moment(departure.valid_to, zone)}: {departure.ended_because}" if departure.valid_to else ""
    return f"{left_when(departure, zone)}, {departure.told}{back}{end}"


def left_when(departure: DepartureView, zone: str) -> str:
    """A departure, and by whose word, without anybody's words on it."""
    if departure.basis == Basis.AWAY:
        return f"to have no access since {moment(departure.left_at, zone)}, and not gone: roster {departure.roster}"
    exact = departure.basis == Basis.NOTICE or not departure.left_on
    when = f"on {moment(departure.left_at, zone)}" if exact else f"at the end of {departure.left_on} ({departure.zone})"
    doubt = "" if departure.confirmed else ", to be confirmed"
    basis = _BASES.get(departure.basis, departure.basis)
    return f"left {when}, {basis}{doubt}: roster {departure.roster}"


def _here(person: PersonView) -> list[str]:
    return ["none: works here", *(f"earlier: {d.told} ({d.ended_because})" for d in person.departures)]


def record_line(record: WorkerRecord, zone: str) -> str:
    """What a roster tells of them, with their name."""
    named = [text for text in (record.name, record.location) if text]
    named += [f"manager {record.manager}"] if record.manager else []
    return ", ".join([f"{record.roster} {record.worker_id}", *named, *_listed(record, zone)])


def unnamed_record_line(record: WorkerRecord, zone: str) -> str:
    """The same without names."""
    return ", ".join([f"{record.roster} {record.worker_id}", *_listed(record, zone)])


def _listed(record: WorkerRecord, zone: str) -> Iterator[str]:
    if record.superseded:
        yield "a former number"
    elif record.vanished_at:
        yield f"no longer listed, taken to have left {moment(record.vanished_at, zone)}"
    elif record.missing_since:
        yield f"not listed since {moment(record.missing_since, zone)}"


def employment_line(employment: EmploymentView) -> str:
    """An employment, without anybody's name."""
    return ", ".join([f"{employment.roster} {employment.worker_id}: {employment.status}", *_days(employment)])


def _days(employment: EmploymentView) -> Iterator[str]:
    if employment.type:
        yield employment.type
    if employment.start_on:
        yield f"from {employment.start_on}"
    if employment.last_working_on:
        yield f"last working day {employment.last_working_on}"
    if employment.end_on:
        yield f"end {employment.end_on}"
    yield employment.zone or "zone unknown"


def _key(key: IdentityKeyView) -> str:
    space = f" ({key.space})" if key.space else ""
    former = "" if key.told_still and key.origin == "current" else ", formerly"
    return f"{key.kind.replace('_', ' ')} {key.value}{space}{former}"
