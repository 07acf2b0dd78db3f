"""The drivers by which fsspec reads a store: what each is told of a connection, and where that leads.

The driver is the deployment's to install: gcsfs, adlfs, smbprotocol.
"""

import atexit
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError
from offboarding.model.redaction import keep_out
from offboarding.net.destinations import Destination, keep_unlogged, of_extra, of_url
from offboarding.rosters.csv.openpgp import OWN_FIELDS
from offboarding.rosters.csv.stores import scheme_of

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

AZURE = ("abfs", "abfss", "az")
GOOGLE = ("gs", "gcs")
CONNECT_SECONDS = 10
"""To a share."""
_BLOCK = 1 << 18
"""What is fetched at a time; adlfs would hold 50 MB of its own accord."""
_BY_ITSELF: Mapping[str, Mapping[str, object]] = {
    **{key: {"access": "read_only", "block_size": _BLOCK} for key in GOOGLE},
    **{key: {"blocksize": _BLOCK} for key in AZURE},
}
"""What a driver is told whoever asks. gcsfs would ask for a token that may write."""
_NAMED = ("host", "port", "username", "password")
"""A connection's fields, as most drivers call them."""
_SMB_PORT = 445
_SCHEMES_FIX = "Use a scheme that is encrypted, such as sftp"
_LOGS = ("adlfs", "azure", "fsspec", "gcsfs", "google.auth", "smbprotocol", "smbclient", "spnego")


def driver_of(address: str, connection: ConnectionFields | None, where: str) -> "AbstractFileSystem":
    """The driver, ready. Raises ConfigError, or FatalError where none is installed; its own errors where it asks."""
    scheme, options = scheme_of(address), _options(address, connection, where)
    try:
        from fsspec import get_filesystem_class  # noqa: PLC0415 - see interfaces

        # gcsfs' own default asks by gRPC first what kind of bucket it is: a minute where no gRPC gets through.
        made = import_module("gcsfs.core").GCSFileSystem if scheme in GOOGLE else get_filesystem_class(scheme)
    except (ImportError, ValueError) as error:
        raise FatalError(
            f"{where}: no driver for {scheme}:// ({error}). Install it where the tasks run, or mend path."
        ) from error
    keep_unlogged(*_LOGS)
    if scheme == "smb":
        _forget_sessions(options)
    return cast("AbstractFileSystem", made(**options))


def path_of(address: str) -> str:
    """As the driver has it."""
    if scheme_of(address) == "smb":
        return _without_host(address)
    from fsspec.core import strip_protocol  # noqa: PLC0415 - see interfaces

    return cast("str", strip_protocol(address))


def destinations(address: str, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    scheme, extra = scheme_of(address), _extra(connection)
    if scheme in AZURE:
        yield from _azure_hosts(connection)
    elif scheme in GOOGLE:
        yield of_url(str(extra.get("endpoint_url") or "https://storage.googleapis.com"))
        with suppress(ConfigError):  # which is told where it's read
            yield from of_extra(_google_key(connection, ""))
    elif scheme == "smb":
        yield from _share_hosts(address, connection)
    elif connection.host:
        yield of_url(f"{scheme}://{connection.host}", _SCHEMES_FIX)
    yield from of_extra(extra)


def _options(address: str, connection: ConnectionFields | None, where: str) -> dict[str, object]:
    """What the driver is made with; the connection's extra holds whatever else it takes."""
    scheme = scheme_of(address)
    # Listings must be of now: a driver that keeps them would miss tonight's delivery, and who writes meanwhile.
    now: dict[str, object] = {"skip_instance_cache": True, "use_listings_cache": False}
    extra = _extra(connection)
    if scheme == "smb":
        # Who is asked, and as whom, stands in the connection's own fields: that was checked.
        extra = {name: value for name, value in extra.items() if name not in _NAMED}
        options = _of_share(address, connection, where)
    elif connection is None:
        options = _BY_ITSELF.get(scheme, {})
    elif scheme in GOOGLE:
        key = _google_key(connection, where)
        options = {**_BY_ITSELF["gs"], **({"token": key} if key else {})}
    elif scheme in AZURE:
        options = {**_BY_ITSELF["abfs"], **_of_azure(connection, where)}
    else:
        named = (connection.host, connection.port, connection.login, connection.password)
        options = {name: value for name, value in zip(_NAMED, named, strict=True) if value}
    return {**options, **extra, **now}


def _extra(connection: ConnectionFields | None) -> dict[str, object]:
    held = connection.extra if connection else dict[str, object]()
    return {name: value for name, value in held.items() if name not in OWN_FIELDS}


# --- SMB --------------------------------------------------------------------------------------------------------------


def _of_share(address: str, connection: ConnectionFields | None, where: str) -> dict[str, object]:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(f"{where}: path is no address ({error}): write smb://HOST/SHARE/FOLDER/.") from error
    if connection is None or not (connection.login and connection.password):
        raise ConfigError(f"{where}: nobody logs in. Name an Airflow connection with a login and a password.")
    if connection.host and host and connection.host.lower() != host:
        named = f"{where}: connection {connection.conn_id}"
        raise ConfigError(f"{named} names the host {connection.host}, and path {host}: mend one of them.")
    if not (connection.host or host) or not _without_host(address).strip("/"):
        raise ConfigError(f"{where}: the host or the share is missing: write smb://HOST/SHARE/FOLDER/.")
    return {
        "host": connection.host or host,
        "port": connection.port or port or _SMB_PORT,
        "username": connection.login,
        "password": connection.password,
        # Else what people earn and who leaves crosses the network for anybody to read.
        "encrypt": True,
        # By default nobody else could open HR's file as long as we read it, HR's own job included.
        "share_access": "rwd",
        "timeout": CONNECT_SECONDS,
        "register_session_retries": 0,
    }


def _share_hosts(address: str, connection: ConnectionFields) -> Iterator[Destination]:
    """The connection's host; the path's own only where the connection would have it asked in clear text."""
    clear_text = connection.extra.get("encrypt", True) is not True
    named = re.match("[^:]*://([^/:]*)", address) if clear_text else None
    if host := connection.host or (named[1] if named else ""):
        fix = "Set encrypt in its extra to true, or leave it out"
        yield Destination(host=host, clear_text=clear_text, fix=fix, lacks="encryption")


def _without_host(address: str) -> str:
    return re.sub("^[^:]*://[^/]*", "", address).rstrip("/")


def _forget_sessions(options: Mapping[str, object]) -> None:
    """Each read logs in by its own: smbclient takes a session of whoever was first at that host, with any password."""
    smbclient = import_module("smbclient")
    with suppress(Exception):  # it says goodbye to whom it forgot before
        smbclient.delete_session(options["host"], port=options["port"])
    # It would say goodbye when the process ends, and wait for a server that doesn't answer.
    atexit.unregister(smbclient.reset_connection_cache)


# --- Google -----------------------------------------------------------------------------------------------------------


def _google_key(connection: ConnectionFields, where: str) -> dict[str, object]:
    """Of a service account: the password is the file that Google made. Raises ConfigError, which says nothing of it."""
    if not connection.password:
        return {}
    try:
        key: object = json.loads(connection.password)
    except ValueError:
        key = None
    if not isinstance(key, dict):
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: its password is no key of a service account. Paste the whole "
            "file that Google made, with its braces."
        )
    held = cast("dict[str, object]", key)
    keep_out(*(line for line in str(held.get("private_key", "")).splitlines() if not line.startswith("-----")))
    return held


# --- Azure ------------------------------------------------------------------------------------------------------------


def _of_azure(connection: ConnectionFields, where: str) -> dict[str, object]:
    if "connection_string" in connection.extra:
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: a connection_string stands in its extra, which Airflow shows. "
            "Paste it as the password, without a login."
        )
    if connection.password and not connection.login:
        _settings(connection.password)  # which keeps them out of errors
        return {"connection_string": connection.password}
    named = {"account_name": connection.login, "account_key": connection.password}
    return {name: value for name, value in named.items() if value}


def _azure_hosts(connection: ConnectionFields) -> Iterator[Destination]:
    if connection.login or not connection.password:
        account = connection.login or str(connection.extra.get("account_name", ""))
        if not connection.extra.get("account_host"):  # which is told with the rest of the extra
            yield of_url(f"https://{account}.blob.core.windows.net")
        return
    settings = _settings(connection.password)
    endpoints = [value for value in settings.values() if "://" in value]
    if "BLOBENDPOINT" not in settings:
        suffix = settings.get("ENDPOINTSUFFIX", "core.windows.net")
        scheme = settings.get("DEFAULTENDPOINTSPROTOCOL", "https")
        endpoints.append(f"{scheme}://{settings.get('ACCOUNTNAME', '')}.blob.{suffix}")
    for endpoint in endpoints:
        yield of_url(endpoint)


def _settings(connection_string: str) -> dict[str, str]:
    """As the client reads it: names in any case, the last of the same counts. Its secrets stay out of errors."""
    parts = (part.partition("=") for part in connection_string.split(";"))
    settings = {name.strip().upper(): value.strip() for name, _, value in parts if name.strip()}
    keep_out(settings.get("ACCOUNTKEY", ""), settings.get("SHAREDACCESSSIGNATURE", ""))
    return settings
