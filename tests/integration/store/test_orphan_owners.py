"""Whom accounts that nobody claims name as manager or owner (queries/cases.sql, orphan_owners)."""

from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import Account, OrphanCase
from offboarding.runs import pipeline
from offboarding.store.cases import Looked, cases
from offboarding.store.connect import Session
from tests.support.night import rows_of, settings_of, spend_night
from tests.support.small_company import LEAVER, LONG_AGO, NIGHT, STAFF, account, company, hr, ldap, mail, number
from tests.support.variants import some_of

LOOKED: dict[str, Any] = {"as_of": NIGHT, "since": LONG_AGO, "moved_days": 30}
NAMED = account("m", number("1042"))
STAFFS = account("m", number("1043"))
ROBOT = account("robot", login="svc-backup", owners=("UID=m, dc=corp",))


def rules_said(session: Session, *accounts: Account) -> list[str]:
    """Of the digest of orphans, the evidence; empty where there is none."""
    small = company(hr(LEAVER, STAFF), ldap(*accounts))
    run = spend_night(session, small, caller="orphans")
    pipeline.evaluate(session, settings_of(small), run)
    return [line for (every,) in rows_of(session, FOUND) for line in every]


FOUND = "select evidence from finding where rule = 'orphan-account'"
LEFT = "who left at the end of 2026-11-13 (Asia/Seoul)"


@some_of(
    1,
    ("accounts", "told"),
    [
        pytest.param((NAMED, ROBOT), f"is worker 1042, {LEFT}", id="a leaver's"),
        pytest.param((STAFFS, ROBOT), "is worker 1043", id="somebody's who works here"),
        pytest.param((ROBOT,), "says UID=m, dc=corp, who is nobody we know", id="no entry"),
        pytest.param(
            (account("m", mail("x@elsewhere.example")), ROBOT),
            "says UID=m, dc=corp, whose account is nobody's for certain",
            id="nobody's entry",
        ),
    ],
)
def test_whom_an_entry_names_is_told_by_worker_id(store: Session, accounts: tuple[Account, ...], told: str) -> None:
    said = rules_said(store, *accounts)
    assert f"uid=robot,dc=corp (robot): its manager or owner {told}" in said


def test_an_entry_that_is_gone_was_still_theirs(store: Session) -> None:
    rules_said(store, NAMED, ROBOT)
    store.execute("update account set gone_at = now() where native_id = 'm'")

    with store.transaction():
        orphans = [case for case in cases(store, Looked(**LOOKED)) if isinstance(case, OrphanCase)]
    ((named,),) = [each.named for case in orphans for each in case.accounts if each.native_id == "robot"]
    assert (named.worker_id, named.left) == ("1042", True)


def test_a_leavers_manager_makes_nobody_an_owner_of_what_is_somebodys(store: Session) -> None:
    of_staff = account("s", number("1043"), owners=("uid=m,dc=corp",))

    assert rules_said(store, NAMED, of_staff) == []
    assert rows_of(store, "select 1 from link where relation = 'owns'") == []


def test_what_the_checker_reads_by_is_no_orphan(store: Session) -> None:
    assert rules_said(store, replace(ROBOT, is_reader=True)) == []
