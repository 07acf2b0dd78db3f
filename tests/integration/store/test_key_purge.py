"""What of keys is forgotten with people who left long ago, and what an open finding keeps."""

from datetime import timedelta

import pytest

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin
from offboarding.store.connect import Session
from offboarding.store.purge import purge
from tests.support.key_company import KIM_GONE, KIM_LEFT_AT, LEE_USER, KeyCompany
from tests.support.keys_read import access, event, secret
from tests.support.night import rows_of

SECRET, OTHER = secret(), secret("arn:other#1")
BEFORE = KIM_LEFT_AT - timedelta(days=3)
LONG_AFTER = KIM_LEFT_AT + timedelta(days=100)
EVENTS = "select object, actor_label <> '' from event order by object, event_id"


def session_of(mail: str) -> tuple[AccountKey, ...]:
    return (
        AccountKey(kind=IdentityKeyKind.LOGIN, value=mail, origin=IdentityKeyOrigin.ATTRIBUTE, name="session name"),
    )


@pytest.fixture
def company(store: Session) -> KeyCompany:
    """Kim, who has left, and Lee read a secret each; Kim's finding is closed, and HR and every system forgot Kim."""
    company = KeyCompany(session=store)
    company.secrets.facts = [SECRET, OTHER, access(SECRET, LEE_USER.label)]
    company.trail.facts = [
        event(SECRET, "e1", at=BEFORE, actor_keys=session_of("kim@corp.example")),
        event(OTHER, "e2", at=BEFORE, actor_keys=session_of("lee@corp.example")),
        event(OTHER, "e3", at=BEFORE, actor_keys=session_of("nobody@corp.example")),
    ]
    company.workers[0] = KIM_GONE
    company.judged(days=8)
    store.execute("update worker set missing_since = now() where worker_id = '1042'")
    store.execute("update account set gone_at = %s where native_id in ('kim', 'AIDAKIM')", (KIM_LEFT_AT,))
    store.execute(
        "update link set valid_to = %s where person_uid in (select person_uid from departure)", (KIM_LEFT_AT,)
    )
    return company


def closed(company: KeyCompany) -> None:
    company.session.execute("update finding set state = 'resolved', resolved_at = %s", (KIM_LEFT_AT,))


def test_sessions_of_the_forgotten_and_of_nobody_are_blanked_and_the_deed_stays(company: KeyCompany) -> None:
    closed(company)

    purged = purge(company.session, LONG_AFTER, keep=False)

    kept = rows_of(company.session, "select kind, value from event_key")
    assert kept == [("mail", "lee@corp.example")], "not as a login, which is nobody's"
    assert rows_of(company.session, EVENTS) == [("arn:other", True), ("arn:other", False), ("arn:secret", False)]
    forgotten = {what: rows for what, rows in purged.rows.items() if "old events'" in what}
    assert forgotten == {"mail addresses and logins of old events' sessions": 5, "old events' actors": 2}


def test_what_proves_an_open_finding_stays(company: KeyCompany) -> None:
    purge(company.session, LONG_AFTER, keep=False)

    assert rows_of(company.session, "select distinct value from event_key where event_id = 'e1'") == [
        ("kim@corp.example",)
    ]
    assert rows_of(company.session, EVENTS)[-1] == ("arn:secret", True)


def test_what_is_younger_than_the_cut_stays(company: KeyCompany) -> None:
    closed(company)

    purge(company.session, BEFORE - timedelta(days=1), keep=False)

    assert len(rows_of(company.session, "select from event_key")) == 6


def test_why_a_word_was_given_goes_with_its_end(company: KeyCompany) -> None:
    closed(company)
    for material, until in ((SECRET.material, KIM_LEFT_AT), (OTHER.material, LONG_AFTER + timedelta(days=9))):
        company.session.execute(
            "insert into attestation (material, reason, author, until) values (%s, 'saw it', 'lee', %s)",
            (material, until),
        )

    purge(company.session, LONG_AFTER, keep=False)

    assert rows_of(company.session, "select material, reason from attestation order by material") == [
        (OTHER.material, "saw it"),
        (SECRET.material, ""),
    ]
