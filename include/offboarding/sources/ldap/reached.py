"""How a directory is reached: as the checker's connection says, for the tools of whoever administers it."""

import shlex

from offboarding.interfaces import ConnectionFields
from offboarding.sources.ldap.settings import LdapConnectionExtra

_PORTS = {"ldap": 389, "ldaps": 636}
_STARTTLS = " by StartTLS"
FALLBACK = '-ZZ -H "$LDAP_URI"'
"""Of what was read before the address was noted."""


def port_of(connection: ConnectionFields, extra: LdapConnectionExtra) -> int:
    """The port that is connected to."""
    return connection.port or _PORTS[_scheme(extra)]


def reached_by(connection: ConnectionFields, extra: LdapConnectionExtra) -> str:
    """The address as it's kept with accounts: "ldaps://dc1.corp.example", "ldap://dc1.corp.example by StartTLS"."""
    scheme, port = _scheme(extra), port_of(connection, extra)
    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    shown = "" if port == _PORTS[scheme] else f":{port}"
    return f"{scheme}://{host}{shown}{_STARTTLS if extra.tls == 'starttls' else ''}"


def options(reached: str) -> str:
    """Options of ldapmodify(1) and its like: -ZZ (StartTLS, or nothing) and -H."""
    if not reached:
        return FALLBACK
    return f"{'-ZZ ' if reached.endswith(_STARTTLS) else ''}-H {uri(reached)}"


def uri(reached: str) -> str:
    """The address alone, as a shell takes it."""
    return shlex.quote(reached.removesuffix(_STARTTLS)) if reached else '"$LDAP_URI"'


def _scheme(extra: LdapConnectionExtra) -> str:
    return "ldaps" if extra.tls == "ldaps" else "ldap"
