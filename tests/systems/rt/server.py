"""A real Request Tracker for tests, and the people who work in it. Import the fixtures to have them."""

import html
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from demo.request_tracker import CHECKLIST, MARK, rt_server
from demo.unpacked import TicketServer
from offboarding.interfaces import Tracker
from offboarding.model import TicketRef
from offboarding.trackers.rt import Settings, build
from tests.support.lasting import Lasting
from tests.support.memory import Folder
from tests.support.tracker_faults import Bench


@pytest.fixture(scope="session")
def rt(lasting: Lasting, in_memory: Folder) -> TicketServer:
    """One for the whole session."""
    return lasting("rt", lambda: rt_server(in_memory("rt")))


@pytest.fixture
def tracker(rt: TicketServer) -> Tracker:
    """Our adapter, with the defaults."""
    return build(settings(), rt.connection())


@pytest.fixture
def people(rt: TicketServer) -> "Generator[RtPeople]":
    """An analyst."""
    with client(rt, "analyst") as analyst:
        yield RtPeople(analyst=analyst, url=rt.url)


@pytest.fixture
def bench(rt: TicketServer, people: "RtPeople") -> Bench:
    """For faults. A comment has no key in RT."""
    return Bench(
        name="rt",
        upstream=f"http://127.0.0.1:{rt.port}",
        through=lambda port: build(settings(url=rt.url), rt.connection(port=port)),
        people=people,
        queue="General",
        comments_have_keys=False,
    )


def settings(**changes: object) -> Settings:
    """What a user would write, and changes to it."""
    return Settings.model_validate({"name": "secops", "kind": "rt", "connection": "secops_rt", **changes})


def client(server: TicketServer, login: str) -> httpx.Client:
    """REST 2 without our adapter."""
    headers = {"Authorization": f"token {server.passwords[login]}"}
    return httpx.Client(base_url=f"{server.url}REST/2.0/", headers=headers, trust_env=False, timeout=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class RtPeople:
    """The contract's People (tests/contract/tracker_contract.py), over REST 2."""

    analyst: httpx.Client = field(repr=False)
    url: str

    def ticket(self, ref: TicketRef) -> dict[str, Any]:
        """As RT tells it."""
        return self.analyst.get(f"ticket/{ref.ref}").raise_for_status().json()

    def put(self, ref: TicketRef, **changes: object) -> None:
        """Change it."""
        self.analyst.put(f"ticket/{ref.ref}", json=changes).raise_for_status()

    def count(self, key: str) -> int:
        found = self.analyst.get("tickets", params={"query": f"Subject LIKE '[{key}]'"}).raise_for_status().json()
        return found["count"]

    def status(self, ref: TicketRef) -> str:
        """RT's own word."""
        return self.ticket(ref)["Status"]

    def queue(self, ref: TicketRef) -> str:
        """Its name."""
        return self.analyst.get(f"queue/{self.ticket(ref)['Queue']['id']}").raise_for_status().json()["Name"]

    def close(self, ref: TicketRef) -> None:
        self.put(ref, Status="resolved")

    def reopen(self, ref: TicketRef) -> None:
        self.put(ref, Status="open")

    def delete(self, ref: TicketRef) -> None:
        self.analyst.delete(f"ticket/{ref.ref}").raise_for_status()

    def title(self, ref: TicketRef) -> str:
        return self.ticket(ref)["Subject"]

    def retitle(self, ref: TicketRef, title: str) -> None:
        self.put(ref, Subject=title)

    def priority(self, ref: TicketRef) -> str:
        return self.ticket(ref)["Priority"]

    @property
    def members(self) -> tuple[str, str]:
        return "analyst", "oncall"

    def assignee(self, ref: TicketRef) -> str:
        owner = self.ticket(ref)["Owner"]["id"]
        return "" if owner == "Nobody" else owner

    def assign(self, ref: TicketRef, member: str) -> None:
        self.put(ref, Owner=member or "Nobody")

    def mark(self, ref: TicketRef, word: str) -> None:
        self.put(ref, CustomFields={MARK: word})

    def marks(self, ref: TicketRef) -> list[str]:
        return self._field(ref, MARK)

    def say(self, ref: TicketRef, text: str) -> None:
        body = {"Content": text, "ContentType": "text/plain"}
        self.analyst.post(f"ticket/{ref.ref}/comment", json=body).raise_for_status()

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        asked = {"fields": "Type,Data", "per_page": 100}
        steps = self.analyst.get(f"ticket/{ref.ref}/history", params=asked).raise_for_status().json()["items"]
        subject = [each["Data"].strip() for each in steps if each["Type"] == "Comment"][-1]
        body = {"Subject": subject, "Content": self.texts(ref)[-1], "ContentType": "text/plain"}
        self.analyst.post(f"ticket/{on.ref}/comment", json=body).raise_for_status()

    def texts(self, ref: TicketRef) -> list[str]:
        """The checklist as a browser shows the field, which RT hands it as HTML; comments are plain text."""
        shown = [_shown(value) for value in self._field(ref, CHECKLIST)]
        asked = {"fields": "Content", "per_page": 100}
        found = self.analyst.get(f"ticket/{ref.ref}/attachments", params=asked).raise_for_status().json()
        return [*shown, *(each["Content"] for each in sorted(found["items"], key=lambda each: int(each["id"])))]

    def copy(self, ref: TicketRef) -> TicketRef:
        made = {"Queue": "General", "Subject": self.title(ref)}
        number = self.analyst.post("ticket", json=made).raise_for_status().json()["id"]
        return TicketRef(ref=number, url="")

    def trace(self, ref: TicketRef) -> str:
        return repr([self.ticket(ref)["LastUpdated"], self.analyst.get(f"ticket/{ref.ref}/history").json()["total"]])

    def _field(self, ref: TicketRef, name: str) -> list[str]:
        return [value for each in self.ticket(ref)["CustomFields"] if each["name"] == name for value in each["values"]]


def _shown(value: str) -> str:
    return html.unescape(value.removeprefix("<pre>").removesuffix("</pre>")).removeprefix("\n")
