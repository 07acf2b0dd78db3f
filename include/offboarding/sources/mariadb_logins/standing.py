"""Whether an account of MariaDB's or MySQL's can log in, in three values.

Ways of proving who one is are alternatives: one that works is enough
(https://mariadb.com/kb/en/authentication-from-mariadb-10-4/). ACCOUNT LOCK refuses new sessions, and ends none that is
open. An expired password still lets in, to set another. MySQL has no alternatives but factors, each of which is asked
for, and may keep an old password beside the new one
(https://dev.mysql.com/doc/refman/8.4/en/password-management.html#dual-passwords).
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
    shut_out: str
    """What nobody gets past, "" for nothing: MAX_USER_CONNECTIONS -1 of its own (only the server's own limit lets
    administrators by: check_for_max_user_connections in
    https://github.com/MariaDB/server/blob/main/sql/sql_connect.cc), or a plugin that lets nobody in.
    """
    plugins: tuple[str, ...]
    """Each an alternative; the first is the one whose password may be none."""
    no_password: bool
    """No password fits the first of them."""
    factors: tuple[str, ...] = ()
    """What is asked for beside the first."""
    old_password: bool = False
    """One that was kept when another was set lets in as well."""
    in_session: bool | None
    """A session of it is open; None where that can't be told."""


def judge(state: LoginState) -> tuple[Standing, str]:
    """Its standing, and why."""
    return with_session(*_new_session(state), in_session=state.in_session)


def _new_session(state: LoginState) -> tuple[Standing, str]:
    if state.locked:
        return Standing.DEAD, "account_locked"
    if state.shut_out:
        return Standing.DEAD, state.shut_out
    first, *others = state.plugins
    usable = [*([] if state.no_password and first in _PASSWORDS else [first]), *others]
    password = next((plugin for plugin in usable if plugin in _PASSWORDS), None)
    if state.factors:
        return Standing.UNKNOWN, f"not locked; by {state.factors[0]} beside {first} others decide who gets in"
    if password is not None:
        beside = ", and by an old password that was kept" if state.old_password else ""
        return Standing.WORKS, f"not locked, by {password or 'a password'}{beside}"
    if usable:
        return Standing.UNKNOWN, f"not locked; by {usable[0]} others decide who gets in"
    return Standing.DEAD, f"not locked, but no password fits ({first or 'mysql_native_password'}, invalid)"
