"""Organizations: which accounts there are, and the address that each one's root user signs in with.

Only the management account, or one that it delegates to, may ask.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeAccount.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from offboarding.model import (
    Account,
    AccountKey,
    Fact,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import FatalError
from offboarding.sources.aws._api.client.failures import PERMISSIONS, error_code, speaking_of
from offboarding.sources.aws._api.client.refusals import Unanswered, asked
from offboarding.sources.aws._api.client.session import AccountConnection

if TYPE_CHECKING:
    from mypy_boto3_organizations.type_defs import AccountTypeDef

ROOT_UNCHECKED = f"root users' addresses not checked: nobody asks Organizations. Set management_account ({PERMISSIONS})"
_SHUT = frozenset({"SUSPENDED", "CLOSED"})
"""Nobody gets in any more; AWS lets a closed account be opened again for 90 days."""
_OPEN = frozenset({"ACTIVE", "PENDING_ACTIVATION", "PENDING_CLOSURE"})
_NO_MEMBER = frozenset({"AWSOrganizationsNotInUseException", "AccountNotFoundException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAccount:
    """An account as Organizations knows it."""

    account_id: str
    email: str = field(repr=False)
    """The root user's address."""
    state: str

    @property
    def shut(self) -> bool:
        """Closed or suspended: it can't be read, and nobody gets in."""
        return self.state in _SHUT

    @property
    def standing(self) -> Standing:
        """Whether its root user gets in."""
        if self.shut:
            return Standing.DEAD
        return Standing.WORKS if self.state in _OPEN else Standing.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class RootUser:
    """What there is to say of one account's root user."""

    realm: str
    member: MemberAccount | None
    """None: nobody asks Organizations, or it couldn't be asked."""
    error: str = ""
    """Why it couldn't."""

    @property
    def shut(self) -> bool:
        """Whether the whole account is."""
        return self.member is not None and self.member.shut

    def facts(self, created_at: datetime | None, last_used_at: datetime | None, scope: str = "") -> Iterator[Fact]:
        """Yield it and what that covers, or what couldn't be looked at. Times are the credential report's."""
        kinds = (SubjectKind.ROOT_ACCOUNT,)
        if self.error:
            yield ScopeRead(realm=self.realm, scope=scope, kinds=kinds, error=self.error)
        elif self.member is not None:
            yield self._account(self.member, created_at, last_used_at)
            yield ScopeRead(realm=self.realm, scope=scope, kinds=kinds)
        elif not scope:
            yield Gap(realm=self.realm, text=ROOT_UNCHECKED, red=False)
        if self.shut:
            yield Gap(
                realm=self.realm,
                text=f"AWS {self.realm} is closed or suspended: its users can't be read, and nobody gets in. A closed "
                "account can be opened again for 90 days",
                red=False,
            )

    def _account(self, member: MemberAccount, created_at: datetime | None, last_used_at: datetime | None) -> Account:
        reset = "; whoever reads this address can set its password anew" if member.standing is Standing.WORKS else ""
        return Account(
            realm=self.realm,
            native_id=self.realm,
            label=f"root of AWS account {self.realm}",
            login="",
            keys=(
                AccountKey(
                    kind=IdentityKeyKind.MAIL,
                    value=member.email,
                    origin=IdentityKeyOrigin.ATTRIBUTE,
                    name="root user's address",
                ),
            ),
            created_at=created_at,
            standing=member.standing,
            standing_reason=f"Organizations: the account is {member.state}{reset}",
            kind=SubjectKind.ROOT_ACCOUNT,
            privileged=True,
            privileged_by="root user",
            last_used_at=last_used_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Whom to ask."""

    access: AccountConnection

    def root_user(self, account_id: str) -> RootUser:
        """What Organizations says of one account; where it isn't answered, that is told, and all else is read.

        Raises RetriableError.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        asker = self.access.asker
        try:
            client = self.access.open().organizations()
            with speaking_of(asker):
                try:
                    account = asked(lambda: client.describe_account(AccountId=account_id).get("Account", {}))
                except ClientError as error:
                    if error_code(error) not in _NO_MEMBER:
                        raise
                    text = f"{asker}: Organizations knows no member {account_id} ({error_code(error)})"
                    return RootUser(realm=account_id, member=None, error=f"{text}. Give it a source of its own")
        except FatalError as error:
            return RootUser(realm=account_id, member=None, error=str(error))
        if isinstance(account, Unanswered):
            return RootUser(realm=account_id, member=None, error=account.sentence(asker))
        return RootUser(realm=account_id, member=_member(account))

    def members(self) -> Iterator[MemberAccount]:
        """Yield every account, the management account itself among them. Raises FatalError and RetriableError."""
        client = self.access.open().organizations()
        with speaking_of(self.access.asker):
            for page in client.get_paginator("list_accounts").paginate():
                yield from map(_member, page["Accounts"])


def _member(account: "AccountTypeDef") -> MemberAccount:
    """`Status` is what `State` was called before; it goes in September 2026."""
    state = account.get("State") or account.get("Status") or "unknown"
    return MemberAccount(account_id=account.get("Id", ""), email=account.get("Email", ""), state=state)
