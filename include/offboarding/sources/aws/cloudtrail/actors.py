"""Who did what was recorded: an IAM user by its id, whoever took on a role by the session's name and source identity.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin

Record = Mapping[str, Any]
"""A record, or a part of one, as CloudTrail writes it."""

_USER_ID = re.compile(r"AIDA[A-Z0-9]+")
_STORE = re.compile(r":identitystore/(d-[0-9a-f]+|[0-9a-f-]{36})$")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NOBODYS = re.compile(
    r"i-[0-9a-f]{8,17}|\d+|(botocore-session|aws-sdk-[a-z]+|aws-go-sdk|AWSCLI-Session|session)-?\d+"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
"""Names that machines and libraries give to sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted."""

    realm: str
    """The account, or the identity store, whose id it is."""
    native_id: str
    """"" for a role's session."""
    label: str
    keys: tuple[AccountKey, ...] = field(default=(), repr=False)

    @property
    def may_be_somebody(self) -> bool:
        """Whether anything says who that is."""
        return bool(self.native_id or self.keys)


def actor_of(identity: Record) -> Actor | None:
    """Who acted; None for AWS's own services."""
    kind = identity.get("type", "")
    if kind in {"AWSService", ""}:
        return None
    realm, label = str(identity.get("accountId", "")), str(identity.get("arn", ""))
    if person := _center_user(identity):
        return person
    if kind == "Root":
        return Actor(realm=realm, native_id=realm, label=label)
    principal, _, session = str(identity.get("principalId", "")).partition(":")
    issuer = part(part(identity, "sessionContext"), "sessionIssuer")
    if kind == "FederatedUser" and issuer.get("type") == "IAMUser":
        # GetFederationToken: whoever the session is called, its rights are this user's.
        principal = str(issuer.get("principalId", ""))
    if _USER_ID.fullmatch(principal):
        return Actor(realm=realm, native_id=principal, label=label or principal)
    return Actor(realm=realm, native_id="", label=label or principal, keys=tuple(_keys(identity, session)))


def _center_user(identity: Record) -> Actor | None:
    """Somebody of Identity Center, where a service asked on behalf of them."""
    person = part(identity, "onBehalfOf")
    store = _STORE.search(str(person.get("identityStoreArn", "")))
    if not store or not person.get("userId"):
        return None
    user_id = str(person["userId"])
    return Actor(realm=store[1], native_id=user_id, label=str(identity.get("arn", "")) or f"{store[0]}/{user_id}")


def _keys(identity: Record, session: str) -> Iterator[AccountKey]:
    """What says who took the role on. Session names are chosen, by the identity provider or by whoever takes it on."""
    context = part(identity, "sessionContext")
    names = {
        "sourceIdentity": context.get("sourceIdentity"),
        "sessionName": session or str(identity.get("arn", "")).partition(":assumed-role/")[2].partition("/")[2],
        "userName": identity.get("userName") if identity.get("type") in {"SAMLUser", "WebIdentityUser"} else None,
    }
    for name, value in names.items():
        if value and not _NOBODYS.fullmatch(str(value)):
            kind = IdentityKeyKind.MAIL if _MAIL.fullmatch(str(value)) else IdentityKeyKind.LOGIN
            yield AccountKey(kind=kind, value=str(value), origin=IdentityKeyOrigin.ATTRIBUTE, name=name)


def part(record: Record, name: str) -> Record:
    """A part of a record, empty where there's none; CloudTrail writes null as well."""
    found = record.get(name)
    return cast("Record", found) if isinstance(found, Mapping) else {}
