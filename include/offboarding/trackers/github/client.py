"""PyGithub as we use it: no attempt behind our back, and its errors as ours.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

import weakref
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.github import app_of, base_of, installation_of, limit_of, without_tokens
from offboarding.net.service.address import client_of
from offboarding.net.service.asking import PATIENCE_SECONDS, WHERE_IT_LEADS, Asker, in_short
from offboarding.trackers.github.transport import app_behind, ask_by

if TYPE_CHECKING:
    from github import Github, GithubException

RIGHTS = (
    "Give the connection's token read and write of Issues in that repository, and of Metadata to read "
    "(fine-grained, or an App's); or the scope repo, and its owner the role Write"
)
FIXES = {
    401: "Renew the token: see the connection's password, or the App's id, key and installation_id",
    403: RIGHTS,
    404: f"Look for a slip in its name; what a token may not see is not found, either. {RIGHTS}",
    410: "Issues may be switched off there",
    422: "Look at the words that the configuration gives: labels and priorities",
}


class GithubGoneError(FatalError):
    """It isn't there: deleted, moved to where we see nothing, or never there."""


class GithubInvalidError(FatalError):
    """GitHub doesn't take what was asked for."""


def client(where: str, connection: ConnectionFields, *, seconds: float, pause: float) -> "Github":
    """By a token; or where the extra holds installation_id, as that App: its id is the login, its key the password.

    extra.ca_certs_file: a PEM file of the authorities to trust, instead of the usual ones. Raises ConfigError.
    """
    from github import Auth, Github  # noqa: PLC0415 - reading a configuration needs no PyGithub

    installation = installation_of(where, connection)
    if installation is None:
        auth = Auth.Token(connection.password)
    else:
        auth = app_of(connection).get_installation_auth(installation)
    base = httpx.URL(base_of(where, connection))
    github = Github(
        base_url=str(base),
        auth=auth,
        seconds_between_requests=None,
        seconds_between_writes=pause or None,
        per_page=100,
    )
    headers = {"Accept-Encoding": "identity"}
    asks = client_of(where, connection, base, seconds=seconds, exposed="the token", headers=headers)
    ask_by(github, Asker(where, asks, patience=PATIENCE_SECONDS), base)
    weakref.finalize(github, asks.close)
    return github


def own_login(github: "Github") -> str:
    """Of whoever the token is; of an App, as what it makes is signed.

    https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app
    """
    app = app_behind(github)
    return f"{app.get_app().slug}[bot]" if app else github.get_user().login


@contextmanager
def asking(where: str, what: str) -> Generator[None]:
    """Raise ours for PyGithub's errors, in GitHub's words. `what` was to be done, such as "open an issue"."""
    from github import BadAttributeException, GithubException  # noqa: PLC0415 - reading a configuration needs no PyGithub

    try:
        yield
    except GithubException as error:
        raise _refusal(f"{where}: can't {what}", error) from error
    except (BadAttributeException, AttributeError, TypeError, ValueError, KeyError, AssertionError) as error:
        raise FatalError(
            f"{where}: can't {what}: not GitHub's answer ({type(error).__name__}). {WHERE_IT_LEADS}"
        ) from error


def _refusal(what: str, error: "GithubException") -> FatalError | RetriableError:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    said = f"{what}: {error.status}, {_words(error)}"
    if wait := _wait(error, headers):
        return RetriableError(f"{said}. {wait}")
    if error.status in {404, 410}:
        return GithubGoneError(f"{said}. {FIXES[error.status]}")
    wanted = headers.get("x-accepted-github-permissions") or headers.get("x-accepted-oauth-scopes") or ""
    needs = f" It needs {in_short(wanted)}." if wanted and error.status == 403 else ""
    kind = GithubInvalidError if error.status == 422 else FatalError
    return kind(f"{said}.{needs} {FIXES.get(error.status, WHERE_IT_LEADS)}")


def _wait(error: "GithubException", headers: Mapping[str, str]) -> str:
    """How long to, where that helps; "" where it doesn't."""
    if limit := limit_of(error.status, headers, _words(error)):
        return limit.told
    # 409: GitHub is at it.
    return "It's busy or ill: try again in a minute" if error.status in {408, 409} or error.status >= 500 else ""


def _words(error: "GithubException") -> str:
    data: Any = error.data
    if not isinstance(data, dict):
        return in_short(without_tokens(str(data)))
    said = cast(Mapping[str, Any], data)
    errors: list[Any] = said["errors"] if isinstance(said.get("errors"), list) else []
    words = [str(said.get("message") or said.get("data") or ""), *(_detail(each) for each in errors)]
    return in_short(without_tokens("; ".join(words)))


def _detail(error: Any) -> str:
    """Such as "labels invalid" (.../using-the-rest-api/troubleshooting-the-rest-api#validation-failed)."""
    if not isinstance(error, dict):
        return str(error)
    said = cast(Mapping[str, Any], error)
    return str(said.get("message") or " ".join(str(said.get(name, "")) for name in ("field", "code")))
