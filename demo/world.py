"""What the demo company is made of: HR's rows, directory entries; AWS, keys and other systems in files of their own.

Every id is made from names, never drawn. So a second generation gives the same ids, and tonight's findings are last
night's.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import NAMESPACE_DNS, UUID, uuid5

from demo.world_cloud import CenterUser, IamUser, Role, RootUser
from demo.world_held import Held
from demo.world_keys import Certificate, SshKey
from demo.world_systems import Elsewhere

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
SIGNERS = "release-signers"
"""A group whose members may use the key that signs releases."""
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
    certificates: tuple[Certificate, ...] = ()
    manager: str = ""
    """A DN."""
    owner: str = ""
    """A DN, on a workload's entry."""
    service: bool = False
    privileged: bool = False
    """A member of SERVER_ADMINS."""
    groups: tuple[str, ...] = ()
    """Names of other groups."""
    shell: str = ""
    """Of its account on Unix machines; "": it has none there."""

    @property
    def dn(self) -> str:
        """Where it stands."""
        return f"uid={self.uid},{SERVICE_DN if self.service else PEOPLE_DN}"

    @property
    def native_id(self) -> str:
        """Its entryUUID."""
        return str(entry_uuid(self.dn))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of the company: what one case, or the crowd, brings to a night."""

    hr: tuple[HrRow, ...] = ()
    contracts: tuple[Contract, ...] = ()
    entries: tuple[Entry, ...] = ()
    users: tuple[IamUser, ...] = ()
    roles: tuple[Role, ...] = ()
    roots: tuple[RootUser, ...] = ()
    center: tuple[CenterUser, ...] = ()
    held: Held = field(default_factory=Held)
    """Keys that several people hold."""
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    """Other systems than the directory and AWS."""

    def __add__(self, other: "Part") -> "Part":
        return Part(
            hr=self.hr + other.hr,
            contracts=self.contracts + other.contracts,
            entries=self.entries + other.entries,
            users=self.users + other.users,
            roles=self.roles + other.roles,
            roots=self.roots + other.roots,
            center=self.center + other.center,
            held=self.held + other.held,
            elsewhere=self.elsewhere + other.elsewhere,
        )


def entry_uuid(dn: str) -> UUID:
    """The entryUUID of the entry that stands there."""
    return uuid5(NAMESPACE, dn)


def person_dn(uid: str) -> str:
    """Where a person's entry stands."""
    return f"uid={uid},{PEOPLE_DN}"
