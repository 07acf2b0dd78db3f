"""Redmine's REST interface: answers as models, errors as ours (https://www.redmine.org/projects/redmine/wiki/Rest_api)."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from offboarding.model.errors import FatalError
from offboarding.net.service.asking import PATIENCE_SECONDS, WHERE_IT_LEADS, Asker, check, in_short, not_its_answer

FIXES = {
    401: "Check the API key in the connection's password, and that Redmine's REST service is enabled",
    403: "Give the key's user a role in the project with: View issues (all of them), Add issues, Edit issues, Add"
    " notes, Set issues public or private; and enable Redmine's REST service",
    404: "Check that the project, or the issue, is there and the key's user a member, and the connection's host",
    422: "Compare project, tracker and names in the configuration with Redmine's",
}
PAGE = 100
"""Items at once: the most that Redmine gives."""

Answer = TypeVar("Answer", bound=BaseModel)


class InvalidIssueError(FatalError):
    """Redmine says what it won't take of an issue."""


class IssueWord(BaseModel):
    """A number with its name."""

    id: int
    name: str = ""


class IssueStatus(IssueWord):
    """Whether it counts as closed is Redmine's to say."""

    is_closed: bool = False


class Journal(BaseModel):
    """A note, a change, or both."""

    notes: str | None = None
    user: IssueWord | None = None


class Issue(BaseModel):
    """As far as we use it."""

    id: int
    subject: str
    description: str | None = None
    status: IssueStatus
    priority: IssueWord
    author: IssueWord
    project: IssueWord
    due_date: str | None = None
    is_private: bool = False
    created_on: str
    updated_on: str
    journals: Sequence[Journal] = ()
    allowed_statuses: Sequence[IssueStatus] = ()


class OneIssue(BaseModel):
    """An issue."""

    issue: Issue


class Issues(BaseModel):
    """Some of them."""

    issues: Sequence[Issue]
    total_count: int


class Priorities(BaseModel):
    """What a priority may be."""

    issue_priorities: Sequence[IssueWord]


class IssueKinds(BaseModel):
    """What Redmine calls trackers."""

    trackers: Sequence[IssueWord]


class ProjectMember(BaseModel):
    """A user or a group in a project."""

    user: IssueWord | None = None
    group: IssueWord | None = None


class ProjectMembers(BaseModel):
    """Some of them."""

    memberships: Sequence[ProjectMember]
    total_count: int


class OneProject(BaseModel):
    """A project."""

    project: IssueWord


class OwnMembership(BaseModel):
    """That of whoever the key is, in a project."""

    project: IssueWord
    roles: Sequence[IssueWord]


class KeyOwner(BaseModel):
    """Whose the key is."""

    id: int
    memberships: Sequence[OwnMembership] = ()


class OneKeyOwner(BaseModel):
    """They."""

    user: KeyOwner


class MemberRole(BaseModel):
    """What it lets its members do."""

    permissions: Sequence[str] = ()


class OneMemberRole(BaseModel):
    """A role."""

    role: MemberRole


class RedmineRest:
    """What we ask of Redmine."""

    def __init__(self, where: str, client: httpx.Client) -> None:
        self._where = where
        self._asker = Asker(where, client, patience=PATIENCE_SECONDS)
        self._priorities: dict[str, int] = {}
        self._me: int | None = None
        self.end = self._asker.end

    def search(self, part: str) -> list[Issue]:
        """Issues whose subject holds this, open or closed, lowest number first."""
        self.myself()
        found: list[Issue] = []
        asked = {"subject": f"~{part}", "status_id": "*", "sort": "id", "limit": str(PAGE)}
        while True:
            page = self._get("issues.json", Issues, {**asked, "offset": str(len(found))})
            found += page.issues
            if not page.issues or len(found) >= page.total_count:
                return found

    def issue(self, number: str) -> Issue:
        """One that is there, with its notes and what its status may become."""
        return self._get(f"issues/{number}.json", OneIssue, {"include": "journals,allowed_statuses"}).issue

    def look(self, number: str) -> Issue | None:
        """One that may not be there."""
        path = f"issues/{number}.json"
        response = self._asker.ask("GET", path)
        return None if response.status_code == 404 else self._parsed("GET", path, response, OneIssue).issue

    def looks_into(self, project: str) -> None:
        """Raises FatalError where the key's user sees no issues of that project; it may open some all the same."""
        response = self._asker.ask("GET", "issues.json", parameters={"project_id": project, "limit": "1"})
        self._check("GET", f"issues.json of project {project!r}", response)

    def permissions(self, project: str) -> set[str]:
        """What the key's user may there as a member; nothing where it isn't one, as an administrator needn't be."""
        number = self._get(f"projects/{project}.json", OneProject).project.id
        user = self._get("users/current.json", OneKeyOwner, {"include": "memberships"}).user
        roles = {role.id for each in user.memberships if each.project.id == number for role in each.roles}
        return {may for role in roles for may in self._get(f"roles/{role}.json", OneMemberRole).role.permissions}

    def create(self, fields: Mapping[str, object]) -> Issue:
        """Make an issue."""
        response = self._asker.ask("POST", "issues.json", body={"issue": fields})
        return self._parsed("POST", "issues.json", response, OneIssue).issue

    def put(self, number: str, changes: Mapping[str, object]) -> None:
        """Change an issue, in one go."""
        path = f"issues/{number}.json"
        self._check("PUT", path, self._asker.ask("PUT", path, body={"issue": changes}))

    def priority_id(self, name: str) -> int:
        """A priority's number. Raises FatalError that names those that there are."""
        if not self._priorities:
            found = self._get("enumerations/issue_priorities.json", Priorities).issue_priorities
            self._priorities = {each.name: each.id for each in found}
        return self._number("priorities", name, self._priorities)

    def tracker_id(self, name: str) -> int:
        """The same, of a kind of issue."""
        return self._number(
            "tracker", name, {each.name: each.id for each in self._get("trackers.json", IssueKinds).trackers}
        )

    def member(self, project: str, name: str) -> int | None:
        """The number of a user or group of the project, by its name or number; None where it's nobody's, or two's."""
        path, seen, found = f"projects/{project}/memberships.json", 0, set[int]()
        while True:
            page = self._get(path, ProjectMembers, {"limit": str(PAGE), "offset": str(seen)})
            seen += len(page.memberships)
            for who in (each.user or each.group for each in page.memberships):
                if who and name in (who.name, str(who.id)):
                    found.add(who.id)
            if not page.memberships or seen >= page.total_count:
                return found.pop() if len(found) == 1 else None

    def myself(self) -> int:
        """The number of whose key it is. Who bears a wrong one is anybody to Redmine, to whom it shows what is public,
        which may be nothing: they are refused this.
        """
        if self._me is None:
            self._me = self._get("users/current.json", OneKeyOwner).user.id
        return self._me

    def _number(self, key: str, name: str, known: Mapping[str, int]) -> int:
        if name in known:
            return known[name]
        raise FatalError(f"{self._where}: {key}: Redmine knows no {name!r}, but {', '.join(known)}")

    def _get(self, path: str, answer: type[Answer], parameters: Mapping[str, str] | None = None) -> Answer:
        return self._parsed("GET", path, self._asker.ask("GET", path, parameters=parameters), answer)

    def _parsed(self, method: str, path: str, response: httpx.Response, answer: type[Answer]) -> Answer:
        self._check(method, path, response)
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            doubt = not_its_answer(error)
            raise FatalError(
                f"{self._where}: {method} {path}: not Redmine's answer ({doubt}). {WHERE_IT_LEADS}"
            ) from None

    def _check(self, method: str, path: str, response: httpx.Response) -> None:
        what = f"{self._where}: {method} {path}"
        if response.status_code == 422:
            raise InvalidIssueError(f"{what}: 422, {_reason(response)}. {FIXES[422]}")
        check(what, response, _reason(response), FIXES)


def _reason(response: httpx.Response) -> str:
    """What Redmine says, in short."""
    try:
        return in_short("; ".join(map(str, response.json()["errors"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        return in_short(response.text)
