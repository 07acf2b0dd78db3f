"""What an entry says: an account, its SSH keys, and what about it can't be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from include.offboarding.errors import IncompleteReadError
from include.offboarding.interfaces import ReadContext
from include.offboarding.model import (
    Account,
    AccountKey,
    Credential,
    Gap,
    KeyKind,
    KeyOrigin,
    Standing,
    SubjectKind,
)
from include.offboarding.sources._ldap import sshkeys
from include.offboarding.sources._ldap.entry import Entry
from include.offboarding.sources._ldap.flavors import Flavor, Judge
from include.offboarding.sources._ldap.groups import Privileges
from include.offboarding.sources._ldap.names import leaf_value, tidy
from include.offboarding.sources._ldap.results import STANDS
from include.offboarding.sources._ldap.settings import LdapSettings
from include.offboarding.sources._ldap.times import generalized_time

CREATED = "createTimestamp"
CREATOR = "creatorsName"


def wanted_attributes(settings: LdapSettings, flavor: Flavor) -> tuple[str, ...]:
    """The attributes asked for: no others leave the directory."""
    own = (flavor.id_attribute, flavor.password_set, *flavor.attributes)
    names = (*own, "objectClass", "gidNumber", CREATED, CREATOR, *settings.attributes.all())
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Describer:
    """Turns entries of one directory into facts."""

    source: str
    realm: str
    settings: LdapSettings
    flavor: Flavor
    judge: Judge
    privileges: Privileges
    context: ReadContext

    def native_id(self, entry: Entry) -> str:
        """The entry's immutable id. Without one nothing can be said of it: IncompleteReadError."""
        native_id = entry.first(self.flavor.id_attribute)
        if native_id:
            return native_id.lower()
        raise IncompleteReadError(
            f"{self.source}: an entry below {self.settings.base_dn} shows no {self.flavor.id_attribute}. {STANDS}\n"
            f"  Grant the reader read on {self.flavor.id_attribute} (docs/permissions/ldap.md)."
        )

    def facts(self, entry: Entry) -> Iterator[Account | Credential | Gap]:
        """The account, its SSH keys, and a gap for each value that can't be read."""
        native_id = self.native_id(entry)
        problems: list[str] = []
        keys = self._ssh_keys(entry, problems)
        yield self._account(entry, native_id, keys, problems)
        for key in keys:
            yield self._credential(native_id, key)
        for problem in problems:
            text = f"{self.source}: account {native_id}: {problem}. It isn't checked: mend the value or remove it"
            yield Gap(realm=self.realm, text=text, red=True)

    def _account(
        self, entry: Entry, native_id: str, keys: tuple[sshkeys.PublicKey, ...], problems: list[str]
    ) -> Account:
        names = self.settings.attributes
        logins = _logins(entry, names.login)
        judgement = self.judge.judge(entry)
        privileged, privileged_by = self.privileges.of(entry, logins)
        used = [time for name in names.last_login for time in _times(entry, name, problems)]
        return Account(
            realm=self.realm,
            native_id=native_id,
            label=entry.dn,
            login=next(iter(logins), ""),
            display_name=self._display_name(entry),
            keys=self._keys(entry, logins, keys),
            owner_labels=tuple(dict.fromkeys(tidy(dn) for name in names.owners for dn in entry.values(name))),
            created_at=max(_times(entry, CREATED, problems), default=None),
            created_by=entry.first(CREATOR),
            standing=judgement.standing,
            standing_reason=judgement.reason,
            password_set_at=max(_times(entry, self.flavor.password_set, problems), default=None),
            service_like=self._service_like(entry, logins),
            privileged=privileged,
            privileged_by=privileged_by,
            last_used_at=max(used, default=None),
        )

    def _display_name(self, entry: Entry) -> str:
        return next((value for name in self.settings.attributes.display_name for value in entry.values(name)), "")

    def _keys(
        self, entry: Entry, logins: tuple[str, ...], ssh_keys: tuple[sshkeys.PublicKey, ...]
    ) -> tuple[AccountKey, ...]:
        names = self.settings.attributes
        found = [(KeyKind.LOGIN, names.login, login) for login in logins]
        found += [(KeyKind.MAIL, name, mail) for name in names.mails for mail in entry.values(name)]
        found += [(KeyKind.NUMBER, names.number, number) for number in entry.values(names.number)]
        found += [(KeyKind.NAME, name, value) for name in names.display_name for value in entry.values(name)[:1]][:1]
        found += [(KeyKind.SSH_KEY, names.ssh_keys, key.fingerprint) for key in ssh_keys]
        return tuple(
            AccountKey(kind=kind, value=value, origin=KeyOrigin.ATTRIBUTE, name=name) for kind, name, value in found
        )

    def _service_like(self, entry: Entry, logins: tuple[str, ...]) -> bool:
        patterns = [pattern.lower() for pattern in self.context.service_patterns]
        if any(fnmatchcase(login.lower(), pattern) for login in logins for pattern in patterns):
            return True
        classes = {value.lower() for value in entry.values("objectClass")}
        persons = {name.lower() for name in self.settings.person_object_classes}
        # No class visible tells nothing: every entry has one.
        return bool(classes) and not classes & persons

    def _ssh_keys(self, entry: Entry, problems: list[str]) -> tuple[sshkeys.PublicKey, ...]:
        found: dict[str, sshkeys.PublicKey] = {}
        name = self.settings.attributes.ssh_keys
        for line in (line for value in entry.raw(name) for line in sshkeys.lines(value)):
            try:
                key = sshkeys.parse(line)
            except sshkeys.KeyFormatError as error:
                problems.append(f"a value of {name} is no SSH public key: {error}")
            else:
                found.setdefault(key.fingerprint, key)
        return tuple(found.values())

    def _credential(self, native_id: str, key: sshkeys.PublicKey) -> Credential:
        name = self.settings.attributes.ssh_keys
        return Credential(
            realm=self.realm,
            account_native_id=native_id,
            kind=SubjectKind.SSH_KEY,
            native_id=key.fingerprint,
            label=key.label,
            standing=Standing.WORKS,
            # Judged by itself: sshd asks the directory for keys, never whether a password is locked.
            standing_reason=f"in {name}: where sshd reads keys from the directory, a locked password doesn't stop it",
            fingerprint=key.fingerprint,
        )


def _logins(entry: Entry, attribute: str) -> tuple[str, ...]:
    """Every login name; the one in the DN first, since the order of values is nobody's promise (RFC 4512 2.2)."""
    values = entry.values(attribute)
    named = leaf_value(entry.dn, attribute).lower() if len(values) > 1 else ""
    return tuple(sorted(values, key=lambda value: (value.lower() != named, value)))


def _times(entry: Entry, name: str, problems: list[str]) -> list[datetime]:
    times: list[datetime] = []
    for text in entry.values(name):
        try:
            times.append(generalized_time(text))
        except ValueError as error:
            problems.append(f"{name}: {error}")
    return times
