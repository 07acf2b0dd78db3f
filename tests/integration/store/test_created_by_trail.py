"""Accounts that a leaver made by the word of an audit trail (queries/created.sql)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offboarding.model import Account, AccountKey, ActionKind, AuditEvent, IdentityKeyKind, IdentityKeyOrigin
from offboarding.store.connect import Session
from tests.support.key_company import CLOUD, KIM_GONE, KIM_LEFT_AT, KIM_USER, LEE_USER, KeyCompany
from tests.support.night import rows_of
from tests.support.small_company import account
from tests.support.variants import variants

MADE_AT = KIM_LEFT_AT - timedelta(days=2)
HELPER = replace(account("AIDAHELPER", realm=CLOUD), created_at=MADE_AT)
OLD = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def company(store: Session) -> KeyCompany:
    """Kim has left, and there is a user whom nobody's keys name."""
    made = KeyCompany(session=store)
    made.workers[0] = KIM_GONE
    made.users = [KIM_USER, LEE_USER, HELPER]
    return made


def create_user(**changes: Any) -> AuditEvent:
    given: dict[str, Any] = {
        "realm": CLOUD,
        "event_id": "made-1",
        "at": MADE_AT,
        "action": "iam:CreateUser",
        "deed": ActionKind.MADE,
        "object_realm": CLOUD,
        "object": HELPER.native_id,
        "actor_realm": CLOUD,
        "actor": KIM_USER.native_id,
        "actor_label": "arn:aws:iam::111111111111:user/kim",
    }
    return AuditEvent(**(given | changes))


def session_of(name: str, kind: IdentityKeyKind = IdentityKeyKind.MAIL) -> dict[str, object]:
    key = AccountKey(kind=kind, value=name, origin=IdentityKeyOrigin.ATTRIBUTE, name="sourceIdentity")
    return {"actor": "", "actor_label": f"arn:aws:sts::{CLOUD}:assumed-role/admin/{name}", "actor_keys": (key,)}


def created(company: KeyCompany, *events: AuditEvent) -> list[tuple[str, str, list[str]]]:
    """Account, worker and evidence of each standing link of what somebody made, after a night."""
    company.trail.facts = list(events)
    company.until(KIM_LEFT_AT + timedelta(days=1, hours=1))
    assert company.failed == []
    return rows_of(
        company.session,
        "select a.native_id, w.worker_id, l.evidence from link l join account a using (account_pk)"
        " join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk"
        " where l.relation = 'created' and l.valid_to is null order by l.link_id",
    )


WORDS = "made it on 2026-11-11 15:00 UTC: iam:CreateUser as {}, event made-1"
ARN = f"arn:aws:iam::{CLOUD}:user/service"
SERVICE = replace(account("AIDASERVICE", realm=CLOUD), login="service", created_at=OLD)


def test_by_an_account_of_theirs(company: KeyCompany) -> None:
    told = created(company, create_user())

    assert told == [("AIDAHELPER", "1042", [WORDS.format("arn:aws:iam::111111111111:user/kim")])]


@pytest.mark.parametrize("actor", [session_of("kim@corp.example"), session_of("kimm", IdentityKeyKind.LOGIN)])
def test_by_a_session_that_bears_their_mail_or_login(company: KeyCompany, actor: dict[str, object]) -> None:
    told = created(company, create_user(**actor))

    assert told == [("AIDAHELPER", "1042", [WORDS.format(actor["actor_label"])])]


NOBODYS: dict[str, tuple[list[AuditEvent], Account]] = {
    "tried in vain": ([create_user(failed=True)], HELPER),
    "by somebody at work": ([create_user(actor=LEE_USER.native_id)], HELPER),
    "another deed": ([create_user(deed=ActionKind.USED)], HELPER),
    "another account": ([create_user(object="AIDAOTHER")], HELPER),
    "in another system": ([create_user(object_realm="222222222222")], HELPER),
    "by nobody known": ([create_user(**session_of("nobody@corp.example"))], HELPER),
    "by a login that nobody bears": ([create_user(**session_of("kim"))], HELPER),
    "long before the departure": ([create_user(at=OLD)], replace(HELPER, created_at=OLD)),
    "nothing recorded": ([], HELPER),
}


@variants(4, recorded=NOBODYS)
def test_is_nobodys_doing(company: KeyCompany, recorded: tuple[list[AuditEvent], Account]) -> None:
    events, user = recorded
    company.users[-1] = user

    assert created(company, *events) == []


def test_a_credential_that_they_gave_to_an_old_account(company: KeyCompany) -> None:
    company.users[-1] = SERVICE
    key = create_user(action="iam:CreateAccessKey", object="AKIAMADE")

    told = created(company, key, replace(key, object=ARN, object_login="service"))

    words = "gave it a credential on 2026-11-11 15:00 UTC: iam:CreateAccessKey as arn:aws:iam::111111111111:user/kim"
    assert told == [("AIDASERVICE", "1042", [f"{words}, event made-1"])]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"created_at": KIM_LEFT_AT}, id="made anew since, under the same name"),
        pytest.param({"login": "other"}, id="another login"),
    ],
)
def test_a_credential_of_another_account(company: KeyCompany, changes: dict[str, Any]) -> None:
    company.users[-1] = replace(SERVICE, **changes)

    key = create_user(action="iam:CreateAccessKey", object=ARN, object_login="service")

    assert created(company, key) == []


def test_what_they_made_for_themselves_is_theirs_and_not_told_twice(company: KeyCompany) -> None:
    assert created(company, create_user(object=KIM_USER.native_id)) == []


def test_the_same_event_read_again_is_the_same_link(company: KeyCompany) -> None:
    first = created(company, create_user(), create_user(event_id="made-2", at=MADE_AT + timedelta(minutes=1)))
    company.night()
    (count,) = rows_of(company.session, "select count(*) from link where relation = 'created'")

    assert len(first) == 1
    assert count == (1,)
