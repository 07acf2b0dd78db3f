"""What one read's records without a usable id do to what it says that it covered."""

import sys

import pytest

from offboarding.identity.folding import normal
from offboarding.model import Account, Gap, ScopeRead, Standing, SubjectKind, Trust
from offboarding.model.texts import is_blank
from offboarding.runs.ingest.gate.facts import FactGate
from offboarding.runs.ingest.gate.workers import WorkerGate
from tests.support.office import login
from tests.support.small_company import STAFF, WORKS, worker

REALM = "111111111111"


def trust(native_id: str) -> Trust:
    return Trust(
        realm=REALM,
        native_id=native_id,
        label="role",
        principal_realm=REALM,
        principal=f"arn:aws:iam::{REALM}:user/kim",
        standing=Standing.WORKS,
        standing_reason="",
    )


@pytest.mark.parametrize("scope", ["", "AROA", "access-entry/us-east-1/"])
def test_a_trust_that_cannot_be_kept_leaves_no_roles_read(scope: str) -> None:
    covered = ScopeRead(realm=REALM, scope=scope, kinds=(SubjectKind.ROLE,))

    def read(*trusts: Trust) -> list[ScopeRead]:
        passed = FactGate("aws").passed([*trusts, covered])
        return [each for each in passed if isinstance(each, ScopeRead) and each.kinds and not each.error]

    assert read(trust("AROA1")) == [covered]
    assert read(trust("AROA1"), trust("AROA\x00")) == []


UNSEEN = ["\u200b", "\u00ad", "\ufe0f", "\U000e0041", " \ufeff", " "]


def test_what_is_blank_is_what_normalises_to_nothing() -> None:
    # Halves of characters are refused before.
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]

    assert [one for one in every if is_blank(one) != (not normal(one))] == []


@pytest.mark.parametrize("unseen", UNSEEN)
def test_an_account_of_an_id_that_nobody_sees_is_a_gap(unseen: str) -> None:
    passed = list(FactGate("corp-ldap").passed([login("kim"), login(unseen)]))

    assert [each.native_id for each in passed if isinstance(each, Account)] == ["kim"]
    assert [each.red for each in passed if isinstance(each, Gap)] == [True]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_worker_of_a_number_that_nobody_sees_is_left_out_and_said(unseen: str) -> None:
    gate = WorkerGate()

    passed = list(gate.passed([worker(unseen, WORKS, name="Lee Haneul"), STAFF]))

    assert passed == [STAFF]
    assert len(gate.problems) == 1
