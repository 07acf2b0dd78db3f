"""What is listed once for all users of an account: who there is with the password's last use, and API keys.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from offboarding.model import Gap
from offboarding.sources.aws._api.client.failures import CallerIdentity
from offboarding.sources.aws._api.client.refusals import Unanswered, asked

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import (
        ListServiceSpecificCredentialsRequestTypeDef,
        ServiceSpecificCredentialMetadataTypeDef,
    )

PAGE_SIZE = 1000
ACTIVE = "Active"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedUser:
    """A user as ListUsers shows it."""

    user_id: str
    password_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCredential:
    """A password or API key for one service; what it's made of is shown once, to whoever makes it."""

    credential_id: str
    user_name: str
    service: str
    """Such as "bedrock.amazonaws.com"."""
    status: str
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCredentials:
    """All of an account's, or why they couldn't be listed."""

    listed: tuple[ServiceCredential, ...] = field(repr=False)
    error: str = ""

    def of(self, user_name: str) -> tuple[ServiceCredential, ...]:
        """One user's."""
        return tuple(one for one in self.listed if one.user_name == user_name)

    def active(self) -> Mapping[str, int]:
        """How many active ones each user has, by user name; users without one are left out."""
        counts: dict[str, int] = {}
        for one in self.listed:
            if one.status == ACTIVE:
                counts[one.user_name] = counts.get(one.user_name, 0) + 1
        return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedUsers:
    """What `detail` lists once, however many users it is asked about."""

    users: Mapping[str, ListedUser] | None = field(repr=False)
    """By user name; None: not told, which `gaps` say."""
    services: ServiceCredentials
    gaps: tuple[Gap, ...]


def read_listed(iam: "IAMClient", asker: CallerIdentity) -> ListedUsers:
    """List both, whichever is answered. Raises as `asked`."""
    services = read_service_credentials(iam, asker)
    users = asked(lambda: dict(_users(iam)))
    if isinstance(users, Unanswered):
        gap = Gap(realm=asker.account_id, text=users.sentence(asker), red=True)
        return ListedUsers(users=None, services=services, gaps=(gap,))
    return ListedUsers(users=users, services=services, gaps=())


def read_service_credentials(iam: "IAMClient", asker: CallerIdentity) -> ServiceCredentials:
    """List the whole account's in one call a page. Raises as `read_listed`."""
    listed = asked(lambda: tuple(_service_credentials(iam)))
    if isinstance(listed, Unanswered):
        return ServiceCredentials(listed=(), error=listed.sentence(asker))
    return ServiceCredentials(listed=listed)


def _users(iam: "IAMClient") -> Iterator[tuple[str, ListedUser]]:
    for page in iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": PAGE_SIZE}):
        for user in page["Users"]:
            used = user.get("PasswordLastUsed")
            yield (
                user["UserName"],
                ListedUser(user_id=user["UserId"], password_used_at=used.astimezone(UTC) if used else None),
            )


def _service_credentials(iam: "IAMClient") -> Iterator[ServiceCredential]:
    """Page by the marker: boto3 has no paginator for this call."""
    asked: ListServiceSpecificCredentialsRequestTypeDef = {"AllUsers": True, "MaxItems": PAGE_SIZE}
    while True:
        answer = iam.list_service_specific_credentials(**asked)
        for credential in answer.get("ServiceSpecificCredentials", []):
            yield _service_credential(credential)
        if not answer.get("IsTruncated"):
            return
        asked["Marker"] = answer["Marker"]


def _service_credential(credential: "ServiceSpecificCredentialMetadataTypeDef") -> ServiceCredential:
    expires = credential.get("ExpirationDate")
    return ServiceCredential(
        credential_id=credential["ServiceSpecificCredentialId"],
        user_name=credential["UserName"],
        service=credential["ServiceName"],
        status=credential["Status"],
        created_at=credential["CreateDate"].astimezone(UTC),
        expires_at=expires.astimezone(UTC) if expires else None,
    )
