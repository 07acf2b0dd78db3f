"""Where a JWKS is: behind an OpenID issuer, at an address, at a Kubernetes API server, in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import ValidationError

from offboarding.interfaces import ConnectionFields, Strict
from offboarding.model.errors import ConfigError, FatalError
from offboarding.net import plain_file
from offboarding.net.page import Page, Web
from offboarding.net.urls import checked_url
from offboarding.verifiers.jwks.document import Document, document_of

"""The folder that holds `include/`; relative paths start there, whatever the worker's own folder is."""

DISCOVERY = "/.well-known/openid-configuration"
"""OpenID Connect Discovery 1.0, section 4."""

_NOT_FOUND = "Mend the address in issuers or urls, or ask whoever runs it where its JWKS is."
_CLUSTER = (
    "Bind the ClusterRole system:service-account-issuer-discovery to our service account, and see that host and token"
    " of the connection are right (docs/permissions/jwks.md)."
)
_CLUSTERS_OWN = ("svc", "cluster", "local", "localhost")
"""How names end that are the same in every cluster: https://kubernetes.default.svc.cluster.local."""

GetPage = Callable[[Web, str, str, Mapping[str, str]], Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A JWKS that was found."""

    realm: str
    """The issuer, the address, or what a file or cluster is called."""
    address: str
    """Where it lay, for people."""
    document: Document
    max_age: timedelta
    notes: tuple[str, ...] = ()
    """What else is to be said of this place: clauses."""


class JwksPlace(Protocol):
    """Where one is."""

    def published(self, get: GetPage) -> Published:
        """Read it. Raises as KeySource.collect."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An OpenID issuer: its discovery page names the JWKS."""

    web: Web
    issuer: str

    def published(self, get: GetPage) -> Published:
        """The JWKS of `jwks_uri`, under the issuer's name, which must be the one that was asked for."""
        url = self.issuer.removesuffix("/") + DISCOVERY
        what = f"{self.web.where}: {url}"
        read = document_of(what, get(self.web, url, _NOT_FOUND, {}))
        # OpenID Connect Discovery 1.0, section 4.3: they must be identical, or one host could speak for another.
        if read.get("issuer") != self.issuer:
            raise FatalError(
                f"{what}: it is of the issuer {shown(read.get('issuer'))}, not of {self.issuer}: nothing of it counts."
                " Write the issuer as it spells itself, if that's the same."
            )
        address = self._jwks_uri(what, read.get("jwks_uri"))
        page = get(self.web, address, _NOT_FOUND, {})
        document = document_of(f"{self.web.where}: {address}", page)
        return Published(
            realm=self.issuer, address=address, document=document, max_age=page.max_age, notes=_symmetric(read)
        )

    def _jwks_uri(self, what: str, uri: object) -> str:
        try:
            return checked_url(uri if isinstance(uri, str) else "")
        except ValueError as error:
            raise FatalError(
                f"{what}: its jwks_uri {shown(uri)} can't be asked: {error}. Ask whoever runs it, or write the"
                " address of its JWKS under urls."
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A JWKS's own address."""

    web: Web
    url: str

    def published(self, get: GetPage) -> Published:
        """The JWKS; its realm is the address."""
        page = get(self.web, self.url, _NOT_FOUND, {})
        document = document_of(f"{self.web.where}: {self.url}", page)
        return Published(realm=self.url, address=self.url, document=document, max_age=page.max_age)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A Kubernetes API server, which publishes the keys of its service accounts' tokens."""

    web: Web
    name: str
    server: str
    token: str = field(repr=False)

    def published(self, get: GetPage) -> Published:
        """The JWKS at /openid/v1/jwks. The realm is the cluster's issuer, or its name here where every cluster's issuer
        is called so (https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/).
        """
        headers = {"Authorization": f"Bearer {self.token}"}
        read = document_of(
            f"{self.web.where}: {self.server}{DISCOVERY}", get(self.web, self.server + DISCOVERY, _CLUSTER, headers)
        )
        address = f"{self.server}/openid/v1/jwks"
        page = get(self.web, address, _CLUSTER, headers)
        return Published(
            realm=self._realm(read.get("issuer")),
            address=address,
            document=document_of(f"{self.web.where}: {address}", page),
            max_age=page.max_age,
        )

    def _realm(self, issuer: object) -> str:
        try:
            host = urlsplit(checked_url(issuer if isinstance(issuer, str) else "")).hostname or ""
        except ValueError:
            return self.name
        return self.name if host.rpartition(".")[2] in _CLUSTERS_OWN else str(issuer)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A JWKS that a service reads from a file."""

    where: str
    name: str
    path: str
    max_bytes: int

    def published(self, get: GetPage) -> Published:
        """The JWKS; its realm is what the configuration calls whoever trusts it."""
        del get
        what = f"{self.where}: files.{self.name}"
        try:
            body = plain_file.read(plain_file.PROJECT / self.path, self.max_bytes)
        except FileNotFoundError as error:
            raise FatalError(f"{what}: there is no file {self.path} on this machine. Mend the path.") from error
        except OSError as error:
            raise FatalError(f"{what}: {self.path} can't be read ({error.strerror}). Let our user read it.") from error
        if len(body) > self.max_bytes:
            raise FatalError(
                f"{what}: {self.path} is larger than {self.max_bytes // 1024} KiB, and nothing of it was read. If"
                " that's right, raise max_kilobytes."
            )
        page = Page(url=self.path, body=body, media_type="", max_age=timedelta(0))
        return Published(realm=self.name, address=self.path, document=document_of(what, page), max_age=page.max_age)


class ClusterExtra(Strict):
    """The connection's extra."""

    token_file: str | None = None
    """A file with the token, read anew each time: what Kubernetes mounts into a pod changes."""
    ca_certs_file: str | None = None
    """PEM file of the cluster's own authority."""


def cluster_extra(where: str, connection: ConnectionFields) -> ClusterExtra:
    """The connection's extra. ConfigError names the field, never a value of it."""
    try:
        return ClusterExtra.model_validate(dict(connection.extra))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        fields = ".".join(("extra", *(str(part) for part in first["loc"])))
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: {fields}: {first['msg']}. It may hold token_file and"
            " ca_certs_file."
        ) from None


def cluster(web: Web, name: str, connection: ConnectionFields, extra: ClusterExtra) -> Cluster:
    """The cluster behind a connection. Raises ConfigError where it has no host or no token."""
    where = f"{web.where}: connection {connection.conn_id}"
    host = connection.host.removeprefix("https://").rstrip("/")
    port = f":{connection.port}" if connection.port else ""
    if "/" in host:
        raise ConfigError(f"{where}: host: it must be a name or an address alone, asked over https.")
    try:
        server = checked_url(f"https://{host}{port}")
    except ValueError as error:
        raise ConfigError(f"{where}: host: {error}.") from None
    return Cluster(web=web, name=name, server=server, token=_token(where, connection, extra))


def _token(where: str, connection: ConnectionFields, extra: ClusterExtra) -> str:
    token = connection.password
    if extra.token_file:
        try:
            token = Path(extra.token_file).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{where}: extra.token_file: {extra.token_file} can't be read.") from error
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"{where}: it needs a service account's token as password, or extra.token_file.")
    return token


def _symmetric(discovery: Document) -> tuple[str, ...]:
    """What no JWKS can show: keys that sign and verify alike."""
    algorithms = str(discovery.get("id_token_signing_alg_values_supported"))
    names = [name for name in ("HS256", "HS384", "HS512") if name in algorithms]
    note = (
        f"it says that it also signs with {', '.join(names)}, whose shared keys stand in no JWKS: enter them in the"
        " custody register"
    )
    return (note,) if names else ()


def shown(value: object) -> str:
    """What stands there, short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 200 else f"({len(text)} characters)"
