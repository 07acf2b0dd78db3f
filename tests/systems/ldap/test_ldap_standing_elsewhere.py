"""Whether a login works in Active Directory, 389-ds and FreeIPA: dead, works and unknown, each told by its reason."""

from datetime import UTC, datetime, timedelta

import pytest

from offboarding.model import Standing
from offboarding.sources.ldap import active_directory, dirsrv
from offboarding.sources.ldap.certificates import parse
from offboarding.sources.ldap.dirsrv import DirectoryServer
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.freeipa import FreeIpa
from offboarding.sources.ldap.revocation import certificate_judge
from offboarding.sources.ldap.standing import Proof
from tests.support.certificates import certificate
from tests.support.usual_read import AS_OF

SEEN = Proof(readable=True, reason="the reference account shows that locks can be read")
NOT_SEEN = Proof(readable=False, reason="the reference account doesn't read as locked")
NO_WITNESS = Proof(readable=None, reason="no reference account (`witness`) is configured")
WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN
NEVER = "9223372036854775807"
AT_AS_OF = str(int((AS_OF - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000)
"""AS_OF as FILETIME."""


def entry(**attributes: str) -> Entry:
    return Entry("cn=a", {name.lower(): [value.encode()] for name, value in attributes.items()})


@pytest.mark.parametrize(
    ("control", "expires", "proof", "standing", "reason"),
    (
        ("512", NEVER, NO_WITNESS, WORKS, "userAccountControl is 512: not disabled"),
        ("512", "0", NO_WITNESS, WORKS, "not disabled"),
        ("512", NEVER, SEEN, WORKS, "not disabled"),
        ("66048", NEVER, NO_WITNESS, WORKS, "userAccountControl is 66048"),
        ("514", NEVER, NO_WITNESS, DEAD, "userAccountControl is 514: disabled (0x2)"),
        ("514", NEVER, NOT_SEEN, DEAD, "disabled (0x2)"),
        ("514", "", NO_WITNESS, DEAD, "disabled (0x2)"),
        ("66082", "soon", NO_WITNESS, DEAD, "disabled (0x2)"),
        # Expired, to the second, whatever else can be seen.
        ("512", AT_AS_OF, NO_WITNESS, DEAD, "accountExpires has passed: 2026-11-24 16:30 UTC"),
        ("", AT_AS_OF, NO_WITNESS, DEAD, "accountExpires has passed"),
        ("512", str(int(AT_AS_OF) + 10_000_000), NO_WITNESS, WORKS, "not disabled"),
        # Beyond the year 9999 is never.
        ("512", "9223372036854775806", NO_WITNESS, WORKS, "not disabled"),
        # Every account has both: what isn't there couldn't be read.
        ("", NEVER, NO_WITNESS, UNKNOWN, "userAccountControl can't be read"),
        ("", NEVER, SEEN, UNKNOWN, "userAccountControl can't be read"),
        ("512", "", NO_WITNESS, UNKNOWN, "accountExpires can't be read"),
        ("", "", NO_WITNESS, UNKNOWN, "userAccountControl and accountExpires can't be read"),
        ("normal", NEVER, NO_WITNESS, UNKNOWN, "userAccountControl can't be read"),
        ("--2", NEVER, NO_WITNESS, UNKNOWN, "userAccountControl can't be read"),
        ("-2147483134", NEVER, NO_WITNESS, DEAD, "disabled (0x2)"),
        ("512", "soon", NO_WITNESS, UNKNOWN, "accountExpires can't be read: no count"),
        (
            "512",
            NEVER,
            NOT_SEEN,
            UNKNOWN,
            "userAccountControl is 512; but the reference account doesn't read as locked",
        ),
    ),
)
def test_active_directory(control: str, expires: str, proof: Proof, standing: Standing, reason: str) -> None:
    seen = {name: value for name, value in (("userAccountControl", control), ("accountExpires", expires)) if value}

    judgement = active_directory.judge(entry(**seen), proof=proof, as_of=AS_OF)

    assert judgement.standing is standing
    assert reason in judgement.reason


@pytest.mark.parametrize(("lockout", "said"), (("0", False), ("", False), (AT_AS_OF, True)))
def test_a_lockout_in_active_directory_is_said_and_disables_nobody(lockout: str, said: bool) -> None:
    seen = entry(userAccountControl="512", accountExpires=NEVER, lockoutTime=lockout)

    judgement = active_directory.judge(seen, proof=NO_WITNESS, as_of=AS_OF)

    assert judgement.standing is WORKS
    assert ("lockoutTime is set" in judgement.reason) is said


PAST, NOW, FUTURE = "20261101000000Z", "20261124163000Z", "20261124163001Z"


@pytest.mark.parametrize(
    ("attributes", "proof", "in_389ds", "in_freeipa", "reason"),
    (
        ({}, SEEN, WORKS, WORKS, "no nsAccountLock is visible, and the reference account shows"),
        ({}, NOT_SEEN, UNKNOWN, UNKNOWN, "no nsAccountLock is visible, and the reference account doesn't"),
        ({}, NO_WITNESS, UNKNOWN, UNKNOWN, "no reference account"),
        ({"nsAccountLock": "TRUE"}, SEEN, DEAD, DEAD, "nsAccountLock is TRUE"),
        ({"nsAccountLock": "true"}, NO_WITNESS, DEAD, DEAD, "nsAccountLock is true"),
        ({"nsAccountLock": "true"}, NOT_SEEN, DEAD, DEAD, "nsAccountLock is true"),
        # A lock that can be seen to be off needs no witness, and one that can't be trusted is believed by nobody.
        ({"nsAccountLock": "false"}, NO_WITNESS, WORKS, WORKS, "nsAccountLock is false"),
        (
            {"nsAccountLock": "false"},
            NOT_SEEN,
            UNKNOWN,
            UNKNOWN,
            "nsAccountLock is false, and the reference account doesn't",
        ),
        ({"accountUnlockTime": FUTURE}, SEEN, WORKS, WORKS, "accountUnlockTime is set"),
        ({"accountUnlockTime": "19700101000000Z"}, SEEN, WORKS, WORKS, "accountUnlockTime is set"),
        ({"krbPrincipalExpiration": PAST}, SEEN, WORKS, UNKNOWN, "krbPrincipalExpiration has passed"),
        ({"krbPrincipalExpiration": NOW}, SEEN, WORKS, UNKNOWN, "krbPrincipalExpiration has passed"),
        ({"krbPrincipalExpiration": FUTURE}, SEEN, WORKS, WORKS, "no nsAccountLock is visible"),
        ({"krbPrincipalExpiration": "soon"}, SEEN, UNKNOWN, UNKNOWN, "krbPrincipalExpiration can't be read"),
        ({"krbPrincipalExpiration": PAST, "nsAccountLock": "TRUE"}, SEEN, DEAD, DEAD, "nsAccountLock is TRUE"),
        ({"krbPasswordExpiration": PAST, "passwordExpirationTime": PAST}, SEEN, WORKS, WORKS, "no nsAccountLock"),
        ({"shadowExpire": "1"}, SEEN, WORKS, WORKS, "no nsAccountLock is visible"),
    ),
)
def test_389ds_and_freeipa(
    attributes: dict[str, str], proof: Proof, in_389ds: Standing, in_freeipa: Standing, reason: str
) -> None:
    for flavor, standing in ((DirectoryServer(), in_389ds), (FreeIpa(), in_freeipa)):
        expired = flavor.expired_principal
        judgement = dirsrv.judge(entry(**attributes), proof=proof, as_of=AS_OF, expired=expired)

        assert judgement.standing is standing
        assert reason in judgement.reason


@pytest.mark.parametrize(
    ("starts", "ends", "standing", "reason"),
    (
        (-10, 10, WORKS, "in userCertificate, until 2026-12-04 16:30 UTC"),
        (-10, 0, WORKS, "until 2026-11-24 16:30 UTC"),
        (-10, -1, DEAD, "expired on 2026-11-23 16:30 UTC"),
        (1, 10, WORKS, "in userCertificate, from 2026-11-25 on, until"),
    ),
)
def test_a_certificate_works_until_its_end(starts: int, ends: int, standing: Standing, reason: str) -> None:
    found = parse(certificate(starts=AS_OF + timedelta(days=starts), ends=AS_OF + timedelta(days=ends)))
    judge = certificate_judge("sources.corp-ldap", None, AS_OF, live=True)

    judgement = judge.judge(found, "userCertificate", "an account")

    assert judgement.standing is standing
    assert reason in judgement.reason
