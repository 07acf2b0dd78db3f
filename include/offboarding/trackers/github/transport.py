"""What PyGithub asks by, in the place of requests: one host, an answer within bounds, errors of ours."""

from collections.abc import ItemsView
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.service.asking import WHERE_IT_LEADS, Asker, check, redirects

if TYPE_CHECKING:
    from github import Github, GithubIntegration
    from github.Requester import Requester

MOST_REDIRECTS = 3
"""In a row: a repository was renamed, and then the issue moved."""
_CLASSES = ("connectionClass", "httpConnectionClass", "httpsConnectionClass")


def ask_by(github: "Github", asker: Asker, base: httpx.URL) -> None:
    """Let it, and what it gets an App's tokens by, ask nobody but `base`, by the asker.

    PyGithub takes classes for this from a whole process alone, which isn't ours: so they are put into what asks. Raises
    AttributeError where its version calls them otherwise.
    """

    def connection(host: str, port: int | None = None, **_: Any) -> Transport:
        return Transport(asker, base, host, port)

    asking: list[Requester] = [github.requester]
    if app := app_behind(github):
        asking.append(app.requester)
    for requester in asking:
        for name in (f"_Requester__{each}" for each in _CLASSES):
            getattr(requester, name)
            setattr(requester, name, connection)


def app_behind(github: "Github") -> "GithubIntegration | None":
    """The App that it asks for; None for a token. Raises AttributeError as `ask_by` does."""
    from github.Auth import AppInstallationAuth  # noqa: PLC0415 - reading a configuration needs no PyGithub

    auth = github.requester.auth
    return getattr(auth, "_AppInstallationAuth__integration") if isinstance(auth, AppInstallationAuth) else None  # noqa: B009 - within a class Python would mangle it


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeardAnswer:
    """As PyGithub asks one."""

    status: int
    headers: dict[str, str]
    text: str

    def getheaders(self) -> ItemsView[str, str]:
        return self.headers.items()

    def read(self) -> str:
        return self.text


class Transport:
    """A connection, as PyGithub knows one. It goes by nothing that it's told of time-outs, attempts and authorities."""

    def __init__(self, asker: Asker, base: httpx.URL, host: str, port: int | None) -> None:
        """Raises FatalError for another host than the connection's: an answer may name any."""
        there = base.copy_with(host=host, port=port)
        if there.netloc != base.netloc:
            raise FatalError(
                f"{asker.where}: it names another host, {there.netloc.decode()}. Nothing is sent. {WHERE_IT_LEADS}"
            )
        self.host = host
        self._asker = asker
        self._base = base
        self._asked: tuple[str, str, str | None, dict[str, str]] = ("", "", None, {})
        self._followed = 0

    def request(self, verb: str, path: str, body: str | None, headers: dict[str, str], *_: object) -> None:
        """What is asked for next."""
        self._asked = (verb, path, body, headers)

    def getresponse(self) -> _HeardAnswer:
        """Raises as the asker does, and FatalError or RetriableError for a redirect that isn't followed."""
        verb, path, body, headers = self._asked
        called = f"{verb} {path.partition('?')[0]}"
        url = self._base.copy_with(raw_path=path.encode())
        answer = self._asker.ask(
            verb, str(url), content=None if body is None else body.encode(), headers=headers, called=called
        )
        what = f"{self._asker.where}: {called}"
        if answer.status_code == 202:  # PyGithub would ask for ever
            raise RetriableError(f"{what}: it's still at it. Try again in a minute")
        if 300 <= answer.status_code < 400:
            answer.headers["location"] = self._within(what, url, answer)
            self._followed += 1
        else:
            self._followed = 0
        return _HeardAnswer(status=answer.status_code, headers=dict(answer.headers), text=answer.text)

    def close(self) -> None:
        """Close the connections."""
        self._asker.end()

    def _within(self, what: str, asked: httpx.URL, answer: httpx.Response) -> str:
        """Where else on this host what was renamed or moved lies: the one thing that PyGithub follows (301).

        https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
        """
        try:
            there = asked.join(answer.headers.get("location", ""))
        except httpx.InvalidURL:
            check(what, answer, "", {404: WHERE_IT_LEADS})
            raise
        status, here = answer.status_code, (there.scheme, there.netloc) == (asked.scheme, asked.netloc)
        if here and status in {307, 308}:
            raise RetriableError(f"{what}: {status}, {redirects(answer)}: it's being moved. Try again in a minute")
        if not here or status != 301 or there.path == asked.path or self._followed >= MOST_REDIRECTS:
            check(what, answer, "", {404: WHERE_IT_LEADS})
        return str(there)
