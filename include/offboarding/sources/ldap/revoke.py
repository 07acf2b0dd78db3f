"""Locks an account by a connection of its own, and unlocks it: as its product is locked, by one attribute of its entry.

Each change takes the old value off and puts the new one on in one request, so that the server refuses it where somebody
was quicker (RFC 4511 4.6).
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from ldap3 import MODIFY_ADD, MODIFY_DELETE

from offboarding.interfaces import ConnectionFields, Revoker
from offboarding.model import Before, Revocable, StepSeen, SubjectKind
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources.ldap.active_directory import CONTROL, DISABLED, is_disabled
from offboarding.sources.ldap.directory import base_id
from offboarding.sources.ldap.dirsrv import LOCK
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import Flavor
from offboarding.sources.ldap.flavors import choose
from offboarding.sources.ldap.names import canonical
from offboarding.sources.ldap.results import INSUFFICIENT_ACCESS, SUCCESS
from offboarding.sources.ldap.session import Session, opened, refusal_of
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.ldap.standing import LOCKED, PERMANENT

RIGHTS = "docs/revocation.md"
_LOGIN_NAMES = ("uid", "sAMAccountName", "userPrincipalName")
_CHANGED_MEANWHILE = {16: "noSuchAttribute", 20: "attributeOrValueExists"}
"""What a server says where the old value isn't there any more, or another is (RFC 4511 appendix A)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How a directory's product is locked for good."""

    attribute: str
    locked: Callable[[str], str]
    """Its value, by the one that stood before; "" for none."""
    is_locked: Callable[[str], bool]
    says: str
    """A clause."""


def _disabled(control: str) -> str:
    if is_disabled(control) is None:
        raise FatalError(f"{CONTROL} can't be read. Grant read on it to the connection that revokes ({RIGHTS})")
    return str(int(control) | DISABLED)


_OPENLDAP = Lock(
    attribute=LOCKED,
    locked=lambda _: PERMANENT,
    is_locked=lambda value: value == PERMANENT,
    says=f"set {LOCKED} to {PERMANENT}",
)
_DIRSRV = Lock(
    attribute=LOCK,
    locked=lambda _: "true",
    is_locked=lambda value: value.lower() == "true",
    says=f"set {LOCK} to true",
)
_AD = Lock(
    attribute=CONTROL,
    locked=_disabled,
    is_locked=lambda value: is_disabled(value) is True,
    says=f"disable it ({CONTROL} 0x2)",
)
_LOCKS = {"openldap": _OPENLDAP, "389ds": _DIRSRV, "freeipa": _DIRSRV, "ad": _AD}
"""By product. One that has no locks has none here."""


def step(thing: Revocable) -> str | None:
    """What locks an account; None for what a directory can't take back, and where its product has no locks."""
    lock = _LOCKS.get(thing.product)
    return lock.says if lock and thing.kind is SubjectKind.ACCOUNT else None


def build(settings: LdapSettings, connection: ConnectionFields, reader: ConnectionFields, part: str) -> Revoker:
    """The revoker; nothing is contacted before its first method is called."""
    del part
    return LdapRevoker(settings, connection, own=(connection.login, reader.login))


class LdapRevoker:
    """Of one directory."""

    def __init__(self, settings: LdapSettings, connection: ConnectionFields, *, own: Sequence[str]) -> None:
        self._settings = settings
        self._connection = connection
        self._own = own
        self._where = f"sources.{settings.name}"

    def check(self) -> None:
        """That the login is taken, that this directory has locks, and that its own id can be seen."""
        with self._opened():
            pass

    def before(self, thing: Revocable) -> Before:
        """The lock's attribute, "" where it isn't there."""
        with self._at(thing) as (_, lock, entry):
            if entry is None:
                raise FatalError(f"{self._where}: account {thing.native_id} isn't there any more.")
            self._refuse_own(entry)
            value = entry.first(lock.attribute)
            if lock.is_locked(value):
                raise FatalError(f"{self._where}: account {thing.native_id} is locked already.")
            lock.locked(value)
            return {lock.attribute: value}

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
            if seen is wanted:
                return
            if entry is None or seen is StepSeen.CHANGED:
                raise self._changed(thing, lock)
            then, locked = before[lock.attribute], lock.locked(before[lock.attribute])
            old, new = (then, locked) if wanted is StepSeen.SET else (locked, then)
            changes = [(how, [value]) for how, value in ((MODIFY_DELETE, old), (MODIFY_ADD, new)) if value]
            with session.client() as client:
                asked = cast("Any", client)
                asked.modify(entry.dn, {lock.attribute: changes})
                refusal = refusal_of(asked.result)
            if refusal.code == SUCCESS:
                return
            if refusal.code in _CHANGED_MEANWHILE:
                raise self._changed(thing, lock)
            said = f"result {refusal.code} {refusal.description} {' '.join(refusal.text.split())}".rstrip()
            if refusal.code == INSUFFICIENT_ACCESS:
                raise FatalError(
                    f"{self._where}: {self._connection.login} may not write {lock.attribute} of account"
                    f" {thing.native_id} ({said}). Grant it that right alone ({RIGHTS})."
                )
            raise RetriableError(f"{self._where}: {lock.attribute} of account {thing.native_id}: {said}.")

    def _changed(self, thing: Revocable, lock: Lock) -> FatalError:
        return FatalError(
            f"{self._where}: {lock.attribute} of account {thing.native_id} says something else than it did:"
            " somebody changed it since, and nothing was done. Look at it, and do by hand what is right."
        )

    def _refuse_own(self, entry: Entry) -> None:
        """Never what we log in by: a DN, or one of the names that a directory takes in its place."""
        names = {canonical(entry.dn), *(value.casefold() for name in _LOGIN_NAMES for value in entry.values(name))}
        own = {form for login in self._own for form in _forms(login)}
        if names & own:
            raise FatalError(f"{self._where}: this account is one that the checker itself logs in by: never locked.")

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
            lock = _LOCKS.get(flavor.product(self._settings))
            if lock is None:
                raise FatalError(
                    f"{self._where}: this directory has no locks: nothing here opens again once it's shut."
                )
            yield session, flavor, lock, base_id(session, flavor.settle(self._settings), flavor)

    def _found(self, session: Session, flavor: Flavor, lock: Lock, thing: Revocable) -> Entry | None:
        wanted = (*flavor.id_attributes, *_LOGIN_NAMES, lock.attribute)
        pages = session.search(self._settings.base_dn, flavor.id_filter(thing.native_id), wanted, page_size=2)
        found = [entry for page in pages for entry in page if flavor.native_id(entry) == thing.native_id]
        if len(found) > 1:
            raise FatalError(f"{self._where}: {len(found)} entries have the id {thing.native_id}: nothing was done.")
        return next(iter(found), None)


def _forms(login: str) -> Iterator[str]:
    r"""What may stand for a login: a DN, CORP\reader, reader@corp.example also where no attribute holds that (MS-ADTS
    5.1.1.1.1).
    """
    yield canonical(login)
    name = login.casefold().rpartition("\\")[2]
    yield from (name, name.partition("@")[0])


def _seen(lock: Lock, entry: Entry | None, before: Before) -> StepSeen:
    if entry is None or lock.attribute not in before:
        return StepSeen.CHANGED
    value, then = entry.first(lock.attribute), before[lock.attribute]
    if value == then:
        return StepSeen.BEFORE
    return StepSeen.SET if value.lower() == lock.locked(then).lower() else StepSeen.CHANGED
