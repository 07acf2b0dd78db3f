"""The custody register on its way into the store: teams expanded, days turned into instants."""

from collections.abc import Iterator

from offboarding.config.settings import Settings
from offboarding.custody.register import Custodian, RegisteredKey, custodians_of
from offboarding.identity.folding import normal
from offboarding.model.days import day_begins, day_ends
from offboarding.model.naming import worker_of
from offboarding.store.custody_rows import CustodianRow, RegisteredKeyRow


def rows(settings: Settings) -> list[RegisteredKeyRow]:
    """Every entry, in the file's order."""
    return [_row(settings, entry) for entry in settings.register.keys]


def _row(settings: Settings, entry: RegisteredKey) -> RegisteredKeyRow:
    return RegisteredKeyRow(
        name=entry.name,
        kind=entry.kind,
        carryable=entry.carryable,
        carryable_reason=entry.because,
        signs_for=entry.signs_for,
        owner=entry.owner,
        queue=entry.queue,
        threshold=entry.threshold,
        places=tuple(dict.fromkeys((place.reader, place.called) for place in entry.places)),
        # The same worker may be in a team twice.
        custodians=tuple(dict.fromkeys(_custodians(settings, entry))),
    )


def _custodians(settings: Settings, entry: RegisteredKey) -> Iterator[CustodianRow]:
    zone = settings.company.time_zone
    for custodian, team in custodians_of(settings.register, entry):
        since = None if custodian.since is None else day_begins(custodian.since, zone)
        until = None if custodian.until is None else day_ends(custodian.until, zone)
        if custodian.group is not None:
            source, name = custodian.group.source, custodian.group.name
            yield CustodianRow(kind="group", space=source, holder=name, team=team, since=since, until=until)
        elif custodian.principal is not None:
            holder = custodian.principal
            yield CustodianRow(kind="principal", space="", holder=holder, team=team, since=since, until=until)
        else:
            space, own = worker_of(_worker(custodian), settings.id_spaces)
            yield CustodianRow(kind="worker", space=space, holder=normal(own), team=team, since=since, until=until)


def _worker(custodian: Custodian) -> str:
    assert custodian.worker is not None, "a custodian names one of the four, and teams are expanded"
    return custodian.worker
