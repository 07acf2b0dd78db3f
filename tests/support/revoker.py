"""The second connection of tests: what docs/revocation.md says that it needs, and no more."""

from collections.abc import Mapping
from typing import Any

from demo.aws_seed import AwsLoginSeed
from tests.support.tiny_company import Added
from tests.systems.aws import cloud
from tests.systems.ldap.directory import PEOPLE, SUFFIX, entry

REVOKER = f"cn=revoker,{SUFFIX}"
REVOKER_PASSWORD = "s3cret of the revoker"
REVOKER_ROLE = "OffboardingRevoke"
ROLES = ("OffboardingAudit", REVOKER_ROLE)
"""Of an account that may be written into."""
CALLERS = cloud.account("999999999999", cloud.bare("revoker", keys=(cloud.key("revoker"),)))
"""The account in which the connections' users are."""
ACCESS = (
    f'to dn.subtree="{PEOPLE}" attrs=pwdAccountLockedTime by dn.exact="{REVOKER}" write by * break',
    f'to dn.subtree="{SUFFIX}" attrs=entry,children,objectClass,entryUUID,uid by dn.exact="{REVOKER}" read by * break',
)
"""slapd.access(5)."""
REVOKING: dict[str, Any] = {"conn_id": "corp_ldap_revoke", "login": REVOKER, "password": REVOKER_PASSWORD}
"""Fields of the connection that differ from the reader's."""


def entry_of_revoker() -> str:
    """As LDIF."""
    classes = ("organizationalRole", "simpleSecurityObject")
    return entry(REVOKER, classes, cn="revoker", userPassword=REVOKER_PASSWORD)


def revoker_of_aws() -> dict[str, Any]:
    """Fields of the connection to AWS that differ from the reader's."""
    return {"conn_id": "aws_revoke", "login": cloud.key_id("revoker"), "password": "s3cret of the revoker"}


def second_connections(*approvers: str | Mapping[str, str]) -> Added:
    """What a company has besides, so that these may approve what is shut there."""
    subjects = ["account", "access_key", "console_password"]
    return Added(
        entries=(entry_of_revoker(),),
        access=ACCESS,
        roles=ROLES,
        accounts=(CALLERS,),
        # Of what was used by a service since, no revocation is proposed.
        leaver={"keys": (cloud.key("mjkim", last_used_at=None),), "login": AwsLoginSeed(created_at=cloud.MADE)},
        configured={
            "corp-ldap": {"revoke_connection": REVOKING["conn_id"]},
            "aws": {"revoke_connection": revoker_of_aws()["conn_id"], "revoke_role_name": REVOKER_ROLE},
            "policy": {"revocation": {"sources": ["corp-ldap", "aws"], "subjects": subjects}},
            "guard": {"approvers": list(approvers)},
        },
        ldap=REVOKING,
        aws=revoker_of_aws(),
    )
