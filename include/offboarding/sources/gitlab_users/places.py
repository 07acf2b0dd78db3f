"""The groups and projects below a group: somebody may have a role in any of them alone.

https://docs.gitlab.com/api/groups/#list-descendant-groups, https://docs.gitlab.com/api/groups/#list-projects
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.gitlab_users.answers import GroupAnswer, Numbered, ProjectAnswer
from offboarding.sources.gitlab_users.client import GitlabRest

_Row = TypeVar("_Row", bound=Numbered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A group or project, where somebody may have a role."""

    kind: Literal["groups", "projects"]
    id: int
    path: str
    project: ProjectAnswer | None = None

    @property
    def at(self) -> str:
        """Below the API's address."""
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Places:
    """A group with all below it, listed once."""

    rest: GitlabRest
    top: GroupAnswer
    purpose: Purpose

    def all(self, unread: UnreadRows) -> tuple[Place, ...]:
        """The group itself first. What of them can't be read is told in `unread`, once. Raises as `settled`."""
        found, broken = self._listed
        unread.sentences.extend(each for each in broken if each not in unread.sentences)
        return found

    def rows(self, below: str, model: type[_Row], unread: UnreadRows, *, of: str = "") -> Iterator[tuple[Place, _Row]]:
        """Yield the rows of each one's list. What can't be read is told in `unread`, and the others go on."""
        for place in self.all(unread):
            if place.kind.startswith(of):
                try:
                    for row in self.rest.settled(f"{place.at}/{below}", self.purpose, model, unread):
                        yield place, row
                except NotAnsweredError as missing:
                    unread.sentences.append(str(missing))

    @cached_property
    def _listed(self) -> tuple[tuple[Place, ...], tuple[str, ...]]:
        unread, at = UnreadRows(), f"groups/{self.top.id}"
        groups = [
            Place(kind="groups", id=each.id, path=each.full_path)
            for each in self.rest.settled(f"{at}/descendant_groups", self.purpose, GroupAnswer, unread)
        ]
        asked = {"include_subgroups": "true", "with_shared": "false", "order_by": "id", "sort": "asc"}
        projects = [
            Place(kind="projects", id=each.id, path=each.path_with_namespace, project=each)
            for each in self.rest.settled(f"{at}/projects", self.purpose, ProjectAnswer, unread, **asked)
        ]
        top = Place(kind="groups", id=self.top.id, path=self.top.full_path)
        in_order = [sorted(found, key=lambda place: place.id) for found in (groups, projects)]
        return (top, *in_order[0], *in_order[1]), tuple(unread.sentences)
