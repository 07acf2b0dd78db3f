"""What an entry says: an account, its SSH keys and certificates, what it's in, and what can't be read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from offboarding.interfaces import ReadContext
from offboarding.model import (
    OWN_ID,
    Account,
    AccountKey,
    Credential,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Membership,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import IncompleteReadError, OffboardingError
from offboarding.net.sshkeys.lines import KeyFileLine
from offboarding.sources.ldap.certificates import CertificateFormatError, EntryCertificate, parse
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import AccountJudge, Flavor
from offboarding.sources.ldap.groups import Rolls
from offboarding.sources.ldap.names import canonical, leaf_value, tidy
from offboarding.sources.ldap.results import STANDS
from offboarding.sources.ldap.revocation import CertificateJudge
from offboarding.sources.ldap.settings import LdapSettings, several
from offboarding.sources.ldap.ssh_keys import Keys, ssh_keys_in
from offboarding.sources.ldap.standing import AccountStanding

ALL_KINDS = (SubjectKind.ACCOUNT, SubjectKind.SSH_KEY, SubjectKind.CERTIFICATE)
_MAIL_SCHEME = re.compile(r"(?P<scheme>[a-z0-9]+):", re.ASCII | re.IGNORECASE)
"""proxyAddresses: smtp:, SMTP: for the first one, x500:, sip: and others (MS-OXOABK 2.2.3.23)."""


def wanted_attributes(settings: LdapSettings, flavor: Flavor) -> tuple[str, ...]:
    """The attributes asked for: no others leave the directory."""
    own = (*flavor.id_attributes, flavor.other_id, flavor.password_set, *flavor.lock_attributes)
    names = (*own, flavor.created, flavor.creator, "objectClass", flavor.primary_group, *settings.attributes.all())
    return tuple(name for name in dict.fromkeys(names) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What an entry says."""

    native_id: str
    account: Account | None = None
    """None where the entry itself can't be read."""
    credentials: tuple[Credential, ...] = ()
    memberships: tuple[Membership, ...] = ()
    problems: tuple[tuple[SubjectKind, str], ...] = ()
    """Values that can't be read, by the kind of what they would have been."""
    unread: tuple[ScopeRead, ...] = ()
    """What isn't known for it: beside a key that can't be read, none of its kind may look gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Describer:
    """Turns entries of one directory into facts."""

    source: str
    realm: str
    settings: LdapSettings
    flavor: Flavor
    product: str
    reached_by: str
    reader_dn: str
    judge: AccountJudge
    certificate_judge: CertificateJudge
    rolls: Rolls
    context: ReadContext

    def native_id(self, entry: Entry) -> str:
        """The entry's immutable id. Without one nothing can be said of it: IncompleteReadError."""
        native_id = self.flavor.native_id(entry)
        if native_id:
            return native_id
        names = " or ".join(self.flavor.id_attributes)
        raise IncompleteReadError(
            f"{self.source}: an entry below {self.settings.base_dn} shows no {names}. {STANDS}\n"
            f"  Grant the reader read on {names} (docs/permissions/ldap.md)."
        )

    def describe(self, entry: Entry, declared: Mapping[str, str]) -> Description:
        """The account, what is on it and what it's in. `declared`: why accounts count as dead, by native id."""
        native_id = self.native_id(entry)
        try:
            return self._described(entry, native_id, declared)
        except OffboardingError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other entries are other people's
            text = (
                f"its entry can't be read ({type(error).__name__}). It isn't checked: look at its values, and report it"
            )
            return Description(native_id=native_id, unread=(self._scope(native_id, ALL_KINDS, text),))

    def _scope(self, native_id: str, kinds: tuple[SubjectKind, ...], text: str) -> ScopeRead:
        error = f"{self.source}: account {native_id}: {text}"
        return ScopeRead(realm=self.realm, scope=native_id, kinds=kinds, error=error)

    def _described(self, entry: Entry, native_id: str, declared: Mapping[str, str]) -> Description:
        problems: list[tuple[SubjectKind, str]] = []
        keys = ssh_keys_in(entry, several(self.settings.attributes.ssh_keys), problems)
        certificates = self._certificates(entry, problems)
        credentials = [self._key_credential(native_id, name, key) for name, key in keys]
        credentials += [self._certificate_credential(native_id, certificate) for certificate in certificates]
        account = self._account(entry, native_id, keys, problems, declared.get(native_id, ""))
        gaps = tuple((kind, f"{text}. It isn't checked: mend the value or remove it") for kind, text in problems)
        unread = {kind: text for kind, text in gaps if kind is not SubjectKind.ACCOUNT}
        return Description(
            native_id=native_id,
            account=account,
            credentials=tuple(credentials),
            memberships=self._memberships(entry, native_id),
            problems=tuple((kind, f"{self.source}: account {native_id}: {text}") for kind, text in gaps),
            unread=tuple(self._scope(native_id, (kind,), text) for kind, text in unread.items()),
        )

    def gaps(self) -> Iterator[Gap]:
        """What kept it from judging, once every entry has been described."""
        yield from self.judge.gaps(self.realm)
        yield from self.certificate_judge.gaps(self.realm)

    def _memberships(self, entry: Entry, native_id: str) -> tuple[Membership, ...]:
        if not self.rolls.guarded:
            return ()
        logins = _logins(entry, self.settings.attributes.login)
        return tuple(
            Membership(
                realm=self.realm,
                group_native_id=group.native_id,
                group_label=group.label,
                account_native_id=native_id,
            )
            for group in self.rolls.guarded
            if group.members.by(entry, logins)
        )

    def _account(
        self,
        entry: Entry,
        native_id: str,
        keys: Keys,
        problems: list[tuple[SubjectKind, str]],
        declared: str,
    ) -> Account:
        names = self.settings.attributes
        logins = _logins(entry, names.login)
        judgement = self._judgement(entry, declared)
        privileged, privileged_by = self.rolls.privileged.of(entry, logins)
        used = [(time, name) for name in names.last_login for time in self._times(entry, name, problems)]
        last_used_at, last_used_by = max(used, default=(None, ""))
        return Account(
            realm=self.realm,
            native_id=native_id,
            label=entry.dn,
            login=next(iter(logins), ""),
            display_name=self._display_name(entry),
            keys=self._keys(entry, logins, keys),
            owner_labels=tuple(dict.fromkeys(tidy(dn) for name in names.owners for dn in entry.values(name))),
            created_at=max(self._times(entry, self.flavor.created, problems), default=None),
            created_by=entry.first(self.flavor.creator),
            standing=judgement.standing,
            standing_reason=judgement.reason,
            product=self.product,
            reached_by=self.reached_by,
            is_reader=canonical(entry.dn) == self.reader_dn,
            keeps_password=True,
            password_set_at=max(self._times(entry, self.flavor.password_set, problems), default=None),
            service_like=self._service_like(entry, logins),
            privileged=privileged,
            privileged_by=privileged_by,
            last_used_at=last_used_at,
            last_used_exact=last_used_by.lower() not in self.flavor.lagging,
        )

    def _judgement(self, entry: Entry, declared: str) -> AccountStanding:
        """What the server says where that is dead; else what was declared."""
        judgement = self.judge.judge(entry)
        if declared and judgement.standing is not Standing.DEAD:
            return AccountStanding(standing=Standing.DEAD, reason=declared)
        return judgement

    def _times(self, entry: Entry, name: str, problems: list[tuple[SubjectKind, str]]) -> list[datetime]:
        times: list[datetime] = []
        for text in entry.values(name):
            try:
                moment = self.flavor.moment(text)
            except ValueError as error:
                problems.append((SubjectKind.ACCOUNT, f"{name}: {error}"))
            else:
                times += [moment] if moment else []
        return times

    def _display_name(self, entry: Entry) -> str:
        return next((value for name in self.settings.attributes.display_name for value in entry.values(name)), "")

    def _keys(self, entry: Entry, logins: tuple[str, ...], ssh_keys: Keys) -> tuple[AccountKey, ...]:
        names = self.settings.attributes
        found = [(IdentityKeyKind.LOGIN, names.login, login) for login in logins]
        found += [(IdentityKeyKind.LOGIN, name, login) for name in names.other_logins for login in entry.values(name)]
        found += [(IdentityKeyKind.MAIL, name, mail) for name in names.mails for mail in _mails(entry, name)]
        numbers = ((name, number) for name in several(names.number) for number in entry.values(name))
        found += [(IdentityKeyKind.NUMBER, *number) for number in numbers]
        found += [
            (IdentityKeyKind.NAME, name, value) for name in names.display_name for value in entry.values(name)[:1]
        ][:1]
        found += [(IdentityKeyKind.SSH_KEY, name, key.fingerprint) for name, key in ssh_keys]
        found += [(IdentityKeyKind.DIRECTORY_ID, OWN_ID, sid) for sid in self.flavor.also_known_by(entry)]
        return tuple(
            AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name=name)
            for kind, name, value in found
        )

    def _service_like(self, entry: Entry, logins: tuple[str, ...]) -> bool:
        if self.context.is_workload(*logins):
            return True
        classes = {value.lower() for value in entry.values("objectClass")}
        if classes & self.flavor.service_classes:
            return True
        persons = {name.lower() for name in self.settings.person_object_classes}
        # No class visible tells nothing: every entry has one.
        return bool(classes) and not classes & persons

    def _certificates(self, entry: Entry, problems: list[tuple[SubjectKind, str]]) -> tuple[EntryCertificate, ...]:
        found: dict[str, EntryCertificate] = {}
        name = self.settings.attributes.certificates
        for value in entry.raw(name):
            try:
                certificate = parse(value)
            except CertificateFormatError as error:
                problems.append((SubjectKind.CERTIFICATE, f"a value of {name} is no certificate: {error}"))
            else:
                found.setdefault(certificate.thumbprint, certificate)
        return tuple(found.values())

    def _key_credential(self, native_id: str, name: str, key: KeyFileLine) -> Credential:
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

    def _certificate_credential(self, native_id: str, certificate: EntryCertificate) -> Credential:
        judgement = self.certificate_judge.judge(certificate, self.settings.attributes.certificates, native_id)
        return Credential(
            realm=self.realm,
            account_native_id=native_id,
            kind=SubjectKind.CERTIFICATE,
            native_id=certificate.thumbprint,
            label=certificate.label,
            standing=judgement.standing,
            standing_reason=judgement.reason,
            created_at=certificate.starts_at,
            expires_at=certificate.expires_at,
        )


def _logins(entry: Entry, attribute: str) -> tuple[str, ...]:
    """Every login name; the one in the DN first, since the order of values is nobody's promise (RFC 4512 2.2)."""
    values = entry.values(attribute)
    named = leaf_value(entry.dn, attribute).lower() if len(values) > 1 else ""
    return tuple(sorted(values, key=lambda value: (value.lower() != named, value)))


def _mails(entry: Entry, name: str) -> Iterator[str]:
    """The addresses of an attribute, without `smtp:`; those of other systems left out."""
    for value in entry.values(name):
        scheme = _MAIL_SCHEME.match(value)
        if scheme is None:
            yield value
        elif scheme["scheme"].lower() == "smtp":
            yield value[scheme.end() :]
