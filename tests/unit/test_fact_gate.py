"""What one read's records without a usable id do to what it says that it covered."""

import pytest

from offboarding.model import ScopeRead, Standing, SubjectKind, Trust
from offboarding.runs.ingest.gate.facts import FactGate

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
