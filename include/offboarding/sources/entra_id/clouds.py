"""Where a tenant lies: Microsoft's own cloud, or a national one.

https://learn.microsoft.com/en-us/graph/deployments
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, needed

GRAPH = "graph.microsoft.com"
_SIGN_IN = {
    GRAPH: "login.microsoftonline.com",
    "graph.microsoft.us": "login.microsoftonline.us",
    "dod-graph.microsoft.us": "login.microsoftonline.us",
    "microsoftgraph.chinacloudapi.cn": "login.partner.microsoftonline.cn",
}
_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def graph_of(where: str, connection: ConnectionFields) -> httpx.URL:
    """Where Microsoft Graph answers, with a slash at the end. Raises ConfigError."""
    return address_of(where, replace(connection, host=connection.host or GRAPH), "v1.0")


def sign_in_of(where: str, connection: ConnectionFields) -> httpx.URL:
    """Where the reader is let in: the one that belongs to the cloud, or extra.login_host. Raises ConfigError."""
    graph = graph_of(where, connection).host
    host = str(connection.extra.get("login_host") or _SIGN_IN.get(graph, ""))
    if not host:
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: nobody knows where one signs in for {graph}. Write it into"
            " extra.login_host, such as login.microsoftonline.com"
        )
    address = address_of(where, replace(connection, host=host, port=None, schema="https"))
    if address.scheme != "https":
        raise ConfigError(f"{where}: connection {connection.conn_id}: extra.login_host is asked by https alone")
    return address


def tenant_of(where: str, connection: ConnectionFields) -> str:
    """The tenant's own id, which no rename changes. Raises ConfigError."""
    needed(where, connection, "login", "password")
    tenant = str(connection.extra.get("tenant_id") or "").strip().lower()
    if not _TENANT.fullmatch(tenant):
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: extra.tenant_id is the Directory (tenant) ID of the"
            " application's overview, 8-4-4-4-12 digits and letters from a to f; not a domain"
        )
    return tenant


def places(where: str, connection: ConnectionFields) -> Iterator[Destination]:
    """Yield both hosts."""
    for address in (graph_of(where, connection), sign_in_of(where, connection)):
        yield Destination(host=address.host, clear_text=address.scheme == "http")
