"""Where a connection leads, and whom it trusts there."""

import ssl
from collections.abc import Iterator
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx
import structlog

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination, is_local
from offboarding.net.transport import DeadlineTransport

log = structlog.get_logger("offboarding.net")


def address_of(where: str, connection: ConnectionFields, path: str = "") -> httpx.URL:
    """https where the connection says nothing else; a slash at the end. Airflow's host field may hold a whole URL."""
    host = connection.host if "://" in connection.host else f"{connection.schema or 'https'}://{connection.host}"
    try:
        url = httpx.URL(host)
        path = "/".join(part.strip("/") for part in (url.path, path))
        url = url.copy_with(port=connection.port or url.port, path=f"/{path.strip('/')}/".replace("//", "/"))
    except httpx.InvalidURL as error:
        raise ConfigError(f"{where}: connection {connection.conn_id}: no address in its host: {error}") from error
    if url.userinfo:
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: its host holds a login, which would be shown. Write it into"
            " login and password, or leave it out"
        )
    if not url.host:
        raise ConfigError(f"{where}: connection {connection.conn_id}: its host names no machine. Write its name there")
    if url.scheme not in {"http", "https"}:
        raise ConfigError(f"{where}: connection {connection.conn_id}: schema is http or https, not {url.scheme!r}")
    return url


def destination(where: str, connection: ConnectionFields) -> Iterator[Destination]:
    """The one host that the connection leads to."""
    address = address_of(where, connection)
    yield Destination(host=address.host, clear_text=address.scheme == "http")


def needed(where: str, connection: ConnectionFields, *fields: str) -> None:
    """Raises ConfigError for a field that is empty."""
    for field in fields:
        if not getattr(connection, field):
            raise ConfigError(
                f"{where}: connection {connection.conn_id} has no {field}. It needs a {', a '.join(fields)}"
            )


def client_of(
    where: str,
    connection: ConnectionFields,
    base: httpx.URL,
    *,
    seconds: float,
    exposed: str = "the password",
    **more: Any,
) -> httpx.Client:
    """A client that asks below `base`, and says so where what is to stay between us goes there unencrypted.

    `seconds`: for a whole call, from connecting to the end of the body. The environment's proxy is used for hosts other
    than this machine. extra.ca_certs_file: a PEM file of the authorities to trust, instead of the usual ones. Raises
    ConfigError.
    """
    local = is_local(base.host)
    if base.scheme == "http" and not local:
        log.warning("told without encryption", what=exposed, system=where, fix="schema https")
    return httpx.Client(
        base_url=base,
        timeout=seconds,
        transport=DeadlineTransport(_authorities(where, connection), proxy=None if local else _proxy_of(base)),
        **more,  # httpx's own: auth, headers
    )


def _authorities(where: str, connection: ConnectionFields) -> ssl.SSLContext:
    path = connection.extra.get("ca_certs_file")
    if not path:
        return httpx.create_ssl_context()
    try:
        return ssl.create_default_context(cafile=str(path))
    except OSError as error:
        raise ConfigError(f"{where}: extra.ca_certs_file {path} of {connection.conn_id}: {error}") from error


def _proxy_of(url: httpx.URL) -> httpx.Proxy | None:
    """Return the proxy that HTTP_PROXY or HTTPS_PROXY names, else ALL_PROXY; None for a host in NO_PROXY."""
    named = getproxies()
    proxy = named.get(url.scheme) or named.get("all")
    # NO_PROXY may list a host with its port, and an IPv6 address without brackets.
    if not proxy or proxy_bypass(url.host) or proxy_bypass(url.netloc.decode()):
        return None
    return httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
