"""What we ask of Jira's REST: answers as models, errors as ours.

Cloud: https://developer.atlassian.com/cloud/jira/platform/rest/v3, rich text as documents (ADF), users by accountId.
Data Center: https://developer.atlassian.com/server/jira/platform/rest, plain text, users by name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from offboarding.model import TicketState
from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.service.answers import retry_after
from offboarding.net.service.asking import PATIENCE_SECONDS, Asker, in_short, is_passing, redirects
from offboarding.trackers.jira.answers import (
    JiraComment,
    JiraComments,
    JiraCreated,
    JiraFound,
    JiraIssue,
    JiraNamed,
    JiraPermissions,
    JiraScreenField,
    JiraStatus,
    JiraTransition,
    JiraTransitions,
    JiraUser,
)

FIXES: Final = {
    400: "Look at the configuration: priorities, components and fields",
    401: "Check the connection: the mail address of an account with its API token, or a personal access token alone",
    403: "Give this account, in the project, to browse, create, edit and transition issues, to comment, and to delete "
    "its own comments",
    404: "Look for a slip in the project's key; what an account may not see is not found, either",
}
NEEDED: Final = ("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS")
"""Whoever lacks one of these opens issues and can't see to them."""
PAGE = 100


class JiraGoneError(FatalError):
    """It isn't there: deleted, never there, or out of sight."""


class JiraRefusedError(FatalError):
    """Jira doesn't take what was asked for; nothing of it was done."""


Body = Mapping[str, Any]
_Listed = TypeVar("_Listed", JiraNamed, JiraScreenField)


class JiraRest:
    """What we ask of Jira."""

    def __init__(self, where: str, client: httpx.Client, *, cloud: bool) -> None:
        self._asker = Asker(where, client, patience=PATIENCE_SECONDS)
        self.cloud = cloud

    def myself(self) -> JiraUser:
        """Whose the connection is."""
        return self._get("myself", JiraUser)

    def issue(self, key: str, *, history: bool = False) -> JiraIssue:
        """As it stands now, wherever it was moved to."""
        wanted = {"fields": "summary,description,labels,status,priority,duedate,creator"}
        return self._get(f"issue/{key}", JiraIssue, **wanted, **({"expand": "changelog"} if history else {}))

    def labelled(self, label: str) -> list[JiraIssue]:
        """What the index knows of issues that bear a label, the oldest first; it's behind by seconds."""
        jql = {"jql": f'labels = "{label}" ORDER BY created ASC, key ASC', "maxResults": "50"}
        path = "search/jql" if self.cloud else "search"
        return self._get(path, JiraFound, **jql, fields="summary,labels,status,creator").issues

    def create(self, fields: Body) -> JiraCreated:
        """An issue."""
        return self._parsed("POST", "issue", self._ask("POST", "issue", {"fields": fields}), JiraCreated)

    def edit(self, key: str, body: Body) -> None:
        """Change it: `fields`, `update`. Nobody is mailed about it but who watches."""
        self._ask("PUT", f"issue/{key}", body)

    def comments(self, key: str) -> Iterator[JiraComment]:
        """Yield them as they came."""
        read, total = 0, 1
        while read < total:
            asked = {"startAt": str(read), "maxResults": str(PAGE), "orderBy": "created", "expand": "properties"}
            page = self._get(f"issue/{key}/comment", JiraComments, **asked)
            yield from page.comments
            read, total = read + max(len(page.comments), 1), page.total

    def comment(self, key: str, body: Body) -> None:
        """Add one."""
        self._ask("POST", f"issue/{key}/comment", body)

    def take_back(self, key: str, comment: str) -> None:
        """Delete a comment of ours."""
        self._ask("DELETE", f"issue/{key}/comment/{comment}")

    def transitions(self, key: str) -> list[JiraTransition]:
        """Where it can go, with what each asks for."""
        return self._get(f"issue/{key}/transitions", JiraTransitions, expand="transitions.fields").transitions

    def go(self, key: str, body: Body) -> None:
        """By a transition."""
        self._ask("POST", f"issue/{key}/transitions", body)

    def states(self) -> dict[str, TicketState]:
        """What each status means, by its id."""
        answer = self._ask("GET", "status")
        try:
            found = TypeAdapter(list[JiraStatus]).validate_python(answer.json())
        except ValueError as error:
            raise self._strange("GET", "status") from error
        return {each.id: each.category.state for each in found}

    def require_rights(self, project: str) -> Sequence[str]:
        """Raises FatalError that names what this account may not do in the project, of what each ticket needs. Returns
        the keys of what Jira doesn't say.

        .../api-group-permissions/#api-rest-api-3-mypermissions-get
        """
        asked = {"projectKey": project, "permissions": ",".join(NEEDED)}
        told: JiraPermissions = self._get("mypermissions", JiraPermissions, **asked)
        lacks = [each.name for key, each in told.permissions.items() if key in NEEDED and not each.have]
        if lacks:
            raise FatalError(f"{self._asker.where}: this account lacks {', '.join(lacks)} in {project}. {FIXES[403]}")
        return [key for key in NEEDED if key not in told.permissions]

    def screen(self, project: str, issue_type: str) -> dict[str, JiraScreenField]:
        """What may be said of a new issue of that type, by the field's id. Raises FatalError with what types are there.

        .../api-group-issues/#api-rest-api-3-issue-createmeta-projectidorkey-issuetypes-get
        """
        path = f"issue/createmeta/{quote(project)}/issuetypes"
        types = self._listed(path, "issueTypes", TypeAdapter(list[JiraNamed]))
        found = [each.id for each in types if each.name == issue_type]
        if not found:
            there = ", ".join(each.name for each in types)
            raise FatalError(
                f"{self._asker.where}: project {project} has no issue type {issue_type!r} for this account; "
                f"it has {there or 'none: let it create issues there'}. Write one as issue_type."
            )
        return {
            each.id: each for each in self._listed(f"{path}/{found[0]}", "fields", TypeAdapter(list[JiraScreenField]))
        }

    def assignable(self, project: str, word: str) -> JiraUser | None:
        """Whom that word means (an account's id or mail address; a login), if they may have issues of the project."""
        named = "query" if self.cloud else "username"
        answer = self._ask("GET", "user/assignable/search", parameters={"project": project, named: word})
        try:
            found = TypeAdapter(list[JiraUser]).validate_python(answer.json())
        except ValueError as error:
            raise self._strange("GET", "user/assignable/search") from error
        is_meant = [each for each in found if word.lower() in {each.account_id, each.name.lower(), each.mail.lower()}]
        return is_meant[0] if len(is_meant) == 1 else None

    def intent(self, account: JiraUser, key: str) -> Body | None:
        """What we wrote down of it, on our own account: of the database, where a search is of an index."""
        try:
            answer = self._ask("GET", f"user/properties/{key}", parameters=self._of(account))
        except JiraGoneError:
            return None
        try:
            return TypeAdapter(dict[str, Any]).validate_python(answer.json()["value"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._strange("GET", f"user/properties/{key}") from error

    def write_intent(self, account: JiraUser, key: str, value: Body) -> None:
        """Write it down; it needs no right but to be let in."""
        self._ask("PUT", f"user/properties/{key}", value, parameters=self._of(account))

    def forget_intent(self, account: JiraUser, key: str) -> None:
        """Take it away, if it's there."""
        try:
            self._ask("DELETE", f"user/properties/{key}", parameters=self._of(account))
        except JiraGoneError:
            return

    def end(self) -> None:
        """Close the connections."""
        self._asker.end()

    def _of(self, account: JiraUser) -> dict[str, str]:
        return {"accountId": account.account_id} if self.cloud else {"username": account.name}

    def _listed(self, path: str, name: str, page_of: TypeAdapter[list[_Listed]]) -> list[_Listed]:
        """Cloud lists by a name of its own, Data Center as `values`."""
        found: list[_Listed] = []
        while True:
            answer = self._ask("GET", path, parameters={"startAt": str(len(found)), "maxResults": str(PAGE)})
            try:
                answered = answer.json()
                page = page_of.validate_python(answered.get(name, answered.get("values")))
                found += page
                if not page or len(found) >= int(answered.get("total", 0)):
                    return found
            except (ValueError, TypeError, AttributeError) as error:
                raise self._strange("GET", path) from error

    def _get(self, path: str, model: type[Any], **parameters: str) -> Any:
        return self._parsed("GET", path, self._ask("GET", path, parameters=parameters), model)

    def _parsed(self, method: str, path: str, response: httpx.Response, model: type[Any]) -> Any:
        try:
            return model.model_validate(response.json())
        except (ValidationError, ValueError, RecursionError) as error:
            raise self._strange(method, path) from error

    def _strange(self, method: str, path: str) -> FatalError:
        return FatalError(f"{self._asker.where}: {method} {path}: not Jira's answer. Look where the connection leads")

    def _ask(
        self, method: str, path: str, body: Body | None = None, *, parameters: Mapping[str, str] | None = None
    ) -> httpx.Response:
        response = self._asker.ask(method, path, parameters=parameters, body=body)
        if response.is_success:
            return response
        status = response.status_code
        said = f"{self._asker.where}: {method} {path}: {status}, {_reason(response)}"
        if is_passing(response):
            after = retry_after(response.headers)
            raise RetriableError(f"{said}. Try again in {f'{after} seconds' if after else 'a minute'}")
        kind = {400: JiraRefusedError, 404: JiraGoneError, 410: JiraGoneError}.get(status, FatalError)
        raise kind(f"{said}. {FIXES.get(status, FIXES[404])}")


def _reason(response: httpx.Response) -> str:
    """Jira's own words, with the field that each is about."""
    if response.is_redirect:
        return redirects(response)
    try:
        answered = cast("dict[str, Any]", response.json())
        words = [*map(str, answered.get("errorMessages") or [])]
        errors: dict[str, object] = answered.get("errors") or {}
        words += [f"{name}: {text}" for name, text in errors.items()]
        return in_short("; ".join(words)) or in_short(response.text)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return in_short(response.text)
