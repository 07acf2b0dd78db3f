"""What PAM asks before it lets a user of sshd's in: the `account` and `auth` lines of /etc/pam.d (pam.d(5))."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"-?(account|auth)\s+(\[[^\]]*\]|\S+)\s+(\S+)", re.IGNORECASE)
_INCLUDE = re.compile(r"@include\s+(\S+)", re.IGNORECASE)
_OTHERS_FILES = ("include", "substack")
_DEEPEST = 8
_UNIX = "pam_unix.so"
_CAN_REFUSE = ("required", "requisite")
_HARMLESS = frozenset(
    {
        _UNIX,
        "pam_deny.so",
        "pam_faillock.so",
        "pam_localuser.so",
        "pam_nologin.so",
        "pam_permit.so",
        "pam_sss.so",
        "pam_systemd_home.so",
        "pam_usertype.so",
        "pam_winbind.so",
    }
)
"""Modules that refuse no user of /etc/passwd for good, but by what /etc/shadow says."""
_KNOW_NOBODY = frozenset(
    {
        "pam_cap.so",
        "pam_deny.so",
        "pam_env.so",
        "pam_faildelay.so",
        "pam_faillock.so",
        "pam_localuser.so",
        "pam_nologin.so",
        "pam_permit.so",
        "pam_sepermit.so",
        "pam_succeed_if.so",
        "pam_usertype.so",
    }
)
"""Modules that take no password themselves."""
_LETS_IN = re.compile(r"sufficient|\[.*\bsuccess=(done|\d).*\]")
"""What spares whoever a module is content with the ones that come after it."""


@dataclass(frozen=True, slots=True)
class PamLine:
    """A module that is asked."""

    control: str
    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PamAccount:
    """What it comes to."""

    asks_shadow: bool
    """Whoever's account has expired by /etc/shadow is refused, and nothing lets them in before."""
    others: tuple[str, ...]
    """Modules that may refuse a user by rules of their own."""


def pam_account(lines: Sequence[tuple[str, str]], service: str) -> PamAccount | None:
    """Of a service, by (file, line) each; None where that can't be followed."""
    stack = _asked(lines, service, "account")
    if stack is None:
        return None
    return PamAccount(
        asks_shadow=_asks_shadow(stack),
        others=tuple(dict.fromkeys(line.module for line in stack if _may_refuse(line))),
    )


def others_than_shadow(lines: Sequence[tuple[str, str]], service: str) -> tuple[str, ...] | None:
    """Modules that may let in whoever has no password in /etc/shadow; None where that can't be followed."""
    stack = _asked(lines, service, "auth")
    if stack is None or all(line.module != _UNIX for line in stack):
        return None
    return tuple(dict.fromkeys(line.module for line in stack if _may_let_in(line)))


def _asked(lines: Sequence[tuple[str, str]], service: str, facility: str) -> Sequence[PamLine] | None:
    """A service's modules in their order; None where they can't be followed."""
    files: dict[str, list[str]] = {}
    for file, line in lines:
        files.setdefault(file, []).append(line)
    try:
        return list(_stack(files, service if service in files else "other", facility, _DEEPEST))
    except LookupError:
        return None


def _stack(files: Mapping[str, Sequence[str]], name: str, facility: str, deep: int) -> Iterator[PamLine]:
    """Raises LookupError for a file that isn't there, that includes itself, or whose lines go on."""
    if not deep:
        raise LookupError(name)
    for line in filter(None, files[name]):
        if line.endswith("\\"):
            raise LookupError(name)
        if included := _INCLUDE.match(line):
            yield from _stack(files, included[1], facility, deep - 1)
            continue
        found = _LINE.match(line)
        if found is None:
            raise LookupError(name)
        control, module = found[2].lower(), found[3].rpartition("/")[2]
        if found[1].lower() != facility:
            continue
        if control in _OTHERS_FILES:
            yield from _stack(files, module, facility, deep - 1)
        else:
            yield PamLine(control, module)


def _asks_shadow(stack: Sequence[PamLine]) -> bool:
    for at, line in enumerate(stack):
        if line.module == _UNIX:
            return line.control in _CAN_REFUSE or _is_debian_s(stack[at : at + 2])
        if line.control not in _CAN_REFUSE:
            return False
    return False


def _is_debian_s(lines: Sequence[PamLine]) -> bool:
    """Success jumps over the next line, which refuses (pam-auth-update(8))."""
    control = lines[0].control
    words = set(control.strip("[]").split())
    return (
        control.startswith("[")
        and "default=ignore" in words
        and "success=1" in words
        and words <= {"default=ignore", "success=1", "new_authtok_reqd=done"}
        and len(lines) == 2
        and lines[1] == PamLine("requisite", "pam_deny.so")
    )


def _may_refuse(line: PamLine) -> bool:
    return line.module not in _HARMLESS and (line.control in _CAN_REFUSE or line.control.startswith("["))


def _may_let_in(line: PamLine) -> bool:
    return line.module != _UNIX and (line.module not in _KNOW_NOBODY or _LETS_IN.fullmatch(line.control) is not None)
