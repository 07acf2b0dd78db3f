"""What a Kubernetes API server is asked, and how: lists of one moment to their end, of Secrets the metadata alone.

https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import httpx
import jwt
from pydantic import BaseModel

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import object_in, retry_after
from offboarding.net.service.api import ApiPage, HttpApi, NotAnsweredError, Purpose
from offboarding.net.service.asking import in_short
from offboarding.sources._http.on_disk import DiskRows
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.answers import ObjectList, OnlyMetadata
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings

PAGE = "docs/permissions/kubernetes.md"
PAGE_SIZE = 500
MOST_BEGINNINGS = 3
"""Of one list, whose pages are of one moment that the server forgets after some minutes."""
CORE, RBAC, CERTIFICATES = "api/v1", "apis/rbac.authorization.k8s.io/v1", "apis/certificates.k8s.io/v1"
SYSTEM = "kube-system"
"""The namespace that every cluster has, and whose id is the cluster's."""
_FORGOTTEN = 410
_ONLY_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_LISTED_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
"""Without another form beside it: a server that has none of this says 406, and no values."""
_Row = TypeVar("_Row", bound=BaseModel)


class KubernetesApi(HttpApi):
    """One cluster's API server, asked by one connection."""

    system, page = "Kubernetes", PAGE
    renewed_by = "Renew the token: see the connection's password, or its extra.token_file"

    def __init__(self, settings: KubernetesSettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host")
        self._token = _token(where, connection)
        base = address_of(where, connection)
        super().__init__(where, settings, connection, base, {"Accept": "application/json"})

    @property
    def reader(self) -> str:
        """Whose a service account's token is, by what it says itself; "" of any other token."""
        try:
            said = jwt.decode(self._token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return ""
        return str(said.get("sub", ""))

    def cluster(self) -> str:
        """The cluster's own id. Raises NotAnsweredError where it isn't told."""
        called = f"namespaces/{SYSTEM}"
        found = self.one(f"{CORE}/{called}", "overhead", OnlyMetadata, called, accept=_ONLY_METADATA)
        return found.metadata.uid

    def metadata(self, path: str, purpose: Purpose, called: str) -> OnlyMetadata | None:
        """Of one object; None where it isn't there. Raises as `ask`."""
        return self.maybe(path, purpose, OnlyMetadata, called, accept=_ONLY_METADATA)

    def listed_metadata(
        self, path: str, purpose: Purpose, unread: UnreadRows, **parameters: str
    ) -> DiskRows[OnlyMetadata]:
        """Of each object of a list. Raises FatalError for whole ones, which aren't looked at, and as `ask`."""
        return self._listed(path, purpose, OnlyMetadata, unread, "PartialObjectMetadataList", parameters)

    def listed(self, path: str, purpose: Purpose, model: type[_Row], unread: UnreadRows, kind: str) -> DiskRows[_Row]:
        """Each object of a list. `kind`: what such a list is called. Raises as `ask`."""
        return self._listed(path, purpose, model, unread, kind, {})

    def authorization(self) -> str:
        """By the token."""
        return f"Bearer {self._token}"

    def words(self, answer: httpx.Response) -> str:
        """Its `message`."""
        return in_short(str(object_in(answer).get("message", "")))

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """By retry-after (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/)."""
        return (retry_after(answer.headers) or 1) if answer.status_code == 429 else None

    def lacking(self, answer: httpx.Response) -> str:
        """The right that its ClusterRole hasn't."""
        if answer.status_code != 403:
            return ""
        path = answer.request.url.path.split("/")
        if len(path) > 2 and path[-2] in {"namespaces", "serviceaccounts", "configmaps"}:
            return f"Grant get on {path[-2]}."
        spared = ", or say secrets: false" if path[-1] == "secrets" else ""
        return f"Grant list on {path[-1]}{spared}."

    def _listed(
        self,
        path: str,
        purpose: Purpose,
        model: type[_Row],
        unread: UnreadRows,
        kind: str,
        parameters: dict[str, str],
    ) -> DiskRows[_Row]:
        called = path.rpartition("/")[2]
        for _ in range(MOST_BEGINNINGS):
            found, broken = DiskRows(self.where, model), UnreadRows()
            try:
                for page in self._pages(path, purpose, called, kind, parameters):
                    found.extend(broken.rows(f"{self.where}: {called}", model, page))
            except NotAnsweredError as missing:
                if missing.status != _FORGOTTEN:
                    raise
                continue
            unread.sentences.extend(broken.sentences)
            return found
        raise FatalError(
            f"{self.where}: {called}: {MOST_BEGINNINGS} times the server forgot the list before its last page. Read it"
            " at a quieter time"
        )

    def _pages(
        self, path: str, purpose: Purpose, called: str, kind: str, parameters: dict[str, str]
    ) -> Iterator[list[object]]:
        query = httpx.QueryParams({**parameters, "limit": str(PAGE_SIZE)})

        def read(answer: httpx.Response, url: str) -> ApiPage:
            del url
            page = self.parsed(answer, ObjectList, called)
            if page.kind != kind:
                raise self.no_answer(called)
            more = page.metadata.following
            return ApiPage(rows=page.items or [], following=f"{path}?{query.set('continue', more)}" if more else None)

        accept = _LISTED_METADATA if kind.startswith("Partial") else ""
        return self.pages(f"{path}?{query}", purpose, called, read, accept=accept)


def part(text: str) -> str:
    """As a part of a path."""
    return quote(text, safe="")


def _token(where: str, connection: ConnectionFields) -> str:
    token, file = connection.password, connection.extra.get("token_file")
    if file:
        try:
            token = Path(str(file)).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise ConfigError(
                f"{where}: connection {connection.conn_id}: extra.token_file: {file} can't be read on this machine"
            ) from None
        keep_out(token)
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(
            f"{where}: connection {connection.conn_id} has no token. Write a service account's into its password, or"
            " name a file of it in extra.token_file"
        )
    return token
