"""Whether a user's password, and each of their keys, lets somebody in, in three values.

A locked password stops no key: sshd asks PAM for the account alone, and by itself it refuses a lock (`!`) only without
PAM. A session that is open goes on, whatever is shut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import Standing
from offboarding.net.sshkeys.lines import KeyFileLine
from offboarding.sources._sessions import with_session
from offboarding.sources.ssh_hosts.admission import Admission, Obstacle, any_of, doubt, first, fits
from offboarding.sources.ssh_hosts.collection import HostKeyFile, PasswordState

Verdict = tuple[Standing, str]

_NO_FIT = {PasswordState.LOCKED: "its password is locked (!)", PasswordState.NONE: "it has no password (*)"}
_FLAGS = (
    *("agent-forwarding", "port-forwarding", "pty", "touch-required"),
    *("user-rc", "verify-required", "x11-forwarding"),
)
_OPTIONS = frozenset(
    {"cert-authority", "command", "environment", "expiry-time", "from", "permitlisten", "permitopen", "principals"}
    | {"restrict", "tunnel", *_FLAGS, *(f"no-{flag}" for flag in _FLAGS)}
)
"""That sshd knows; it refuses a line with another (sshd(8), AUTHORIZED_KEYS FILE FORMAT)."""


def judge_password(admission: Admission, *, in_session: bool | None) -> Verdict:
    """Of the account's own login: its password, and what else lets it in that isn't a key of a file.

    `in_session`: a process of it runs; None where that can't be told.
    """
    return with_session(*_new_session(admission), in_session=in_session)


def _new_session(admission: Admission) -> Verdict:
    obstacles, state = list(admission.obstacles()), admission.user.password
    everywhere = first([each for each in obstacles if each.everywhere])
    if everywhere and everywhere.standing is Standing.DEAD:
        return Standing.DEAD, everywhere.reason
    if state in _NO_FIT:
        return _without_password(admission, _NO_FIT[state], first(obstacles))
    if state in (PasswordState.OTHER, PasswordState.MISSING):
        return Standing.UNKNOWN, f"what /etc/shadow holds in its password's place isn't known here ({state})"
    refusal = first([*obstacles, *_of_passwords(admission)])
    if refusal is None:
        return Standing.WORKS, "sshd takes its password"
    why = refusal.reason
    if refusal.standing is Standing.DEAD:
        why = f"sshd doesn't take it ({why}), and the console and su may"
    return Standing.UNKNOWN, f"it has a password; {why}"


def _without_password(admission: Admission, why: str, obstacle: Obstacle | None) -> Verdict:
    if obstacle and obstacle.standing is Standing.DEAD:
        return Standing.DEAD, f"{why}; {obstacle.reason}"
    if others := _others(admission):
        return Standing.UNKNOWN, f"{why}; {others} may let it in all the same"
    return Standing.DEAD, why


def _others(admission: Admission) -> str:
    """What lets somebody in beside /etc/shadow and files of keys, by sshd's keyword or PAM's module; "" for none."""
    if not admission.user.settings:
        return "what sshd isn't known to ask"
    for name in ("AuthorizedKeysCommand", "TrustedUserCAKeys"):
        if admission.value(name.lower(), default="none") != "none":
            return name
    for name in ("GSSAPIAuthentication", "KerberosAuthentication", "HostbasedAuthentication"):
        if admission.is_on(name.lower(), default="no"):
            return name
    return admission.others_passwords()


def _of_passwords(admission: Admission) -> Iterator[Obstacle]:
    """What is in a password's way alone."""
    asked = admission.is_on("passwordauthentication", default="yes")
    spoken = admission.is_on("kbdinteractiveauthentication", "challengeresponseauthentication", default="yes")
    if not asked and not (spoken and admission.is_on("usepam", default="no")):
        yield admission.refused("PasswordAuthentication no")
    if admission.user.password is PasswordState.EMPTY and not admission.is_on("permitemptypasswords", default="no"):
        yield admission.refused("PermitEmptyPasswords no")
    if admission.user.uid == 0 and admission.value("permitrootlogin", default="yes") != "yes":
        yield admission.refused("PermitRootLogin without a password")
    yield from _of_methods(admission, ("password", "keyboard-interactive"))


def _of_methods(admission: Admission, names: Sequence[str]) -> Iterator[Obstacle]:
    """AuthenticationMethods: each word a list of what must all be shown."""
    lists = [word.split(",") for word in admission.value("authenticationmethods", default="any").split()]
    if ["any"] in lists or not lists:
        return
    theirs = [[method.partition(":")[0] for method in each] for each in lists]
    if any(set(each) <= set(names) for each in theirs):
        return
    if any(set(each) & set(names) for each in theirs):
        yield doubt("AuthenticationMethods asks for more than one thing")
    else:
        yield admission.refused("AuthenticationMethods doesn't take it")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyJudge:
    """Of a user's keys; what is in the way of all of them is worked out once."""

    admission: Admission
    obstacles: tuple[Obstacle, ...]
    as_of: datetime

    @staticmethod
    def of(admission: Admission) -> "KeyJudge":
        """Of this user."""
        shared = (*admission.obstacles(), *_of_keys(admission))
        return KeyJudge(admission=admission, obstacles=shared, as_of=admission.as_of)

    def judge(self, file: HostKeyFile, line: KeyFileLine) -> Verdict:
        """A line of a file."""
        found = first([*self.obstacles, *self._of_line(file, line)])
        if found is not None:
            return found.standing, found.reason
        # Their values may hold secrets, and stay where they are.
        limits = [name for name in line.options if name != "cert-authority"]
        limited = f", limited by {', '.join(limits)}" if limits else ""
        signs = "takes certificates that it signed" if line.is_authority else "takes it"
        return Standing.WORKS, f"sshd {signs} by {file.path} line {line.number}{limited}"

    def _of_line(self, file: HostKeyFile, line: KeyFileLine) -> Iterator[Obstacle]:
        here = f"{file.path} line {line.number}"
        if line.expires_at is not None and line.expires_at <= self.as_of:
            yield Obstacle(standing=Standing.DEAD, reason=f"its expiry-time is over at {here}", everywhere=False)
        forced = self.admission.value("permitrootlogin", default="yes") == "forced-commands-only"
        if forced and self.admission.user.uid == 0 and "command" not in line.options:
            yield self.admission.refused("PermitRootLogin forced-commands-only")
        accepted = line.is_authority or self._is_accepted(line.found.type)
        if accepted is not True:
            named = f"name {line.found.type}"
            yield (
                self.admission.refused(f"PubkeyAcceptedAlgorithms doesn't {named}")
                if accepted is False
                else doubt(f"PubkeyAcceptedAlgorithms may not {named}")
            )
        if line.odd_options:
            yield doubt(f"sshd may refuse the options at {here}, which it can't read")
        if strange := [name for name in line.options if name not in _OPTIONS]:
            yield doubt(f"sshd may not know the option {strange[0]} at {here}")
        if file.loose and self.admission.is_on("strictmodes", default="yes"):
            yield doubt(f"StrictModes may refuse {file.path}, since others may write it")

    def _is_accepted(self, kind: str) -> bool | None:
        """None where that can't be told. Older ones tell patterns as they are written."""
        accepted = self.admission.value("pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes", default="")
        # A key of RSA signs by any of three.
        names = ("ssh-rsa", "rsa-sha2-256", "rsa-sha2-512") if kind == "ssh-rsa" else (kind.lower(),)
        return not accepted or any_of(fits(name, pattern) for name in names for pattern in accepted.split(","))


def _of_keys(admission: Admission) -> Iterator[Obstacle]:
    """What is in the way of any key."""
    if not admission.is_on("pubkeyauthentication", default="yes"):
        yield admission.refused("PubkeyAuthentication no")
    if admission.value("revokedkeys", default="none") != "none":
        yield doubt("RevokedKeys may revoke it, which isn't looked at")
    yield from _of_methods(admission, ("publickey",))
