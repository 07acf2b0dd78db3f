"""Identity keys as they are compared: normalised, with the original kept for evidence.

Two values are equal when their normal forms are: NFKC, case folded, outer space gone, inner space single. A number has
a loose form besides (without leading letters and zeros), a mail at our own domains its local part.
"""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from include.offboarding.model import Account, AccountKey, Event, IdentityKey, KeyKind, KeyOrigin, Worker

PERSON_NAMESPACE = uuid.UUID("6f0ee5d4-3c5f-5f0e-9b52-0f6d0c1f7a11")
"""Never changed: every person's uid is made from it."""

KeyRow = tuple[str, str, str, str, str, str, str]
"""An IdentityKey as it is copied into the store: kind, value, loose, space, origin, name, raw. Millions are made a
night, and a plain tuple takes a quarter of the time.
"""

_LEADING = re.compile("^[^1-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRules:
    """The company's own ways of writing mails and logins."""

    mail_domains: frozenset[str]
    mail_aliases: Mapping[str, str]
    login_patterns: tuple[re.Pattern[str], ...]
    usual_patterns: tuple[re.Pattern[str], ...]

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
        )


def _digest(told: tuple[object, ...], code: bytes) -> bytes:
    about = repr((*told, unicodedata.unidata_version)).encode()
    return hashlib.blake2b(about + code, digest_size=32).digest()


def normal(value: str) -> str:
    """The form in which values are compared; it is its own normal form.

    Twice, since folding can leave what composes anew (ß before an accent). Unicode, 3.13 Default Case Algorithms, D146.
    """
    if value.isascii():
        return " ".join(value.lower().split())
    folded = _folded(_folded(value))
    return " ".join(folded.lower().split() if folded.isascii() else unicodedata.normalize("NFKC", folded).split())


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold()


def loose_number(value: str) -> str:
    """A number without leading letters, signs and zeros; "" where nothing else is left."""
    return _loose(normal(value))


def _loose(number: str) -> str:
    return _LEADING.sub("", number, 1)


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
    local = local.partition("+")[0] or local
    return f"{local}@{domain}", local


def person_uid(id_space: str, worker_id: str, roster: str, placeholders: Container[str]) -> uuid.UUID:
    """The uid of a person first seen as this worker; never computed again for them.

    An id that says nothing ("0000", one of `placeholders` in their normal form) is the roster's own.
    """
    number = normal(worker_id)
    nameless = number in placeholders or not number.strip("0")
    return uuid.uuid5(PERSON_NAMESPACE, "\x1f".join((*((roster,) if nameless else ()), id_space, number)))


def worker_keys(
    worker: Worker, id_space: str, login_realm: str | None, realms: Mapping[str, str | None], rules: KeyRules
) -> Iterator[IdentityKey]:
    """A worker's keys. `realms` gives each source's declared login realm, if any. A name is none: it weighs nothing."""
    return map(_identity_key, worker_key_rows(worker, id_space, login_realm, realms, rules))


def worker_key_rows(
    worker: Worker, id_space: str, login_realm: str | None, realms: Mapping[str, str | None], rules: KeyRules
) -> Iterator[KeyRow]:
    """The same, as they are copied into the store."""
    yield _worker_key(KeyKind.NUMBER, worker.worker_id, id_space, "current", loose_number(worker.worker_id))
    for previous in worker.previous_worker_ids:
        yield _worker_key(KeyKind.NUMBER, previous, id_space, "former", loose_number(previous))
    for address, origin in [(worker.mail, "current"), *((former, "former") for former in worker.former_mails)]:
        value, local = mail(address, rules)
        if value:
            yield _stored("mail", value, local, "", origin, "mail", address)
    for login in worker.logins:
        space = login_space(login.source, login_realm, realms)
        if normal(login.value):
            yield _worker_key(KeyKind.LOGIN, login.value, space, "current", "")
    for given in worker.directory_ids:
        if normal(given.value):
            space = f"source:{given.source}" if given.source else ""
            yield _worker_key(KeyKind.DIRECTORY_ID, given.value, space, "current", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerForm:
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
        told = (self.roster, self.id_space, self.login_realm, sorted(self.realms.items()), sorted(self.placeholders))
        return _digest((*told, *self.rules.told), self.code)

    def uid(self, worker: Worker) -> uuid.UUID:
        """The person's, should the worker be new."""
        return person_uid(self.id_space, worker.worker_id, self.roster, self.placeholders)

    def rows(self, worker: Worker) -> Iterator[KeyRow]:
        """The worker's keys."""
        return worker_key_rows(worker, self.id_space, self.login_realm, self.realms, self.rules)


def login_space(source: str | None, login_realm: str | None, realms: Mapping[str, str | None]) -> str:
    """Where a login that HR gives belongs: a realm, one source, or "" for no system in particular."""
    if source is None:
        return login_realm or ""
    return realms.get(source) or f"source:{source}"


def account_keys(account: Account, number_format: str, rules: KeyRules) -> Iterator[IdentityKey]:
    """An account's keys: with a login also the mail that it may be, and the logins that it may be built on."""
    return map(_identity_key, account_key_rows(account, number_format, rules))


def account_key_rows(account: Account, number_format: str, rules: KeyRules) -> Iterator[KeyRow]:
    """The same, as they are copied into the store."""
    yield _stored("directory_id", normal(account.native_id), "", "", "attribute", "id", account.native_id)
    yield from _rows(account.keys, number_format, rules)


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

    def rows(self, account: Account) -> Iterator[KeyRow]:
        """The account's keys."""
        return account_key_rows(account, self.number_format, self.rules)


def actor_keys(event: Event, number_format: str, rules: KeyRules) -> Iterator[IdentityKey]:
    """An event's actor's keys, as `account_keys` has them; whoever names a session may as well write a mail there."""
    return map(_identity_key, _actor_key_rows(event, number_format, rules))


def _actor_key_rows(event: Event, number_format: str, rules: KeyRules) -> Iterator[KeyRow]:
    return _rows([key for key in event.actor_keys if key.kind is not KeyKind.SSH_KEY], number_format, rules)


def _rows(keys: Iterable[AccountKey], number_format: str, rules: KeyRules) -> Iterator[KeyRow]:
    form = _compiled(number_format, "{worker_id}")
    for key in keys:
        value, loose = _account_key(key, form, rules)
        if value or loose:
            yield _stored(key.kind.value, value, loose, "", key.origin.value, key.name, key.value)
        if key.kind is KeyKind.LOGIN and key.origin is not KeyOrigin.OWNER:
            yield from _mail_key(key, rules)
            yield from _built_on(key.value, rules)


def _built_on(login: str, rules: KeyRules) -> Iterator[KeyRow]:
    built = normal(login)
    for origin, patterns in (("pattern", rules.login_patterns), ("usual", rules.usual_patterns)):
        for pattern in patterns:
            inner = pattern.fullmatch(built)
            if inner:
                yield _stored("login", inner["inner"].strip(), "", "", origin, pattern.pattern, login)


def _mail_key(login: AccountKey, rules: KeyRules) -> Iterator[KeyRow]:
    # Nearly no login is a mail; what isn't ASCII may become an @ in its normal form.
    if "@" in login.value or not login.value.isascii():
        value, _ = mail(login.value, rules)
        if value:
            yield _stored("mail", value, "", "", login.origin.value, login.name, login.value)


def _account_key(key: AccountKey, form: re.Pattern[str], rules: KeyRules) -> tuple[str, str]:
    """Its value and loose form, "" where it has none."""
    kind, value = key.kind, normal(key.value)
    if kind is KeyKind.MAIL:
        return _mail(value, rules)[0], ""
    if kind is KeyKind.NUMBER:
        declared = form.fullmatch(value)
        return declared["inner"] if declared else "", _loose(value)
    return key.value.strip() if kind is KeyKind.SSH_KEY else value, ""


@cache
def _compiled(pattern: str, hole: str) -> re.Pattern[str]:
    before, _, after = pattern.partition(hole)
    return re.compile(f"{re.escape(normal(before))}(?P<inner>.+){re.escape(normal(after))}")


def _worker_key(kind: KeyKind, raw: str, space: str, origin: str, loose: str) -> KeyRow:
    return _stored(kind.value, normal(raw), loose, space, origin, kind.value, raw)


def _stored(kind: str, value: str, loose: str, space: str, origin: str, name: str, raw: str) -> KeyRow:
    return kind, value, loose, space, origin, name, raw.strip()


def _identity_key(row: KeyRow) -> IdentityKey:
    kind, value, loose, space, origin, name, raw = row
    return IdentityKey(kind=KeyKind(kind), value=value, loose=loose, space=space, origin=origin, name=name, raw=raw)
