"""What keeps a user out whatever they show: by the account, its shell, and sshd's lists (sshd_config(5)).

As OpenSSH's `allowed_user` has it (https://github.com/openssh/openssh-portable/blob/master/auth.c). An account that has
expired is kept out of everything; whom sshd refuses may still get in by the console or su.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from offboarding.model import Standing
from offboarding.sources.ssh_hosts.collection import HostCollection, HostUser, PasswordState
from offboarding.sources.ssh_hosts.pam import others_than_shadow, pam_account

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_SHELLS = frozenset({"nologin", "false", "true", "sync", "shutdown", "halt", "git-shell"})
_FIXED = frozenset({"all", "user", "group", "invalid-user"})
"""What a Match may ask for that is known here."""
_WITHOUT_VALUE = frozenset({"all", "canonical", "final", "invalid-user"})
_CONDITION = re.compile(r'"[^"]*"|[^\s="]+')
_LOCAL = frozenset({"files", "compat", "systemd"})
"""Where the machine itself says who there is (nsswitch.conf(5)); systemd tells of no people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What is in the way."""

    standing: Standing
    """DEAD: it surely is. UNKNOWN: it may be."""
    reason: str
    everywhere: bool
    """Of the console and su as well."""


def first(obstacles: Sequence[Obstacle]) -> Obstacle | None:
    """The one that says most; None where the way is free."""
    for standing in (Standing.DEAD, Standing.UNKNOWN):
        for obstacle in obstacles:
            if obstacle.standing is standing:
                return obstacle
    return None


def has_shell(user: HostUser) -> bool:
    """Whether whoever gets in may run what they like. Without, they may still forward ports, or copy files."""
    return user.shell.rpartition("/")[2] not in _NO_SHELLS


def asked_by(condition: str) -> frozenset[str]:
    """What a Match asks for: "user", "address"."""
    words = iter(_CONDITION.findall(condition))
    found = set[str]()
    for word in words:
        found.add(word.lower())
        if word.lower() not in _WITHOUT_VALUE:
            next(words, None)
    return frozenset(found)


def elsewhere(host: HostCollection, database: str) -> tuple[str, ...]:
    """Where users ("passwd") or groups ("group") come from beside the machine's own files."""
    lines = (line.split() for line in host.nss)
    words = [word for name, *words in (line for line in lines if line) if name == f"{database}:" for word in words]
    return tuple(word for word in words if word not in _LOCAL and not word.startswith("["))


@dataclass(slots=True, kw_only=True)
class Admission:
    """Of one user, on one day."""

    host: HostCollection
    user: HostUser
    as_of: datetime

    @property
    def unsettled(self) -> str:
        """Why what sshd says of itself need not hold, a clause; "" where it does, wherever somebody comes from."""
        if not self.user.settings:
            return "sshd -T tells nothing of it: see why on the machine"
        condition = next((each for each in self.host.conditions if not asked_by(each) <= _FIXED), "")
        return f"what sshd asks depends on more than the user (Match {condition})" if condition else ""

    def value(self, *words: str, default: str) -> str:
        """What sshd says of the first of these keywords that it knows."""
        return next((self.user.settings[word][0] for word in words if word in self.user.settings), default).lower()

    def is_on(self, *words: str, default: str) -> bool:
        """Whether it says yes."""
        return self.value(*words, default=default) == "yes"

    @property
    def by_pam(self) -> bool:
        """Whether sshd asks PAM."""
        return self.is_on("usepam", default="yes")

    @property
    def _service(self) -> str:
        return self.value("pamservicename", default="sshd")

    def others_passwords(self) -> str:
        """By which modules PAM may take another password than /etc/shadow's; "" for none."""
        if not self.by_pam:
            return ""
        modules = others_than_shadow(self.host.pam, self._service)
        return "what PAM asks, which can't be followed," if modules is None else ", ".join(modules[:3])

    def refused(self, reason: str, *, everywhere: bool = False) -> Obstacle:
        """By a setting, as far as that's known to hold."""
        standing = Standing.UNKNOWN if self.unsettled else Standing.DEAD
        return Obstacle(standing=standing, reason=reason, everywhere=everywhere)

    def obstacles(self) -> Iterator[Obstacle]:
        """Yield what is in the way of a key and a password alike."""
        yield from self._of_the_account()
        if self.unsettled:
            yield doubt(self.unsettled)
        if not self.user.shell_there and self.value("chrootdirectory", default="none") == "none":
            yield self.refused(f"its shell {self.user.shell} isn't there, or can't be run", everywhere=True)
        elif not has_shell(self.user):
            yield doubt(f"it gets no shell ({self.user.shell}); forwarding and copying files may still work")
        if self.is_on("refuseconnection", default="no"):
            yield self.refused("RefuseConnection yes")
        if self.user.uid == 0 and self.value("permitrootlogin", default="yes") == "no":
            yield self.refused("PermitRootLogin no")
        yield from self._of_lists()

    def _of_the_account(self) -> Iterator[Obstacle]:
        user, today = self.user, (self.as_of - _EPOCH).days
        by_pam = self.by_pam
        pam = pam_account(self.host.pam, self._service) if by_pam else None
        # On the day itself PAM refuses, and sshd doesn't yet.
        if user.expires_on is not None and user.expires_on < today:
            if not by_pam or (pam and pam.asks_shadow):
                yield Obstacle(standing=Standing.DEAD, reason="the account has expired (/etc/shadow)", everywhere=True)
            else:
                yield doubt("the account has expired (/etc/shadow); whether PAM asks for that can't be told")
        if not by_pam:
            if user.password is PasswordState.LOCKED:
                yield self.refused("the account is locked (!), and sshd doesn't use PAM")
            return
        if pam is None:
            yield doubt("what PAM asks of sshd's users can't be followed")
        elif pam.others:
            yield doubt(f"PAM asks {', '.join(pam.others[:3])} too, by rules that aren't looked at")
        if _aged_out(user, today):
            yield doubt("its password is older than /etc/shadow allows, and PAM may refuse it")

    def _of_lists(self) -> Iterator[Obstacle]:
        yield from self._of_list("Users", self._is_meant)
        yield from self._of_list("Groups", self._is_in)

    def _of_list(self, what: str, means: Callable[[str], bool | None]) -> Iterator[Obstacle]:
        denied, allowed = (self._words(f"{verb}{what.lower()}") for verb in ("deny", "allow"))
        by_denial, by_leave = any_of(map(means, denied)), any_of(map(means, allowed))
        if denied and by_denial is not False:
            yield self._listed(f"Deny{what}", sure=by_denial is True)
        if allowed and by_leave is not True:
            yield self._listed(f"Allow{what}", sure=by_leave is False)

    def _listed(self, keyword: str, *, sure: bool) -> Obstacle:
        return self.refused(f"{keyword} keeps it out") if sure else doubt(f"{keyword} may keep it out")

    def _words(self, keyword: str) -> list[str]:
        return [word for line in self.user.settings.get(keyword, ()) for word in line.split()]

    def _is_meant(self, pattern: str) -> bool | None:
        """Where the pattern names a machine too, it depends on that."""
        name, at, _ = pattern.partition("@")
        meant = fits(self.user.login, name)
        return None if at and meant else meant

    def _is_in(self, pattern: str) -> bool | None:
        """Whether it's in such a group; one whose name wasn't told may be such a one, too."""
        gids, known = self.user.gids | {self.user.gid}, self.host.groups
        more = [None] if not self.user.gids or not gids <= known.keys() else []
        return any_of([*more, *(fits(name, pattern) for gid in gids for name in known.get(gid, ()))])


def doubt(reason: str) -> Obstacle:
    """It may be in the way."""
    return Obstacle(standing=Standing.UNKNOWN, reason=reason, everywhere=False)


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """True where one fits for sure, None where one may, False where none does."""
    found = set(answers)
    return True if True in found else None if None in found else False


def fits(name: str, pattern: str) -> bool | None:
    """As sshd's match_pattern: an asterisk and a question mark alone mean something; None: a negation."""
    if pattern.startswith("!"):
        return None
    parts = (".*" if letter == "*" else "." if letter == "?" else re.escape(letter) for letter in pattern)
    return re.fullmatch("".join(parts), name, re.DOTALL) is not None


def _aged_out(user: HostUser, today: int) -> bool:
    """As pam_unix has it: past what the password may be old, and past the days of grace after that."""
    if user.changed_on is None or user.max_days is None or user.inactive_days is None:
        return False
    age = today - user.changed_on
    return age > user.max_days and age > user.inactive_days and age > user.max_days + user.inactive_days
