"""What the demo company is made of: HR's rows, directory entries, IAM users. Every id is made from names, never drawn.

So a second generation gives the same ids, and tonight's findings are last night's.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import NAMESPACE_DNS, UUID, uuid5

SUFFIX = "dc=corp,dc=example"
PEOPLE_DN = f"ou=people,{SUFFIX}"
SERVICE_DN = f"ou=service,{SUFFIX}"
POLICY_DN = f"cn=default,ou=policies,{SUFFIX}"
WITNESS_DN = f"uid=locked-witness,{SERVICE_DN}"
READER_DN = f"uid=svc-offboarding,{SERVICE_DN}"
PROVISIONING_DN = f"uid=svc-identity,{SERVICE_DN}"
"""Makes people's entries when they join."""
MIGRATION_DN = f"uid=svc-migration,{SERVICE_DN}"
"""Made Taipei's entries anew when its directory moved here."""
ADMIN_DN = f"cn=admin,{SUFFIX}"
SERVER_ADMINS = "server-admins"
"""A group whose members are privileged."""
CORE, PAYMENTS, LAB = "111111111111", "222222222222", "333333333333"
"""The company's AWS accounts."""
AWS_ACCOUNTS = (CORE, PAYMENTS, LAB)
NAMESPACE = uuid5(NAMESPACE_DNS, "corp.example")


class City(StrEnum):
    """A place of work, as HR writes it."""

    SEOUL = "서울"
    TAIPEI = "台北"
    SEATTLE = "Seattle"
    BERLIN = "Berlin"


ZONES = {
    City.SEOUL: "Asia/Seoul",
    City.TAIPEI: "Asia/Taipei",
    City.SEATTLE: "America/Los_Angeles",
    City.BERLIN: "Europe/Berlin",
}


class Status(StrEnum):
    """HR's word for how an employment stands; offices abroad write it in English."""

    ACTIVE = "재직"
    LEAVE = "휴직"
    LEFT = "퇴직"
    FUTURE = "입사예정"


ENGLISH = {Status.ACTIVE: "Active", Status.LEAVE: "On leave", Status.LEFT: "Terminated", Status.FUTURE: "Hired"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HrRow:
    """A row of HR's file: one employment."""

    worker_id: str
    name: str
    mail: str = ""
    login: str = ""
    city: City = City.SEOUL
    status: Status = Status.ACTIVE
    start_on: date
    last_working_on: date | None = None
    end_on: date | None = None
    previous_worker_id: str = ""
    former_mail: str = ""
    directory_id: str = ""
    manager: str = ""
    type: str = "정규직"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A row of the vendors' table, which lists only who works here."""

    worker_id: str
    name: str
    mail: str
    login: str
    city: City
    start_on: date
    end_on: date
    """Planned: contracts get extended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshKey:
    """A public key; nobody has its private half."""

    seed: str
    comment: str
    kind: str = "ssh-ed25519"

    @property
    def blob(self) -> bytes:
        """The key as RFC 4253, section 6.6 and RFC 8709 lay it out."""
        if self.kind == "ssh-rsa":
            # AWS takes RSA keys alone. The highest byte is below 0x80, since a number of the protocol has a sign.
            modulus = b"\x5a" + _digest(self.seed) * 7 + _digest(self.seed)[:31]
            return _string(b"ssh-rsa") + _string(b"\x01\x00\x01") + _string(modulus)
        return _string(self.kind.encode()) + _string(_digest(self.seed))

    @property
    def line(self) -> str:
        """A line of authorized_keys."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()} {self.comment}"

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A person's or workload's entry in the directory."""

    uid: str
    name: str
    created_at: datetime
    created_by: str = PROVISIONING_DN
    number: str = ""
    mails: tuple[str, ...] = ()
    locked: bool = False
    last_login_at: datetime | None = None
    password_set_at: datetime | None = None
    """None: when it was made."""
    ssh_keys: tuple[SshKey, ...] = ()
    manager: str = ""
    """A DN."""
    owner: str = ""
    """A DN, on a workload's entry."""
    service: bool = False
    privileged: bool = False
    """A member of SERVER_ADMINS."""

    @property
    def dn(self) -> str:
        """Where it stands."""
        return f"uid={self.uid},{SERVICE_DN if self.service else PEOPLE_DN}"

    @property
    def native_id(self) -> str:
        """Its entryUUID."""
        return str(entry_uuid(self.dn))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """An access key; its id is made from its user and place."""

    created_at: datetime
    active: bool = True
    last_used_at: datetime | None = None
    service: str = "s3"
    region: str = "ap-northeast-2"


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
        return "AIDA" + _letters(self.arn, 17)

    def key_id(self, place: int) -> str:
        """The id of the access key in that place, from 0."""
        return "AKIA" + _letters(f"{self.arn} key {place}", 16)

    def ssh_key_id(self, place: int) -> str:
        """The id that IAM gives to the SSH key in that place, from 0."""
        return "APKA" + _letters(f"{self.arn} ssh {place}", 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the company: what one case, or the crowd, brings to a night."""

    hr: tuple[HrRow, ...] = ()
    contracts: tuple[Contract, ...] = ()
    entries: tuple[Entry, ...] = ()
    users: tuple[IamUser, ...] = ()

    def __add__(self, other: "Part") -> "Part":
        return Part(
            hr=self.hr + other.hr,
            contracts=self.contracts + other.contracts,
            entries=self.entries + other.entries,
            users=self.users + other.users,
        )


def entry_uuid(dn: str) -> UUID:
    """The entryUUID of the entry that stands there."""
    return uuid5(NAMESPACE, dn)


def person_dn(uid: str) -> str:
    """Where a person's entry stands."""
    return f"uid={uid},{PEOPLE_DN}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _letters(text: str, length: int) -> str:
    """Capitals and 2 to 7, as AWS's ids have."""
    return base64.b32encode(_digest(text)).decode()[:length]


def _string(value: bytes) -> bytes:
    """A string of RFC 4251, section 5: its length, then itself."""
    return len(value).to_bytes(4, "big") + value
