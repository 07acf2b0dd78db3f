"""Locks an account by a connection of its own, and unlocks it: as its product is locked, by one attribute of its entry.

Each change takes the old value off and puts the new one on in one request, so that the server refuses it where somebody
was quicker (RFC 4511 4.6).
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from ldap3 import MODIFY_ADD, MODIFY_DELETE

from offboarding.interfaces import ConnectionFields, Revoker
from offboarding.model import Before, Revocable, StepSeen, SubjectKind
from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError, UncertainError
from offboarding.sources.ldap.directory import base_id, bases
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import Flavor
from offboarding.sources.ldap.flavors import choose
from offboarding.sources.ldap.locks import LOCKS, RIGHTS, Lock
from offboarding.sources.ldap.names import canonical
from offboarding.sources.ldap.results import BUSY, INSUFFICIENT_ACCESS, PROTOCOL_ERROR, SUCCESS, Refusal
from offboarding.sources.ldap.session import Session, opened, refusal_of
from offboarding.sources.ldap.settings import LdapSettings

WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"
ONE_LOGIN = "who reads must not be able to write. Give the second one a login of its own."
_LOGIN_NAMES = ("uid", "sAMAccountName", "userPrincipalName")
CONSTRAINT_VIOLATION = 19
"""Also where a second value would be put beside one that came meanwhile."""
UNSAID = {3: "timeLimitExceeded", 52: "unavailable", 80: "other"}
"""What a proxy may say, too, of a server behind it whose answer it never heard. Any other result is a no (RFC 4511 4.6:
a modification that isn't a success changes nothing).
"""
_CHANGED_MEANWHILE = {16: "noSuchAttribute", 20: "attributeOrValueExists"}
"""What a server says where the old value isn't there any more, or another is (RFC 4511 appendix A)."""


def step(thing: Revocable) -> str | None:
    """What locks an account; None for what a directory can't take back, and where its product has no locks."""
    lock = LOCKS.get(thing.product)
    return lock.says if lock and thing.kind is SubjectKind.ACCOUNT else None


def build(settings: LdapSettings, connection: ConnectionFields, reader: ConnectionFields, part: str) -> Revoker:
    """The revoker; nothing is contacted before its first method is called. Raises ConfigError where both connections
    log in as the same, however it's written.
    """
    del part
    if set(_forms(connection.login)) & set(_forms(reader.login)):
        raise ConfigError(
            f"sources.{settings.name}: connection {connection.conn_id} logs in as {reader.conn_id} does: {ONE_LOGIN}"
        )
    return LdapRevoker(settings, connection, reader)


class LdapRevoker:
    """Of one directory."""

    def __init__(self, settings: LdapSettings, connection: ConnectionFields, reader: ConnectionFields) -> None:
        self._settings = settings
        self._connection = connection
        self._reader = reader
        self._login_attributes = (settings.attributes.login,)
        self._where = f"sources.{settings.name}"

    def check(self) -> None:
        """That the login is taken, and not the reader's, that this directory has locks, and that its own id can be
        seen.
        """
        self._apart()
        with self._opened():
            pass

    def before(self, thing: Revocable) -> Before:
        """The lock's attribute, "" where it isn't there."""
        own = self._apart()
        with self._at(thing) as (_, lock, entry):
            if entry is None:
                raise self._gone(thing)
            if own & {canonical(entry.dn), *(value.casefold() for value in self._logins(entry))}:
                raise FatalError(
                    f"{self._where}: this account is one that the checker itself logs in by: never locked."
                )
            value = entry.first(lock.attribute)
            if lock.is_locked(value):
                raise FatalError(f"{self._where}: account {thing.native_id} is locked already.")
            lock.locked(value)
            return {lock.attribute: value}

    def called(self, thing: Revocable) -> Sequence[str]:
        """Its DN, and its login names."""
        with self._at(thing) as (_, _, entry):
            if entry is None:
                raise self._gone(thing)
            return entry.dn, *self._logins(entry)

    def seen(self, thing: Revocable, before: Before) -> StepSeen:
        """By that attribute alone."""
        with self._at(thing) as (_, lock, entry):
            return _seen(lock, entry, before)

    def revoke(self, thing: Revocable, before: Before) -> None:
        """Put the lock on."""
        self._exchange(thing, before, wanted=StepSeen.SET)

    def undo(self, thing: Revocable, before: Before) -> None:
        """Let the attribute say again what it did."""
        self._exchange(thing, before, wanted=StepSeen.BEFORE)

    def _exchange(self, thing: Revocable, before: Before, *, wanted: StepSeen) -> None:
        with self._at(thing) as (session, lock, entry):
            seen = _seen(lock, entry, before)
            if seen is wanted is StepSeen.BEFORE:
                return
            if entry is None or seen in (wanted, StepSeen.CHANGED):
                raise self._changed(thing, lock)
            then, locked = before[lock.attribute], lock.locked(before[lock.attribute])
            old, new = (then, locked) if wanted is StepSeen.SET else (locked, then)
            changes = [(how, [value]) for how, value in ((MODIFY_DELETE, old), (MODIFY_ADD, new)) if value]
            refusal = _told(session, entry.dn, {lock.attribute: changes})
            if refusal.code == SUCCESS:
                return
            if refusal.code in _CHANGED_MEANWHILE or (
                refusal.code == CONSTRAINT_VIOLATION and self.seen(thing, before) is StepSeen.CHANGED
            ):
                raise self._changed(thing, lock)
            # Without the server's own words, which may name the entry: this stands in logs and on tickets.
            said = f"result {refusal.code} {refusal.description}"
            if refusal.code == INSUFFICIENT_ACCESS:
                raise FatalError(
                    f"{self._where}: {self._connection.login} may not write {lock.attribute} of account"
                    f" {thing.native_id} ({said}). Grant it that right alone ({RIGHTS})."
                )
            kind = UncertainError if refusal.code in UNSAID else RetriableError
            raise kind(f"{self._where}: {lock.attribute} of account {thing.native_id}: {said}.")

    def _changed(self, thing: Revocable, lock: Lock) -> FatalError:
        return FatalError(
            f"{self._where}: {lock.attribute} of account {thing.native_id} says something else than it did:"
            " somebody changed it since, and nothing was done. Look at it, and do by hand what is right."
        )

    def _gone(self, thing: Revocable) -> FatalError:
        return FatalError(f"{self._where}: account {thing.native_id} isn't there any more.")

    def _logins(self, entry: Entry) -> Iterator[str]:
        for name in dict.fromkeys((*_LOGIN_NAMES, *self._login_attributes)):
            yield from entry.values(name)

    def _apart(self) -> set[str]:
        """What may stand for the two logins. Raises FatalError where the server says that they are one."""
        said = [self._as_told(each) for each in (self._connection, self._reader)]
        if said[0] is not None and said[0] == said[1]:
            raise FatalError(
                f"{self._where}: connections {self._connection.conn_id} and {self._reader.conn_id} are one login"
                f" by the directory's own word: {ONE_LOGIN}"
            )
        logins = (self._connection.login, self._reader.login, *((each or "").partition(":")[2] for each in said))
        return {form for login in logins if login for form in _forms(login)}

    def _as_told(self, connection: ConnectionFields) -> str | None:
        """Who a connection logs in as, by the server's word (RFC 4532), "" where that is nobody; None from a server
        that can't be asked.
        """
        read_only = connection is self._reader
        with (
            opened(connection, source=self._where, count=lambda _: None, read_only=read_only) as session,
            session.client() as client,
        ):
            asked = cast("Any", client)
            asked.extended(WHO_AM_I)
            refusal = refusal_of(asked.result)
            if refusal.code == PROTOCOL_ERROR:
                # It doesn't know the question (RFC 4511 4.12).
                return None
            if refusal.code != SUCCESS:
                kind = RetriableError if refusal.code in BUSY else FatalError
                raise kind(
                    f"{self._where}: who connection {connection.conn_id} logs in as isn't said (result {refusal.code}"
                    f" {refusal.description}): nothing was done."
                )
            said = (asked.result.get("responseValue") or b"").decode("utf-8", "backslashreplace")
        kind, _, name = said.partition(":")
        return f"{kind}:{canonical(name)}" if name else ""

    @contextmanager
    def _at(self, thing: Revocable) -> Generator[tuple[Session, Lock, Entry | None]]:
        """The entry as it stands, found by its lasting id."""
        with self._opened() as (session, flavor, lock, realm):
            if thing.kind is not SubjectKind.ACCOUNT:
                raise FatalError(f"{self._where}: {thing.kind} {thing.native_id} can't be shut so that it opens again.")
            if realm != thing.realm:
                raise FatalError(
                    f"{self._where}: connection {self._connection.conn_id} leads to another directory than the one that"
                    " is read. Mend it: nothing was done."
                )
            yield session, lock, self._found(session, flavor, lock, thing)

    @contextmanager
    def _opened(self) -> Generator[tuple[Session, Flavor, Lock, str]]:
        """A session that may write, which directory it is, and its own id."""
        with opened(self._connection, source=self._where, count=lambda _: None, read_only=False) as session:
            flavor = choose(session, self._settings)
            session.adopt(flavor.says_of_reference, flavor.limits_fix)
            lock = LOCKS.get(flavor.product(self._settings))
            if lock is None:
                raise FatalError(
                    f"{self._where}: this directory has no locks: nothing here opens again once it's shut."
                )
            yield session, flavor, lock, base_id(session, flavor.settle(self._settings), flavor)

    def _found(self, session: Session, flavor: Flavor, lock: Lock, thing: Revocable) -> Entry | None:
        """It, wherever it was moved. Outside of the base no lock that is shown may be one that is hidden."""
        self._login_attributes = (flavor.settle(self._settings).attributes.login,)
        wanted = (*flavor.id_attributes, *_LOGIN_NAMES, *self._login_attributes, lock.attribute)
        for base in bases(session, self._settings.base_dn):
            pages = session.search(base, flavor.id_filter(thing.native_id), wanted, page_size=2)
            found = [entry for page in pages for entry in page if flavor.native_id(entry) == thing.native_id]
            if len(found) > 1:
                raise FatalError(
                    f"{self._where}: {len(found)} entries have the id {thing.native_id}: nothing was done."
                )
            if found and base != self._settings.base_dn and not found[0].first(lock.attribute):
                raise FatalError(
                    f"{self._where}: account {thing.native_id} was moved out of base_dn, where {lock.attribute}"
                    f" isn't there, or {self._connection.login} may not read it: nothing was done. Look at it, and do"
                    " by hand what is right."
                )
            if found:
                return found[0]
        return None


def _forms(login: str) -> Iterator[str]:
    r"""What may stand for a login: a DN, CORP\reader, reader@corp.example also where no attribute holds that (MS-ADTS
    5.1.1.1.1).
    """
    yield canonical(login)
    if "=" in login:
        return
    name = login.casefold().rpartition("\\")[2]
    yield from (name, name.partition("@")[0])


def _told(session: Session, dn: str, changes: Mapping[str, object]) -> Refusal:
    """A step, and what the server says of it. Raises UncertainError where that can't be heard."""
    try:
        with session.client() as client:
            asked = cast("Any", client)
            asked.modify(dn, changes)
            return refusal_of(asked.result)
    except OffboardingError as error:
        raise UncertainError(str(error)) from error


def _seen(lock: Lock, entry: Entry | None, before: Before) -> StepSeen:
    if entry is None or lock.attribute not in before:
        return StepSeen.CHANGED
    value, then = entry.first(lock.attribute), before[lock.attribute]
    if value == then:
        return StepSeen.BEFORE
    # To the letter: TRUE is what others write where ours is true.
    return StepSeen.SET if value == lock.locked(then) else StepSeen.CHANGED
