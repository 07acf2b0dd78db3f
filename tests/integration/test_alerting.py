"""Who is told at once is told once, whoever else is away."""

from dataclasses import replace

import pytest

from offboarding.model import Alert, RunKind
from offboarding.model.errors import FatalError, RetriableError
from offboarding.notifiers import slack
from offboarding.runs import alerting, pipeline
from offboarding.store import alerts, recorded, runs
from offboarding.store.connect import Session
from offboarding.store.reading import night
from tests.support import filled
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


def test_where_nobody_tried_to_tell_it_the_report_misses_it(store: Session) -> None:
    settings = filled.settings()
    notifier = slack.Settings.model_construct(name="soc")  # pyrefly: ignore[missing-argument]
    run = filled.spend_night(store)
    alerts.note(store, ALERT, run_id=run.run_id)

    pipeline.report(store, settings.model_copy(update={"notifiers": (notifier,)}), run)

    assert night(store, run.run_id).tickets.unheard == 1


def test_an_alert_that_is_refused_costs_itself(store: Session) -> None:
    mail = HeardNotifier(refuses={"hold:1": FatalError("notifiers.soc: refused")})
    later = [replace(ALERT, key=f"hold:{number}") for number in (2, 3)]
    for alert in (ALERT, *later):
        alerts.note(store, alert, run_id=None)

    for _ in range(2):
        with pytest.raises(RetriableError, match=r"notifiers\.soc: refused$"):
            alerting.tell_people(store, [mail])
    assert mail.alerts == later

    mail.refuses.clear()
    assert alerting.tell_people(store, [mail]) == 1


def test_a_notifier_that_is_away_is_tried_with_three_alerts_and_no_more(store: Session) -> None:
    mail = HeardNotifier(error=RetriableError("notifiers.soc: away"))
    for number in range(10):
        alerts.note(store, replace(ALERT, key=f"hold:{number}"), run_id=None)

    with pytest.raises(RetriableError):
        alerting.tell_people(store, [mail])

    assert mail.tried == 3


@pytest.mark.parametrize("now", [True, False])
def test_a_subject_is_one_printable_line(store: Session, now: bool) -> None:
    mail = HeardNotifier()
    alert = replace(ALERT, subject="Held: person hr:10\n42\x1b[2J", body="Run 7:\x07 10\nLook.")

    if now:
        alerting.tell_now([mail], alert)
    else:
        alerts.note(store, alert, run_id=None)
        alerting.tell_people(store, [mail])

    (told,) = mail.alerts
    assert (told.subject, told.body) == ("Held: person hr:10\\n42\\x1b[2J", "Run 7:\\x07 10\nLook.")


def test_a_row_that_was_written_ahead_silences_nobody(store: Session) -> None:
    """Whoever writes the store could say of an alert to come that everybody has been told."""
    store.execute("insert into alert (alert_key, subject, body) values (%s, 'nothing', 'to see')", [ALERT.key])
    store.execute("insert into alert_told (alert_key, notifier, told_at) values (%s, 'smtp', now())", [ALERT.key])
    mail = HeardNotifier()

    alerts.note(store, ALERT, run_id=None)

    assert alerting.tell_people(store, [mail]) == 1
    alerts.note(store, ALERT, run_id=None)
    assert alerting.tell_people(store, [mail]) == 0
    assert mail.alerts == [ALERT]
    assert recorded.troubles(store) == []
