"""What a night says of keys, read off the store: the same again however often it's asked."""

from datetime import timedelta

import pytest

from offboarding.model import PrincipalKind, Standing
from offboarding.runs import pipeline
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading.key_views import KeysThen, KeyView, attest, key_called, keys, unasked
from tests.support.key_company import CLOUD, KeyCompany
from tests.support.keys_read import access, secret, signing_key
from tests.support.registered import custodian, entry

LOGIN, OLD = signing_key("new", material=f"jkt:{'a' * 43}"), signing_key("old", material=f"jkt:{'b' * 43}")
DATABASE = secret("arn:db#v1")
KNOWN = secret("arn:known#v1")
HOOK = secret("arn:hook#v1", verifies=False)


@pytest.fixture
def company(store: Session) -> KeyCompany:
    """A registered key, one that a policy lets Lee take, and others."""
    company = KeyCompany(session=store)
    company.login.facts = [LOGIN, OLD]
    company.secrets.facts = [DATABASE, KNOWN, HOOK, access(KNOWN, "AIDALEE", kind=PrincipalKind.ACCOUNT)]
    company.register = [
        entry("old-key", custodian("1043"), places=(("login", "old"),)),
        entry("paper-key", custodian("1043"), places=(("", "ref:safe/1"),)),
    ]
    return company


def spent(company: KeyCompany) -> int:
    """A night to its report."""
    run = company.night()
    pipeline.evaluate(company.session, company.settings, run)
    pipeline.guard(company.session, company.settings, run)
    pipeline.report(company.session, company.settings, run)
    return run.run_id


def test_keys_are_counted_by_who_is_known_to_hold_them(company: KeyCompany) -> None:
    night = reading.night(company.session, spent(company))

    assert night.keys == (
        KeysThen(kind="signing_key", trusted=2, with_custodians=1, unchecked=1),
        KeysThen(kind="shared_secret", trusted=2, with_custodians=0, unchecked=1),
    )
    assert night.unseen == ("paper-key",)


def test_a_later_night_changes_nothing_of_an_earlier_ones_report(company: KeyCompany) -> None:
    first = spent(company)
    before = reading.night(company.session, first)

    company.login.facts = [LOGIN]
    company.register = [entry("login-key", custodian("1043"), places=(("login", "new"),))]
    second = spent(company)

    assert reading.night(company.session, first) == before
    assert [then.trusted for then in reading.night(company.session, second).keys] == [1, 2]


def test_a_reader_of_keys_is_read_whole_without_a_live_look(company: KeyCompany) -> None:
    parts = {part.name: part for part in reading.night(company.session, spent(company)).parts}

    assert (parts["login"].status, parts["login"].tells, parts["login"].keys) == ("complete", "keys", 2)
    assert (parts["trail"].status, parts["trail"].tells) == ("complete", "events")
    assert parts["login"].errors == ()


def told(company: KeyCompany, word: str) -> KeyView:
    return key_called(company.session, word)


def test_a_key_that_its_verifier_stopped_to_show_is_not_checked_until_the_cache_has_passed(company: KeyCompany) -> None:
    company.login.facts = [LOGIN, signing_key("old", material=OLD.material, cache=timedelta(hours=1))]
    company.night()
    assert told(company, "old").standing is Standing.WORKS

    company.login.facts = [LOGIN]
    company.night()
    first = told(company, "old").standing
    company.session.execute("update key_copy set untrusted_since = untrusted_since - interval '2 hours'")
    company.night()

    assert (first, told(company, "old").standing) == (Standing.UNKNOWN, Standing.DEAD)
    assert not told(company, "old").may_be_used


def test_words_of_people_are_told_before_they_end(company: KeyCompany) -> None:
    run = spent(company)
    hook = told(company, HOOK.material)
    attest(company.session, unasked(hook), reason="replaced", author="kim", until=company.as_of + timedelta(days=8))
    assert reading.night(company.session, run).attested == ()

    company.night(days=2)
    later = spent(company)

    (ending,) = reading.night(company.session, later).attested
    assert ending.name == HOOK.material
    (same,) = [key for key in keys(company.session) if key.attested]
    assert same.attested is not None
    assert (same.attested.author, same.attested.reason) == ("kim", "replaced")


def test_the_same_material_in_two_systems_is_one_key(company: KeyCompany) -> None:
    company.secrets.facts = [signing_key("arn:kms:1", realm=CLOUD, material=LOGIN.material, verifies=False)]
    company.night()

    both = told(company, "new")

    assert [copy.source for copy in both.copies] == ["login", "secrets"]
    assert told(company, "arn:kms:1").material == both.material
