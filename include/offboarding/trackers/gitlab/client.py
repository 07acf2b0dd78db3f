"""python-gitlab as we use it: no attempt behind our back, and its errors as ours (https://docs.gitlab.com/api/rest)."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.asking import in_short

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
            return super().http_request(*what, **{**how, "obey_rate_limit": False, "max_retries": 0})

    needed(where, connection, "host", "password")
    authorities = str(connection.extra.get("ca_certs_file") or "")
    if authorities and not Path(authorities).is_file():
        raise ConfigError(f"{where}: extra.ca_certs_file {authorities} of {connection.conn_id}: there is no such file")
    return OneAttempt(
        str(address_of(where, connection)).rstrip("/"),
        private_token=connection.password,
        ssl_verify=authorities or True,
        timeout=seconds,
        per_page=100,
        keep_base_url=True,
    )


@contextmanager
def asking(where: str, what: str) -> Generator[None]:
    """Raise ours for python-gitlab's errors, in GitLab's words. `what` was to be done, such as "open an issue"."""
    import requests  # noqa: PLC0415 - python-gitlab's
    from gitlab import GitlabError  # noqa: PLC0415 - see above

    try:
        yield
    except GitlabError as error:
        raise _refusal(f"{where}: can't {what}", error) from error
    except requests.exceptions.SSLError as error:
        raise FatalError(f"{where}: can't {what}: {in_short(str(error))}. Set ca_certs_file in its extra") from error
    except requests.RequestException as error:
        raise RetriableError(f"{where}: can't {what}: no answer ({type(error).__name__}). Is it up?") from error
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise FatalError(
            f"{where}: can't {what}: not GitLab's answer ({type(error).__name__}). Look where the connection leads"
        ) from error


def _refusal(what: str, error: "GitlabError") -> FatalError | RetriableError:
    status = error.response_code
    if status is None:
        return FatalError(f"{what}: not GitLab's answer. Look where the connection leads")
    said = f"{what}: {status}, {in_short(str(error.error_message))}"
    if status in {408, 429} or status >= 500:
        return RetriableError(f"{said}. It's busy or ill: try again in a minute")
    kind = {404: GitlabGoneError, 409: GitlabConflictError}.get(status, FatalError)
    return kind(f"{said}. {FIXES.get(status, 'Look where the connection leads')}")
