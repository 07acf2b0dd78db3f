"""Whether a password login works: every combination of lock, policy and witness, in three values."""

import pytest

from offboarding.model import Standing
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.standing import PasswordPolicy, Proof, judge
from tests.support.usual_read import AS_OF

LOCKS_COUNT = PasswordPolicy(label="cn=default", lockout=True)
LOCKS_IGNORED = PasswordPolicy(label="cn=lax", lockout=False)
UNREADABLE = PasswordPolicy(label="cn=secret", lockout=None, problem="the policy cn=secret can't be read")
SEEN = Proof(readable=True, reason="the reference account shows that locks can be read")
NOT_SEEN = Proof(readable=False, reason="the reference account doesn't read as locked")
NO_WITNESS = Proof(readable=None, reason="no reference account (`witness`) is configured")
PERMANENT = "000001010000Z"
WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN


def entry(**attributes: str) -> Entry:
    return Entry("uid=a", {name.lower(): [value.encode()] for name, value in attributes.items()})


@pytest.mark.parametrize(
    ("attributes", "policy", "proof", "standing", "reason"),
    (
        # Nothing is visible: only a witness makes that a "not locked".
        ({}, LOCKS_COUNT, SEEN, WORKS, "no pwdAccountLockedTime is visible, and the reference account shows"),
        ({}, UNREADABLE, SEEN, WORKS, "no pwdAccountLockedTime is visible"),
        ({}, LOCKS_COUNT, NOT_SEEN, UNKNOWN, "doesn't read as locked"),
        ({}, LOCKS_COUNT, NO_WITNESS, UNKNOWN, "no reference account (`witness`) is configured"),
        ({"userPassword": "x"}, LOCKS_COUNT, NO_WITNESS, UNKNOWN, "no reference account"),
        # The permanent lock counts by the policy in force; it's seen, so it needs no witness.
        ({"pwdAccountLockedTime": PERMANENT}, LOCKS_COUNT, SEEN, DEAD, "under cn=default (pwdLockout TRUE)"),
        ({"pwdAccountLockedTime": PERMANENT}, LOCKS_COUNT, NO_WITNESS, DEAD, "pwdLockout TRUE"),
        ({"pwdAccountLockedTime": PERMANENT}, LOCKS_COUNT, NOT_SEEN, DEAD, "pwdLockout TRUE"),
        ({"pwdAccountLockedTime": "00000101000000Z"}, LOCKS_COUNT, SEEN, DEAD, "pwdLockout TRUE"),
        ({"pwdAccountLockedTime": PERMANENT}, LOCKS_IGNORED, SEEN, WORKS, "cn=lax lacks pwdLockout TRUE"),
        ({"pwdAccountLockedTime": PERMANENT}, LOCKS_IGNORED, NO_WITNESS, WORKS, "ignores the lock"),
        ({"pwdAccountLockedTime": PERMANENT}, LOCKS_IGNORED, NOT_SEEN, UNKNOWN, "doesn't read as locked"),
        ({"pwdAccountLockedTime": PERMANENT}, UNREADABLE, SEEN, UNKNOWN, "cn=secret can't be read"),
        # A lock after failed logins is nobody's decision.
        ({"pwdAccountLockedTime": "20261124160000Z"}, LOCKS_COUNT, SEEN, WORKS, "after failed logins"),
        ({"pwdAccountLockedTime": "20261124160000Z"}, LOCKS_COUNT, NO_WITNESS, WORKS, "nobody revoked it"),
        ({"pwdAccountLockedTime": "20261124160000Z"}, LOCKS_COUNT, NOT_SEEN, UNKNOWN, "doesn't read as locked"),
        # The end of validity holds without pwdLockout; as_of decides it, to the second.
        ({"pwdEndTime": "20261101000000Z"}, LOCKS_IGNORED, SEEN, DEAD, "pwdEndTime 20261101000000Z has passed"),
        ({"pwdEndTime": "20261124163000Z"}, UNREADABLE, NO_WITNESS, DEAD, "has passed"),
        ({"pwdEndTime": "20261124163001Z"}, LOCKS_COUNT, SEEN, WORKS, "no pwdAccountLockedTime is visible"),
        ({"pwdEndTime": "20261124163001Z"}, LOCKS_COUNT, NO_WITNESS, UNKNOWN, "no reference account"),
        ({"pwdEndTime": "soon"}, LOCKS_COUNT, SEEN, UNKNOWN, "pwdEndTime can't be read"),
        (
            {"pwdEndTime": "20261101000000Z", "pwdAccountLockedTime": "20261124160000Z"},
            LOCKS_COUNT,
            SEEN,
            DEAD,
            "passed",
        ),
        # Not begun yet is not dead.
        ({"pwdStartTime": "20270101000000Z"}, LOCKS_COUNT, SEEN, WORKS, "pwdStartTime is 20270101000000Z"),
        ({"pwdStartTime": "20270101000000Z"}, LOCKS_COUNT, NO_WITNESS, UNKNOWN, "no reference account"),
    ),
)
def test_standing(
    attributes: dict[str, str], policy: PasswordPolicy, proof: Proof, standing: Standing, reason: str
) -> None:
    judgement = judge(entry(**attributes), policy=policy, proof=proof, as_of=AS_OF)

    assert judgement.standing is standing
    assert reason in judgement.reason
