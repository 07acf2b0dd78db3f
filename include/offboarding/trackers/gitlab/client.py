"""python-gitlab as we use it: no attempt behind our back, nobody else asked, and its errors as ours.

https://docs.gitlab.com/api/rest
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.service.address import address_of, client_of, needed
from offboarding.net.service.asking import PATIENCE_SECONDS, WHERE_IT_LEADS, Asker, in_short
from offboarding.net.service.requests_adapter import session_of

if TYPE_CHECKING:
    from gitlab import Gitlab, GitlabError

FIXES = {
    401: "Renew the token: see the connection's password",
    403: "Give the connection's token the scope api, and the role Reporter in that project",
    404: "Look for a slip in its name; what a token may not see is not found, either",
    409: "GitLab refuses the change",
    422: "Look at the words that the configuration gives: labels and priorities",
}


class GitlabGoneError(FatalError):
    """It isn't there: deleted, never there, or where we see nothing."""


class GitlabConflictError(FatalError):
    """It's there already."""


def client(where: str, connection: ConnectionFields, *, seconds: float) -> "Gitlab":
    """By a token, the password. extra.ca_certs_file: a PEM file of the authorities to trust. Raises ConfigError."""
    import gitlab  # noqa: PLC0415 - reading a configuration needs no python-gitlab

    class OneAttempt(gitlab.Gitlab):
        """It waits for nobody: whatever failed is searched for before it's done again."""

        def http_request(self, *what: Any, **how: Any) -> Any:
            """Without sleeping where GitLab says that it's too much."""
            how |= {"obey_rate_limit": False, "max_retries": 0}
            return super().http_request(*what, **how)

    needed(where, connection, "host", "password")
    address = address_of(where, connection)
    asker = Asker(where, client_of(where, connection, address, seconds=seconds), patience=PATIENCE_SECONDS)
    return OneAttempt(
        str(address).rstrip("/"),
        private_token=connection.password,
        per_page=100,
        keep_base_url=True,
        session=session_of(asker),
    )


@contextmanager
def asking(where: str, what: str) -> Generator[None]:
    """Raise ours for python-gitlab's errors, in GitLab's words. `what` was to be done, such as "open an issue"."""
    import requests  # noqa: PLC0415 - reading a configuration needs no python-gitlab, nor what it asks with
    from gitlab import GitlabError  # noqa: PLC0415 - reading a configuration needs no python-gitlab

    try:
        yield
    except GitlabError as error:
        raise _refusal(f"{where}: can't {what}", error) from error
    except (requests.RequestException, AttributeError, TypeError, ValueError, KeyError) as error:
        raise FatalError(
            f"{where}: can't {what}: not GitLab's answer ({type(error).__name__}). {WHERE_IT_LEADS}"
        ) from error


def _refusal(what: str, error: "GitlabError") -> FatalError | RetriableError:
    status = error.response_code
    if status is None:
        return FatalError(f"{what}: not GitLab's answer. {WHERE_IT_LEADS}")
    words: Any = error.error_message
    said = f"{what}: {status}, {in_short(words.decode(errors='replace') if isinstance(words, bytes) else str(words))}"
    if status in {408, 429} or status >= 500:
        return RetriableError(f"{said}. It's busy or ill: try again in a minute")
    kind = {404: GitlabGoneError, 409: GitlabConflictError}.get(status, FatalError)
    return kind(f"{said}. {FIXES.get(status, WHERE_IT_LEADS)}")


def is_by(where: str, gitlab: "Gitlab", made: Any) -> bool:
    """Whether an issue or a note was made by whoever the token is."""
    with asking(where, "ask whose the token is"):
        if gitlab.user is None:
            gitlab.auth()
        assert gitlab.user is not None
        return made.author["id"] == gitlab.user.id
