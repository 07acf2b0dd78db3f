"""Findings on keys where settings leave out what was read before: it stays as it was, and open, and isn't checked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from offboarding.model import KEY_KINDS, Key, ScopeRead, Standing
from offboarding.report.texts.rendering import TicketTexts
from offboarding.runs import pipeline
from offboarding.store import reading, tickets
from offboarding.store.connect import Session
from offboarding.store.reading import key_views
from offboarding.tickets.plan import TicketPlan
from tests.support.begun import Begun, beginnings, begun
from tests.support.deciding import add_notice
from tests.support.key_company import CLOUD, KIM_GONE, KIM_USER, KeyCompany
from tests.support.keys_read import KeyReader, hours, secret
from tests.support.listed_tracker import tracker
from tests.support.signing_access import ENDED, RULE, before_kim_left, kept, once_kim_left, signs, states
from tests.support.variants import some_of

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

REGION = f"arn:aws:secretsmanager:us-east-1:{CLOUD}:"
WHOLE = ScopeRead(realm=CLOUD, scope=REGION, kinds=KEY_KINDS)


def lying_there(called: str) -> Key:
    return kept(called, f"{REGION}{called}")


BACKUP, LOGIN = lying_there("backup"), lying_there("login")


def first_nights(session: Session, _tracker: object) -> KeyCompany:
    return once_kim_left(session, (BACKUP, LOGIN), [WHOLE])


@pytest.fixture
def company(begun: Begun) -> KeyCompany:
    """Kim has left, and may have both keys sign."""
    return begun(first_nights)


def told(company: KeyCompany, key: Key) -> tuple[Standing, datetime | None]:
    """What the finding on it says tonight."""
    found = {each.subject_label: each for each in reading.findings(company.session, rule=RULE)}[key.label]
    return found.standing, found.last_confirmed_at


def copy_of(company: KeyCompany, key: Key) -> tuple[Standing, datetime | None]:
    views = key_views.keys(company.session)
    (copy,) = (copy for view in views for copy in view.copies if copy.key.name == key.name)
    return copy.key.standing, copy.confirmed_at


def excluded(company: KeyCompany) -> None:
    company.secrets.facts = [LOGIN]
    company.secrets.scopes = [replace(WHOLE, left_out=(BACKUP.name,))]


def access_off(company: KeyCompany) -> None:
    company.secrets.facts, company.secrets.scopes = [BACKUP, LOGIN], [replace(WHOLE, access=False)]


def test_what_a_filter_leaves_out_stays_open_and_is_not_checked(company: KeyCompany) -> None:
    assert states(company) == {BACKUP.label: "open", LOGIN.label: "open"}
    before = told(company, BACKUP)[1]

    excluded(company)
    for _ in range(3):
        company.judged()

    assert states(company) == {BACKUP.label: "open", LOGIN.label: ENDED}
    assert told(company, BACKUP) == (Standing.UNKNOWN, before)
    assert copy_of(company, BACKUP) == (Standing.WORKS, before)

    company.secrets.facts, company.secrets.scopes = [LOGIN], [WHOLE]
    company.judged()
    assert states(company) == {BACKUP.label: "seen gone: the key no longer exists", LOGIN.label: ENDED}


def test_what_is_left_out_no_more_is_what_it_is_told_to_be(company: KeyCompany) -> None:
    excluded(company)
    company.judged()

    company.secrets.facts, company.secrets.scopes = [BACKUP, signs(BACKUP), LOGIN], [WHOLE]
    company.judged()

    assert told(company, BACKUP)[0] is Standing.WORKS
    assert copy_of(company, BACKUP) == copy_of(company, LOGIN)


def test_access_that_is_not_read_has_not_ended(company: KeyCompany) -> None:
    before = {key.label: told(company, key) for key in (BACKUP, LOGIN)}
    assert {standing for standing, _ in before.values()} == {Standing.WORKS}

    access_off(company)
    for _ in range(3):
        company.judged()

    assert states(company) == {BACKUP.label: "open", LOGIN.label: "open"}
    for key in (BACKUP, LOGIN):
        assert told(company, key) == (Standing.UNKNOWN, before[key.label][1])
        standing, confirmed_at = copy_of(company, key)
        assert standing is Standing.WORKS
        assert confirmed_at not in (None, before[key.label][1])  # the key itself was read

    company.secrets.facts, company.secrets.scopes = [LOGIN], [replace(WHOLE, access=False)]
    company.judged()
    assert states(company) == {BACKUP.label: "seen gone: the key no longer exists", LOGIN.label: "open"}

    company.secrets.scopes = [WHOLE]
    company.judged()
    assert states(company)[LOGIN.label] == ENDED


@some_of(1, "leave_out", [excluded, access_off])
def test_whoever_leaves_afterwards_is_told_what_they_had(begun: Begun, leave_out: Callable[[KeyCompany], None]) -> None:
    """What they may still do with it isn't checked, and said to be so."""
    company = begun(while_kim_works)
    leave_out(company)
    company.judged()
    company.workers[0] = KIM_GONE
    company.judged(days=2)

    assert states(company)[BACKUP.label] == "unverified"
    assert told(company, BACKUP)[0] is Standing.UNKNOWN


def while_kim_works(session: Session, _tracker: object) -> KeyCompany:
    return before_kim_left(session, (BACKUP, LOGIN), [WHOLE])


def test_access_of_whoever_gets_in_no_more_has_ended_whatever_it_was(company: KeyCompany) -> None:
    """That was looked at."""
    access_off(company)
    company.users[0] = replace(KIM_USER, standing=Standing.DEAD, standing_reason="no way in")
    company.judged()
    assert states(company) == {BACKUP.label: ENDED, LOGIN.label: ENDED}


def test_a_run_about_some_people_says_nothing_of_what_is_left_out(company: KeyCompany) -> None:
    excluded(company)
    session, settings, at = company.session, company.settings, company.as_of + timedelta(hours=2)
    notice = add_notice(session, settings, who="1042", last=at.isoformat(), reason="dismissed", author="lee")
    run = pipeline.open_departure(session, settings, caller="now", as_of=at)
    pipeline.find_people(session, settings, run, [], [notice.notice_id])
    pipeline.collect(session, settings, run, settings.source("secrets"), "", company.secrets)
    pipeline.correlate(session, settings, run)
    pipeline.evaluate(session, settings, run)

    assert told(company, BACKUP)[0] is Standing.WORKS
    assert states(company) == {BACKUP.label: "open", LOGIN.label: ENDED}


def test_a_ticket_says_when_access_was_last_read(company: KeyCompany) -> None:
    before = told(company, LOGIN)[1]
    access_off(company)
    plan = TicketPlan(
        session=company.session,
        run=company.judged(),
        trackers=["secops"],
        unverified_nights=3,
        keep=timedelta(days=30),
        texts={"": TicketTexts(zone="UTC")},
    )
    plan.make()

    keys = company.session.execute("select ticket_key from ticket").fetchall()
    items = [
        item for (key,) in keys for item in tickets.items(company.session, tickets.ticket(company.session, str(key)))
    ]
    assert {item.seen_at for item in items if item.rule == RULE} == {before}


def test_a_digest_names_what_is_left_out(company: KeyCompany) -> None:
    mine = secret(f"{REGION}mine#1", realm=CLOUD)
    company.secrets.facts = [mine]
    company.judged()
    digest = "uncustodied-signing-key"
    assert [row[1] for row in company.findings("f.state") if row[0] == digest] == ["open"]

    company.secrets.facts, company.secrets.scopes = [], [replace(WHOLE, left_out=(mine.name,))]
    company.judged()
    assert [row[1] for row in company.findings("f.state") if row[0] == digest] == ["open"]

    company.secrets.scopes = [WHOLE]
    company.judged()
    assert [row[1] for row in company.findings("f.state") if row[0] == digest] == ["resolved"]


def test_one_whose_name_only_begins_so_is_gone_all_the_same(store: Session) -> None:
    """As the parameter /app2 beside /app, which is left out."""
    reader = KeyReader(store, name="secrets", kind="aws_secrets")
    app, other = lying_there("app"), lying_there("app2")
    reader.read(app, other, signs(app), signs(other), WHOLE, at=hours(0))
    reader.read(replace(WHOLE, left_out=(app.name,)), at=hours(24))

    asked = "select name, last_seen_at, gone_at from key_copy order by name"
    assert reader.ask(asked) == [(app.name, hours(0), None), (other.name, hours(0), hours(24))]
    assert reader.ask("select key from key_access where valid_to is null") == [(app.name,)]

    # Each night writes nothing more of it; told again, it's like any other.
    reader.read(replace(WHOLE, left_out=(app.name,)), at=hours(48))
    assert reader.ask(asked)[0] == (app.name, hours(0), None)
    reader.read(app, signs(app), WHOLE, at=hours(72))
    assert reader.ask(asked)[0] == (app.name, None, None)
