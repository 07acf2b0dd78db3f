"""Whether an account of MariaDB's can log in, in three values.

Ways of proving who one is are alternatives: one that works is enough
(https://mariadb.com/kb/en/authentication-from-mariadb-10-4/). ACCOUNT LOCK refuses new sessions, and ends none that is
open. An expired password still lets in, to set another.
"""

from dataclasses import dataclass

from offboarding.model import Standing
from offboarding.sources._sessions import with_session

_PASSWORDS = frozenset(
    {
        "",
        "mysql_native_password",
        "mysql_old_password",
        "ed25519",
        "parsec",
        "caching_sha2_password",
        "sha256_password",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginState:
    """What bears on it."""

    locked: bool
    shut_out: bool
    """MAX_USER_CONNECTIONS -1 of its own, which nobody gets past; only the server's own limit lets administrators by
    (check_for_max_user_connections in https://github.com/MariaDB/server/blob/main/sql/sql_connect.cc).
    """
    plugins: tuple[str, ...]
    """Each an alternative; the first is the one whose password may be none."""
    no_password: bool
    """No password fits the first of them."""
    in_session: bool | None
    """A session of it is open; None where that can't be told."""


def judge(state: LoginState) -> tuple[Standing, str]:
    """Its standing, and why."""
    return with_session(*_new_session(state), in_session=state.in_session)


def _new_session(state: LoginState) -> tuple[Standing, str]:
    if state.locked:
        return Standing.DEAD, "account_locked"
    if state.shut_out:
        return Standing.DEAD, "MAX_USER_CONNECTIONS -1"
    first, *others = state.plugins
    usable = [*([] if state.no_password and first in _PASSWORDS else [first]), *others]
    password = next((plugin for plugin in usable if plugin in _PASSWORDS), None)
    if password is not None:
        return Standing.WORKS, f"not locked, by {password or 'a password'}"
    if usable:
        return Standing.UNKNOWN, f"not locked; by {usable[0]} others decide who gets in"
    return Standing.DEAD, f"not locked, but no password fits ({first or 'mysql_native_password'}, invalid)"
