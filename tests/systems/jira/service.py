"""What Jira does with issues, over HTTPS, as Cloud and as Data Center, and the people who work there.

As documented at https://developer.atlassian.com: the search is of an index that lags behind (`lag` searches), what
doesn't fit is a 400 with `errors` by field, a transition is refused where it doesn't lead from an issue's status, a
moved issue is known by its old key, and what an account may not see is a 404. Cloud takes documents (ADF) whose nodes
may stand where they do, Data Center text.
"""

import base64
import itertools
import re
import ssl
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketRef
from offboarding.model.keys import TICKET_KEY
from offboarding.trackers.jira import JiraTracker, Settings, build
from offboarding.trackers.jira.document import whole
from tests.support import rendered
from tests.support.described.server import Answered, Asked, Described, Description, described
from tests.support.tracker_faults import Bench
from tests.systems.jira.wiki_markup import page_of

PROJECT = "SEC"
MAILS = {"offboarding": "bot@corp.example", "ann": "ann@corp.example", "bob": "bob@corp.example"}
CATEGORIES = {"1": "new", "3": "indeterminate", "6": "done", "7": "done"}
NAMES = {"1": "Backlog", "3": "In Arbeit", "6": "Erledigt", "7": "Won't fix"}
PRIORITIES = ("Highest", "High", "Medium", "Low")
NOT_FOUND = Answered(
    status=404, body={"errorMessages": ["Issue does not exist or you do not have permission to see it."]}
)
INLINE = {"text", "hardBreak"}
CONTENT = {
    "doc": {"paragraph", "bulletList", "taskList", "codeBlock", "rule", "panel"},
    "paragraph": INLINE,
    "bulletList": {"listItem"},
    "listItem": {"paragraph", "bulletList", "codeBlock"},
    "taskList": {"taskItem"},
    "taskItem": INLINE,
    "codeBlock": {"text"},
}
"""What may stand in what (https://developer.atlassian.com/cloud/jira/platform/apis/document/structure)."""


@dataclass(kw_only=True)
class StoredIssue:
    """As it stands there."""

    id: int
    key: str
    summary: str
    description: Any
    labels: list[str]
    priority: str | None
    creator: str
    assignee: str = ""
    due: str | None = None
    components: list[str] = field(default_factory=list[str])
    own: dict[str, Any] = field(default_factory=dict[str, Any])
    status: str = "1"
    comments: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    history: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """(id, the status that it went to)."""
    changed: int = 0
    known_after: int = 0
    """From which search on."""
    old_keys: list[str] = field(default_factory=list[str])


class JiraService:
    """One project."""

    def __init__(self, *, cloud: bool) -> None:
        self.cloud = cloud
        self.issues: list[StoredIssue] = []
        self.drops_comments = False
        self.properties: dict[tuple[str, str], Any] = {}
        self.required: dict[str, str] = {}
        """Fields of its own that a new issue must say: id and name."""
        self.lag = 0
        """How many searches don't know yet what was made."""
        self.lagging: int = 0
        """The lag, for what is made from now on until that many searches were asked."""
        self.refuses: Answered | None = None
        self.sees_project = True
        self.lacks: set[str] = set()
        """Permissions in the project, by their keys."""
        self.tells_nothing_of = set[str]()
        """Permissions that its answer leaves out."""
        self.no_way_to_done = False
        self.keeps_comments = False
        """Nobody may delete them."""
        self.asks_on_close: dict[str, Any] = {}
        self._searches = 0
        self._ids = itertools.count(10_001)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        key = r"/issue/([A-Z]+-\d+|\d+)"
        self._routes: list[tuple[str, str, Callable[..., Answered]]] = [
            ("GET", r"/myself", self._myself),
            ("GET", r"/mypermissions", self._permissions),
            ("GET", r"/status", self._statuses),
            ("GET", r"/search/jql" if cloud else r"/search", self._search),
            ("POST", r"/issue", self._create),
            ("GET", r"/issue/createmeta/(\w+)/issuetypes", self._types),
            ("GET", r"/issue/createmeta/(\w+)/issuetypes/(\d+)", self._screen),
            ("GET", key, self._issue),
            ("PUT", key, self._edit),
            ("GET", rf"{key}/comment", self._comments),
            ("POST", rf"{key}/comment", self._comment),
            ("DELETE", rf"{key}/comment/(\d+)", self._delete_comment),
            ("GET", rf"{key}/transitions", self._transitions),
            ("POST", rf"{key}/transitions", self._go),
            ("GET", r"/user/assignable/search", self._assignable),
            ("GET", r"/user/properties/(.+)", self._property),
            ("PUT", r"/user/properties/(.+)", self._set_property),
            ("DELETE", r"/user/properties/(.+)", self._delete_property),
        ]

    @property
    def base(self) -> str:
        return f"/rest/api/{3 if self.cloud else 2}"

    def answer(self, asked: Asked) -> Answered:
        """One request at a time, as a database has it."""
        by = self._who(asked.headers.get("authorization", ""))
        if not by:
            return Answered(
                status=401, body={"errorMessages": ["Client must be authenticated to access this resource."]}
            )
        if self.refuses:
            return self.refuses
        for method, pattern, does in self._routes:
            match = re.fullmatch(pattern, asked.path)
            if match and method == asked.method:
                with self._lock:
                    return does(asked, by, *match.groups())
        return Answered(status=404, body={"errorMessages": ["No such resource"]})

    def _who(self, given: str) -> str:
        kind, _, word = given.partition(" ")
        if kind == "Basic" and self.cloud:
            mail, _, token = base64.b64decode(word).decode().partition(":")
            return {each: name for name, each in MAILS.items()}.get(mail, "") if token == "a-token" else ""
        return word.removeprefix("pat-") if kind == "Bearer" and not self.cloud and word[4:] in MAILS else ""

    def of(self, ref: str) -> StoredIssue | None:
        """By its key, one that it had, or its id."""
        return next((each for each in self.issues if ref in {each.key, str(each.id), *each.old_keys}), None)

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _person(self, name: str) -> dict[str, Any]:
        own = {"displayName": name.title(), "emailAddress": MAILS[name]}
        return {"accountId": f"5b10:{name}", **own} if self.cloud else {"name": name, "key": name, **own}

    def _myself(self, asked: Asked, by: str) -> Answered:
        return Answered(body=self._person(by))

    def _permissions(self, asked: Asked, by: str) -> Answered:
        if asked.query["projectKey"] != PROJECT or not self.sees_project:
            return NOT_FOUND
        wanted = [*asked.query["permissions"].split(",")]
        # Data Center tells all of them, whichever are named.
        every = wanted if self.cloud else [*wanted, "ADMINISTER_PROJECTS"]
        told = {
            each: {
                "id": "1",
                "key": each,
                "name": each.replace("_", " ").title(),
                "type": "PROJECT",
                "havePermission": each in wanted and each not in self.lacks,
            }
            for each in every
            if each not in self.tells_nothing_of
        }
        return Answered(body={"permissions": told})

    def _status(self, number: str) -> dict[str, Any]:
        return {"id": number, "name": NAMES[number], "statusCategory": {"id": 1, "key": CATEGORIES[number]}}

    def _statuses(self, asked: Asked, by: str) -> Answered:
        return Answered(body=[self._status(each) for each in CATEGORIES])

    def _search(self, asked: Asked, by: str) -> Answered:
        self._searches += 1
        match = re.fullmatch(r'labels = "([^"]+)" ORDER BY created ASC, key ASC', asked.query["jql"])
        if not match:
            return _refused("Error in the JQL Query")
        found = [each for each in self.issues if match[1] in each.labels and self._searches > each.known_after]
        return Answered(body={"issues": [self._shown(each) for each in found], "isLast": True})

    def _types(self, asked: Asked, by: str, project: str) -> Answered:
        if project != PROJECT or not self.sees_project:
            return Answered(status=404, body={"errorMessages": [f"No project could be found with key '{project}'."]})
        told = [{"id": "10001", "name": "Task", "subtask": False}, {"id": "10002", "name": "Bug", "subtask": False}]
        return Answered(
            body={"issueTypes" if self.cloud else "values": told, "startAt": 0, "maxResults": 50, "total": 2}
        )

    def _screen(self, asked: Asked, by: str, project: str, number: str) -> Answered:
        usual = {"project": True, "issuetype": True, "summary": True, "description": False, "labels": False}
        usual |= {"priority": False, "duedate": False, "assignee": False, "components": False, "reporter": True}
        fields: list[dict[str, Any]] = [
            {"fieldId": each, **_field(each, each.title(), required=must)} for each, must in usual.items()
        ]
        fields += [{"fieldId": each, **_field(each, name, required=True)} for each, name in self.required.items()]
        for each in fields:
            each["hasDefaultValue"] = each["fieldId"] == "reporter"
            if each["fieldId"] == "priority":
                each["allowedValues"] = [{"id": str(n), "name": name} for n, name in enumerate(PRIORITIES)]
        start = int(asked.query.get("startAt", 0))
        page = fields[start : start + 7]
        named = "fields" if self.cloud else "values"
        return Answered(body={named: page, "startAt": start, "maxResults": 7, "total": len(fields)})

    def _create(self, asked: Asked, by: str) -> Answered:
        given = asked.body.get("fields", {})
        if given.get("project") != {"key": PROJECT} or not self.sees_project:
            return _refused(project="valid project is required")
        if given.get("issuetype", {}).get("name") not in {"Task", "Bug"}:
            return _refused(issuetype="Specify a valid issue type")
        missing = {each: f"{name} is required." for each, name in self.required.items() if each not in given}
        if not given.get("summary"):
            missing["summary"] = "You must specify a summary of the issue."
        if wrong := missing or self._wrong(given):
            return _refused(**wrong)
        own = {name: each for name, each in given.items() if name.startswith("customfield_")}
        issue = StoredIssue(
            id=next(self._ids),
            key=f"{PROJECT}-{next(self._numbers)}",
            summary=given["summary"],
            description=given.get("description"),
            labels=[*given.get("labels", [])],
            priority=(given.get("priority") or {"name": "Medium"})["name"],
            creator=by,
            assignee=self._named(given.get("assignee")),
            due=given.get("duedate"),
            components=[each["name"] for each in given.get("components", [])],
            own=own,
            known_after=self._searches + (self.lagging or self.lag),
        )
        self.lagging = 0
        self.issues.append(issue)
        return Answered(status=201, body={"id": str(issue.id), "key": issue.key})

    def _named(self, given: Any) -> str:
        return (given or {}).get("accountId" if self.cloud else "name", "").removeprefix("5b10:")

    def _wrong(self, given: Mapping[str, Any]) -> dict[str, str]:
        """By field, as Jira says it."""
        wrong: dict[str, str] = {}
        summary, description = given.get("summary"), given.get("description")
        if summary is not None and (len(summary) > 255 or "\n" in summary):
            wrong["summary"] = "Summary must be less than 255 characters and on one line."
        if description is not None and (said := self._wrong_text(description)):
            wrong["description"] = said
        for label in given.get("labels", []):
            if re.search(r"\s", label):
                wrong["labels"] = f"The label '{label}' contains spaces which is invalid."
        if given.get("priority") and given["priority"].get("name") not in PRIORITIES:
            wrong["priority"] = "The priority selected is invalid."
        if given.get("assignee") and self._named(given["assignee"]) not in {"ann", "bob"}:
            wrong["assignee"] = "User cannot be assigned issues."
        try:
            date.fromisoformat(given.get("duedate") or "2026-01-01")
        except ValueError:
            wrong["duedate"] = "Error parsing date string"
        return wrong

    def _wrong_text(self, text: Any) -> str:
        if not self.cloud:
            return "" if isinstance(text, str) and len(text) <= 32_767 else "The entered text is too long."
        if not isinstance(text, dict) or text.get("type") != "doc" or text.get("version") != 1:
            return "Operation value must be an Atlassian Document"
        if len(str(text)) > 60_000 or _length(text) > 32_767:
            return "CONTENT_LIMIT_EXCEEDED"
        return _misplaced(text)

    def _issue(self, asked: Asked, by: str, key: str) -> Answered:
        issue = self.of(key)
        if issue is None:
            return NOT_FOUND
        shown = self._shown(issue)
        if asked.query.get("expand") == "changelog":
            changes = [{"id": str(n), "items": [{"field": "status", "to": to}]} for n, to in reversed(issue.history)]
            shown["changelog"] = {"histories": changes, "total": len(changes)}
        return Answered(body=shown)

    def _edit(self, asked: Asked, by: str, key: str) -> Answered:
        issue, given = self.of(key), asked.body.get("fields", {})
        if issue is None:
            return NOT_FOUND
        if wrong := self._wrong(given):
            return _refused(**wrong)
        issue.summary = given.get("summary", issue.summary)
        issue.description = given.get("description", issue.description)
        issue.priority = given["priority"]["name"] if given.get("priority") else issue.priority
        issue.due = given.get("duedate", issue.due)
        issue.assignee = self._named(given["assignee"]) if "assignee" in given else issue.assignee
        for change in asked.body.get("update", {}).get("labels", []):
            if "add" in change and change["add"] not in issue.labels:
                issue.labels.append(change["add"])
            if change.get("remove") in issue.labels:
                issue.labels.remove(change["remove"])
        issue.changed += 1
        return Answered(status=204)

    def _comments(self, asked: Asked, by: str, key: str) -> Answered:
        issue = self.of(key)
        if issue is None:
            return NOT_FOUND
        start = int(asked.query.get("startAt", 0))
        shown = issue.comments[start : start + 5]
        if "properties" not in asked.query.get("expand", ""):
            shown = [{name: each for name, each in told.items() if name != "properties"} for told in shown]
        return Answered(body={"comments": shown, "startAt": start, "maxResults": 5, "total": len(issue.comments)})

    def _comment(self, asked: Asked, by: str, key: str) -> Answered:
        issue = self.of(key)
        if issue is None:
            return NOT_FOUND
        if said := self._wrong_text(asked.body.get("body")):
            return _refused(comment=said)
        told = {"id": str(next(self._ids)), "author": self._person(by), "body": asked.body["body"]}
        told["properties"] = asked.body.get("properties", [])
        if not self.drops_comments:
            issue.comments.append(told)
        return Answered(status=201, body=told)

    def _delete_comment(self, asked: Asked, by: str, key: str, number: str) -> Answered:
        issue = self.of(key)
        found = [each for each in issue.comments if each["id"] == number] if issue else []
        if not issue or not found:
            return NOT_FOUND
        if self.keeps_comments:
            return Answered(status=403, body={"errorMessages": ["You do not have permission to delete comments."]})
        issue.comments.remove(found[0])
        return Answered(status=204)

    def _ways(self, issue: StoredIssue) -> dict[str, str]:
        """A transition's id -> where it leads: back only to where work begins."""
        if CATEGORIES[issue.status] == "done":
            return {"51": "3", "41": "1"}
        return {"21": "3"} if self.no_way_to_done else {"21": "3", "31": "6", "35": "7"}

    def _transitions(self, asked: Asked, by: str, key: str) -> Answered:
        issue = self.of(key)
        if issue is None:
            return NOT_FOUND
        asks = {"resolution": _field("resolution", "Resolution", required=True), **self.asks_on_close}
        told = [
            {
                "id": number,
                "name": f"to {NAMES[to]}",
                "to": self._status(to),
                "fields": asks if CATEGORIES[to] == "done" else {},
            }
            for number, to in self._ways(issue).items()
        ]
        return Answered(body={"transitions": told})

    def _go(self, asked: Asked, by: str, key: str) -> Answered:
        issue = self.of(key)
        if issue is None:
            return NOT_FOUND
        to = self._ways(issue).get(asked.body.get("transition", {}).get("id", ""))
        if to is None:
            return _refused("It seems that you have tried to perform an illegal workflow operation.")
        if CATEGORIES[to] == "done" and not asked.body.get("fields", {}).get("resolution"):
            return _refused(resolution="Resolution is required.")
        issue.status = to
        issue.history.append((next(self._ids), to))
        return Answered(status=204)

    def _assignable(self, asked: Asked, by: str) -> Answered:
        word = asked.query.get("query" if self.cloud else "username", "").lower()
        found = [each for each in ("ann", "bob") if word in MAILS[each] or word in each or word == f"5b10:{each}"]
        return Answered(body=[self._person(each) for each in found])

    def _owner(self, asked: Asked, by: str) -> str:
        told = asked.query.get("accountId" if self.cloud else "username", "").removeprefix("5b10:")
        return told if told == by else ""

    def _property(self, asked: Asked, by: str, name: str) -> Answered:
        value = self.properties.get((self._owner(asked, by), name))
        missing = Answered(status=404, body={"errorMessages": ["The property with given key is not found"]})
        return missing if value is None else Answered(body={"key": name, "value": value})

    def _set_property(self, asked: Asked, by: str, name: str) -> Answered:
        if not self._owner(asked, by):
            return Answered(status=403, body={"errorMessages": ["Not allowed for another user"]})
        self.properties[by, name] = asked.body
        return Answered(status=201)

    def _delete_property(self, asked: Asked, by: str, name: str) -> Answered:
        return Answered(status=204) if self.properties.pop((by, name), None) is not None else NOT_FOUND

    def _shown(self, issue: StoredIssue) -> dict[str, Any]:
        return {
            "id": str(issue.id),
            "key": issue.key,
            "fields": {
                "summary": issue.summary,
                "description": issue.description,
                "labels": [*issue.labels],
                "status": self._status(issue.status),
                "duedate": issue.due,
                "priority": {"id": "1", "name": issue.priority},
                "creator": self._person(issue.creator),
                "assignee": self._person(issue.assignee) if issue.assignee else None,
            },
        }


def _field(key: str, name: str, *, required: bool) -> dict[str, Any]:
    """What a screen says of a field."""
    told = {"key": key, "name": name, "required": required, "hasDefaultValue": False}
    return {**told, "operations": ["set"], "schema": {"type": "any"}}


def _refused(*messages: str, **errors: str) -> Answered:
    return Answered(status=400, body={"errorMessages": [*messages], "errors": errors})


def _length(node: Any) -> int:
    return len(node.get("text", "")) + sum(_length(each) for each in node.get("content", []))


def _misplaced(node: Mapping[str, Any]) -> str:
    for each in node.get("content", []):
        if each["type"] not in CONTENT[node["type"]]:
            return f"INVALID_INPUT: {each['type']} in {node['type']}"
        if each["type"] == "text" and not each.get("text"):
            return "INVALID_INPUT: a text without one"
        if each["type"] in {"taskList", "taskItem"} and "localId" not in each.get("attrs", {}):
            return "INVALID_INPUT: no localId"
        if each["type"] in CONTENT and (said := _misplaced(each)):
            return said
    return ""


def seen(text: Any) -> str:
    """What a person reads: words, whatever they're in. Our marks are left out."""
    if isinstance(text, str):
        return page_of(text).words
    words = [" ".join(_words(each).split()) for each in text["content"]]
    return " ".join(each for each in words if each and not re.match(r"\[/?offb-[0-9a-f]+\]", each))


def _words(node: Mapping[str, Any]) -> str:
    inner = " ".join(_words(each) for each in node.get("content", []))
    if node["type"] == "taskItem":
        return f"[{'x' if node['attrs']['state'] == 'DONE' else ' '}] {inner}"
    return node.get("text", "") if node["type"] == "text" else inner


@dataclass(frozen=True, kw_only=True)
class JiraPlace:
    """A running service, and how it's reached."""

    kept: JiraService
    service: Described
    tls: Tls | None

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        given = self.service.fields(conn_id="corp_jira")
        given["login"] = MAILS["offboarding"] if self.kept.cloud else ""
        given["password"] = "a-token" if self.kept.cloud else "pat-offboarding"
        return ConnectionFields(**{**given, **changes})

    def tracker(self, settings: Mapping[str, object] | None = None, **changes: Any) -> JiraTracker:
        """Ours, with the defaults; the search has its time in no time."""
        own: dict[str, object] = {"name": "secops", "kind": "jira", "connection": "corp_jira", "project": PROJECT}
        own |= {"search_lag_seconds": 0.05}
        return build(Settings.model_validate({**own, **(settings or {})}), self.connection(**changes))


@contextmanager
def jira(tls: Tls | None, *, cloud: bool, description: Description | None = None) -> Generator[JiraPlace]:
    """On a free port. Cloud is held to its description, where one is given; of Data Center Atlassian publishes none."""
    kept = JiraService(cloud=cloud)
    with described(kept.answer, description if cloud else None, tls, base=kept.base) as service:
        yield JiraPlace(kept=kept, service=service, tls=tls)


@contextmanager
def bench_of_jira(*, cloud: bool) -> Generator[Bench]:
    """For faults: without TLS, with a search that lags."""
    with jira(None, cloud=cloud) as place, people_of(place) as people:
        yield Bench(
            name="jira",
            upstream=f"http://127.0.0.1:{place.service.port}",
            through=lambda port: place.tracker(port=port),
            people=people,
            lag=lambda searches: setattr(place.kept, "lagging", searches),
            shown=rendered.shown,
        )


@dataclass(frozen=True, kw_only=True)
class JiraPeople:
    """The contract's People: an analyst, by plain HTTP; and an administrator, who may delete."""

    kept: JiraService
    rest: httpx.Client

    @property
    def members(self) -> tuple[str, str]:
        return (MAILS["ann"], MAILS["bob"]) if self.kept.cloud else ("ann", "bob")

    def item(self, ref: TicketRef) -> dict[str, Any]:
        return self.rest.get(f"/issue/{ref.ref}").raise_for_status().json()["fields"]

    def edit(self, ref: TicketRef, **changes: object) -> None:
        self.rest.put(f"/issue/{ref.ref}", json=changes).raise_for_status()

    def go(self, ref: TicketRef, *categories: str) -> None:
        ways = self.rest.get(f"/issue/{ref.ref}/transitions").raise_for_status().json()["transitions"]
        way = next(each for each in ways if each["to"]["statusCategory"]["key"] in categories)
        given = {"transition": {"id": way["id"]}, "fields": {"resolution": {"name": "Won't do"}}}
        self.rest.post(f"/issue/{ref.ref}/transitions", json=given).raise_for_status()

    def close(self, ref: TicketRef) -> None:
        self.go(ref, "done")

    def reopen(self, ref: TicketRef) -> None:
        self.go(ref, "new", "indeterminate")

    def delete(self, ref: TicketRef) -> None:
        found = self.kept.of(ref.ref)
        assert found
        self.kept.issues.remove(found)

    def title(self, ref: TicketRef) -> str:
        return self.item(ref)["summary"]

    def retitle(self, ref: TicketRef, title: str) -> None:
        taken = [{"remove": each} for each in self.item(ref)["labels"] if TICKET_KEY.fullmatch(each)]
        self.edit(ref, fields={"summary": title}, update={"labels": taken})

    def priority(self, ref: TicketRef) -> str:
        return self.item(ref)["priority"]["name"]

    def assignee(self, ref: TicketRef) -> str:
        told = self.item(ref)["assignee"] or {"emailAddress": "", "name": ""}
        return told["emailAddress" if self.kept.cloud else "name"]

    def assign(self, ref: TicketRef, member: str) -> None:
        name = member.partition("@")[0]
        given = {"accountId": f"5b10:{name}"} if self.kept.cloud else {"name": name}
        self.edit(ref, fields={"assignee": given if member else None})

    def mark(self, ref: TicketRef, word: str) -> None:
        self.edit(ref, update={"labels": [{"add": word}]})

    def marks(self, ref: TicketRef) -> list[str]:
        return [each for each in self.item(ref)["labels"] if not each.startswith("off")]

    def body_of(self, text: str) -> object:
        return whole([{"type": "paragraph", "content": [{"type": "text", "text": text}]}]) if self.kept.cloud else text

    def say(self, ref: TicketRef, text: str) -> None:
        self.rest.post(f"/issue/{ref.ref}/comment", json={"body": self.body_of(text)}).raise_for_status()

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        asked = {"expand": "properties"}
        said = self.rest.get(f"/issue/{ref.ref}/comment", params=asked).raise_for_status().json()["comments"][-1]
        body = {"body": said["body"], "properties": said.get("properties", [])}
        self.rest.post(f"/issue/{on.ref}/comment", json=body).raise_for_status()

    def texts(self, ref: TicketRef) -> list[str]:
        issue = self.kept.of(ref.ref)
        assert issue
        return [seen(self.item(ref)["description"]), *(seen(each["body"]) for each in issue.comments)]

    def copy(self, ref: TicketRef) -> TicketRef:
        told = self.item(ref)
        given = {name: told[name] for name in ("summary", "description", "labels")}
        given |= {"project": {"key": PROJECT}, "issuetype": {"name": "Task"}}
        made = self.rest.post("/issue", json={"fields": given}).raise_for_status().json()
        return TicketRef(ref=made["key"], url="")

    def trace(self, ref: TicketRef) -> str:
        return repr(self.kept.of(ref.ref))

    def count(self, key: str) -> int:
        return sum(f"[{key}]" in each.summary for each in self.kept.issues)


@contextmanager
def people_of(place: JiraPlace) -> Generator[JiraPeople]:
    """Ann, who works there."""
    verify = ssl.create_default_context(cafile=str(place.tls.authority)) if place.tls else True
    base = f"{'https' if place.tls else 'http'}://127.0.0.1:{place.service.port}{place.kept.base}"
    own: dict[str, Any] = {"auth": (MAILS["ann"], "a-token")} if place.kept.cloud else {}
    own = own or {"headers": {"Authorization": "Bearer pat-ann"}}
    with httpx.Client(base_url=base, verify=verify, trust_env=False, **own) as rest:
        yield JiraPeople(kept=place.kept, rest=rest)
