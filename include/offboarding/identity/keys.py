"""Identity keys as they are compared: normalised, with the original kept for evidence.

Two values are equal when their normal forms are: NFKC, case folded, without what nobody sees, outer space gone, inner
space single. A number has
a loose form besides (without leading letters and zeros), a mail at our own domains its local part. What is too long for
an index is compared by its hash.
"""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from offboarding.identity.folding import normal
from offboarding.model import Account, AccountKey, AuditEvent, IdentityKey, IdentityKeyKind, IdentityKeyOrigin, Worker
from offboarding.model.systems import OWN_ID
from offboarding.model.texts import held_keys, is_blank

PERSON_NAMESPACE = uuid.UUID("6f0ee5d4-3c5f-5f0e-9b52-0f6d0c1f7a11")
"""Never changed: every person's uid is made from it."""
_NAMESPACE_BYTES = PERSON_NAMESPACE.bytes
_WITHOUT_VERSION = ~(0xF << 76 | 0x3 << 62)
_VERSION_5 = 0x5 << 76 | 0x2 << 62
"""Bits 48 to 51 tell the version, 64 and 65 the variant (RFC 9562, 4)."""

AccountKeyRow = tuple[str, str, str, str, str, str]
"""An account's IdentityKey as it is copied into the store: kind, value, loose, origin, name, raw. Millions are made a
night, and a plain tuple takes a quarter of the time. Lists of them: what yields one at a time takes as long again.
"""
WorkerKeyRow = tuple[str, str, str, str, str, str]
"""A worker's: kind, value, loose, space, origin, raw."""

_LEADING = re.compile("^[^1-9]*")
_DIGITS = "123456789"
_DIRECTORY_ID, _NUMBER, _MAIL, _LOGIN, _SSH_KEY = (
    *(
        IdentityKeyKind.DIRECTORY_ID,
        IdentityKeyKind.NUMBER,
        IdentityKeyKind.MAIL,
        IdentityKeyKind.LOGIN,
        IdentityKeyKind.SSH_KEY,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRules:
    """The company's own ways of writing mails and logins."""

    mail_domains: frozenset[str]
    mail_aliases: Mapping[str, str]
    login_patterns: tuple[re.Pattern[str], ...]
    usual_patterns: tuple[re.Pattern[str], ...]
    any_pattern: re.Pattern[str]
    """What any of these matches: nearly no login, and to ask once is enough for the others."""

    @property
    def told(self) -> tuple[object, ...]:
        """All of it, in an order of its own."""
        aliases = sorted(self.mail_aliases.items())
        return (sorted(self.mail_domains), aliases, self.login_patterns, self.usual_patterns)

    @staticmethod
    def of(
        mail_domains: Sequence[str], mail_aliases: Mapping[str, str], patterns: Sequence[str], usual: Sequence[str]
    ) -> "KeyRules":
        """From the configuration's words; a pattern holds `{login}` once."""
        return KeyRules(
            mail_domains=frozenset(normal(domain) for domain in mail_domains),
            mail_aliases={normal(alias): normal(domain) for alias, domain in mail_aliases.items()},
            login_patterns=tuple(_compiled(pattern, "{login}") for pattern in patterns),
            usual_patterns=tuple(_compiled(pattern, "{login}") for pattern in usual if pattern not in patterns),
            any_pattern=_any_of([*patterns, *usual], "{login}"),
        )


def _digest(own: tuple[object, ...], code: bytes) -> bytes:
    about = repr((*own, unicodedata.unidata_version)).encode()
    return hashlib.blake2b(about + code, digest_size=32).digest()


def loose_number(value: str) -> str:
    """A number without leading letters, signs and zeros; "" where nothing else is left."""
    return _loose(normal(value))


def _loose(number: str) -> str:
    return number if number[:1] in _DIGITS else _LEADING.sub("", number, 1)


def mail(value: str, rules: KeyRules) -> tuple[str, str]:
    """The mail as compared, and its local part where the domain is ours (else ""). ("", "") for what is no mail."""
    return _mail(normal(value), rules)


def _mail(value: str, rules: KeyRules) -> tuple[str, str]:
    local, at, domain = value.rpartition("@")
    if not at or not local or not domain:
        return "", ""
    domain = rules.mail_aliases.get(domain, domain)
    if domain not in rules.mail_domains:
        return f"{local}@{domain}", ""
    if "+" in local:
        local = local.partition("+")[0] or local
    return f"{local}@{domain}", local


def person_uid(id_space: str, worker_id: str, roster: str, placeholders: Container[str]) -> bytes:
    """The uid of a person first seen as this worker, a UUID's 16 bytes; never computed again for them.

    An id that says nothing ("0000", one of `placeholders` in their normal form) is the roster's own.
    """
    number = normal(worker_id)
    nameless = number in placeholders or not number.strip("0")
    name = f"{roster}\x1f{id_space}\x1f{number}" if nameless else f"{id_space}\x1f{number}"
    # What uuid.uuid5 makes (RFC 9562, 5.5), without the objects that it makes on the way.
    made = hashlib.sha1(_NAMESPACE_BYTES + name.encode(), usedforsecurity=False).digest()
    return (int.from_bytes(made[:16], "big") & _WITHOUT_VERSION | _VERSION_5).to_bytes(16, "big")


def worker_key_rows(
    worker: Worker, id_space: str, login_realm: str | None, realms: Mapping[str, str | None], rules: KeyRules
) -> list[WorkerKeyRow]:
    """A worker's keys. `realms` gives each source's declared login realm, if any. A name is none: it weighs nothing."""
    rows = [_number_row(worker.worker_id, id_space, "current")]
    rows += [_number_row(each, id_space, "former") for each in worker.previous_worker_ids if not is_blank(each)]
    rows += _mail_rows(worker.mail, "current", rules)
    for former in worker.former_mails:
        rows += _mail_rows(former, "former", rules)
    for login in worker.logins:
        if value := normal(login.value):
            space = login_space(login.source, login_realm, realms)
            rows.append((_LOGIN, value, "", space, "current", login.value.strip()))
    for given in worker.directory_ids:
        if value := normal(given.value):
            space = f"source:{given.source}" if given.source else ""
            rows.append((_DIRECTORY_ID, value, "", space, "current", given.value.strip()))
    return held_keys(rows)


def _number_row(written: str, id_space: str, origin: str) -> WorkerKeyRow:
    value = normal(written)
    return _NUMBER, value, _loose(value), id_space, origin, written.strip()


def _mail_rows(address: str, origin: str, rules: KeyRules) -> Iterable[WorkerKeyRow]:
    value, local = mail(address, rules)
    return ((_MAIL, value, local, "", origin, address.strip()),) if value else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterWorkerForm:
    """How a roster's workers' keys, and new persons' uids, are made."""

    roster: str
    id_space: str
    login_realm: str | None
    realms: Mapping[str, str | None]
    """Each source's declared login realm, if any."""
    placeholders: frozenset[str]
    rules: KeyRules
    code: bytes = b""
    """See `AccountForm.code`."""

    @property
    def form(self) -> bytes:
        """Digest of everything that these rest on beside the worker: see `AccountForm.form`."""
        own = (self.roster, self.id_space, self.login_realm, sorted(self.realms.items()), sorted(self.placeholders))
        return _digest((*own, *self.rules.told), self.code)

    def uid(self, worker: Worker) -> bytes:
        """The person's, should the worker be new: a UUID's 16 bytes."""
        return person_uid(self.id_space, worker.worker_id, self.roster, self.placeholders)

    def rows(self, worker: Worker) -> list[WorkerKeyRow]:
        """The worker's keys."""
        return worker_key_rows(worker, self.id_space, self.login_realm, self.realms, self.rules)


def login_space(source: str | None, login_realm: str | None, realms: Mapping[str, str | None]) -> str:
    """Where a login that HR gives belongs: a realm, one source, or "" for no system in particular."""
    if source is None:
        return login_realm or ""
    return realms.get(source) or f"source:{source}"


def account_key_rows(account: Account, number_format: str, rules: KeyRules) -> list[AccountKeyRow]:
    """An account's keys: with a login also the mail that it may be, and the logins that it may be built on."""
    own, rows = account.native_id, _rows(account.keys, number_format, rules)
    rows.insert(0, (_DIRECTORY_ID, normal(own), "", "attribute", OWN_ID, own.strip()))
    return held_keys(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountForm:
    """How a source's accounts' keys are made."""

    number_format: str
    rules: KeyRules
    code: bytes = b""
    """The text of this very module, as whoever may read files has read it: other code may make other keys."""

    @property
    def form(self) -> bytes:
        """Digest of everything that a key's normal form rests on beside the account: settings, Unicode's tables, and
        this very code. Where it differs, no account counts as standing in the store already.
        """
        return _digest((self.number_format, *self.rules.told), self.code)

    def rows(self, account: Account) -> list[AccountKeyRow]:
        """The account's keys."""
        return account_key_rows(account, self.number_format, self.rules)


def actor_keys(event: AuditEvent, number_format: str, rules: KeyRules) -> Iterator[IdentityKey]:
    """An event's actor's keys, made as an account's are; whoever names a session may as well write a mail there."""
    return map(_identity_key, held_keys(_actor_key_rows(event, number_format, rules)))


def _actor_key_rows(event: AuditEvent, number_format: str, rules: KeyRules) -> list[AccountKeyRow]:
    return _rows([key for key in event.actor_keys if key.kind is not IdentityKeyKind.SSH_KEY], number_format, rules)


def _rows(keys: Iterable[AccountKey], number_format: str, rules: KeyRules) -> list[AccountKeyRow]:
    form = _compiled(number_format, "{worker_id}")
    rows: list[AccountKeyRow] = []
    for key in keys:
        kind, written = key.kind, key.value
        value, loose = normal(written), ""
        if kind is _LOGIN:
            rows += _login_rows(value, key, rules)
        elif kind is _MAIL:
            value, _ = _mail(value, rules)
        elif kind is _NUMBER:
            declared, loose = form.fullmatch(value), _loose(value)
            value = declared["inner"] if declared else ""
        elif kind is _SSH_KEY:
            value = written.strip()
        if value or loose:
            rows.append((kind, value, loose, key.origin, key.name, written.strip()))
    return rows


def _login_rows(login: str, key: AccountKey, rules: KeyRules) -> Iterable[AccountKeyRow]:
    """What a login may be beside itself: a mail, or built on another login. Nearly none is."""
    if key.origin is IdentityKeyOrigin.OWNER or ("@" not in login and not rules.any_pattern.fullmatch(login)):
        return ()
    written = key.value.strip()
    address, _ = _mail(login, rules)
    mails = [(_MAIL, address, "", key.origin, key.name, written)] if address else []
    return mails + [
        (_LOGIN, inner["inner"].strip(), "", origin, pattern.pattern, written)
        for origin, patterns in (("pattern", rules.login_patterns), ("usual", rules.usual_patterns))
        for pattern in patterns
        if (inner := pattern.fullmatch(login))
    ]


@cache
def _compiled(pattern: str, hole: str) -> re.Pattern[str]:
    return re.compile(_expression(pattern, hole, "(?P<inner>.+)"))


def _any_of(patterns: Iterable[str], hole: str) -> re.Pattern[str]:
    return re.compile("|".join(_expression(pattern, hole, ".+") for pattern in patterns) or "(?!)")


def _expression(pattern: str, hole: str, inner: str) -> str:
    before, _, after = pattern.partition(hole)
    return f"{re.escape(normal(before))}{inner}{re.escape(normal(after))}"


def _identity_key(row: AccountKeyRow) -> IdentityKey:
    kind, value, loose, origin, name, raw = row
    return IdentityKey(
        kind=IdentityKeyKind(kind), value=value, loose=loose, space="", origin=str(origin), name=name, raw=raw
    )
