"""What a user may write for AWS accounts, whatever is read of them."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from offboarding.interfaces import Against, HowTested, Some, SourceSettings

Region = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)+-\d+$")]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]


class AccountsSettings(SourceSettings):
    """AWS accounts reached from one connection; what every kind of source that reads them shares."""

    tested: ClassVar[HowTested] = HowTested(
        Against.EMULATOR, "moto, behind a proxy that refuses and limits as AWS does"
    )

    accounts: tuple[AccountId, ...] = Field(default=(), description="Account ids: 12 digits, in quotes.")
    organization: bool = Field(
        default=False, description="Read every member account of the organization, and those under accounts."
    )
    management_account: AccountId | None = Field(
        default=None,
        description="Where Organizations is asked, through the same role: for members, root users and policies.",
    )
    role_name: str | None = Field(
        default=None,
        pattern=r"^[\w+=,.@/-]+$",
        description="The role to assume in each account, its path included; left out: the connection's own rights.",
    )
    external_id: str | None = Field(default=None, description="What the roles' trust policy asks for, if anything.")
    account_names: Mapping[AccountId, str] = Field(default={}, description="Our names for accounts, in messages.")
    account_queues: Mapping[AccountId, str] = Field(default={}, description="Ticket queues of single accounts.")
    max_attempts: int = Field(default=8, ge=1, le=20, description="Attempts at a request that is throttled.")

    @model_validator(mode="after")
    def _accounts_once(self) -> Self:
        if not self.accounts and not self.organization:
            raise ValueError("accounts: list one at least, or write organization: true")
        if len(set(self.accounts)) < len(self.accounts):
            raise ValueError("accounts: an account is listed twice")
        if (len(self.accounts) > 1 or self.organization) and self.role_name is None:
            raise ValueError("role_name: several accounts need a role, since a connection's own key is in one of them")
        for name in () if self.organization else ("account_names", "account_queues"):
            if unknown := sorted(set(getattr(self, name)) - set(self.accounts)):
                raise ValueError(f"{name}: {unknown[0]} is not among the accounts")
        return self

    def parts(self) -> tuple[str, ...]:
        """The accounts, a mapped task each; an organization's others are told by `discover`."""
        return self.accounts

    def tells_parts(self) -> bool:
        """An organization names its members."""
        return self.organization

    @property
    def asks_organizations(self) -> bool:
        """Whether somebody may say who the members are, and what their root users' addresses are."""
        return self.organization or self.management_account is not None

    def part_queue(self, part: str) -> str | None:
        """An account's own queue, else the source's."""
        return self.account_queues.get(part, self.queue)


class RegionsSettings(AccountsSettings):
    """The same, for what lies in regions."""

    regions: Some[Region] = Field(
        default=(), description="The only regions to read; left out: every one that the account has enabled."
    )
    owner_tags: tuple[str, ...] = Field(default=("owner", "managedBy"), description="Tags that say who is responsible.")

    @model_validator(mode="after")
    def _regions_once(self) -> Self:
        if len(set(self.regions)) < len(self.regions):
            raise ValueError("regions: a region is listed twice")
        return self
