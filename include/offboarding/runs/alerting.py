"""Telling people now, beside the tickets: what can't wait until somebody reads a queue or the morning's report.

An alert is written down with what it is about (`store.alerts.note`), in one transaction, and told afterwards, so that a
mail server that is away loses none. Told at least once: a crash between the two tells it again.
"""

from collections.abc import Sequence

import structlog

from offboarding.interfaces import Notifier
from offboarding.model import Alert
from offboarding.model.errors import OffboardingError, RetriableError
from offboarding.store import alerts
from offboarding.store.connect import Session
from offboarding.store.locks import alerts_held

log = structlog.get_logger("offboarding.alert")


def tell_people(session: Session, notifiers: Sequence[Notifier]) -> int:
    """Tell what each notifier has yet to tell. Returns how many messages went out.

    One that can't be told keeps no other back. Raises RetriableError afterwards, with the first sentence of each
    notifier that failed.
    """
    sent, failed = 0, list[str]()
    with alerts_held(session):
        for notifier in notifiers:
            try:
                sent += _send(session, notifier)
            except OffboardingError as error:
                failed.append(str(error))
    if notifiers:
        log.info("people told", messages=sent, notifiers=[notifier.name for notifier in notifiers])
    if failed:
        raise RetriableError(f"People couldn't be told at once: {'; '.join(failed)}")
    return sent


def tell_now(notifiers: Sequence[Notifier], alert: Alert) -> None:
    """Tell each notifier this, past the store: it may be what is away. Raises as `tell_people`."""
    failed = list[str]()
    for notifier in notifiers:
        try:
            notifier.tell(alert)
        except OffboardingError as error:
            failed.append(str(error))
    if failed:
        raise RetriableError(f"{alert.subject}, and people couldn't be told: {'; '.join(failed)}")


def _send(session: Session, notifier: Notifier) -> int:
    waiting = alerts.untold(session, notifier.name)
    for alert in waiting:
        alerts.note_untold(session, alert.key, notifier.name)
    for alert in waiting:
        notifier.tell(alert)
        alerts.note_told(session, alert.key, notifier.name)
    return len(waiting)
