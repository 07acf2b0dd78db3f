"""Telling people now, beside the tickets: what can't wait until somebody reads a queue or the morning's report.

An alert is written down with what it is about (`store.alerts.note`), in one transaction, and told afterwards, so that a
mail server that is away loses none. Told at least once: a crash between the two tells it again.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from offboarding.interfaces import Notifier
from offboarding.model import Alert
from offboarding.model.errors import OffboardingError, RetriableError
from offboarding.model.texts import printable
from offboarding.store import alerts
from offboarding.store.connect import Session
from offboarding.store.locks import alerts_held

MOST_TRIES = 3
"""Alerts that one notifier may fail to take for now; then it is away, and the others wait with them."""

log = structlog.get_logger("offboarding.alert")


def tell_people(session: Session, notifiers: Sequence[Notifier]) -> int:
    """Tell what each notifier has yet to tell. Returns how many messages went out.

    An alert that fails keeps no other back, and neither does a notifier. Raises RetriableError afterwards, with the
    sentences of all that failed.
    """
    sent, failed = 0, list[str]()
    with alerts_held(session):
        for notifier in notifiers:
            sent += _send(session, notifier, failed)
    if notifiers:
        log.info("people told", messages=sent, notifiers=[notifier.name for notifier in notifiers])
    if failed:
        raise RetriableError(f"People couldn't be told at once: {'; '.join(dict.fromkeys(failed))}")
    return sent


def tell_now(notifiers: Sequence[Notifier], alert: Alert) -> None:
    """Tell each notifier this, past the store: it may be what is away. Raises as `tell_people`."""
    failed = list[str]()
    for notifier in notifiers:
        try:
            notifier.tell(_printable(alert))
        except OffboardingError as error:
            failed.append(str(error))
    if failed:
        raise RetriableError(f"{alert.subject}, and people couldn't be told: {'; '.join(failed)}")


def note_untold(session: Session, notifier: str) -> Sequence[Alert]:
    """Write down what this notifier has yet to tell: it is missed then, whether or not the step that tells it runs."""
    waiting = alerts.untold(session, notifier)
    for alert in waiting:
        alerts.note_untold(session, alert.key, notifier)
    return waiting


def _send(session: Session, notifier: Notifier, failed: list[str]) -> int:
    """Send what this notifier has yet to tell. Returns how many messages went out; what failed is added to `failed`."""
    waiting = note_untold(session, notifier.name)
    sent, tries = 0, 0
    for alert in waiting:
        try:
            notifier.tell(_printable(alert))
        except OffboardingError as error:
            failed.append(str(error))
            tries += isinstance(error, RetriableError)
            if tries == MOST_TRIES:
                break
            continue
        alerts.note_told(session, alert.key, notifier.name)
        sent += 1
    return sent


def _printable(alert: Alert) -> Alert:
    """The alert without control characters: a line end in a subject is one in a mail's headers."""
    body = "\n".join(map(printable, alert.body.split("\n")))
    return replace(alert, subject=printable(alert.subject), body=body)
