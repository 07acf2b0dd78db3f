"""Every hour: keys with open findings, their verifiers asked again and nobody else, on a real store."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Exportable
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from tests.support.begun import Begun, beginnings, begun
from tests.support.key_company import CLOUD, KIM_GONE, LEE_ACCOUNT, LEE_USER, KeyCompany
from tests.support.keys_read import signing_key
from tests.support.listed_tracker import tracker
from tests.support.registered import custodian, entry

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

LYING = signing_key("kid-9", material=f"jkt:{'c' * 43}", realm=CLOUD, carryable=Exportable.YES)
KEY = signing_key("kid-1", material=f"jkt:{'a' * 43}", carryable=Exportable.YES)
OTHERS = (("secrets", LYING.native_id),)

_callers = iter(range(1, 1_000))


def first_nights(session: Session, _tracker: Tracker) -> KeyCompany:
    company = KeyCompany(session=session)
    company.accounts, company.users = [LEE_ACCOUNT], [LEE_USER]
    company.login.facts = [KEY]
    company.secrets.facts = [LYING]
    company.register = [
        entry("login", custodian("1042"), places=(("login", "kid-1"),)),
        entry("other", custodian("1043"), places=OTHERS),
    ]
    company.until(datetime(2026, 11, 12, 16, tzinfo=UTC))
    company.workers[0] = KIM_GONE
    company.judged(days=2)
    return company


@pytest.fixture
def company(begun: Begun) -> KeyCompany:
    """Kim left, a registered custodian of the login service's key; a night has told of it. Lee holds another."""
    return begun(first_nights)


def hour(company: KeyCompany) -> tuple[list[str], str]:
    """Who was asked, and why it's red."""
    company.as_of += timedelta(hours=1)
    settings, asked = company.settings, list[str]()
    run = pipeline.open_verify(company.session, settings, caller=f"hour {next(_callers)}", as_of=company.as_of)
    if run is None:
        return [], ""
    readers = {"login": company.login, "secrets": company.secrets}
    for name, part in pipeline.parts_to_verify(company.session, settings):
        asked.append(name)
        with suppress(OffboardingError):
            pipeline.reread(company.session, settings, run, settings.source(name), part, readers[name])
    pipeline.evaluate(company.session, settings, run)
    pipeline.guard(company.session, settings, run)
    try:
        pipeline.report_verify(company.session, run)
    except FatalError as error:
        return asked, str(error)
    return asked, ""


def told(company: KeyCompany) -> list[tuple[str, str, str]]:
    return [
        (str(rule), str(state), str(standing)) for rule, state, standing in company.findings("f.state", "f.standing")
    ]


def test_its_verifier_alone_is_asked(company: KeyCompany) -> None:
    before = told(company)
    assert before == [("leaver-signing-key", "open", "works")]

    assert hour(company) == (["login"], "")

    assert told(company) == before


def test_it_closes_once_its_verifier_showed_it_no_more_twice(company: KeyCompany) -> None:
    company.login.facts = []

    hour(company)
    assert told(company)[0][1] == "open"
    hour(company)

    assert told(company)[0][1] == "resolved"
    assert hour(company) == ([], "")


def test_an_hour_that_could_not_read_it_is_no_second_look(company: KeyCompany) -> None:
    company.login.facts = []
    hour(company)
    company.login.error = RetriableError("verifiers.login: nobody answers")

    asked, red = hour(company)

    assert asked == ["login"]
    assert "login couldn't be read" in red
    assert told(company)[0][1] == "open"

    company.login.error = None
    hour(company)
    assert told(company)[0][1] == "resolved"


def test_an_hour_that_could_not_read_it_leaves_it_as_it_was(company: KeyCompany) -> None:
    before = told(company)
    company.login.error = RetriableError("verifiers.login: nobody answers")

    hour(company)

    assert told(company) == before


def test_a_key_that_nobody_asked_about_is_not_called_unknown(company: KeyCompany) -> None:
    """It's registered since the night: nobody has read its place for that."""
    company.register[1] = entry("other", custodian("1042"), places=OTHERS)

    asked, red = hour(company)

    assert (asked, red) == (["login"], "")
    assert [rule for rule, _, _ in told(company) if rule.startswith("leaver")] == ["leaver-signing-key"]
