"""The directory as LDIF (RFC 2849): entryUUIDs, dates and makers are written, so that slapadd invents none.

Accounts fall under one ppolicy that has pwdLockout TRUE; sshd takes SSH keys from it; the reader and the witness are
accounts like any other. Nobody's password is here but the reader's, in the configuration's own hash.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from demo.nights import at
from demo.world import ADMIN_DN, PEOPLE_DN, POLICY_DN, READER_DN, SERVER_ADMINS, SERVICE_DN, SUFFIX, Entry, entry_uuid

GROUPS_DN = f"ou=groups,{SUFFIX}"
POLICIES_DN = f"ou=policies,{SUFFIX}"
BUILT_AT = at("2015-01-05", 1)
PERMANENT_LOCK = "000001010000Z"
Attribute = tuple[str, str | bytes]


def ldif(entries: Iterable[Entry], *, reader_password: str) -> str:
    """The whole directory. The same entries and password give the same text."""
    people = tuple(entries)
    blocks = [*_frame(), *(_account(entry, reader_password) for entry in people), *_groups(people)]
    return "\n\n".join("\n".join(_line(name, value) for name, value in block) for block in blocks) + "\n"


def _frame() -> Iterator[list[Attribute]]:
    """What accounts and groups hang from."""
    yield _entry(SUFFIX, ("dcObject", "organization"), [("dc", "corp"), ("o", "Corp")])
    for dn in (PEOPLE_DN, SERVICE_DN, GROUPS_DN, POLICIES_DN):
        yield _entry(dn, ("organizationalUnit",), [("ou", _leaf(dn))])
    rules: list[Attribute] = [
        ("cn", _leaf(POLICY_DN)),
        ("pwdAttribute", "userPassword"),
        # Without it, slapd ignores pwdAccountLockedTime.
        ("pwdLockout", "TRUE"),
        ("pwdMaxFailure", "5"),
    ]
    yield _entry(POLICY_DN, ("device", "pwdPolicy"), rules)


def _account(entry: Entry, reader_password: str) -> list[Attribute]:
    password = reader_password if entry.dn == READER_DN else f"nobody knows {entry.dn}"
    attributes: list[Attribute] = [("uid", entry.uid), ("userPassword", _hashed(password, entry.dn))]
    if entry.shell:
        attributes += [*_unix(entry)]
    if entry.service:
        # extensibleObject lets a workload's entry name its owner.
        classes = ("account", "simpleSecurityObject", "extensibleObject")
        attributes += [("description", entry.name)]
    else:
        classes = ("inetOrgPerson", "ldapPublicKey")
        attributes += [("cn", entry.name), ("sn", entry.name.split()[-1])]
        classes += ("posixAccount",) if entry.shell else ()
    attributes += [(name, value) for name, value in _identity(entry) if value]
    attributes += [(name, f"{moment:%Y%m%d%H%M%SZ}") for name, moment in _times(entry) if moment]
    # RFC 4523, section 2.1: certificates go by ;binary alone.
    attributes += [("userCertificate;binary", certificate.der) for certificate in entry.certificates]
    if entry.locked:
        attributes += [("pwdAccountLockedTime", PERMANENT_LOCK)]
    return _entry(entry.dn, classes, attributes, created_at=entry.created_at, created_by=entry.created_by)


def _identity(entry: Entry) -> Iterator[Attribute]:
    yield "employeeNumber", entry.number
    yield from (("mail", mail) for mail in entry.mails)
    yield from (("sshPublicKey", key.line) for key in entry.ssh_keys)
    yield "manager", entry.manager
    yield "owner", entry.owner


def _unix(entry: Entry) -> Iterator[Attribute]:
    yield from (("uidNumber", entry.number), ("gidNumber", "100"))
    yield from (("homeDirectory", f"/home/{entry.uid}"), ("loginShell", entry.shell))


def _times(entry: Entry) -> Iterator[tuple[str, datetime | None]]:
    yield "pwdChangedTime", entry.password_set_at or entry.created_at
    yield "pwdLastSuccess", entry.last_login_at


def _groups(people: tuple[Entry, ...]) -> Iterator[list[Attribute]]:
    staff = [entry.dn for entry in people if not entry.service and entry.number]
    admins = [entry.dn for entry in people if entry.privileged]
    groups = {"staff": staff, SERVER_ADMINS: admins}
    for entry in people:
        for name in entry.groups:
            groups.setdefault(name, []).append(entry.dn)
    for name, members in groups.items():
        attributes: list[Attribute] = [("cn", name), *(("member", dn) for dn in members)]
        yield _entry(f"cn={name},{GROUPS_DN}", ("groupOfNames",), attributes)


def _entry(
    dn: str,
    classes: tuple[str, ...],
    attributes: list[Attribute],
    *,
    created_at: datetime = BUILT_AT,
    created_by: str = ADMIN_DN,
) -> list[Attribute]:
    """An entry with what slapadd would otherwise make up."""
    return [
        ("dn", dn),
        *(("objectClass", name) for name in classes),
        *attributes,
        ("entryUUID", str(entry_uuid(dn))),
        ("createTimestamp", f"{created_at:%Y%m%d%H%M%SZ}"),
        ("modifyTimestamp", f"{created_at:%Y%m%d%H%M%SZ}"),
        ("creatorsName", created_by),
        ("modifiersName", created_by),
    ]


def _leaf(dn: str) -> str:
    return dn.partition(",")[0].partition("=")[2]


def _hashed(password: str, salt: str) -> str:
    """RFC 2307's salted SHA-1, which each slapd knows; the salt is the entry's own, so that the text stays the same."""
    grain = hashlib.sha256(salt.encode()).digest()[:8]
    digest = hashlib.sha1(password.encode() + grain, usedforsecurity=False).digest()
    return "{SSHA}" + base64.b64encode(digest + grain).decode()


def _line(name: str, value: str | bytes) -> str:
    """An attribute's line: in base64 where RFC 2849 doesn't call it a safe string."""
    if isinstance(value, bytes):
        return f"{name}:: {base64.b64encode(value).decode()}"
    safe = value.isascii() and value.isprintable() and not value.startswith((" ", ":", "<")) and not value.endswith(" ")
    return f"{name}: {value}" if safe else f"{name}:: {base64.b64encode(value.encode()).decode()}"
