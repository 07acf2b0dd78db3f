"""A key's page: who may have held it and why, where it's trusted, its rotation, and what people said of it."""

import html
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offboarding.report.pages import AskedInVainError, Onlooker, key
from offboarding.store.connect import Session
from offboarding.store.reading.searching import materials_called
from tests.support import filled
from tests.support.key_company import KIM_GONE, LEE, KeyCompany
from tests.support.keys_read import signing_key
from tests.support.registered import custodian, entry
from tests.support.shown_pages import KEY, MORNING, VIEWER, ZONE, Get, get, night, one_night, store_template
from tests.support.variants import some_of

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
THUMBPRINT = "k" * 43


def page_of(session: Session, word: str, *, named: bool = False) -> key.KeyPage:
    return key.key_page(session, word, Onlooker(name=VIEWER, zone=ZONE, now=MORNING, named=named))


def test_a_custodian_who_left_may_have_held_it(night: Session) -> None:
    masked, whole = (page_of(night, KEY, named=named) for named in (False, True))

    (holder,) = masked.holders
    assert (holder.worker, holder.grade, holder.why) == ("hr:E1042", "registered", ())
    assert "Registered custodian (custody.yaml)." in whole.holders[0].why
    assert [each.worker for each in masked.custodians] == ["", "hr:e1042"]
    assert masked.attested[0].endswith(": dead until 2027-02-23 07:30 KST")
    assert whole.attested[0].endswith("says sec.lead: Jordan Doe's laptop was wiped")


def test_a_custody_s_last_day_is_the_register_s(store: Session) -> None:
    company = KeyCompany(session=store)
    company.login.facts = [signing_key("kid-1")]
    over = custodian("1042", since=datetime(2021, 3, 31, 15, tzinfo=UTC), until=datetime(2026, 11, 13, 15, tzinfo=UTC))
    company.register = [entry("login-signing", over, places=(("login", "kid-1"),))]
    company.judged()

    (named,) = page_of(store, "jkt:kid-1", named=True).custodians

    assert named.days == "from 2021-04-01, until 2026-11-13"


def test_a_rotation_is_told_by_both_of_its_keys(store: Session) -> None:
    company = KeyCompany(session=store)
    company.login.facts = [signing_key("kid-1")]
    company.judged()
    company.workers = [KIM_GONE, LEE]
    company.login.facts = [signing_key("kid-2")]
    for _ in range(6):
        company.judged()

    old, new = (page_of(store, f"jkt:{kid}") for kid in ("kid-1", "kid-2"))

    assert (old.trusted, new.trusted) == ("refused", "trusted")
    (after,), (before,) = old.versions, new.versions
    assert (after.material, after.ended) == ("jkt:kid-2", "")
    assert (before.material, bool(before.ended)) == ("jkt:kid-1", True)
    assert [each.rpartition(": ")[2] for each in old.stood] == ["no longer shown", "trusted"]
    assert new.holders == ()


@pytest.mark.parametrize("word", ["login-signing", KEY])
def test_it_is_found_by_its_name_and_by_its_material(night: Session, word: str) -> None:
    assert page_of(night, word).called == "login-signing"


@some_of(1, "named", [False, True])
def test_one_that_a_reader_shows_is_found_by_the_name_that_the_register_gives_it(store: Session, named: bool) -> None:
    company = KeyCompany(session=store)
    company.login.facts = [signing_key("kid-1"), signing_key(THUMBPRINT)]
    company.register = [
        entry("login-token-key", places=(("login", "kid-1"),)),
        entry("partner-token-key", places=(("", f"jkt:{THUMBPRINT}"),)),
        entry("payment-webhook-key", places=(("login", "never-seen"),)),
    ]
    company.judged()

    for begins in ("", "reg:"):
        pages = [page_of(store, f"{begins}{each.name}", named=named) for each in company.register]

        assert [each.material for each in pages] == ["jkt:kid-1", f"jkt:{THUMBPRINT}", "reg:payment-webhook-key"]
        assert [each.called for each in pages] == [each.name for each in company.register]


@some_of(1, "named", [False, True])
def test_one_of_two_names_is_found_by_each_of_them(store: Session, named: bool) -> None:
    company = KeyCompany(session=store)
    company.login.facts = [signing_key("kid-1")]
    company.register = [entry(name, places=(("login", "kid-1"),)) for name in ("a-key", "the-same-key")]
    company.judged()

    words = [f"{begins}{each.name}" for each in company.register for begins in ("", "reg:")]

    assert {page_of(store, word, named=named).material for word in words} == {"jkt:kid-1"}


def test_the_search_leads_to_a_key_that_there_is(store: Session, get: Get) -> None:
    company = KeyCompany(session=store)
    company.login.facts = [signing_key("kid-1")]
    company.register = [entry("login-token-key", places=(("login", "kid-1"),))]
    company.judged()

    (found,) = materials_called(store, "reg:login-token-key", most=2)

    assert found == "jkt:kid-1"
    assert [get("/key/reg%3Alogin-token-key", named=named).status_code for named in (False, True)] == [200, 200]


def test_a_name_that_means_several_is_said_to(store: Session) -> None:
    company = KeyCompany(session=store)
    company.login.facts = [signing_key("kid-1"), signing_key(THUMBPRINT)]
    company.register = [entry("both", places=(("login", "kid-1"), ("", f"jkt:{THUMBPRINT}")))]
    company.judged()

    with pytest.raises(AskedInVainError, match="Several keys have this id"):
        page_of(store, "both")


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("word", ["", "no such key", "k" * 10_000, "a\0b", "reg:"])
def test_what_is_no_key_is_said_in_a_sentence(night: Session, word: str, named: bool) -> None:
    with pytest.raises(AskedInVainError):
        key.called(night, word, named=named)


@pytest.mark.parametrize("registered", [False, True])
def test_a_label_is_found_by_whoever_may_see_labels_and_told_to_nobody_else(store: Session, registered: bool) -> None:
    company = KeyCompany(session=store)
    label = "signing key of Jordan Doe"
    company.login.facts = [replace(signing_key(kid), label=label) for kid in ("kid-1", "kid-2")[: 1 + registered]]
    company.judged()

    for word in ("zzz", label, "signing key of Jordan", "kid-"):
        with pytest.raises(AskedInVainError) as refused:
            page_of(store, word)
        assert str(refused.value) == "There is no key of this id or material."
    assert store.execute("select count(*) from look").fetchone() == (0,)

    assert page_of(store, "kid-1").material == "jkt:kid-1"
    with pytest.raises(AskedInVainError, match="several keys are called" if registered else "Did you mean"):
        page_of(store, label if registered else "signing key of Jordan", named=True)


def test_names_are_shown_to_whoever_may_decide_and_to_nobody_else(night: Session, get: Get) -> None:
    path = "/key/reg%3Alogin-signing"
    masked, whole = (html.unescape(get(path, named=named).text) for named in (False, True))
    hidden = ("Kim Lee", filled.DOE_ARN, "sec.lead", "Jordan Doe", "all at the login service")

    assert [word for word in hidden if word in masked] == []
    assert [word for word in hidden if word not in whole] == []
    looked = night.execute("select viewer, kind, subject, named from look order by seq").fetchall()
    assert looked == [(VIEWER, "key", KEY, False), (VIEWER, "key", KEY, True)]
