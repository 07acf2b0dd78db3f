"""Who holds a directory role, or may take one on: by themselves, or by a group.

https://learn.microsoft.com/en-us/graph/api/rbacapplication-list-roleassignments
https://learn.microsoft.com/en-us/graph/api/rbacapplication-list-roleeligibilityscheduleinstances
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.entra_id.answers import DirectoryMember, RoleAssignment, RoleDefinition
from offboarding.sources.entra_id.client import PAGE, EntraGraph

DIRECTORY = "roleManagement/directory"
_GROUP = "#microsoft.graph.group"
ASSIGNED, ELIGIBLE = f"{DIRECTORY}/roleAssignments", f"{DIRECTORY}/roleEligibilityScheduleInstances"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRoles:
    """Who is privileged in the tenant."""

    by: Mapping[str, frozenset[str]]
    """What a holder has, by the holder's id."""
    untold: str
    """What couldn't be read: whoever isn't in `by` may hold one all the same. "" where all was."""

    def of(self, principal: str) -> tuple[bool | None, str]:
        """Whether a user or service principal is privileged, None where that can't be told, and by what."""
        if held := self.by.get(principal):
            return True, ", ".join(sorted(held))
        return (None if self.untold else False), ""


def directory_roles(graph: EntraGraph, purpose: Purpose, *, eligible: bool) -> DirectoryRoles:
    """Everybody's; `eligible`: those too that may be activated.

    Each directory role counts: which of them matter less, version 1.0 of the API doesn't tell.
    """
    unread = UnreadRows()
    found, groups = dict[str, set[str]](), dict[str, set[str]]()
    try:
        names = {
            each.id: each.display_name or each.id
            for each in graph.rows(f"{DIRECTORY}/roleDefinitions", purpose, RoleDefinition, unread)
        }
        for path, note in {ASSIGNED: "", **({ELIGIBLE: " (may be activated)"} if eligible else {})}.items():
            for each in graph.rows(path, purpose, RoleAssignment, unread, expand="principal"):
                kind = each.principal.odata_type if each.principal else ""
                if not kind:
                    unread.sentences.append(f"{graph.where}: {path}: who holds one isn't told. See {PAGE}")
                by_group = kind == _GROUP
                role = names.get(each.role_definition_id, each.role_definition_id)
                called = f"directory role {role}{note}{' by a group' if by_group else ''}"
                (groups if by_group else found).setdefault(each.principal_id, set()).add(called)
        for group, roles in groups.items():
            path = f"groups/{quote(group, safe='')}/transitiveMembers"
            for member in graph.rows(path, purpose, DirectoryMember, unread, called="groups/ID/transitiveMembers"):
                found.setdefault(member.id, set()).update(roles)
    except NotAnsweredError as missing:
        unread.sentences.append(str(missing))
    return DirectoryRoles(by={holder: frozenset(roles) for holder, roles in found.items()}, untold=unread.told)
