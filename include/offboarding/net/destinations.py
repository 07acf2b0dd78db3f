"""Where a connection leads, and whether it may: whoever edits connections could send us to another host, or have us
speak without TLS, and what answers there decides who seems to be gone.

Each kind that takes a connection holds `destinations(settings, connection)`; `wiring` checks what it tells before
anything is sent. What the configuration says is the word of whoever may change the project.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from offboarding.config.strict import Strict
from offboarding.model.errors import ConfigError

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,252})|[0-9a-f:.]{2,45}(%[a-z0-9_.-]{1,32})?")
_PATTERN = re.compile(r"(\*\.)?[a-z0-9_][a-z0-9_.-]{0,252}|[0-9a-f:.]{2,45}")
_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:\d{1,5})?([/?][\x21-\x7e]*)?", re.IGNORECASE
)
"""Nothing that two readers could take two ways: no login, no backslash."""
_SOCKETS = ("/", "@")
"""How a path begins, or an abstract socket's name (libpq)."""
_PLAIN_SCHEMES = frozenset({"http", "ftp", "ws", "ldap", "telnet"})


SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
"""libpq's, the laxest first (https://www.postgresql.org/docs/current/libpq-ssl.html)."""
_LIBPQ_DEFAULT: SslMode = "prefer"
_SSL_MODES: tuple[SslMode, ...] = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def keep_unlogged(*drivers: str) -> None:
    """Silence the loggers of drivers: what goes wrong is raised, and they would log a server's words as they came."""
    for name in drivers:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _pattern(text: str) -> str:
    lowered = text.lower().rstrip(".")
    if not _PATTERN.fullmatch(lowered):
        raise ValueError(f"{text!r} is no host, such as ldap.corp.example, *.corp.example or 10.0.0.7, without port")
    return lowered


HostPattern = Annotated[str, AfterValidator(_pattern)]


class Pinned(Strict):
    """Where the connection of an entry may lead."""

    hosts: tuple[HostPattern, ...] = Field(
        default=(),
        min_length=1,
        description="The only hosts that the connection may name; *.corp.example is all below it.",
    )
    clear_text: bool = Field(
        default=False, description="The connection may speak without TLS to a host that isn't this machine."
    )


class StoreSettings(Strict):
    """Where the store's connection may lead."""

    hosts: tuple[HostPattern, ...] = Field(
        default=(), min_length=1, description="The only hosts that the connection may name."
    )
    sslmode: SslMode = Field(
        default="verify-full",
        description="The laxest sslmode that the connection may have, for a host that isn't this machine.",
    )


def _store(given: object) -> object:
    if isinstance(given, str) and given != "embedded":
        raise ValueError(f"is embedded, hosts and sslmode, or left out (got {given!r})")
    return given


StoreWord = Annotated[Literal["embedded"] | StoreSettings | None, BeforeValidator(_store)]
"""What stands under `store`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A host that a connection leads to."""

    host: str
    """A name or an address; a path or what begins with @ is a socket of this machine."""
    clear_text: bool
    """What is sent there may cross the network unencrypted."""
    fix: str = "Set its schema to https"
    """What to do against that: a clause."""
    lacks: str = "TLS"


def check(
    where: str,
    conn_id: str,
    pinned: Pinned,
    destinations: Iterable[Destination],
    *,
    allowed_by: str = "clear_text: true",
) -> None:
    """Raise ConfigError where one of them isn't allowed, or is no host. `where` begins the sentence."""
    for destination in destinations:
        host = destination.host.lower().rstrip(".").removeprefix("[").removesuffix("]")
        if not host.startswith(_SOCKETS) and not _HOST.fullmatch(host):
            raise ConfigError(f"{where}: connection {conn_id}: its host is no name or address alone. Mend it.")
        if pinned.hosts and not any(fnmatchcase(host, pattern) for pattern in pinned.hosts):
            raise ConfigError(
                f"{where}: connection {conn_id} names {host}, which isn't among hosts: {', '.join(pinned.hosts)}. "
                "Nothing was sent. If it's meant, add it there; else see who changed the connection."
            )
        if destination.clear_text and not pinned.clear_text and not is_local(host):
            raise ConfigError(
                f"{where}: connection {conn_id} would speak to {host} without {destination.lacks}: passwords and "
                "people's data could be read on the way, and answers forged. Nothing was sent. "
                f"{destination.fix}; or allow it by {allowed_by}."
            )


def is_local(host: str) -> bool:
    """Whether it's this machine: a socket, or a loopback address."""
    if host.startswith(_SOCKETS) or host.lower() == "localhost":
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def of_url(text: str, fix: str = "Write it with https") -> Destination:
    """Where an address leads; one that could be read in two ways leads nowhere that is allowed."""
    match = _URL.fullmatch(text)
    if match is None:
        return Destination(host="(no address)", clear_text=True, fix=fix)
    return Destination(host=match[1], clear_text=urlsplit(text).scheme.lower() in _PLAIN_SCHEMES, fix=fix)


def of_aws(endpoint_url: object) -> Iterator[Destination]:
    """AWS itself, or what the extra's `endpoint_url` names in its place."""
    if endpoint_url:
        yield of_url(str(endpoint_url), "Write endpoint_url with https")
    else:
        yield Destination(host="sts.amazonaws.com", clear_text=False)


def at_least(said: object, least: SslMode) -> bool:
    """Whether an sslmode is as strict as that; None is libpq's own default."""
    mode = str(said or _LIBPQ_DEFAULT)
    return mode in _SSL_MODES and _SSL_MODES.index(mode) >= _SSL_MODES.index(least)


def of_postgres(host: str, sslmode: object, least: SslMode = "require") -> Iterator[Destination]:
    """Each of the hosts that libpq tries in turn."""
    stricter = "" if least == _SSL_MODES[-1] else " or stricter"
    for each in host.split(","):
        yield Destination(
            host=each,
            clear_text=not at_least(sslmode, least),
            fix=f"Set sslmode in its extra to {least}{stricter}, and sslrootcert to the authorities' file (or system)",
            lacks=f"sslmode {least}{stricter}",
        )


def check_store(conn_id: str, settings: StoreSettings, host: str, sslmode: object) -> None:
    """Raise ConfigError where our own store's connection isn't allowed."""
    pinned = Pinned(hosts=settings.hosts) if settings.hosts else Pinned()
    found = of_postgres(host, sslmode, settings.sslmode)
    check("store", conn_id, pinned, found, allowed_by="store: {sslmode: ...}")


def of_extra(extra: Mapping[str, object]) -> Iterator[Destination]:
    """Whatever in an extra that isn't ours to know looks like a host: addresses, and values called host or endpoint."""
    for name, value in extra.items():
        if isinstance(value, Mapping):
            yield from of_extra({str(key): held for key, held in cast("Mapping[object, object]", value).items()})
        elif isinstance(value, str) and "://" in value:
            yield of_url(value)
        elif isinstance(value, str) and value and re.search("host|endpoint|server|proxy", name, re.IGNORECASE):
            yield Destination(host=value.partition(":")[0], clear_text=False)
