"""What may stand for a while, on its way from the file into the store: days turned into instants."""

from offboarding.config.settings import Settings
from offboarding.identity.folding import normal
from offboarding.model.days import day_ends
from offboarding.model.naming import worker_of
from offboarding.store.exceptions import ExceptionRow
from offboarding.waivers.register import Acknowledged, Exempted


def rows(settings: Settings) -> list[ExceptionRow]:
    """Every entry, in the file's order."""
    read = settings.let_stand
    return [
        *(_exception(settings, entry) for entry in read.exceptions),
        *(acknowledgement(settings, entry) for entry in read.acknowledgements),
    ]


def _exception(settings: Settings, entry: Exempted) -> ExceptionRow:
    space, worker = _worker(settings, entry.worker)
    return ExceptionRow(
        kind="exception",
        finding=entry.finding,
        space=space,
        worker=worker,
        source=entry.source,
        account=entry.account,
        rule=entry.rule,
        reason=entry.reason,
        approver=entry.approver,
        expires_at=day_ends(entry.expires, settings.company.time_zone),
    )


def acknowledgement(settings: Settings, entry: Acknowledged) -> ExceptionRow:
    """A known gap, of the file or by a person's word."""
    return ExceptionRow(
        kind="acknowledgement",
        finding=entry.finding,
        source=entry.source,
        part=entry.part,
        roster=entry.roster,
        queue=entry.queue,
        covers=entry.covers,
        reason=entry.reason,
        approver=entry.approver,
        expires_at=day_ends(entry.expires, settings.company.time_zone),
    )


def _worker(settings: Settings, word: str | None) -> tuple[str, str] | tuple[None, None]:
    """(id space, worker id in its normal form); the file's check has seen that the space is one that there is."""
    if word is None:
        return None, None
    space, number = worker_of(word, settings.id_spaces)
    return space, normal(number)
