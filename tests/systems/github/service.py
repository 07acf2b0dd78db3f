"""What GitHub does with issues, over HTTPS, held to its own OpenAPI description; and the people who work there.

As documented at https://docs.github.com/en/rest/issues: labels that whoever opens an issue may not set are dropped in
silence, what a token may not see isn't there (404), a deleted issue is gone (410), a moved one redirects (301).
"""

import itertools
import re
import ssl
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketRef
from offboarding.trackers.github import GithubTracker, Settings, build
from tests.support import rendered
from tests.support.described.server import Answered, Asked, Described, Description, described, needed
from tests.support.rendered import seen
from tests.support.tracker_faults import Bench

BASE = "/api/v3"
NEEDED = {**needed("github", "repository"), **needed("github", "full-repository")}
"""What GitHub says of each repository."""
NEEDED_OF_A_PERSON = needed("github", "simple-user")
REPOSITORY = "corp/offboarding"
PRIORITY = "priority: "
TOKENS = {"token-of-ours": "offboarding-bot", "token-of-ann": "ann", "token-of-a-reader": "reader"}
MEMBERS = ("ann", "bob")
_EPOCH = datetime(2026, 11, 25, tzinfo=UTC)
NOT_FOUND = Answered(status=404, body={"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})
NO_RIGHT = Answered(
    status=403,
    body={
        "message": "Resource not accessible by personal access token",
        "documentation_url": "https://docs.github.com/rest",
    },
    headers={"X-Accepted-GitHub-Permissions": "issues=write"},
)


@dataclass(kw_only=True)
class KeptIssue:
    """As it stands there."""

    number: int
    title: str
    body: str
    by: str
    labels: list[str]
    assignees: list[str]
    state: str = "open"
    reason: str | None = None
    comments: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    """(id, by, text)"""
    events: list[str] = field(default_factory=list[str])
    changed: int = 0
    deleted: bool = False
    moved_to: str = ""
    """Another repository."""
    locked: bool = False


class GithubService:
    """One repository's issues, and another one to which they may be moved."""

    def __init__(self) -> None:
        self.issues: dict[tuple[str, int], KeptIssue] = {}
        self.labels: set[str] = set()
        self.drops_labels = False
        self.drops_comments = False
        self.renamed_from = ""
        self.has_issues = True
        self.refuses: Answered | None = None
        """What is said to everything."""
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._routes: list[tuple[str, str, Callable[..., Answered]]] = [
            ("GET", r"/user", self._user),
            ("GET", r"/app", self._app),
            ("GET", r"/installation/repositories", self._repositories),
            ("POST", r"/app/installations/(\d+)/access_tokens", self._installed),
            ("GET", r"/repos/([^/]+/[^/]+)", self._repository),
            ("GET", r"/repos/([^/]+/[^/]+)/assignees/(.+)", self._assignable),
            ("POST", r"/repos/([^/]+/[^/]+)/labels", self._new_label),
            ("GET", r"/repos/([^/]+/[^/]+)/labels/(.+)", self._label),
            ("PATCH", r"/repos/([^/]+/[^/]+)/labels/(.+)", self._edit_label),
            ("GET", r"/repos/([^/]+/[^/]+)/issues", self._list),
            ("POST", r"/repos/([^/]+/[^/]+)/issues", self._open),
            ("GET", r"/repos/([^/]+/[^/]+)/issues/(\d+)", self._issue),
            ("PATCH", r"/repos/([^/]+/[^/]+)/issues/(\d+)", self._edit),
            ("GET", r"/repos/([^/]+/[^/]+)/issues/(\d+)/comments", self._comments),
            ("POST", r"/repos/([^/]+/[^/]+)/issues/(\d+)/comments", self._comment),
            ("GET", r"/repos/([^/]+/[^/]+)/issues/(\d+)/events", self._events),
            ("POST", r"/repos/([^/]+/[^/]+)/issues/(\d+)/labels", self._add_labels),
            ("DELETE", r"/repos/([^/]+/[^/]+)/issues/(\d+)/labels/(.+)", self._take_label),
            ("DELETE", r"/repos/([^/]+/[^/]+)/issues/comments/(\d+)", self._delete_comment),
        ]
        self.api = f"https://127.0.0.1{BASE}"

    def answer(self, asked: Asked) -> Answered:
        """One request at a time, as a database has it."""
        token = asked.headers.get("authorization", "").rpartition(" ")[2]
        by = TOKENS.get(token, "") or ("offboarding[bot]" if token.startswith(("ghs_", "ey")) else "")
        if not by:
            return Answered(
                status=401, body={"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}
            )
        if self.refuses:
            return self.refuses
        for method, pattern, does in self._routes:
            match = re.fullmatch(pattern, asked.path)
            if match and method == asked.method:
                with self._lock:
                    if by == "reader" and method != "GET":
                        return NO_RIGHT
                    return does(asked, by, *match.groups())
        return NOT_FOUND

    def of(self, ref: TicketRef) -> KeptIssue:
        """The issue of a ticket."""
        name, _, number = ref.ref.partition("#")
        return self.issues[name, int(number)]

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _user(self, asked: Asked, by: str) -> Answered:
        return Answered(
            body={**_person(by), "name": None, "company": None, "blog": None, "location": None, "email": None}
            | {
                "hireable": None,
                "bio": None,
                "public_repos": 0,
                "public_gists": 0,
                "followers": 0,
                "following": 0,
                "user_view_type": "public",
                "created_at": _moment(0),
                "updated_at": _moment(0),
            }
        )

    def _app(self, asked: Asked, by: str) -> Answered:
        """As whoever signs as the App is told."""
        own = {"id": 12345, "slug": "offboarding", "node_id": "A", "name": "Offboarding", "description": None}
        app = own | {
            "owner": _person("corp"),
            "external_url": "https://corp.example",
            "html_url": "https://github.example/apps/offboarding",
        }
        app |= {"created_at": _moment(0), "updated_at": _moment(0), "permissions": {"issues": "write"}, "events": []}
        return Answered(body=app)

    def _installed(self, asked: Asked, by: str, number: str) -> Answered:
        until = datetime.now(UTC) + timedelta(hours=1)
        return Answered(
            status=201,
            body={
                "token": "ghs_madeforthisnightalone",
                "expires_at": f"{until:%Y-%m-%dT%H:%M:%SZ}",
                "permissions": {"issues": "write"},
                "repository_selection": "selected",
            },
        )

    def _repositories(self, asked: Asked, by: str) -> Answered:
        return Answered(body={"total_count": 1, "repositories": [self._repository(asked, by, REPOSITORY).body]})

    def _repository(self, asked: Asked, by: str, name: str) -> Answered:
        if self.renamed_from and name == self.renamed_from:
            return self._moved(f"/repos/{REPOSITORY}")
        if name not in {REPOSITORY, "corp/elsewhere"}:
            return NOT_FOUND
        owner, short = name.split("/")
        url = f"{self.api}/repos/{name}"
        own = {
            "id": 1,
            "node_id": "R_1",
            "name": short,
            "full_name": name,
            "owner": _person(owner),
            "private": True,
            "html_url": f"https://github.example/{name}",
            "url": url,
            "has_issues": self.has_issues,
            "default_branch": "main",
            "pushed_at": _moment(0),
            "created_at": _moment(0),
            "updated_at": _moment(0),
        }
        return Answered(body={each: _usual(each, types, url) for each, types in NEEDED.items()} | own)

    def _assignable(self, asked: Asked, by: str, name: str, login: str) -> Answered:
        return Answered(status=204) if login in MEMBERS else NOT_FOUND

    def _new_label(self, asked: Asked, by: str, name: str) -> Answered:
        if asked.body["name"] in self.labels:
            return _invalid("Label", "name", "already_exists")
        self.labels.add(asked.body["name"])
        return Answered(status=201, body=self._labelled(asked.body["name"]))

    def _label(self, asked: Asked, by: str, name: str, label: str) -> Answered:
        return Answered(body=self._labelled(label)) if label in self.labels else NOT_FOUND

    def _edit_label(self, asked: Asked, by: str, name: str, label: str) -> Answered:
        if self.drops_labels and by == "offboarding-bot":
            return NO_RIGHT
        return self._label(asked, by, name, label)

    def _list(self, asked: Asked, by: str, name: str) -> Answered:
        wanted = {each for each in asked.query.get("labels", "").split(",") if each}
        state, newest = asked.query.get("state", "open"), asked.query.get("direction", "desc") == "desc"
        found = [
            each
            for (repository, _), each in self.issues.items()
            if repository == name and not each.deleted and not each.moved_to
            if wanted <= set(each.labels) and state in {"all", each.state}
        ]
        found.sort(key=lambda each: each.number, reverse=newest)
        size, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
        more = {"page": str(page + 1), "per_page": str(size)}
        query = str(httpx.QueryParams({**asked.query, **more}))
        link = {"Link": f'<{self.api}{asked.path}?{query}>; rel="next"'} if len(found) > size * page else {}
        shown = found[size * (page - 1) : size * page]
        return Answered(body=[self._shown(name, each) for each in shown], headers=link)

    def _open(self, asked: Asked, by: str, name: str) -> Answered:
        given = asked.body
        if len(given.get("body") or "") > 65_536:
            return _invalid("Issue", "body", "too_long", "body is too long (maximum is 65536 characters)")
        if len(given["title"]) > 256:
            return _invalid("Issue", "title", "too_long", "title is too long (maximum is 256 characters)")
        if set(given.get("assignees", ())) - set(MEMBERS):
            return _invalid("Issue", "assignees", "invalid")
        labels = [] if self.drops_labels and by == "offboarding-bot" else [*given.get("labels", [])]
        self.labels.update(labels)
        issue = KeptIssue(
            number=self._next(name),
            title=given["title"],
            body=given.get("body") or "",
            by=by,
            labels=labels,
            assignees=[*given.get("assignees", [])],
        )
        self.issues[name, issue.number] = issue
        return Answered(status=201, body=self._shown(name, issue))

    def _next(self, name: str) -> int:
        return 1 + max((number for repository, number in self.issues if repository == name), default=0)

    def _there(self, name: str, number: str) -> KeptIssue | Answered:
        issue = self.issues.get((name, int(number)))
        if issue is None:
            return NOT_FOUND
        if issue.deleted:
            return Answered(
                status=410,
                body={"message": "This issue was deleted", "documentation_url": "https://docs.github.com/rest"},
            )
        return self._moved(f"/repos/{issue.moved_to}/issues/{number}") if issue.moved_to else issue

    def _moved(self, path: str) -> Answered:
        body = {
            "message": "Moved Permanently",
            "url": f"{self.api}{path}",
            "documentation_url": "https://docs.github.com/rest",
        }
        return Answered(status=301, body=body, headers={"Location": f"{self.api}{path}"})

    def _issue(self, asked: Asked, by: str, name: str, number: str) -> Answered:
        issue = self._there(name, number)
        return issue if isinstance(issue, Answered) else Answered(body=self._shown(name, issue))

    def _edit(self, asked: Asked, by: str, name: str, number: str) -> Answered:
        issue = self._there(name, number)
        if isinstance(issue, Answered):
            return replace(issue, status=307) if issue.status == 301 else issue
        given = asked.body
        if len(given.get("body") or "") > 65_536:
            return _invalid("Issue", "body", "too_long", "body is too long (maximum is 65536 characters)")
        for word in ("title", "body", "assignees", "labels"):
            setattr(issue, word, given.get(word, getattr(issue, word)))
        if given.get("state", issue.state) != issue.state:
            issue.state, issue.reason = given["state"], given.get("state_reason")
            issue.events.append("closed" if issue.state == "closed" else "reopened")
        issue.changed += 1
        return Answered(body=self._shown(name, issue))

    def _comments(self, asked: Asked, by: str, name: str, number: str) -> Answered:
        issue = self._there(name, number)
        return (
            issue
            if isinstance(issue, Answered)
            else Answered(body=[self._said(name, issue, *each) for each in issue.comments])
        )

    def _comment(self, asked: Asked, by: str, name: str, number: str) -> Answered:
        issue = self._there(name, number)
        if isinstance(issue, Answered):
            return issue
        if issue.locked and by == "offboarding-bot":
            return Answered(
                status=403,
                body={
                    "message": "Unable to create comment because issue is locked.",
                    "documentation_url": "https://docs.github.com/rest",
                },
            )
        if len(asked.body["body"]) > 65_536:
            return _invalid("IssueComment", "body", "too_long")
        said = (next(self._ids), by, asked.body["body"])
        if not self.drops_comments:
            issue.comments.append(said)
        return Answered(status=201, body=self._said(name, issue, *said))

    def _delete_comment(self, asked: Asked, by: str, name: str, number: str) -> Answered:
        for issue in self.issues.values():
            for each in issue.comments:
                if each[0] == int(number):
                    issue.comments.remove(each)
                    return Answered(status=204)
        return NOT_FOUND

    def _events(self, asked: Asked, by: str, name: str, number: str) -> Answered:
        issue = self._there(name, number)
        if isinstance(issue, Answered):
            return issue
        return Answered(
            body=[
                {
                    "id": n,
                    "node_id": "E",
                    "url": f"{self.api}/repos/{name}/issues/events/{n}",
                    "actor": _person(by),
                    "event": each,
                    "commit_id": None,
                    "commit_url": None,
                    "created_at": _moment(n),
                    "performed_via_github_app": None,
                    "lock_reason": None,
                }
                for n, each in enumerate(issue.events)
            ]
        )

    def _add_labels(self, asked: Asked, by: str, name: str, number: str) -> Answered:
        issue = self._there(name, number)
        if isinstance(issue, Answered):
            return issue
        added = asked.body if isinstance(asked.body, list) else asked.body["labels"]
        issue.labels += [each for each in added if each not in issue.labels]
        self.labels.update(issue.labels)
        issue.changed += 1
        return Answered(body=[self._labelled(each) for each in issue.labels])

    def _take_label(self, asked: Asked, by: str, name: str, number: str, label: str) -> Answered:
        issue = self._there(name, number)
        if isinstance(issue, Answered):
            return issue
        if label not in issue.labels:
            return Answered(
                status=404,
                body={"message": "Label does not exist", "documentation_url": "https://docs.github.com/rest"},
            )
        issue.labels.remove(label)
        issue.changed += 1
        return Answered(body=[self._labelled(each) for each in issue.labels])

    # --- as GitHub shows it -------------------------------------------------------------------------------------------

    def _labelled(self, name: str) -> dict[str, Any]:
        return {
            "id": 1,
            "node_id": "L",
            "url": f"{self.api}/repos/{REPOSITORY}/labels/{quote(name)}",
            "name": name,
            "description": None,
            "color": "b60205",
            "default": False,
        }

    def _said(self, name: str, issue: KeptIssue, number: int, by: str, text: str) -> dict[str, Any]:
        url = f"{self.api}/repos/{name}/issues"
        return {
            "id": number,
            "node_id": "C",
            "url": f"{url}/comments/{number}",
            "html_url": f"{url}/comments/{number}",
            "body": text,
            "user": _person(by),
            "created_at": _moment(number),
            "updated_at": _moment(number),
            "issue_url": f"{url}/{issue.number}",
            "author_association": "MEMBER",
        }

    def _shown(self, name: str, issue: KeptIssue) -> dict[str, Any]:
        url = f"{self.api}/repos/{name}/issues/{issue.number}"
        assigned = [_person(each) for each in issue.assignees]
        return {
            "id": 1000 + issue.number,
            "node_id": "I",
            "url": url,
            "repository_url": f"{self.api}/repos/{name}",
            **{f"{each}_url": f"{url}/{each}" for each in ("labels", "comments", "events")},
            "html_url": f"https://github.example/{name}/issues/{issue.number}",
            "number": issue.number,
            "state": issue.state,
            "state_reason": issue.reason,
            "title": issue.title,
            "body": issue.body,
            "user": _person(issue.by),
            "labels": [self._labelled(each) for each in issue.labels],
            "assignee": assigned[0] if assigned else None,
            "assignees": assigned,
            "milestone": None,
            "locked": issue.locked,
            "comments": len(issue.comments),
            "created_at": _moment(issue.number),
            "updated_at": _moment(issue.number + issue.changed),
            "author_association": "MEMBER",
            "closed_at": _moment(issue.number) if issue.state == "closed" else None,
        }


def _moment(number: int) -> str:
    return f"{_EPOCH + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}"


def _person(login: str) -> dict[str, Any]:
    own = {"login": login, "id": 7, "node_id": "U", "gravatar_id": "", "type": "User", "site_admin": False}
    needed = [each for each in NEEDED_OF_A_PERSON if each.endswith("url")]
    return {**dict.fromkeys(needed, f"https://github.example/{login}"), **own}


def _usual(name: str, schema: Mapping[str, Any], url: str) -> object:
    if name.endswith("_url"):
        return f"{url}/{name}"
    return (
        None
        if schema.get("nullable") or "type" not in schema
        else {"integer": 0, "boolean": False}.get(schema["type"], "")
    )


def _invalid(resource: str, name: str, code: str, message: str = "") -> Answered:
    error = {"resource": resource, "field": name, "code": code} | ({"message": message} if message else {})
    return Answered(
        status=422,
        body={"message": "Validation Failed", "errors": [error], "documentation_url": "https://docs.github.com/rest"},
    )


@dataclass(frozen=True, kw_only=True)
class GithubPlace:
    """A running service, and how it's reached."""

    kept: GithubService
    service: Described
    tls: Tls | None

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        given = self.service.fields(conn_id="corp_github", password="token-of-ours")
        return ConnectionFields(**{**given, **changes})

    def tracker(self, settings: Mapping[str, object] | None = None, **changes: Any) -> GithubTracker:
        """Ours, with the defaults."""
        return build(configured(**(settings or {})), self.connection(**changes))


def configured(**changes: object) -> Settings:
    """What a user would write, and changes to it; nobody waits between two changes."""
    own = {
        "name": "secops",
        "kind": "github",
        "connection": "corp_github",
        "repository": REPOSITORY,
        "pause_seconds": 0,
    }
    return Settings.model_validate({**own, **changes})


@contextmanager
def github(tls: Tls, description: Description) -> Generator[GithubPlace]:
    """On a free port; nothing that was asked or said differs from the description."""
    kept = GithubService()
    with described(kept.answer, description, tls, base=BASE) as service:
        kept.api = f"https://127.0.0.1:{service.port}{BASE}"
        yield GithubPlace(kept=kept, service=service, tls=tls)


@contextmanager
def bench_of_github() -> Generator[Bench]:
    """For faults: without TLS, and without the description, to which it's held elsewhere."""
    kept = GithubService()
    with described(kept.answer, None, None, base=BASE) as service:
        place = GithubPlace(kept=kept, service=service, tls=None)

        def through(port: int) -> GithubTracker:
            kept.api = f"http://127.0.0.1:{port}{BASE}"  # PyGithub goes on by the addresses that it's told
            return place.tracker(port=port)

        with people_of(place) as people:
            upstream = f"http://127.0.0.1:{service.port}"
            yield Bench(name="github", upstream=upstream, through=through, people=people, shown=rendered.shown)


@dataclass(frozen=True, kw_only=True)
class GithubPeople:
    """The contract's People: an analyst, by plain HTTP; and the owner, who may delete."""

    kept: GithubService
    rest: httpx.Client

    members: tuple[str, str] = MEMBERS

    def item(self, ref: TicketRef) -> dict[str, Any]:
        return self.rest.get(_path(ref)).raise_for_status().json()

    def close(self, ref: TicketRef) -> None:
        self.rest.patch(_path(ref), json={"state": "closed", "state_reason": "not_planned"}).raise_for_status()

    def reopen(self, ref: TicketRef) -> None:
        self.rest.patch(_path(ref), json={"state": "open"}).raise_for_status()

    def delete(self, ref: TicketRef) -> None:
        self.kept.of(ref).deleted = True

    def title(self, ref: TicketRef) -> str:
        return self.item(ref)["title"]

    def labels(self, ref: TicketRef) -> list[str]:
        return [each["name"] for each in self.item(ref)["labels"]]

    def retitle(self, ref: TicketRef, title: str) -> None:
        self.rest.patch(_path(ref), json={"title": title}).raise_for_status()

    def priority(self, ref: TicketRef) -> str:
        (found,) = [each for each in self.labels(ref) if each.startswith(PRIORITY)]
        return found

    def assignee(self, ref: TicketRef) -> str:
        return ", ".join(each["login"] for each in self.item(ref)["assignees"])

    def assign(self, ref: TicketRef, member: str) -> None:
        self.rest.patch(_path(ref), json={"assignees": [member] if member else []}).raise_for_status()

    def mark(self, ref: TicketRef, word: str) -> None:
        self.rest.post(f"{_path(ref)}/labels", json={"labels": [word]}).raise_for_status()

    def marks(self, ref: TicketRef) -> list[str]:
        return [each for each in self.labels(ref) if not each.startswith(PRIORITY) and each != "offboarding"]

    def say(self, ref: TicketRef, text: str) -> None:
        self.rest.post(f"{_path(ref)}/comments", json={"body": text}).raise_for_status()

    def write(self, ref: TicketRef, description: str) -> None:
        self.rest.patch(_path(ref), json={"body": description}).raise_for_status()

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        said = self.rest.get(f"{_path(ref)}/comments").raise_for_status().json()
        self.say(on, said[-1]["body"])

    def texts(self, ref: TicketRef) -> list[str]:
        comments = self.rest.get(f"{_path(ref)}/comments").raise_for_status().json()
        return [seen(each["body"]).words for each in (self.item(ref), *comments)]

    def copy(self, ref: TicketRef) -> TicketRef:
        told = self.item(ref)
        given = {"title": told["title"], "labels": self.labels(ref)}
        made = self.rest.post(f"/repos/{REPOSITORY}/issues", json=given).raise_for_status().json()
        return TicketRef(ref=f"{REPOSITORY}#{made['number']}", url=made["html_url"])

    def trace(self, ref: TicketRef) -> str:
        return repr(self.kept.of(ref))

    def count(self, key: str) -> int:
        there = [each for each in self.kept.issues.values() if not each.deleted and not each.moved_to]
        return sum(f"[{key}]" in each.title for each in there)


def _path(ref: TicketRef) -> str:
    name, _, number = ref.ref.partition("#")
    return f"/repos/{name}/issues/{number}"


@contextmanager
def people_of(place: GithubPlace) -> Generator[GithubPeople]:
    """Ann, who works there."""
    headers = {"Authorization": "Bearer token-of-ann"}
    verify = ssl.create_default_context(cafile=str(place.tls.authority)) if place.tls else True
    base = f"{'https' if place.tls else 'http'}://127.0.0.1:{place.service.port}{BASE}"
    with httpx.Client(base_url=base, headers=headers, verify=verify, trust_env=False) as rest:
        yield GithubPeople(kept=place.kept, rest=rest)
