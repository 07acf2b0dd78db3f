"""A system that is asked over HTTP: within a budget, patiently, and lists to their proved end."""

import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import sleep
from typing import BinaryIO, ClassVar, Literal, TypeVar, cast

import httpx
from pydantic import BaseModel, ValidationError

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.service.address import client_of
from offboarding.net.service.answers import retry_after
from offboarding.net.service.asking import MOST_BYTES, WHERE_IT_LEADS, Asker, in_short, is_passing, redirects
from offboarding.net.service.budget import HttpBudget, OneAccountBudgetError, RequestBudget

Purpose = Literal["inventory", "detail", "overhead"]
_Answer = TypeVar("_Answer", bound=BaseModel)


class NotAnsweredError(FatalError):
    """One thing that is asked isn't answered, whatever else is: a right is missing, or it isn't there."""

    def __init__(self, text: str, *, status: int) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """A part of a list."""

    rows: list[object]
    following: str | None
    """Where the next lies, whole or below the address that is asked; None after the last."""


class HttpApi(ABC):
    """What asks one system by one connection. A kind says what its vendor has of its own.

    Errors begin with `where` and with what was asked, `called`: the path without anybody's name.
    """

    system: ClassVar[str]
    """As errors name it."""
    page: ClassVar[str]
    """What says which rights are needed."""
    renewed_by: ClassVar[str] = "Renew the token: see the connection's password"
    """What is to be done once it doesn't let us in."""
    spared_by: ClassVar[str] = "Raise max_requests"

    def __init__(
        self,
        where: str,
        settings: HttpBudget,
        connection: ConnectionFields,
        base: httpx.URL,
        headers: Mapping[str, str],
    ) -> None:
        """`base` ends with a slash. Nothing is asked yet. Raises ConfigError as `client_of`."""
        self.where = where
        self.base = base
        self.requests = RequestBudget(settings.max_requests, self.spared_by)
        self._budget = settings
        given = {"Accept-Encoding": "identity", "User-Agent": "offboarding", **headers}
        seconds = settings.timeout_seconds
        client = client_of(where, connection, base, seconds=seconds, exposed="the token", headers=given)
        self.asker = Asker(where, client)
        self.begin()
        weakref.finalize(self, client.close)

    def begin(self) -> None:
        """A read's budgets begin here."""
        self._waited = 0.0
        self.requests.begin()

    @property
    def asked(self) -> Mapping[str, int]:
        """Requests by purpose, so far."""
        return self.requests.asked

    @abstractmethod
    def authorization(self) -> str:
        """The header's value by now. Raises as `ask` where it has to be fetched, and isn't given."""

    @abstractmethod
    def words(self, answer: httpx.Response) -> str:
        """What it says itself of a refusal, in short and without secrets; "" for nothing."""

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """Of a refusal since it was asked too often, by the vendor's own headers; None of any other answer.

        Unless a vendor has its own: as Retry-After says, and a minute where nothing says it.
        """
        return (retry_after(answer.headers) or 60) if answer.status_code == 429 else None

    def lacking(self, answer: httpx.Response) -> str:
        """Which right a refusal says is missing, in whole sentences; "" where it says nothing."""
        del answer
        return ""

    def may_pass(self, answer: httpx.Response) -> bool:
        """Whether it may answer otherwise in a while."""
        return is_passing(answer) or answer.status_code == 409

    def shuts_out(self, answer: httpx.Response) -> bool:
        """Whether a refusal is of the connection, whatever it asks."""
        return answer.status_code == 401

    def one(self, path: str, purpose: Purpose, model: type[_Answer], called: str, *, accept: str = "") -> _Answer:
        """What lies there. Raises as `ask`."""
        return self.parsed(self.ask("GET", path, purpose, called=called, accept=accept), model, called)

    def maybe(
        self, path: str, purpose: Purpose, model: type[_Answer], called: str, *, accept: str = ""
    ) -> _Answer | None:
        """The same, and None for 404: only where somebody who may not see it would get 403."""
        try:
            return self.one(path, purpose, model, called, accept=accept)
        except NotAnsweredError as missing:
            if missing.status == 404:
                return None
            raise

    def pages(
        self,
        url: str,
        purpose: Purpose,
        called: str,
        read: Callable[[httpx.Response, str], ApiPage],
        *,
        accept: str = "",
    ) -> Iterator[list[object]]:
        """Yield a list page by page. `read`: what an answer holds, and where the next lies, by the URL it came from.

        Raises FatalError for a list that has no end or leads elsewhere, and as `ask`.
        """
        # Hashes, since of addresses a hundred thousand people's pages would hold a third of a megabyte.
        seen, before = set[int](), b""
        following: str | None = url
        while following is not None:
            url = self._within(following, called)
            if hash(url) in seen:
                raise FatalError(f"{self.where}: {called}: its pages lead in a circle, so that nobody knows the rest")
            seen.add(hash(url))
            answer = self.ask("GET", url, purpose, called=called, accept=accept)
            page = read(answer, url)
            if page.rows and answer.content == before:
                raise FatalError(f"{self.where}: {called}: the same page came twice, so that nobody knows the rest")
            before, following = answer.content, page.following
            yield page.rows

    def ask(
        self,
        method: str,
        url: str,
        purpose: Purpose,
        *,
        called: str,
        body: object | None = None,
        form: Mapping[str, str] | None = None,
        xml: bytes | None = None,
        authorization: str | None = None,
        accept: str = "",
        into: BinaryIO | None = None,
        most: int = MOST_BYTES,
    ) -> httpx.Response:
        """An answer that is one, however often it has to be asked for within the read's budgets.

        `authorization` in the usual one's place; "" for none, where what is sent says itself who asks. `accept`: in
        which form it's wanted, where that isn't the usual one. `into` and `most` as an Asker's.

        Raises NotAnsweredError for a refusal that concerns this alone, FatalError for one that concerns the connection
        and for a budget that is used up, RetriableError for what may pass.
        """
        what = f"{self.where}: {called}"
        while True:
            self._count(purpose, what)
            # Anew after each wait, in which a token may have ended.
            given = self.authorization() if authorization is None else authorization
            headers = {"Authorization": given} if given else {}
            headers |= {"Accept": accept} if accept else {}
            content = xml
            if xml is not None:
                headers["Content-Type"] = "text/xml; charset=utf-8"
            if form is not None:
                content = str(httpx.QueryParams(form)).encode()
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            answer = self.asker.ask(
                method, url, body=body, content=content, headers=headers, called=called, into=into, most=most
            )
            seconds = self.seconds_to_wait(answer)
            if seconds is None:
                break
            self._waited += seconds
            if self._waited > self._budget.max_wait_minutes * 60:
                limit = f"It was asked too often: try again in {seconds} seconds"
                raise RetriableError(f"{what}: {self._told(answer)}. {limit}")
            purpose = "overhead"
            sleep(seconds)
        if answer.is_success:
            return answer
        raise self._refusal(what, answer)

    def parsed(self, answer: httpx.Response, model: type[_Answer], called: str) -> _Answer:
        """As a model. Raises FatalError, without what was told."""
        try:
            return model.model_validate_json(answer.content)
        except ValidationError:
            raise self.no_answer(called) from None

    def json(self, answer: httpx.Response, called: str) -> object:
        """As it came. Raises FatalError for what is no JSON."""
        try:
            return cast("object", answer.json())
        except (ValueError, RecursionError):
            raise self.no_answer(called) from None

    def no_answer(self, called: str) -> FatalError:
        """What isn't as this system answers."""
        return FatalError(f"{self.where}: {called}: not {self.system}'s answer. {WHERE_IT_LEADS}")

    def _count(self, purpose: Purpose, what: str) -> None:
        try:
            self.requests.spend(purpose, what)
        except OneAccountBudgetError as spent:
            raise NotAnsweredError(str(spent), status=0) from None

    def _within(self, url: str, called: str) -> str:
        """The whole address of what is asked next; only of whom we were sent to."""
        try:
            whole = self.base.join(url)
        except httpx.InvalidURL:
            raise self.no_answer(called) from None
        if (whole.scheme, whole.host, whole.port) != (self.base.scheme, self.base.host, self.base.port):
            raise FatalError(
                f"{self.where}: {called}: its next page lies on another host, {whole.host}. Nothing is sent"
            )
        return str(whole)

    def _told(self, answer: httpx.Response) -> str:
        return f"{answer.status_code}, {in_short(self.words(answer)) or 'no reason told'}"

    def _refusal(self, what: str, answer: httpx.Response) -> FatalError | RetriableError:
        said = f"{what}: {self._told(answer)}"
        if self.may_pass(answer):
            return RetriableError(f"{said}. It's busy or ill: try again in a minute")
        if self.shuts_out(answer):
            return FatalError(f"{said}. {self.renewed_by}")
        if answer.is_redirect:
            return FatalError(f"{said}: {redirects(answer)}, and isn't followed. {WHERE_IT_LEADS}")
        missing = self.lacking(answer)
        return NotAnsweredError(f"{said}.{f' {missing}' if missing else ''} See {self.page}", status=answer.status_code)
