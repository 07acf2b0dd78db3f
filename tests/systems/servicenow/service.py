"""A ServiceNow's Table API, as its documents describe it, and the people who work in it.

It refuses as they say it refuses, and takes in silence what it takes in silence: fields that a table lacks or a user
may not write are dropped, texts are cut, and a query's unknown parts are left out of it.
"""

import base64
import itertools
import json
import re
import secrets
import ssl
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Tracker
from offboarding.model import TicketRef
from offboarding.trackers.servicenow import Settings, build
from tests.support.described.server import Answered, Asked, Described, described
from tests.support.tracker_faults import Bench

BASE = "/api/now/table"
PASSWORDS = {"offboarding": secrets.token_hex(), "analyst": secrets.token_hex(), "blunt": secrets.token_hex()}
API_KEY = secrets.token_hex()
SYSTEM = ("sys_id", "number", "sys_created_on", "sys_created_by", "sys_mod_count")
TASK = {
    *("correlation_id", "short_description", "description", "due_date", "priority", "impact", "urgency", "state"),
    *("assigned_to", "assignment_group", "work_notes", "category", "u_mark"),
}
COLUMNS = {
    "incident": TASK | {"close_code", "close_notes", "caller_id"},
    "sc_task": TASK,
    "sys_user": {"user_name", "active"},
    "sys_user_group": {"name", "active"},
}
USERS = {"analyst": "a" * 32, "oncall": "b" * 32}
GROUPS = {"Security": "c" * 32, "Cloud team": "d" * 32}
LATER_STATES = {"6", "7"}
"""Of an incident: they need a code."""
NOTE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - \S+ \(Work notes\)\n", re.MULTILINE)


@dataclass(slots=True, kw_only=True)
class Instance:
    """An instance of one company's."""

    description_length: int = 100_000
    tables: dict[str, dict[str, dict[str, str]]] = field(default_factory=lambda: {name: {} for name in COLUMNS})
    notes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    hides: set[str] = field(default_factory=set[str])
    """Records, by their sys_id, that a rule of access shows to nobody but who has the run of the instance."""
    drops_notes: bool = False
    """Whether a rule of access lets nobody write work notes."""
    busy: int = 0
    """So many requests are one too many."""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for name, sys_id in USERS.items():
            self.tables["sys_user"][sys_id] = {"sys_id": sys_id, "user_name": name, "active": "true"}
        for name, sys_id in GROUPS.items():
            self.tables["sys_user_group"][sys_id] = {"sys_id": sys_id, "name": name, "active": "true"}

    def answer(self, asked: Asked) -> Answered:
        """One request at a time, as a transaction."""
        with self._lock:
            return self._answer(asked)

    def _answer(self, asked: Asked) -> Answered:
        user, table = _user(asked.headers), asked.path.split("/")[1]
        if refusal := self._refused(user, table, asked.method):
            return refusal
        return self._of_record(table, user, asked) if asked.path.count("/") > 1 else self._of_table(table, user, asked)

    def _refused(self, user: str, table: str, method: str) -> Answered | None:
        """Before anything is looked at."""
        if not user:
            return _refusal(401, "User Not Authenticated", "Required to provide Auth information")
        if self.busy:
            self.busy -= 1
            return _refusal(429, "Rate limit exceeded", "The limit of the rule is reached", {"Retry-After": "37"})
        if table not in COLUMNS:
            return _refusal(400, f"Invalid table {table}", None)
        if user == "blunt" and method != "GET":
            return _refusal(403, "Operation Failed", "ACL Exception Insert Failed due to security constraints")
        return None

    def _of_table(self, table: str, user: str, asked: Asked) -> Answered:
        if asked.method == "POST":
            return self._create(table, asked.body, user)
        found = self._found(table, asked.query.get("sysparm_query", ""))
        begin, most = int(asked.query.get("sysparm_offset", 0)), int(asked.query.get("sysparm_limit", 10_000))
        part = found[begin : begin + most]
        shown = [self._shown(table, each) for each in part if each["sys_id"] not in self.hides]
        return Answered(body={"result": shown}, headers={"X-Total-Count": str(len(found))})

    def _of_record(self, table: str, user: str, asked: Asked) -> Answered:
        record = self.tables[table].get(asked.path.split("/")[2])
        if record is None or record["sys_id"] in self.hides:
            return _refusal(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")
        if asked.method == "PATCH":
            return self._change(table, record, asked.body, user)
        return self._told(table, 200, record)

    def _create(self, table: str, sent: Mapping[str, str], user: str) -> Answered:
        if not isinstance(sent, dict):
            return _refusal(400, "Exception while reading request", "The payload is not valid JSON")
        number = next(self._numbers)
        record = {"sys_id": secrets.token_hex(16), "number": f"T{number:07}", "sys_created_by": user}
        record |= {"sys_created_on": "2026-11-24 16:00:00", "sys_mod_count": "-1", "state": "1"}
        self.notes[record["sys_id"]] = []
        answered = self._change(table, record, sent, user)
        if answered.status != 200:
            return answered
        self.tables[table][record["sys_id"]] = record
        return self._told(table, 201, record)

    def _change(self, table: str, record: dict[str, str], sent: Mapping[str, str], user: str) -> Answered:
        after = {**record, **{name: str(new) for name, new in sent.items() if name in COLUMNS[table]}}
        if table == "incident" and record.get("state") in {"7", "8"}:
            after["state"] = record["state"]
        if table == "incident" and after["state"] in LATER_STATES:
            missing = [name for name in ("close_code", "close_notes") if not after.get(name)]
            if missing:
                detail = f"Data Policy Exception: The following fields are mandatory: {', '.join(missing)}"
                return _refusal(403, "Operation Failed", detail)
        note = after.pop("work_notes", "")
        if note and not self.drops_notes:
            self.notes[record["sys_id"]].append(f"2026-11-24 16:00:00 - {user} (Work notes)\n{note}\n\n")
        after["short_description"] = after.get("short_description", "")[:160]
        after["description"] = after.get("description", "")[: self.description_length]
        if table == "incident":
            # As the table of lookups comes: 1 and 1 is critical, 3 and 3 planning.
            after["priority"] = str(int(after.get("impact", "3")) + int(after.get("urgency", "3")) - 1)
        after["sys_mod_count"] = str(int(record["sys_mod_count"]) + 1)
        record.clear()
        record.update(after)
        return self._told(table, 200, record)

    def _found(self, table: str, query: str) -> list[dict[str, str]]:
        parts = [part.split("=", 1) for part in query.split("^") if "=" in part]
        known = [(name, value) for name, value in parts if name in COLUMNS[table] or name in SYSTEM]
        return [
            each for each in self.tables[table].values() if all(each.get(name, "") == value for name, value in known)
        ]

    def _told(self, table: str, status: int, record: Mapping[str, str]) -> Answered:
        return Answered(status=status, body={"result": self._shown(table, record)})

    def _shown(self, table: str, record: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Each of its table's fields, filled or not."""
        journal = "".join(reversed(self.notes.get(record["sys_id"], [])))
        whole = {**dict.fromkeys(sorted(COLUMNS[table]), ""), **record}
        shown = {name: {"value": value, "display_value": value} for name, value in whole.items()}
        return {**shown, "work_notes": {"value": "", "display_value": journal}}


def _user(headers: Mapping[str, str]) -> str:
    lower = {name.lower(): value for name, value in headers.items()}
    if lower.get("x-sn-apikey") == API_KEY:
        return "offboarding"
    given = lower.get("authorization", "").removeprefix("Basic ")
    for login, password in PASSWORDS.items():
        if given == base64.b64encode(f"{login}:{password}".encode()).decode():
            return login
    return ""


def _refusal(status: int, message: str, detail: str | None, headers: Mapping[str, str] | None = None) -> Answered:
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return Answered(status=status, body=body, headers=headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class NowPlace:
    """A running instance."""

    kept: Instance
    service: Described
    tls: Tls | None

    def connection(self, login: str = "offboarding", port: int | None = None) -> ConnectionFields:
        """As an administrator makes it."""
        return ConnectionFields(
            conn_id="secops_now",
            schema="https" if self.tls else "http",
            host="127.0.0.1",
            port=port or self.service.port,
            login=login,
            password=PASSWORDS[login],
            extra={"ca_certs_file": str(self.tls.authority)} if self.tls else {},
        )

    def tracker(self, **changes: object) -> Tracker:
        """Our adapter, with the defaults but for the length of texts."""
        return build(settings(**changes), self.connection())


@contextmanager
def service_now(tls: Tls | None, **changes: Any) -> Generator[NowPlace]:
    """On a free port."""
    kept = Instance(**changes)
    with described(kept.answer, None, tls, base=BASE) as service:
        yield NowPlace(kept=kept, service=service, tls=tls)


@contextmanager
def bench_of_service_now() -> Generator[Bench]:
    """For faults, without TLS. A work note has no key in ServiceNow."""
    with service_now(None) as place:
        yield Bench(
            name="servicenow",
            upstream=f"http://127.0.0.1:{place.service.port}",
            through=lambda port: build(settings(), place.connection(port=port)),
            people=NowPeople(kept=place.kept),
            queue="Security",
            comments_have_keys=False,
        )


def settings(**changes: object) -> Settings:
    """What a user would write, and changes to it."""
    own = {"name": "secops", "kind": "servicenow", "connection": "secops_now", "description_characters": 100_000}
    return Settings.model_validate({**own, **changes})


def client(place: NowPlace, login: str = "analyst") -> httpx.Client:
    """The Table API without our adapter."""
    assert place.tls
    base = f"https://127.0.0.1:{place.service.port}{BASE}/"
    auth = (login, PASSWORDS[login])
    trusted = ssl.create_default_context(cafile=place.tls.authority)
    return httpx.Client(base_url=base, auth=auth, verify=trusted, trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NowPeople:
    """The contract's People (tests/contract/tracker_contract.py), in the instance itself."""

    kept: Instance
    table: str = "incident"

    def record(self, ref: TicketRef) -> dict[str, str]:
        """As it stands."""
        return self.kept.tables[self.table][ref.ref]

    def put(self, ref: TicketRef, **changes: str) -> None:
        """Change it."""
        asked = Asked(
            method="PATCH",
            path=f"/{self.table}/{ref.ref}",
            query={},
            headers={"Authorization": "Basic " + base64.b64encode(f"analyst:{PASSWORDS['analyst']}".encode()).decode()},
            body=changes,
        )
        assert self.kept.answer(asked).status == 200

    def count(self, key: str) -> int:
        return sum(each.get("correlation_id") == key for each in self.kept.tables[self.table].values())

    def close(self, ref: TicketRef) -> None:
        code = {"state": "6", "close_code": "Resolved by caller", "close_notes": "By hand."}
        self.put(ref, **(code if self.table == "incident" else {"state": "4"}))

    def reopen(self, ref: TicketRef) -> None:
        self.put(ref, state="2")

    def delete(self, ref: TicketRef) -> None:
        del self.kept.tables[self.table][ref.ref]

    def title(self, ref: TicketRef) -> str:
        return self.record(ref)["short_description"]

    def retitle(self, ref: TicketRef, title: str) -> None:
        self.put(ref, short_description=title, correlation_id="")

    def priority(self, ref: TicketRef) -> str:
        return self.record(ref)["priority"]

    @property
    def members(self) -> tuple[str, str]:
        return "analyst", "oncall"

    def assignee(self, ref: TicketRef) -> str:
        return {sys_id: name for name, sys_id in USERS.items()}.get(self.record(ref).get("assigned_to", ""), "")

    def assign(self, ref: TicketRef, member: str) -> None:
        self.put(ref, assigned_to=USERS.get(member, ""))

    def mark(self, ref: TicketRef, word: str) -> None:
        self.put(ref, u_mark=word)

    def marks(self, ref: TicketRef) -> list[str]:
        return [self.record(ref)["u_mark"]]

    def say(self, ref: TicketRef, text: str) -> None:
        self.put(ref, work_notes=text)

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        self.put(on, work_notes=NOTE.sub("", self.kept.notes[ref.ref][-1]).strip())

    def texts(self, ref: TicketRef) -> list[str]:
        """Without the word by which we know our own again."""
        notes = (NOTE.sub("", note).strip() for note in self.kept.notes[ref.ref])
        return [self.record(ref)["description"], *(note.partition("\n\n(offb-")[0] for note in notes)]

    def copy(self, ref: TicketRef) -> TicketRef:
        """As "Insert and Stay" does: with its correlation id."""
        number = f"T{len(self.kept.tables[self.table]) + 900_000:07}"
        own = {"sys_id": secrets.token_hex(16), "number": number, "sys_created_by": "analyst"}
        made = {**self.record(ref), **own}
        self.kept.tables[self.table][made["sys_id"]] = made
        self.kept.notes[made["sys_id"]] = []
        return TicketRef(ref=made["sys_id"], url="")

    def trace(self, ref: TicketRef) -> str:
        return json.dumps([self.record(ref), self.kept.notes[ref.ref]])
