"""Owner tags that hold a login (queries/correlate.sql, evidence_owner_login)."""

import pytest

from offboarding.model import IdentityKeyKind
from offboarding.store.connect import Session
from tests.support.night import rows_of, spend_night
from tests.support.oracle import RosterRead, SourceRead
from tests.support.small_company import LEAVER, STAFF, account, aws, company, hr, ldap, number, owner, worker

ROBOT = account("x", owner(IdentityKeyKind.LOGIN, "Kim"), realm="c1")
UNSAID = worker("1042")
"""HR gives no login."""
KIMS = account("d", number("1042"), login="kim")


def owners(session: Session, *parts: RosterRead | SourceRead) -> list[tuple[str, str, list[str]]]:
    spend_night(session, company(*parts), caller="owners")
    return rows_of(
        session,
        "select p.worker_id, l.relation, l.evidence from link l join account a using (account_pk)"
        " join person p using (person_uid) where a.native_id = 'x' and l.valid_to is null order by 1",
    )


SAID = ("1042", "owns", ["owner login Kim is their login there"])


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((hr(LEAVER, STAFF), aws(ROBOT)), id="HR gives it for the realm"),
        pytest.param((hr(UNSAID, STAFF), ldap(KIMS), aws(ROBOT)), id="an account of theirs bears it"),
    ],
)
def test_an_owner_is_found_by_login(store: Session, parts: tuple[RosterRead | SourceRead, ...]) -> None:
    assert owners(store, *parts) == [SAID]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((hr(LEAVER, login_realm=None), aws(ROBOT)), id="HR gives it for no system in particular"),
        pytest.param((hr(UNSAID), ldap(KIMS), aws(ROBOT, login_realm=None)), id="the realm is another"),
        pytest.param((hr(STAFF), aws(ROBOT)), id="it's nobody's"),
    ],
)
def test_a_login_of_elsewhere_names_nobody(store: Session, parts: tuple[RosterRead | SourceRead, ...]) -> None:
    assert owners(store, *parts) == []
