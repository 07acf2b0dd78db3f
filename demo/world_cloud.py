"""What the demo company has in AWS: users and what they hold, roles, root users, and the people of Identity Center."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_DNS, uuid5

from demo.world_keys import Certificate, SshKey, letters

CORE, PAYMENTS, LAB = "111111111111", "222222222222", "333333333333"
AWS_ACCOUNTS = (CORE, PAYMENTS, LAB)
"""Where people work."""
CLOSED, MANAGEMENT = "444444444444", "999999999999"
ORGANIZATION = (*AWS_ACCOUNTS, CLOSED, MANAGEMENT)
EVERYONE, ONCALL = "everyone", "oncall"
"""Groups of Identity Center: the second comes in as administrator."""
_PEOPLE = uuid5(NAMESPACE_DNS, "people.corp.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """An access key; its id is made from its user and place."""

    created_at: datetime
    active: bool = True
    last_used_at: datetime | None = None
    service: str = "s3"
    region: str = "ap-northeast-2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCredential:
    """A password or API key for one service; its id is made from its user and place."""

    service: str
    """Such as "codecommit.amazonaws.com"."""
    created_at: datetime
    status: str = "Active"
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IamUser:
    """A user in one of the AWS accounts."""

    account: str
    name: str
    created_at: datetime
    tags: dict[str, str] = field(default_factory=dict)
    console: bool = False
    console_used_at: datetime | None = None
    keys: tuple[AccessKey, ...] = ()
    ssh_keys: tuple[SshKey, ...] = ()
    service_credentials: tuple[ServiceCredential, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    policies: tuple[str, ...] = ("ReadOnlyAccess",)
    """Names of AWS's own policies."""
    denied: bool = False
    """An inline policy denies everything, unconditionally."""

    @property
    def arn(self) -> str:
        """Its label."""
        return f"arn:aws:iam::{self.account}:user/{self.name}"

    @property
    def native_id(self) -> str:
        """Its UserId."""
        return "AIDA" + letters(self.arn, 17)

    def key_id(self, place: int) -> str:
        """The id of the access key in that place, from 0."""
        return "AKIA" + letters(f"{self.arn} key {place}", 16)

    def ssh_key_id(self, place: int) -> str:
        """The id that IAM gives to the SSH key in that place, from 0."""
        return "APKA" + letters(f"{self.arn} ssh {place}", 16)

    def service_credential_id(self, place: int) -> str:
        """The id of the service-specific credential in that place, from 0."""
        return "ACCA" + letters(f"{self.arn} service {place}", 17)

    def certificate_id(self, place: int) -> str:
        """The id that IAM gives to the signing certificate in that place, from 0."""
        return letters(f"{self.arn} certificate {place}", 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role, and the users that its trust policy names."""

    account: str
    name: str
    created_at: datetime
    allowed: tuple[str, ...]
    """ARNs of users."""
    denied: tuple[str, ...] = ()
    """ARNs of users that another statement denies."""
    policies: tuple[str, ...] = ("ReadOnlyAccess",)

    @property
    def native_id(self) -> str:
        """Its RoleId."""
        return "AROA" + letters(f"arn:aws:iam::{self.account}:role/{self.name}", 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootUser:
    """An AWS account's root user; those that no case speaks of have an address of the company's own."""

    account: str
    mail: str
    state: str = "ACTIVE"
    """The account's, as Organizations has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CenterUser:
    """A user of Identity Center."""

    name: str
    """The user name."""
    display_name: str
    created_at: datetime
    mail: str = ""
    directory_id: str = ""
    """The id of the entry that it was copied from."""
    enabled: bool = True
    groups: tuple[str, ...] = (EVERYONE,)

    @property
    def native_id(self) -> str:
        """Its UserId."""
        return center_id(f"user {self.name}")


def center_id(name: str) -> str:
    """The id of a user or group of Identity Center."""
    return str(uuid5(_PEOPLE, name))
