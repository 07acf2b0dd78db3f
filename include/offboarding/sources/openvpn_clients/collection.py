"""What `collect.sh` tells of a machine, taken apart strictly: what was cut off, or is written otherwise, is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.model.days import epoch_moment
from offboarding.sources._collected.lines import CollectedMachine, number_in, plain, take_counted

_SERIAL_DIGITS = 100
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
class ToldMachine(CollectedMachine):
    """A machine."""

    servers: list[ToldServer] = field(default_factory=list[ToldServer])
    folders: list[ToldFolder] = field(default_factory=list[ToldFolder])


def file_of(common_name: str) -> str:
    """Of a client in `client-config-dir`, as OpenVPN since 2.3 calls it (platform_gen_path): its name as it is, with
    blanks and letters of any script, but for what no file's name may hold.
    """
    return _IN_NO_FILE.sub("_", common_name)


def read_collection(body: bytes) -> ToldMachine:
    """The machine. Raises CollectionError."""
    return take_counted(body, "openvpn_clients", ToldMachine(), _WORDS, "servers")


def _server(found: ToldMachine, text: str) -> None:
    process, _, path = text.partition(" ")
    found.servers.append(ToldServer(path=plain(path) or f"process {process}", runs=number_in(process) > 0))


def _option(found: ToldMachine, text: str) -> None:
    found.servers[-1].options.append(tuple(text.split("\t")))


def _crl_file(found: ToldMachine, text: str) -> None:
    del text
    found.servers[-1].asks = "file"


def _crl_directory(found: ToldMachine, text: str) -> None:
    del text
    found.servers[-1].asks = "directory"


def _revoked(found: ToldMachine, text: str) -> None:
    found.servers[-1].revoked.add(number_in(text, _SERIAL_DIGITS))


def _client(found: ToldMachine, text: str) -> None:
    state, _, name = text.partition(" ")
    if state not in ("plain", "disabled", "odd"):
        raise ValueError
    found.servers[-1].clients[name] = state


def _connected(found: ToldMachine, text: str) -> None:
    seconds, _, name = text.partition(" ")
    at = epoch_moment(number_in(seconds))
    if at is None:
        raise ValueError
    found.servers[-1].connected[name] = at


def _folder(found: ToldMachine, text: str) -> None:
    found.folders.append(ToldFolder(path=plain(text)))


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
