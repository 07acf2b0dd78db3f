"""What we ask of Vault, with hvac; its errors as ours."""

import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal, TypeVar, cast
from urllib.parse import quote

import httpx
import hvac
from hvac import exceptions
from hvac.adapters import JSONAdapter
from hvac.api import SystemBackend
from pydantic import BaseModel, ValidationError
from requests import exceptions as requests_exceptions

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import client_of
from offboarding.net.service.asking import Asker, in_short
from offboarding.net.service.budget import RequestBudget
from offboarding.net.service.requests_adapter import session_of
from offboarding.sources._http.on_disk import DiskRows
from offboarding.sources.vault._api.extra import VaultConnectionExtra
from offboarding.sources.vault._api.listing import MOST_MEGABYTES, ListedAlias, ListedName, aliases_in, names_in

PERMISSIONS = "docs/permissions/vault.md"

Answer = TypeVar("Answer", bound=BaseModel)
Purpose = Literal["inventory", "detail", "overhead"]
_ENDED = ("invalid accessor", "bad token")
"""What is said of a token that isn't there any more."""


class Health(BaseModel):
    """GET /v1/sys/health."""

    sealed: bool
    cluster_id: str = ""


class KeyList(BaseModel):
    """A list."""

    keys: tuple[str, ...]


class UnansweredPathError(Exception):
    """One path isn't answered, whatever the others are: a right is missing, or this server has no such path.

    The text names the path, and what came.
    """

    def __init__(self, text: str, *, denied: bool) -> None:
        super().__init__(text)
        self.denied = denied


class Vault:
    """One cluster, and the requests made of it."""

    def __init__(
        self,
        where: str,
        connection: ConnectionFields,
        extra: VaultConnectionExtra,
        seconds: float,
        max_requests: int | None = None,
    ) -> None:
        """`max_requests`: of one read; None for any number."""
        self.where = where
        self.namespace = (extra.namespace or "").strip("/")
        self.requests = RequestBudget(max_requests, "Raise max_requests.")
        self.purpose: Purpose = "inventory"
        """What is asked from now on is asked for this."""
        self._connection = connection
        self._extra = extra
        self._seconds = seconds
        self._client: Any = None
        self._asker: Any = None

    @property
    def asked(self) -> Mapping[str, int]:
        """Requests by purpose, so far."""
        return self.requests.asked

    @property
    def address(self) -> str:
        """https://host:port."""
        return f"https://{self._connection.host.removeprefix('https://')}:{self._connection.port or 8200}"

    @contextmanager
    def opened(self) -> Generator[None]:
        """Logged in, for one read. A token of our own making is revoked in the end."""
        self.requests.begin()
        http = client_of(self.where, self._connection, httpx.URL(self.address), seconds=self._seconds)
        self._asker = Asker(f"{self.where}: {self.address}", http)
        self._client = hvac.Client(
            url=self.address,
            token="",
            session=session_of(self._asker),
            namespace=self.namespace or None,
            strict_http=True,  # ?list=true in place of the verb LIST, which proxies refuse
        )
        try:
            self._log_in()
            yield
        finally:
            self._log_out()

    @property
    def makes_tokens(self) -> bool:
        """Whether each read logs in, by a role id, with a token of its own."""
        return bool(self._connection.login)

    def realm(self) -> str:
        """The cluster's own id, and the namespace where there is one. Raises RetriableError and FatalError."""
        health = self.health()
        if health.sealed:
            raise RetriableError(f"{self.where}: {self.address} is sealed. Unseal it.")
        if not health.cluster_id:
            raise FatalError(f"{self.where}: {self.address} tells no cluster_id: is that Vault's address?")
        return f"{health.cluster_id}/{self.namespace}" if self.namespace else health.cluster_id

    def health(self) -> Health:
        """Whether it's unsealed, and which cluster it is; needs no right. A standby answers, too. Raises RetriableError
        and FatalError.
        """
        # Of the whole cluster, and told in the root namespace alone.
        adapter = JSONAdapter.from_adapter(self._client.adapter)
        adapter.namespace = None
        system: Any = SystemBackend(adapter)
        try:
            answer = self._asked(
                "sys/health",
                lambda: system.read_health_status(
                    standby_ok=True, performance_standby_code=200, sealed_code=200, method="GET"
                ),
            )
            return self._parsed("sys/health", answer, Health)
        except UnansweredPathError as error:
            raise FatalError(f"{self.where}: {error}") from None

    def read(self, path: str, answer: type[Answer], called: str = "") -> Answer | None:
        """What lies at a path; None where there's nothing. `called`: the path as errors name it, without a name in it.
        Raises UnansweredPathError, RetriableError, FatalError.
        """
        found = self._asked(called or path, lambda: self._client.adapter.get(f"/v1/{path}"))
        return None if found is None else self._parsed(called or path, found.get("data"), answer)

    def listed(self, path: str, called: str = "") -> tuple[str, ...]:
        """The names at a path. Raises as `read`."""
        found = self._asked(called or path, lambda: self._client.adapter.list(f"/v1/{path}"))
        return () if found is None else self._parsed(called or path, found.get("data"), KeyList).keys

    def every_name(self, path: str) -> Iterator[str]:
        """Yield the names at a path where they may be very many: none is held. Raises as `read`, before the first."""
        with tempfile.TemporaryFile() as file:
            if not self._fetched(path, file):
                return iter(self.listed(path))  # where what is wrong is told
            names = (ListedName(name=name) for name in names_in(file))
            found = self._kept(path, ListedName, names, "keys")
        return (each.name for each in found)

    def every_alias(self, path: str) -> Iterator[ListedAlias]:
        """Yield the aliases in the list of entities at a path; none is held. Raises as `every_name`."""
        with tempfile.TemporaryFile() as file:
            if not self._fetched(path, file):
                if self.listed(path):  # where what is wrong is told
                    raise RetriableError(f"{self.where}: {path}: it answers anew. Try again in a minute.")
                return iter(())
            return iter(self._kept(path, ListedAlias, aliases_in(file), "key_info"))

    def _fetched(self, path: str, file: BinaryIO) -> bool:
        """Whether a whole list came, and lies there."""
        headers = {"X-Vault-Token": self._client.token, "X-Vault-Request": "true", "Accept-Encoding": "identity"}
        headers |= {"X-Vault-Namespace": self.namespace} if self.namespace else {}
        self.requests.spend(self.purpose, f"{self.where}: {self.address}/v1/{path}")
        url, most = f"{self.address}/v1/{path}?list=true", MOST_MEGABYTES << 20
        answer = self._asker.ask("GET", url, headers=headers, called=path, into=file, most=most)
        file.seek(0)
        return answer.is_success

    def _kept(self, path: str, model: type[Answer], rows: Iterator[Answer], field: str) -> DiskRows[Answer]:
        found = DiskRows(self.where, model)
        try:
            found.extend(rows)
        except ValueError:
            text = f"{self.address}/v1/{path}: not Vault's answer ({field}): is that its address?"
            raise UnansweredPathError(text, denied=False) from None
        return found

    def look_up(self, path: str, body: Mapping[str, str], answer: type[Answer], called: str = "") -> Answer | None:
        """What is told of a thing that is named in the body, by a POST that changes nothing; None where it isn't there
        any more. Raises as `read`.
        """
        try:
            found = self._asked(called or path, lambda: self._client.adapter.post(f"/v1/{path}", json=dict(body)))
        except UnansweredPathError as error:
            if any(said in str(error) for said in _ENDED):
                return None
            raise
        return None if found is None else self._parsed(called or path, found.get("data"), answer)

    def _log_in(self) -> None:
        role, secret = self._connection.login, self._connection.password
        if not role:
            self._client.token = secret
            return
        mount = self._extra.approle_mount
        try:
            self._asked(
                f"auth/{mount}/login",
                lambda: self._client.auth.approle.login(role_id=role, secret_id=secret, mount_point=mount),
                counted="overhead",
            )
        except UnansweredPathError as error:
            raise FatalError(f"{self.where}: {error}. Check role id and secret id of the connection.") from None
        keep_out(self._client.token)

    def _log_out(self) -> None:
        client, self._client = self._client, None
        try:
            if self._connection.login and client.token:
                self.requests.asked["overhead"] += 1
                client.auth.token.revoke_self()
        except (exceptions.VaultError, requests_exceptions.RequestException, OffboardingError):
            # It ends by itself soon, and what was read stands.
            return
        finally:
            client.adapter.close()

    def _asked(self, path: str, ask: Any, *, counted: str = "") -> Mapping[str, Any] | None:
        at = f"{self.address}/v1/{path}"
        what = f"{self.where}: {at}"
        self.requests.spend(counted or self.purpose, what)
        try:
            answer = ask()
        except (exceptions.Forbidden, exceptions.InvalidRequest, exceptions.Unauthorized) as error:
            raise UnansweredPathError(f"{at}: {_said(error)}", denied=True) from None
        except exceptions.InvalidPath as error:
            if "no handler for route" in _said(error):
                raise UnansweredPathError(f"{at}: nothing is mounted there", denied=False) from None
            return None
        except exceptions.VaultError as error:
            if "unsupported operation" in _said(error):  # 405, which hvac has no error of its own for
                raise UnansweredPathError(f"{at}: {_said(error)}", denied=False) from None
            raise RetriableError(f"{what}: {_said(error)}: it's sealed, busy or ill. Try again in a minute.") from None
        except requests_exceptions.RequestException as error:
            text = f"it can't be asked ({type(error).__name__}). Mend host and password of the connection."
            raise FatalError(f"{what}: {text}") from None
        if not isinstance(answer, dict):
            # hvac raises nothing of its own for sys/health.
            status = int(getattr(answer, "status_code", 0))
            if status == 429 or status >= 500:
                raise RetriableError(f"{what}: {status}: it's sealed, busy or ill. Try again in a minute.")
            text = "it answers with no JSON of Vault's: is that its address?"
            raise UnansweredPathError(f"{at}: {text}", denied=False)
        return cast("Mapping[str, Any]", answer)

    def _parsed(self, path: str, value: object, answer: type[Answer]) -> Answer:
        try:
            return answer.model_validate(value)
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
            text = f"{self.address}/v1/{path}: not Vault's answer ({fields}): is that its address?"
            raise UnansweredPathError(text, denied=False) from None


def part(text: str) -> str:
    """A name as one part of a path."""
    return quote(text, safe="")


def _said(error: exceptions.VaultError) -> str:
    """Vault's own words, in at most 200 characters."""
    errors = cast("Any", error).errors or [cast("Any", error).text or type(error).__name__]
    return in_short(" ".join(map(str, cast("list[object]", errors))))
