"""Whether a role can log in, in three values.

LOGIN lets it in at all, CONNECTION LIMIT 0 nobody but superusers, VALID UNTIL ends its password alone
(https://www.postgresql.org/docs/current/sql-createrole.html), and pg_hba.conf says what it's asked for. A password's
being there is nobody's to read. A session that is open goes on whatever is taken from its role.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from offboarding.model import Standing
from offboarding.sources._sessions import with_session
from offboarding.sources.postgres_logins.hba import HbaWay

_PASSWORDS = frozenset({"scram-sha-256", "md5", "password"})
_NOTHING = "trust"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleState:
    """What bears on it."""

    logs_in: bool
    superuser: bool
    replicates: bool
    limit: int
    """Of connections; -1 for none."""
    valid_until: str
    """As the server writes it; "" where its password doesn't end."""
    ended: bool
    """That has passed."""
    in_session: bool | None
    """A session of it is open; None where that can't be told."""
    cloud_group: str = ""
    """The group by which a cloud's own login stands in for the password (`rds_iam`)."""


def judge(role: RoleState, ways: Sequence[HbaWay] | None) -> tuple[Standing, str]:
    """Its standing, and why. `ways`: None where the lines couldn't be read."""
    return with_session(*_new_session(role, ways), in_session=role.in_session)


def _new_session(role: RoleState, ways: Sequence[HbaWay] | None) -> tuple[Standing, str]:
    if not role.logs_in:
        return Standing.DEAD, "NOLOGIN"
    if role.limit == 0 and not role.superuser:
        if role.replicates:
            return Standing.UNKNOWN, "CONNECTION LIMIT 0, which doesn't stop replication in each version"
        return Standing.DEAD, "CONNECTION LIMIT 0"
    if role.cloud_group:
        return Standing.UNKNOWN, f"LOGIN; by {role.cloud_group} the cloud decides whether it gets in"
    return _by_lines(role, ways)


def _by_lines(role: RoleState, ways: Sequence[HbaWay] | None) -> tuple[Standing, str]:
    ended = f"; its password ended {role.valid_until}" if role.ended else ""
    if ways is None:
        return Standing.UNKNOWN, f"LOGIN; what pg_hba.conf asks of it couldn't be read{ended}"
    if not ways:
        return Standing.DEAD, "LOGIN, but no line of pg_hba.conf lets it in"
    passwords = [way for way in ways if way.line.method in _PASSWORDS]
    trusted = [way for way in ways if way.line.method == _NOTHING]
    here = [*trusted, *(passwords if not role.ended else ())]
    if sure := next((way for way in here if way.sure), None):
        return Standing.WORKS, f"LOGIN, by {sure.line.told}"
    if here:
        return Standing.UNKNOWN, f"LOGIN; whether {here[0].line.told} is for it can't be told{ended}"
    if elsewhere := next((way for way in ways if way not in passwords), None):
        return Standing.UNKNOWN, f"LOGIN, by {elsewhere.line.told}, where others decide who gets in{ended}"
    return Standing.DEAD, f"VALID UNTIL {role.valid_until} has passed, and pg_hba.conf asks it for a password alone"
