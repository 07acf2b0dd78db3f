"""What `collect.sh` tells of a machine, taken apart strictly: what was cut off, or is written otherwise, is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from offboarding.sources._collected import CollectionError, framed, plain

_MACHINE = re.compile(r"[0-9a-f]{32}")
_DAYS = re.compile(r"-|-?\d{1,9}")
_NUMBER = re.compile(r"\d{1,10}")


class PasswordState(StrEnum):
    """What /etc/shadow holds in a password's place."""

    SET = "set"
    EMPTY = "empty"
    LOCKED = "locked"
    """It begins with an exclamation mark."""
    NONE = "none"
    """An asterisk: nothing fits."""
    OTHER = "other"
    MISSING = "missing"
    """There is no line."""


@dataclass(slots=True, kw_only=True)
class HostKeyFile:
    """A file that AuthorizedKeysFile names for a user."""

    path: str
    lines: list[bytes] = field(default_factory=list[bytes], repr=False)
    loose: bool = False
    """Others may write it, or a folder above it."""
    unread: str = ""
    """Why it couldn't be read, a clause."""
    private: bool = False
    """A private key stands in it, so nothing of it was collected."""


@dataclass(slots=True, kw_only=True)
class HostUser:
    """A line of /etc/passwd, and what bears on it."""

    login: str
    uid: int
    gid: int
    name: str
    """For people; users may write it themselves."""
    home: str
    shell: str
    password: PasswordState = PasswordState.MISSING
    changed_on: int | None = None
    """Days since 1970, as the next three: of the password."""
    max_days: int | None = None
    inactive_days: int | None = None
    expires_on: int | None = None
    """Of the account."""
    shell_there: bool = False
    gids: frozenset[int] = frozenset()
    """Of every group that it's in; none where that couldn't be told."""
    settings: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """What sshd says of itself for this user (`sshd -T`), each keyword's lines; none where it says nothing."""
    files: list[HostKeyFile] = field(default_factory=list[HostKeyFile])


@dataclass(slots=True, kw_only=True)
class HostCollection:
    """A machine."""

    made_at: datetime | None = None
    name: str = ""
    """What it calls itself."""
    machine: str = ""
    """Made of its machine-id."""
    nss: list[str] = field(default_factory=list[str])
    """Lines of /etc/nsswitch.conf that say where users and groups come from."""
    pam: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(file, line) of /etc/pam.d; each file begins with an empty line."""
    conditions: list[str] = field(default_factory=list[str])
    """Of each Match in sshd's configuration."""
    running: set[int] = field(default_factory=set[int])
    """Users by whom a process runs."""
    groups: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    """Names by number."""
    odd: int = 0
    """Lines of /etc/passwd that are no user's."""
    expected: int = -1
    """How many users it tells of."""
    users: list[HostUser] = field(default_factory=list[HostUser])


def read_collection(body: bytes) -> HostCollection:
    """The machine. Raises CollectionError."""
    found = HostCollection()
    for number, row in enumerate(framed(body, "ssh_hosts"), 2):
        try:
            _take(found, row)
        except CollectionError:
            raise
        except (ValueError, LookupError, OverflowError):
            raise CollectionError(f"line {number} isn't as collect.sh writes it. Collect it anew") from None
    _need_all(found)
    return found


def _need_all(found: HostCollection) -> None:
    if len(found.users) != found.expected:
        there, should = len(found.users), max(found.expected, 0)
        raise CollectionError(f"tells of {there} users where it should of {should}. Collect it anew")
    if not (found.made_at and found.machine and found.name and found.groups and found.users):
        raise CollectionError("lacks what collect.sh always tells. Collect it anew")


def _take(found: HostCollection, row: bytes) -> None:
    """A line. Raises ValueError and the like where it isn't as it should be."""
    word, _, rest = row.partition(b" ")
    if word == b"key":
        found.users[-1].files[-1].lines.append(rest)
    else:
        _WORDS[word.decode("ascii")](found, rest.decode("utf-8", "backslashreplace"))


def _refused(found: HostCollection, text: str) -> None:
    del found
    raise CollectionError(f"tells nothing: on that machine {plain(text)} (docs/permissions/ssh_hosts.md)")


def _at(found: HostCollection, text: str) -> None:
    found.made_at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _name(found: HostCollection, text: str) -> None:
    found.name = plain(text)


def _machine(found: HostCollection, text: str) -> None:
    if not _MACHINE.fullmatch(text):
        raise ValueError
    found.machine = text


def _nss(found: HostCollection, text: str) -> None:
    found.nss.append(text)


def _pam(found: HostCollection, text: str) -> None:
    file, _, line = text.partition(" ")
    found.pam.append((file, line.strip()))


def _match(found: HostCollection, text: str) -> None:
    found.conditions.append(text)


def _running(found: HostCollection, text: str) -> None:
    found.running.add(_number(text))


def _group(found: HostCollection, text: str) -> None:
    name, _, number = text.rpartition(":")
    found.groups.setdefault(_number(number), []).append(name)


def _users(found: HostCollection, text: str) -> None:
    found.expected = _number(text)


def _odd(found: HostCollection, text: str) -> None:
    found.odd = _number(text)


def _user(found: HostCollection, text: str) -> None:
    login, uid, gid, name, home, shell = text.split(":")
    if not login:
        raise ValueError
    found.users.append(HostUser(login=login, uid=_number(uid), gid=_number(gid), name=name, home=home, shell=shell))


def _password(found: HostCollection, text: str) -> None:
    user = found.users[-1]
    state, changed, most, inactive, expires = text.split(" ")
    user.password = PasswordState(state)
    user.changed_on, user.max_days, user.inactive_days = _day(changed), _day(most), _day(inactive)
    user.expires_on = _day(expires)


def _shell(found: HostCollection, text: str) -> None:
    found.users[-1].shell_there = {"there": True, "missing": False}[text]


def _gids(found: HostCollection, text: str) -> None:
    found.users[-1].gids = frozenset(map(_number, text.split()))


def _unsettled(found: HostCollection, text: str) -> None:
    del text
    found.users[-1].settings.clear()


def _setting(found: HostCollection, text: str) -> None:
    word, _, value = text.partition(" ")
    found.users[-1].settings.setdefault(word, []).append(value)


def _file(found: HostCollection, text: str) -> None:
    found.users[-1].files.append(HostKeyFile(path=text))


def _unread(found: HostCollection, text: str) -> None:
    found.users[-1].files[-1].unread = plain(text)


def _private(found: HostCollection, text: str) -> None:
    del text
    found.users[-1].files[-1].private = True


def _loose(found: HostCollection, text: str) -> None:
    del text
    found.users[-1].files[-1].loose = True


_WORDS: Mapping[str, Callable[[HostCollection, str], None]] = {
    "at": _at,
    "file": _file,
    "gids": _gids,
    "group": _group,
    "loose": _loose,
    "machine": _machine,
    "match": _match,
    "name": _name,
    "nss": _nss,
    "odd": _odd,
    "pam": _pam,
    "password": _password,
    "private": _private,
    "refused": _refused,
    "running": _running,
    "setting": _setting,
    "shell": _shell,
    "unread": _unread,
    "unsettled": _unsettled,
    "user": _user,
    "users": _users,
}


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return int(text)


def _day(text: str) -> int | None:
    """None for what isn't said; -1 says the same (shadow(3))."""
    if not _DAYS.fullmatch(text):
        raise ValueError
    return None if text in ("-", "-1") else int(text)
