"""The flavor Active Directory: objectGUID, and what works by userAccountControl and accountExpires.

Samba's domain controllers are of this flavor; the tests run against one. MS-ADA1 to MS-ADA3 name the attributes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ldap3.utils.conv import escape_bytes

from offboarding.model import Gap, Standing, counted
from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import RIGHTS, Flavor
from offboarding.sources.ldap.names import canonical
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.ldap.standing import AccountStanding, Proof
from offboarding.sources.ldap.times import filetime, generalized_time
from offboarding.sources.ldap.witness import prove

CONTROL = "userAccountControl"
EXPIRES = "accountExpires"
LOCKOUT = "lockoutTime"
DISABLED = 0x2
"""UF_ACCOUNTDISABLE (MS-ADTS 2.2.16)."""
_PARTITIONS = ("cn=configuration,", "cn=schema,", "dc=forestdnszones,", "dc=domaindnszones,")


class ActiveDirectory(Flavor):
    """A domain of Windows Server 2008 or newer, or of Samba 4."""

    name = "ad"
    id_attributes = ("objectGUID",)
    other_id = "objectSid"
    lock_attributes = (CONTROL, EXPIRES, LOCKOUT, "primaryGroupID")
    password_set = "pwdLastSet"
    created = "whenCreated"
    creator = ""
    defaults = {  # noqa: RUF012 - a ClassVar of the base
        # Computers are left out. Managed service accounts are computers to AD, and can be a leaver's making.
        "user_filter": "(|(&(objectCategory=person)(objectClass=user))(objectClass=msDS-GroupManagedServiceAccount)"
        "(objectClass=msDS-ManagedServiceAccount))",
        "person_object_classes": ("user", "inetOrgPerson"),
    }
    attribute_defaults = {  # noqa: RUF012 - a ClassVar of the base
        "login": "sAMAccountName",
        "other_logins": ("userPrincipalName",),
        "number": ("employeeID", "employeeNumber"),
        "mails": ("mail", "proxyAddresses"),
        "owners": ("manager", "managedBy"),
        "last_login": ("lastLogon", "lastLogonTimestamp"),
    }
    service_classes = frozenset({"msds-groupmanagedserviceaccount", "msds-managedserviceaccount"})
    lagging = frozenset({"lastlogontimestamp"})
    group_filter = "(objectClass=group)"
    primary_group = "primaryGroupID"
    group_numbers = "objectSid"
    limits_fix = (
        "ask for a larger MaxPageSize or MaxQueryDuration in the domain's LDAP policy, or set a smaller page_size"
    )

    def native_id(self, entry: Entry) -> str:
        """Sixteen bytes, the first three fields little-endian (MS-DTYP 2.3.4.2)."""
        raw = entry.raw("objectGUID")
        return str(UUID(bytes_le=raw[0])) if raw and len(raw[0]) == 16 else ""

    def also_known_by(self, entry: Entry) -> tuple[str, ...]:
        """The security identifier: another one once the account has moved to another domain."""
        return tuple(written for raw in entry.raw(self.other_id) if (written := security_identifier(raw)))

    def id_filter(self, native_id: str) -> str:
        """The filter that finds that account."""
        try:
            return f"(objectGUID={escape_bytes(UUID(native_id).bytes_le)})"
        except ValueError as error:
            raise IncompleteReadError(f"account {native_id!r} is no objectGUID; nothing was concluded of it") from error

    def numbers_of(self, group: Entry) -> tuple[str, ...]:
        """The last part of the group's SID, by which primaryGroupID names it (MS-DTYP 2.4.2.2)."""
        return tuple(str(int.from_bytes(sid[-4:], "little")) for sid in group.raw("objectSid") if len(sid) >= 12)

    def moment(self, text: str) -> datetime | None:
        """FILETIME is digits alone; generalizedTime always names its zone here."""
        return filetime(text) if text.isdigit() else generalized_time(text)

    def says_of_reference(self, url: str) -> str | None:
        """A domain refers to the forest's other partitions, which hold no accounts, and to the domains below it."""
        dn = canonical(url.partition("//")[2].partition("/")[2].partition("?")[0])
        if dn.startswith(_PARTITIONS):
            return ""
        return f"the domain {dn} lies below and isn't read here: make it a source of its own" if dn else None

    def judge(self, session: Session, settings: LdapSettings, as_of: datetime) -> "ControlJudge":
        """Read the witness where there is one: attributes that every account has prove themselves."""
        proof = prove(session, settings, (CONTROL,), lambda entry: is_disabled(entry.first(CONTROL)) is True)
        return ControlJudge(session, proof=proof, as_of=as_of)


@dataclass(slots=True)
class ControlJudge:
    """Judges entries by their account control."""

    session: Session
    proof: Proof
    as_of: datetime
    unreadable: int = 0

    def judge(self, entry: Entry) -> AccountStanding:
        """What can be said of this entry's login."""
        judgement = judge(entry, proof=self.proof, as_of=self.as_of)
        self.unreadable += judgement.standing is Standing.UNKNOWN
        return judgement

    def gaps(self, realm: str) -> Iterator[Gap]:
        """What kept it from judging."""
        fix = f"Grant {self.session.reader} read on {CONTROL} and {EXPIRES} ({RIGHTS})"
        if self.proof.readable is False:
            text = f"{self.session.source}: {self.proof.reason}. {fix}, or disable the reference account again"
            yield Gap(realm=realm, text=text, red=True)
        elif self.unreadable:
            accounts = counted(self.unreadable, "account is", "accounts are")
            text = f"{self.session.source}: whether {accounts} disabled can't be read. {fix}"
            yield Gap(realm=realm, text=text, red=True)


def security_identifier(raw: bytes) -> str:
    """As it's written out, S-1-5-21-...; "" for what is none (MS-DTYP 2.4.2)."""
    if len(raw) < 8 or raw[0] != 1 or len(raw) != 8 + 4 * raw[1]:
        return ""
    parts = (int.from_bytes(raw[at : at + 4], "little") for at in range(8, len(raw), 4))
    return "-".join(map(str, ("S-1", int.from_bytes(raw[2:8], "big"), *parts)))


def is_disabled(control: str) -> bool | None:
    """Whether that account control says so; None where it's no number, or isn't there."""
    is_number = control.isascii() and control.removeprefix("-").isdigit()
    return bool(int(control) & DISABLED) if is_number else None


def judge(entry: Entry, *, proof: Proof, as_of: datetime) -> AccountStanding:
    """What can be said of this entry's login. Every account has both attributes: one that isn't there wasn't readable.

    A lockout after failed logons wears off, or an administrator lifts it: nobody revoked anything.
    """
    control, expires = entry.first(CONTROL), entry.first(EXPIRES)
    disabled = is_disabled(control)
    if disabled:
        return AccountStanding(standing=Standing.DEAD, reason=f"{CONTROL} is {control}: disabled (0x2)")
    try:
        ends_at = filetime(expires) if expires else None
    except ValueError as error:
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{EXPIRES} can't be read: {error}")
    if ends_at and ends_at <= as_of:
        return AccountStanding(standing=Standing.DEAD, reason=f"{EXPIRES} has passed: {ends_at:%Y-%m-%d %H:%M} UTC")
    missing = " and ".join(
        name for name, known in ((CONTROL, disabled is not None), (EXPIRES, bool(expires))) if not known
    )
    if missing:
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{missing} can't be read")
    if proof.readable is False:
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{CONTROL} is {control}; but {proof.reason}")
    return AccountStanding(standing=Standing.WORKS, reason=f"{CONTROL} is {control}: not disabled{_lockout(entry)}")


def _lockout(entry: Entry) -> str:
    text = entry.first(LOCKOUT)
    return (
        f"; {LOCKOUT} is set: locked out after failed logons, which wears off or is lifted" if text.strip("0") else ""
    )
