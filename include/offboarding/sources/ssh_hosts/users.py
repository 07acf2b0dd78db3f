"""A host's users as accounts, and the keys that let them in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from offboarding.interfaces import ReadContext
from offboarding.model import Account, AccountKey, Credential, IdentityKeyKind, IdentityKeyOrigin, Standing, SubjectKind
from offboarding.net.sshkeys.lines import KeyFileLine, Unread, lines
from offboarding.sources.ssh_hosts.admission import Admission, has_shell
from offboarding.sources.ssh_hosts.collection import HostCollection, HostKeyFile, HostUser, PasswordState
from offboarding.sources.ssh_hosts.standing import KeyJudge, Verdict, judge_password

_FIRST_PERSON, _NOBODY = 1000, 65534
"""UID_MIN, as distributions set it (login.defs(5)), and the overflow user."""
_POWERFUL = ("sudo", "wheel")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORST_FIRST = (Standing.WORKS, Standing.UNKNOWN, Standing.DEAD)
AUTHORITY = "cert-authority "
"""Begins the native id of a key that signs certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """What is told of a user."""

    account: Account
    credentials: tuple[Credential, ...]
    unread: tuple[str, ...]
    """Why some of its keys weren't seen, sentences without a full stop."""


@dataclass(frozen=True, slots=True)
class _JudgedKey:
    """A line, and what it comes to."""

    file: HostKeyFile
    line: KeyFileLine
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDescriber:
    """Of one host."""

    host: HostCollection
    called: str
    """As its administrators call it."""
    realm: str
    context: ReadContext

    def users(self) -> Iterator[UserFacts]:
        """Yield everybody but the system's own users that have no way in at all."""
        for user in self.host.users:
            if not self._is_furniture(user):
                yield self._facts(user)

    def _is_furniture(self, user: HostUser) -> bool:
        return (
            _is_of_the_system(user)
            and user.uid != 0
            and not has_shell(user)
            and user.password in (PasswordState.LOCKED, PasswordState.NONE)
            # Where sshd says nothing, which files of keys there are isn't known.
            and bool(user.settings)
            and not user.files
        )

    def _facts(self, user: HostUser) -> UserFacts:
        admission = Admission(host=self.host, user=user, as_of=self.context.as_of)
        judge, unread = KeyJudge.of(admission), list[str]()
        if not user.settings:
            unread.append(
                f"the keys of {_id(user)} aren't checked: sshd -T doesn't tell where they lie. See why on the machine"
            )
        judged = [
            _JudgedKey(file, line, judge.judge(file, line))
            for file in user.files
            for line in _lines(user, file, unread)
        ]
        by_id: dict[str, list[_JudgedKey]] = {}
        for each in judged:
            by_id.setdefault(_native_id(each.line), []).append(each)
        return UserFacts(
            account=self._account(user, admission, judged),
            credentials=tuple(self._credential(user, native_id, found) for native_id, found in by_id.items()),
            unread=tuple(unread),
        )

    def _account(self, user: HostUser, admission: Admission, judged: Sequence[_JudgedKey]) -> Account:
        service_like = _is_of_the_system(user) or self.context.is_workload(user.login)
        standing, reason = judge_password(admission, in_session=self._in_session(user, service_like=service_like))
        powerful = self._power(user)
        return Account(
            realm=self.realm,
            native_id=_id(user),
            label=f"{user.login}@{self.called}",
            login=user.login,
            display_name=user.name.partition(",")[0],
            keys=tuple(_keys(user, judged)),
            standing=standing,
            standing_reason=reason,
            reached_by=self.called,
            keeps_password=True,  # by what others decide it isn't told to work
            password_set_at=_day(user.changed_on) if user.password is PasswordState.SET else None,
            service_like=service_like,
            privileged=True if powerful else None,
            privileged_by=powerful,
        )

    def _in_session(self, user: HostUser, *, service_like: bool) -> bool | None:
        """Whether it goes on as it is; a workload's processes are no session."""
        if service_like or user.uid not in self.host.running:
            return False
        return True if sum(other.uid == user.uid for other in self.host.users) == 1 else None

    def _power(self, user: HostUser) -> str:
        """What makes it privileged, as far as that's told; what sudoers say beside isn't read."""
        if user.uid == 0:
            return "uid 0"
        names = [name for gid in sorted(user.gids | {user.gid}) for name in self.host.groups.get(gid, ())]
        patterns = (*_POWERFUL, *self.context.privileged_names)
        return next((f"group {name}" for name in names if any(fnmatchcase(name, each) for each in patterns)), "")

    def _credential(self, user: HostUser, native_id: str, found: Sequence[_JudgedKey]) -> Credential:
        """The same key on several lines is as alive as the liveliest."""
        best = min(found, key=lambda each: _WORST_FIRST.index(each.verdict[0]))
        standing, reason = best.verdict
        ends = [each.line.expires_at for each in found]
        authority = AUTHORITY if best.line.is_authority else ""
        return Credential(
            realm=self.realm,
            account_native_id=_id(user),
            kind=SubjectKind.SSH_KEY,
            native_id=native_id,
            label=f"{authority}{best.line.label}",
            standing=standing,
            standing_reason=reason,
            fingerprint="" if authority else best.line.fingerprint,
            expires_at=max((end for end in ends if end), default=None) if all(ends) else None,
        )


def _lines(user: HostUser, file: HostKeyFile, unread: list[str]) -> Iterator[KeyFileLine]:
    """Those that hold a key; the others are noted."""
    if file.private:
        unread.append(
            f"THE PRIVATE HALF OF A KEY LIES IN {file.path}: nothing of it was collected, and none of the keys there is"
            " checked. Take it out, and replace the key"
        )
    elif file.unread:
        unread.append(f"{file.path} of {_id(user)} isn't checked: {file.unread}. Mend it, or take it away")
    for line in lines(b"\n".join(file.lines), options=True):
        if isinstance(line, Unread):
            unread.append(f"{file.path} of {_id(user)}: line {line.number} {line.sentence}")
        else:
            yield line


def _keys(user: HostUser, judged: Sequence[_JudgedKey]) -> Iterator[AccountKey]:
    origin = IdentityKeyOrigin.ATTRIBUTE
    yield AccountKey(kind=IdentityKeyKind.LOGIN, value=user.login, origin=origin, name="login")
    theirs = (each.line.fingerprint for each in judged if not each.line.is_authority)
    for fingerprint in dict.fromkeys(theirs):
        yield AccountKey(kind=IdentityKeyKind.SSH_KEY, value=fingerprint, origin=origin, name="authorized_keys")


def _id(user: HostUser) -> str:
    """A number alone is given to others in time."""
    return f"{user.uid}/{user.login}"


def _is_of_the_system(user: HostUser) -> bool:
    return user.uid < _FIRST_PERSON or user.uid == _NOBODY


def _native_id(line: KeyFileLine) -> str:
    return f"{AUTHORITY if line.is_authority else ''}{line.fingerprint}"


def _day(days: int | None) -> datetime | None:
    try:
        return _EPOCH + timedelta(days=days) if days else None
    except OverflowError:
        return None
