"""Who is told at once is told once, whoever else is away."""

import pytest

from offboarding.model import Alert, RunKind
from offboarding.model.errors import RetriableError
from offboarding.runs import alerting
from offboarding.store import alerts, runs
from offboarding.store.connect import Session
from offboarding.store.reading import night
from tests.support.alerts import HeardNotifier

ALERT = Alert(key="hold:1", subject="Held: roster hr & 60 leavers", body="60 new leavers.\nLook.")


def test_each_is_told_once(store: Session) -> None:
    mail, slack = HeardNotifier(), HeardNotifier(name="slack")
    alerts.note(store, ALERT, run_id=None)
    alerts.note(store, ALERT, run_id=None)
    assert alerting.tell_people(store, [mail, slack]) == 2
    assert alerting.tell_people(store, [mail, slack]) == 0
    assert (mail.alerts, slack.alerts) == ([ALERT], [ALERT])


def test_one_that_is_away_keeps_no_other_back_and_is_told_later(store: Session) -> None:
    mail, slack = HeardNotifier(error=RetriableError("notifiers.soc: away")), HeardNotifier(name="slack")
    alerts.note(store, ALERT, run_id=None)
    with pytest.raises(RetriableError, match=r"notifiers\.soc: away"):
        alerting.tell_people(store, [mail, slack])
    assert slack.alerts == [ALERT]
    run = runs.open_run(store, kind=RunKind.NIGHTLY, caller="unheard", as_of=None)
    assert night(store, run.run_id).tickets.unheard == 1
    mail.error = None
    alerting.tell_people(store, [mail, slack])
    assert (mail.alerts, slack.alerts) == ([ALERT], [ALERT])
    assert night(store, run.run_id).tickets.unheard == 0
