"""A role as the catalogs have it, and what makes it privileged, by itself or by the roles that it is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

_GIVING = {
    "pg_execute_server_program",
    "pg_write_server_files",
    "pg_read_server_files",
    "pg_read_all_data",
    "pg_write_all_data",
    *("rds_superuser", "cloudsqlsuperuser", "alloydbsuperuser", "azure_pg_admin"),
}
"""Groups that make whoever is in them privileged: PostgreSQL's own, and managed servers'."""
OF_CLOUDS = ("rds_iam", "cloudsqliamuser", "cloudsqliamserviceaccount")
"""Groups by which a managed server lets the cloud decide who logs in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A role that others may be in."""

    oid: int
    name: str
    gives: str
    """What makes whoever is in it privileged; "" for nothing."""


@dataclass(frozen=True, slots=True)
class RolePowers:
    """The attributes that make a role privileged."""

    superuser: bool
    creates_roles: bool
    replicates: bool
    bypasses: bool

    @property
    def told(self) -> str:
        """The first of them that it has; "" for none."""
        if self.superuser:
            return "SUPERUSER"
        if self.creates_roles:
            return "CREATEROLE"
        if self.replicates:
            return "REPLICATION"
        return "BYPASSRLS" if self.bypasses else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """A role, as the catalogs have it."""

    oid: int
    name: str
    logs_in: bool
    powers: RolePowers
    limit: int
    valid_until: str
    ended: bool
    groups: tuple[Group, ...]
    """Of the groups that matter here."""
    patterns: frozenset[str]
    comment: str


def cloud_of(groups: Sequence[Group]) -> str:
    """The group by which a cloud decides who logs in; "" where there's none."""
    return next((group.name for group in groups if group.name in OF_CLOUDS), "")


def gives(name: str, privileged: Sequence[str], powers: RolePowers) -> str:
    """What of a role makes whoever is in it privileged; "" for nothing. `privileged`: names, as patterns."""
    if name in _GIVING or any(fnmatchcase(name.lower(), pattern.lower()) for pattern in privileged):
        return name
    return f"{name} ({powers.told})" if powers.told else ""
