"""What `collect.sh` tells of a machine, taken apart strictly: what was cut off, or is written otherwise, is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from offboarding.sources._collected.lines import (
    CollectedMachine,
    CollectionError,
    number_in,
    plain,
    take_apart,
    text_of,
)

_DAYS = re.compile(r"-|-?\d{1,9}")


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
class HostCollection(CollectedMachine):
    """A machine."""

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
    users: list[HostUser] = field(default_factory=list[HostUser])


def read_collection(body: bytes) -> HostCollection:
    """The machine. Raises CollectionError."""
    found = HostCollection()

    def take(word: str, rest: bytes) -> None:
        if word == "key":
            found.users[-1].files[-1].lines.append(rest)
        else:
            _WORDS[word](found, text_of(rest))

    take_apart(body, "ssh_hosts", found, take)
    if len(found.users) != found.expected:
        there, should = len(found.users), max(found.expected, 0)
        raise CollectionError(f"tells of {there} users where it should of {should}. Collect it anew")
    if not (found.groups and found.users):
        raise CollectionError("lacks what collect.sh always tells. Collect it anew")
    return found


def _nss(found: HostCollection, text: str) -> None:
    found.nss.append(text)


def _pam(found: HostCollection, text: str) -> None:
    file, _, line = text.partition(" ")
    found.pam.append((file, line.strip()))


def _match(found: HostCollection, text: str) -> None:
    found.conditions.append(text)


def _running(found: HostCollection, text: str) -> None:
    found.running.add(number_in(text))


def _group(found: HostCollection, text: str) -> None:
    name, _, number = text.rpartition(":")
    found.groups.setdefault(number_in(number), []).append(name)


def _users(found: HostCollection, text: str) -> None:
    found.expected = number_in(text)


def _odd(found: HostCollection, text: str) -> None:
    found.odd = number_in(text)


def _user(found: HostCollection, text: str) -> None:
    login, uid, gid, name, home, shell = text.split(":")
    if not login:
        raise ValueError
    found.users.append(HostUser(login=login, uid=number_in(uid), gid=number_in(gid), name=name, home=home, shell=shell))


def _password(found: HostCollection, text: str) -> None:
    user = found.users[-1]
    state, changed, most, inactive, expires = text.split(" ")
    user.password = PasswordState(state)
    user.changed_on, user.max_days, user.inactive_days = _day(changed), _day(most), _day(inactive)
    user.expires_on = _day(expires)


def _shell(found: HostCollection, text: str) -> None:
    found.users[-1].shell_there = {"there": True, "missing": False}[text]


def _gids(found: HostCollection, text: str) -> None:
    found.users[-1].gids = frozenset(map(number_in, text.split()))


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
    "file": _file,
    "gids": _gids,
    "group": _group,
    "loose": _loose,
    "match": _match,
    "nss": _nss,
    "odd": _odd,
    "pam": _pam,
    "password": _password,
    "private": _private,
    "running": _running,
    "setting": _setting,
    "shell": _shell,
    "unread": _unread,
    "unsettled": _unsettled,
    "user": _user,
    "users": _users,
}


def _day(text: str) -> int | None:
    """None for what isn't said; -1 says the same (shadow(3))."""
    if not _DAYS.fullmatch(text):
        raise ValueError
    return None if text in ("-", "-1") else int(text)
