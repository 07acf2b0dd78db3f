"""How accounts are locked for good so that they open again: by one attribute, another in each product."""

from collections.abc import Callable
from dataclasses import dataclass

from offboarding.model.errors import FatalError
from offboarding.sources.ldap.active_directory import CONTROL, DISABLED, is_disabled
from offboarding.sources.ldap.dirsrv import LOCK
from offboarding.sources.ldap.standing import LOCKED, PERMANENT

RIGHTS = "docs/revocation.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How a directory's product is locked for good."""

    attribute: str
    locked: Callable[[str], str]
    """Its value, by the one that stood before; "" for none."""
    is_locked: Callable[[str], bool]
    says: str
    """A clause."""


def _disabled(control: str) -> str:
    if is_disabled(control) is None:
        raise FatalError(f"{CONTROL} can't be read. Grant read on it to the connection that revokes ({RIGHTS})")
    return str(int(control) | DISABLED)


_OPENLDAP = Lock(
    attribute=LOCKED,
    locked=lambda _: PERMANENT,
    is_locked=lambda value: value == PERMANENT,
    says=f"set {LOCKED} to {PERMANENT}",
)
_DIRSRV = Lock(
    attribute=LOCK,
    locked=lambda _: "true",
    is_locked=lambda value: value.lower() == "true",
    says=f"set {LOCK} to true",
)
_AD = Lock(
    attribute=CONTROL,
    locked=_disabled,
    is_locked=lambda value: is_disabled(value) is True,
    says=f"disable it ({CONTROL} 0x2)",
)
LOCKS = {"openldap": _OPENLDAP, "389ds": _DIRSRV, "freeipa": _DIRSRV, "ad": _AD}
"""By product. One that has no locks has none here."""
