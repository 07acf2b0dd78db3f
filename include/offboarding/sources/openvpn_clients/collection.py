"""What `collect.sh` tells of a machine, taken apart strictly: what was cut off, or is written otherwise, is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from offboarding.sources._collected import CollectionError, framed, plain

_MACHINE = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\d{1,100}")
_IN_NO_FILE = re.compile(r"[\x00-\x1f\x7f/]")


@dataclass(slots=True, kw_only=True)
class ToldServer:
    """A configuration of OpenVPN's, and what lies where it says."""

    path: str
    runs: bool
    options: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    """Those that decide who gets in, in their order."""
    authorities: list[str] = field(default_factory=list[str])
    """As base64 of DER, as all certificates here."""
    crls: list[str] = field(default_factory=list[str])
    asks: str = ""
    """What `crl-verify` names: "file", "directory", or nothing."""
    revoked: set[int] = field(default_factory=set[int])
    """Numbers in that directory."""
    clients: dict[str, str] = field(default_factory=dict[str, str])
    """Names in `client-config-dir`: plain, disabled or odd."""
    connected: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """Common names in the status file, as of when that was written."""
    changed: list[str] = field(default_factory=list[str])
    """What was written after the server began, and may not be what it goes by."""
    odd: list[str] = field(default_factory=list[str])
    """What could not be told, clauses."""


@dataclass(slots=True, kw_only=True)
class ToldFolder:
    """What an authority keeps of what it issued."""

    path: str
    authorities: list[str] = field(default_factory=list[str])
    index: list[str] = field(default_factory=list[str])
    certificates: list[str] = field(default_factory=list[str])
    odd: list[str] = field(default_factory=list[str])
    """What could not be told, clauses with their fix."""


@dataclass(slots=True, kw_only=True)
class ToldMachine:
    """A machine."""

    made_at: datetime | None = None
    name: str = ""
    """What it calls itself."""
    machine: str = ""
    """Made of its machine-id."""
    expected: int = -1
    lines: int = 0
    servers: list[ToldServer] = field(default_factory=list[ToldServer])
    folders: list[ToldFolder] = field(default_factory=list[ToldFolder])


def file_of(common_name: str) -> str:
    """Of a client in `client-config-dir`, as OpenVPN since 2.3 calls it (platform_gen_path): its name as it is, with
    blanks and letters of any script, but for what no file's name may hold.
    """
    return _IN_NO_FILE.sub("_", common_name)


def read_collection(body: bytes) -> ToldMachine:
    """The machine. Raises CollectionError."""
    found = ToldMachine()
    for number, row in enumerate(framed(body, "openvpn_clients"), 2):
        word, _, rest = row.decode("utf-8", "backslashreplace").partition(" ")
        try:
            if word in _HEAD:
                _HEAD[word](found, rest)
            else:
                _WORDS[word](found, rest)
                found.lines += 1
        except CollectionError:
            raise
        except (ValueError, LookupError, OverflowError):
            raise CollectionError(f"line {number} isn't as collect.sh writes it. Collect it anew") from None
    if found.lines != found.expected:
        raise CollectionError(
            f"tells of servers in {found.lines} lines where it should in {max(found.expected, 0)}. Collect it anew"
        )
    if not (found.made_at and found.machine and found.name):
        raise CollectionError("lacks what collect.sh always tells. Collect it anew")
    return found


def _refused(found: ToldMachine, text: str) -> None:
    del found
    raise CollectionError(f"tells nothing: on that machine {plain(text)} (docs/permissions/openvpn_clients.md)")


def _at(found: ToldMachine, text: str) -> None:
    found.made_at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _name(found: ToldMachine, text: str) -> None:
    found.name = plain(text)


def _machine(found: ToldMachine, text: str) -> None:
    if not _MACHINE.fullmatch(text):
        raise ValueError
    found.machine = text


def _lines(found: ToldMachine, text: str) -> None:
    found.expected = _number(text)


def _server(found: ToldMachine, text: str) -> None:
    process, _, path = text.partition(" ")
    found.servers.append(ToldServer(path=plain(path) or f"process {process}", runs=_number(process) > 0))


def _option(found: ToldMachine, text: str) -> None:
    found.servers[-1].options.append(tuple(text.split("\t")))


def _crl_file(found: ToldMachine, text: str) -> None:
    del text
    found.servers[-1].asks = "file"


def _crl_directory(found: ToldMachine, text: str) -> None:
    del text
    found.servers[-1].asks = "directory"


def _revoked(found: ToldMachine, text: str) -> None:
    found.servers[-1].revoked.add(_number(text))


def _client(found: ToldMachine, text: str) -> None:
    state, _, name = text.partition(" ")
    if state not in ("plain", "disabled", "odd"):
        raise ValueError
    found.servers[-1].clients[name] = state


def _connected(found: ToldMachine, text: str) -> None:
    seconds, _, name = text.partition(" ")
    found.servers[-1].connected[name] = datetime.fromtimestamp(_number(seconds), UTC)


def _folder(found: ToldMachine, text: str) -> None:
    found.folders.append(ToldFolder(path=plain(text)))


_HEAD: Mapping[str, Callable[[ToldMachine, str], None]] = {
    "at": _at,
    "lines": _lines,
    "machine": _machine,
    "name": _name,
    "refused": _refused,
}
_WORDS: Mapping[str, Callable[[ToldMachine, str], None]] = {
    "authority": lambda found, text: found.folders[-1].authorities.append(text),
    "ca": lambda found, text: found.servers[-1].authorities.append(text),
    "certificate": lambda found, text: found.folders[-1].certificates.append(text),
    "changed": lambda found, text: found.servers[-1].changed.append(plain(text)),
    "client": _client,
    "connected": _connected,
    "crl": lambda found, text: found.servers[-1].crls.append(text),
    "crldirectory": _crl_directory,
    "crlfile": _crl_file,
    "folder": _folder,
    "index": lambda found, text: found.folders[-1].index.append(text),
    "odd": lambda found, text: found.servers[-1].odd.append(plain(text)),
    "option": _option,
    "revoked": _revoked,
    "server": _server,
}


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return int(text)
