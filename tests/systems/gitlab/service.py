"""What GitLab does with issues, over HTTPS, and the people who work there.

As documented at https://docs.gitlab.com/api/issues and .../notes: a guest's labels are dropped in silence, what a token
may not see isn't there (404), a moved issue is closed and names the new one's id, and what doesn't fit is a 400 with
`message` or `error`. Each request and each answer is held to what GitLab's own description says
(described/README.md). Two clients speak to it, python-gitlab and ours of the people.
"""

import itertools
import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketRef
from offboarding.trackers.gitlab import GitlabTracker, Settings, build
from tests.support import rendered
from tests.support.described.server import USUAL_TIME, Answered, Asked, Described, Description, described, filled
from tests.support.tracker_faults import Bench

BASE = "/api/v4"
PROJECT = "corp/it/offboarding"
ELSEWHERE = "corp/elsewhere"
PROJECTS = {PROJECT: 7, ELSEWHERE: 8}
PRIORITY = "priority::"
TOKENS = {"token-of-ours": "offboarding-bot", "token-of-ann": "ann", "token-of-a-guest": "guest"}
USERS = {"ann": 11, "bob": 12, "offboarding-bot": 13, "guest": 14, "stranger": 15}
MEMBERS = ("ann", "bob")
WEB = "https://gitlab.example"
BLANK = {each: filled("gitlab", each) for each in ("user", "current_user", "project", "issue", "note", "state_event")}
"""An answer of each kind, with everything that GitLab says of one."""
LABEL = filled("gitlab", "label") | {"id": 1, "color": "#b60205", "is_project_label": True}
NOT_FOUND = Answered(status=404, body={"message": "404 Not found"})
FORBIDDEN = Answered(status=403, body={"message": "403 Forbidden"})


@dataclass(kw_only=True)
class HeldIssue:
    """As it stands there."""

    id: int
    project: int
    iid: int
    title: str
    description: str
    labels: list[str]
    assignees: list[str]
    confidential: bool
    due: str | None
    by: str
    state: str = "opened"
    closed_by: str = ""
    notes: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    """(id, by, text)"""
    events: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    """(id, by, state)"""
    changed: int = 0
    moved_to: int | None = None
    """Another issue's id."""
    hidden: bool = False


class GitlabService:
    """Two projects' issues."""

    def __init__(self) -> None:
        self.issues: list[HeldIssue] = []
        self.labels: set[str] = set()
        self.issues_access = "enabled"
        self.drops_comments = False
        self.refuses: Answered | None = None
        """What is said to everything."""
        self._ids = itertools.count(101)
        self._numbers = Counter[int]()
        """Of issues, a project's; none is ever given again."""
        self._lock = threading.Lock()
        issue = r"/projects/(\d+)/issues/(\d+)"
        self._routes: list[tuple[str, str, Callable[..., Answered]]] = [
            ("GET", r"/user", self._user),
            ("GET", r"/users", self._users),
            ("GET", r"/projects/([^/]+/.+)", self._named),
            ("GET", r"/projects/(\d+)", self._project),
            ("POST", r"/projects/(\d+)/labels", self._new_label),
            ("GET", r"/projects/(\d+)/labels/(.+)", self._label),
            ("PUT", r"/projects/(\d+)/labels/(.+)", self._edit_label),
            ("GET", r"/projects/(\d+)/issues", self._list),
            ("POST", r"/projects/(\d+)/issues", self._open),
            ("GET", r"/issues", self._everywhere),
            ("GET", issue, self._issue),
            ("PUT", issue, self._edit),
            ("GET", rf"{issue}/notes", self._notes),
            ("POST", rf"{issue}/notes", self._note),
            ("DELETE", rf"{issue}/notes/(\d+)", self._delete_note),
            ("GET", rf"{issue}/resource_state_events", self._events),
        ]

    def answer(self, asked: Asked) -> Answered:
        """One request at a time, as a database has it."""
        by = TOKENS.get(asked.headers.get("private-token", ""))
        if by is None:
            return Answered(status=401, body={"message": "401 Unauthorized"})
        if self.refuses:
            return self.refuses
        for method, pattern, does in self._routes:
            match = re.fullmatch(pattern, asked.path)
            if match and method == asked.method and not (pattern.endswith("/.+)") and match[1][0].isdecimal()):
                with self._lock:
                    return does(asked, by, *match.groups())
        return NOT_FOUND

    def of(self, ref: TicketRef) -> HeldIssue:
        """The issue of a ticket."""
        name, _, number = ref.ref.partition("#")
        (found,) = [each for each in self.issues if (each.project, each.iid) == (PROJECTS[name], int(number))]
        return found

    def move(self, ref: TicketRef) -> HeldIssue:
        """As GitLab does: the old one is closed, and a new one made elsewhere."""
        old = self.of(ref)
        new = self._made(
            PROJECTS[ELSEWHERE], old.title, old.description, old.labels, old.assignees, by=old.by, due=old.due
        )
        old.moved_to, old.state, old.closed_by = new.id, "closed", "ann"
        return new

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _user(self, asked: Asked, by: str) -> Answered:
        return Answered(body=BLANK["current_user"] | _person(by))

    def _users(self, asked: Asked, by: str) -> Answered:
        name = asked.query.get("username", "").lower()
        return Answered(body=[_person(name)] if name in USERS else [])

    def _named(self, asked: Asked, by: str, name: str) -> Answered:
        if name not in PROJECTS:
            return Answered(status=404, body={"message": "404 Project Not Found"})
        return self._project(asked, by, str(PROJECTS[name]))

    def _project(self, asked: Asked, by: str, number: str) -> Answered:
        (name,) = [each for each, project in PROJECTS.items() if project == int(number)]
        above, _, path = name.rpartition("/")
        own = {
            "id": int(number),
            "name": path,
            "path": path,
            "path_with_namespace": name,
            "web_url": f"{WEB}/{name}",
            "visibility": "private",
            "namespace": BLANK["project"]["namespace"] | {"kind": "group", "full_path": above},
            "issues_enabled": self.issues_access != "disabled",
            "issues_access_level": self.issues_access,
        }
        return Answered(body=BLANK["project"] | own)

    def _new_label(self, asked: Asked, by: str, project: str) -> Answered:
        if by == "guest":
            return FORBIDDEN
        if asked.body["name"] in self.labels:
            return Answered(status=409, body={"message": "Label already exists"})
        self.labels.add(asked.body["name"])
        return Answered(status=201, body=LABEL | asked.body)

    def _label(self, asked: Asked, by: str, project: str, label: str) -> Answered:
        return Answered(body=LABEL | {"name": label}) if label in self.labels else NOT_FOUND

    def _edit_label(self, asked: Asked, by: str, project: str, label: str) -> Answered:
        return FORBIDDEN if by == "guest" else self._label(asked, by, project, label)

    def _found(self, asked: Asked, issues: list[HeldIssue]) -> Answered:
        wanted = {each for each in asked.query.get("labels", "").split(",") if each}
        state, newest = asked.query.get("state", "all"), asked.query.get("sort", "desc") == "desc"
        found = [each for each in issues if wanted <= set(each.labels) and state in {"all", each.state}]
        found = [each for each in found if asked.query.get("search", "") in each.title + each.description]
        found.sort(key=lambda each: each.id, reverse=newest)
        return self._paged(asked, [self._shown(each) for each in found])

    def _paged(self, asked: Asked, rows: list[Any]) -> Answered:
        size, page = int(asked.query.get("per_page", 20)), int(asked.query.get("page", 1))
        following = str(page + 1) if len(rows) > size * page else ""
        query = httpx.QueryParams({**asked.query, "page": following})
        link = {"Link": f'<https://gitlab.example{BASE}{asked.path}?{query}>; rel="next"'} if following else {}
        headers = {"X-Next-Page": following, "X-Page": str(page), "X-Per-Page": str(size), **link}
        return Answered(body=rows[size * (page - 1) : size * page], headers=headers)

    def _list(self, asked: Asked, by: str, project: str) -> Answered:
        return self._found(asked, [each for each in self.issues if each.project == int(project)])

    def _everywhere(self, asked: Asked, by: str) -> Answered:
        return self._found(asked, [each for each in self.issues if not each.hidden])

    def _open(self, asked: Asked, by: str, project: str) -> Answered:
        given = asked.body
        if wrong := _wrong(given, "title"):
            return wrong
        labels = [] if by == "guest" else _listed(given.get("labels", []))
        self.labels.update(labels)
        # Whoever is no member gets nothing, and nobody says so.
        ids = given.get("assignee_ids", [])
        assignees = [name for name in MEMBERS if USERS[name] in ids]
        issue = self._made(
            int(project),
            given["title"],
            given.get("description", ""),
            labels,
            assignees,
            by=by,
            due=given.get("due_date"),
            confidential=given.get("confidential", False),
        )
        return Answered(status=201, body=self._shown(issue))

    def _made(
        self,
        project: int,
        title: str,
        description: str,
        labels: list[str],
        assignees: list[str],
        *,
        by: str,
        due: str | None = None,
        confidential: bool = True,
    ) -> HeldIssue:
        self._numbers[project] += 1
        issue = HeldIssue(
            id=next(self._ids),
            project=project,
            iid=self._numbers[project],
            title=title,
            description=description,
            labels=[*labels],
            assignees=[*assignees],
            confidential=confidential,
            due=due,
            by=by,
        )
        self.issues.append(issue)
        return issue

    def _there(self, project: str, iid: str) -> HeldIssue | None:
        return next((each for each in self.issues if (each.project, each.iid) == (int(project), int(iid))), None)

    def _issue(self, asked: Asked, by: str, project: str, iid: str) -> Answered:
        issue = self._there(project, iid)
        return Answered(body=self._shown(issue)) if issue else NOT_FOUND

    def _edit(self, asked: Asked, by: str, project: str, iid: str) -> Answered:
        issue, given = self._there(project, iid), asked.body
        if issue is None:
            return NOT_FOUND
        if not given:
            return Answered(status=400, body={"error": "at least one parameter must be provided"})
        if wrong := _wrong(given):
            return wrong
        issue.title = given.get("title", issue.title)
        issue.description = given.get("description", issue.description)
        issue.due = given.get("due_date", issue.due) or None
        taken = _listed(given.get("remove_labels", []))
        issue.labels = [each for each in issue.labels if each not in taken]
        issue.labels += [each for each in _listed(given.get("add_labels", [])) if each not in issue.labels]
        if "assignee_ids" in given:
            issue.assignees = [name for name in MEMBERS if USERS[name] in given["assignee_ids"]]
        turned = {"close": "closed", "reopen": "opened"}.get(given.get("state_event", ""), issue.state)
        if turned != issue.state:
            issue.state, issue.closed_by = turned, by if turned == "closed" else ""
            issue.events.append((next(self._ids), by, "closed" if turned == "closed" else "reopened"))
        issue.changed += 1
        return Answered(body=self._shown(issue))

    def _notes(self, asked: Asked, by: str, project: str, iid: str) -> Answered:
        issue = self._there(project, iid)
        if issue is None:
            return NOT_FOUND
        system = _noted(issue, 1, "ann", "changed the description") | {"system": True}
        return self._paged(asked, [system, *(_noted(issue, *each) for each in issue.notes)])

    def _note(self, asked: Asked, by: str, project: str, iid: str) -> Answered:
        issue = self._there(project, iid)
        if issue is None:
            return NOT_FOUND
        if not isinstance(asked.body.get("body"), str) or len(asked.body["body"]) > 1_000_000:
            return Answered(status=400, body={"error": "body is missing"})
        said = (next(self._ids), by, asked.body["body"])
        if not self.drops_comments:
            issue.notes.append(said)
        return Answered(status=201, body=_noted(issue, *said))

    def _delete_note(self, asked: Asked, by: str, project: str, iid: str, note: str) -> Answered:
        issue = self._there(project, iid)
        found = [each for each in issue.notes if each[0] == int(note)] if issue else []
        if not issue or not found:
            return NOT_FOUND
        issue.notes.remove(found[0])
        return Answered(status=204)

    def _events(self, asked: Asked, by: str, project: str, iid: str) -> Answered:
        issue = self._there(project, iid)
        if issue is None:
            return NOT_FOUND
        of = BLANK["state_event"] | {"resource_type": "Issue", "resource_id": issue.id}
        return self._paged(asked, [of | {"id": n, "user": _person(who), "state": to} for n, who, to in issue.events])

    def _shown(self, issue: HeldIssue) -> dict[str, Any]:
        (name,) = [each for each, number in PROJECTS.items() if number == issue.project]
        assignees = [_person(each) for each in issue.assignees]
        closed = {"closed_at": USUAL_TIME, "closed_by": _person(issue.closed_by)} if issue.closed_by else {}
        own = {
            "id": issue.id,
            "iid": issue.iid,
            "project_id": issue.project,
            "title": issue.title,
            "description": issue.description,
            "labels": [*issue.labels],
            "state": issue.state,
            "author": _person(issue.by),
            "assignees": assignees,
            "assignee": assignees[0] if assignees else None,
            "user_notes_count": len(issue.notes),
            "confidential": issue.confidential,
            "issue_type": "issue",
            "due_date": issue.due,
            "moved_to_id": issue.moved_to,
            "references": {"short": f"#{issue.iid}", "relative": f"#{issue.iid}", "full": f"{name}#{issue.iid}"},
            "web_url": f"{WEB}/{name}/-/issues/{issue.iid}",
        }
        return BLANK["issue"] | own | closed


def _noted(issue: HeldIssue, number: int, by: str, text: str) -> dict[str, Any]:
    of = {"noteable_id": issue.id, "noteable_type": "Issue", "noteable_iid": issue.iid, "project_id": issue.project}
    return BLANK["note"] | of | {"id": number, "author": _person(by), "body": text}


def _person(name: str) -> dict[str, Any]:
    return BLANK["user"] | {
        "id": USERS[name],
        "username": name,
        "name": name,
        "state": "active",
        "web_url": f"{WEB}/{name}",
    }


def _listed(labels: object) -> list[str]:
    """GitLab takes a list, or words between commas."""
    words = labels if isinstance(labels, list) else str(labels).split(",")
    return [str(each) for each in words if each]


def _wrong(given: Mapping[str, Any], *needed: str) -> Answered | None:
    for name in needed:
        if not given.get(name):
            return Answered(status=400, body={"error": f"{name} is missing"})
    if len(given.get("title", "")) > 255:
        return Answered(status=400, body={"message": {"title": ["is too long (maximum is 255 characters)"]}})
    if len(given.get("description", "")) > 1_048_576:
        return Answered(status=400, body={"message": {"description": ["is too long (maximum is 1048576 characters)"]}})
    try:
        date.fromisoformat(given.get("due_date") or "2026-01-01")
    except ValueError:
        return Answered(status=400, body={"error": "due_date is invalid"})
    return None


@dataclass(frozen=True, kw_only=True)
class GitlabPlace:
    """A running service, and how it's reached."""

    kept: GitlabService
    service: Described
    tls: Tls | None

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        given = self.service.fields(conn_id="corp_gitlab", password="token-of-ours")
        return ConnectionFields(**{**given, **changes})

    def tracker(self, settings: Mapping[str, object] | None = None, **changes: Any) -> GitlabTracker:
        """Ours, with the defaults."""
        own = {"name": "secops", "kind": "gitlab", "connection": "corp_gitlab", "project": PROJECT}
        return build(Settings.model_validate({**own, **(settings or {})}), self.connection(**changes))


@contextmanager
def gitlab(tls: Tls | None, description: Description | None = None) -> Generator[GitlabPlace]:
    """On a free port; what is asked is held to the description, where one is given."""
    kept = GitlabService()
    with described(kept.answer, description, tls, base=BASE) as service:
        yield GitlabPlace(kept=kept, service=service, tls=tls)


@contextmanager
def bench_of_gitlab() -> Generator[Bench]:
    """For faults: without TLS."""
    with gitlab(None) as place, people_of(place) as people:
        upstream = f"http://127.0.0.1:{place.service.port}"

        def through(port: int) -> GitlabTracker:
            return place.tracker(port=port)

        yield Bench(name="gitlab", upstream=upstream, through=through, people=people, shown=rendered.shown)


@dataclass(frozen=True, kw_only=True)
class GitlabPeople:
    """The contract's People: an analyst, by plain HTTP; and the owner, who may delete."""

    kept: GitlabService
    rest: httpx.Client

    members: tuple[str, str] = MEMBERS

    def item(self, ref: TicketRef) -> dict[str, Any]:
        return self.rest.get(_path(ref)).raise_for_status().json()

    def edit(self, ref: TicketRef, **changes: object) -> None:
        self.rest.put(_path(ref), json=changes).raise_for_status()

    def close(self, ref: TicketRef) -> None:
        self.edit(ref, state_event="close")

    def reopen(self, ref: TicketRef) -> None:
        self.edit(ref, state_event="reopen")

    def delete(self, ref: TicketRef) -> None:
        self.kept.issues.remove(self.kept.of(ref))

    def title(self, ref: TicketRef) -> str:
        return self.item(ref)["title"]

    def retitle(self, ref: TicketRef, title: str) -> None:
        self.edit(ref, title=title)

    def priority(self, ref: TicketRef) -> str:
        (found,) = [each for each in self.item(ref)["labels"] if each.startswith(PRIORITY)]
        return found

    def assignee(self, ref: TicketRef) -> str:
        return ", ".join(each["username"] for each in self.item(ref)["assignees"])

    def assign(self, ref: TicketRef, member: str) -> None:
        self.edit(ref, assignee_ids=[USERS[member]] if member else [])

    def mark(self, ref: TicketRef, word: str) -> None:
        self.edit(ref, add_labels=word)

    def marks(self, ref: TicketRef) -> list[str]:
        return [each for each in self.item(ref)["labels"] if not each.startswith(PRIORITY) and each != "offboarding"]

    def say(self, ref: TicketRef, text: str) -> None:
        self.rest.post(f"{_path(ref)}/notes", json={"body": text}).raise_for_status()

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        said = self.rest.get(f"{_path(ref)}/notes", params={"per_page": 100}).raise_for_status().json()
        self.say(on, said[-1]["body"])

    def texts(self, ref: TicketRef) -> list[str]:
        notes = self.rest.get(f"{_path(ref)}/notes", params={"per_page": 100}).raise_for_status().json()
        texts = [self.item(ref)["description"], *(each["body"] for each in notes if not each["system"])]
        return [rendered.seen(each).words for each in texts]

    def copy(self, ref: TicketRef) -> TicketRef:
        told = self.item(ref)
        given = {"title": told["title"], "labels": ",".join(told["labels"])}
        made = self.rest.post(f"/projects/{told['project_id']}/issues", json=given).raise_for_status().json()
        return TicketRef(ref=made["references"]["full"], url=made["web_url"])

    def trace(self, ref: TicketRef) -> str:
        return repr(self.kept.of(ref))

    def count(self, key: str) -> int:
        return sum(f"[{key}]" in each.title for each in self.kept.issues)


def _path(ref: TicketRef) -> str:
    name, _, number = ref.ref.partition("#")
    return f"/projects/{PROJECTS[name]}/issues/{number}"


@contextmanager
def people_of(place: GitlabPlace) -> Generator[GitlabPeople]:
    """Ann, who works there."""
    verify = ssl.create_default_context(cafile=str(place.tls.authority)) if place.tls else True
    base = f"{'https' if place.tls else 'http'}://127.0.0.1:{place.service.port}{BASE}"
    headers = {"PRIVATE-TOKEN": "token-of-ann"}
    with httpx.Client(base_url=base, headers=headers, verify=verify, trust_env=False) as rest:
        yield GitlabPeople(kept=place.kept, rest=rest)
