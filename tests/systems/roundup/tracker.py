"""A real Roundup for tests, and the people who work in it. Import the fixtures into a conftest to have them."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from demo.roundup import RoundupServer, roundup_server
from offboarding.interfaces import Tracker
from offboarding.model import TicketRef
from offboarding.trackers.roundup import Settings, build
from tests.support.lasting import Lasting
from tests.support.memory import Folder
from tests.support.tracker_faults import Bench


@pytest.fixture(scope="session")
def roundup(lasting: Lasting, in_memory: Folder) -> RoundupServer:
    """One tracker for the whole session; installing and starting it takes half a second."""
    return lasting("roundup", lambda: roundup_server(in_memory("a tracker") / "roundup"))


@pytest.fixture
def tracker(roundup: RoundupServer) -> Tracker:
    """Our adapter, with the defaults, as the ordinary user."""
    return build(settings(), roundup.connection("secops_roundup"))


@pytest.fixture
def people(roundup: RoundupServer) -> "Generator[RoundupPeople]":
    """An analyst, and Roundup's administrator where a User may not (deleting)."""
    with client(roundup, "analyst") as analyst, client(roundup, "admin") as admin:
        yield RoundupPeople(analyst=analyst, admin=admin, url=roundup.url)


@pytest.fixture
def bench(roundup: RoundupServer, people: "RoundupPeople") -> Bench:
    """For faults; the tracker's own address is another than the relay's, as behind a proxy."""

    def through(port: int) -> Tracker:
        return build(settings(url=roundup.url), replace(roundup.connection("secops_roundup"), port=port))

    return Bench(name="roundup", upstream=f"http://127.0.0.1:{roundup.port}", through=through, people=people)


def settings(**changes: object) -> Settings:
    """What a user would write, and changes to it."""
    return Settings.model_validate({"name": "secops", "kind": "roundup", "connection": "secops_roundup", **changes})


def client(server: RoundupServer, login: str) -> httpx.Client:
    """Roundup's REST interface without our adapter."""
    origin = server.url.rsplit("/", 2)[0]
    headers = {"X-Requested-With": "rest", "Origin": origin, "Referer": server.url, "Connection": "close"}
    auth = (login, server.passwords[login])
    return httpx.Client(base_url=server.url + "rest/data/", auth=auth, headers=headers, trust_env=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundupPeople:
    """The contract's People (tests/contract/tracker_contract.py), over REST."""

    analyst: httpx.Client = field(repr=False)
    admin: httpx.Client = field(repr=False)
    url: str

    def item(self, path: str) -> dict[str, Any]:
        """An item's data, with its etag and the names of what it links to."""
        response = self.analyst.get(path, params={"@verbose": "2"})
        response.raise_for_status()
        return response.json()["data"]

    def edit(self, path: str, **changes: object) -> None:
        """Change an item."""
        response = self.analyst.patch(path, json=changes, headers={"If-Match": self.item(path)["@etag"]})
        response.raise_for_status()

    def say(self, ref: TicketRef, text: str) -> None:
        """Comment, as somebody does on the page."""
        message = self.analyst.post("msg", json={"content": text, "author": "analyst", "date": "."}).raise_for_status()
        self.edit(f"issue/{ref.ref}", messages=[*self.messages(ref), message.json()["data"]["id"]])

    def messages(self, ref: TicketRef) -> list[str]:
        """Ids, in the order in which they were written."""
        linked = self.item(f"issue/{ref.ref}")["attributes"]["messages"]
        return sorted((message["id"] for message in linked), key=int)

    def count(self, key: str) -> int:
        """How many tickets bear the key."""
        return self.analyst.get("issue", params={"title": f"[{key}]"}).json()["data"]["@total_size"]

    def keywords(self, ref: TicketRef) -> list[str]:
        """Names of the ticket's keywords."""
        return [keyword["name"] for keyword in self.item(f"issue/{ref.ref}")["attributes"]["keyword"]]

    def status(self, ref: TicketRef) -> str:
        """Roundup's own word."""
        return self.item(f"issue/{ref.ref}")["attributes"]["status"]["name"]

    def close(self, ref: TicketRef) -> None:
        self.edit(f"issue/{ref.ref}", status="resolved")

    def reopen(self, ref: TicketRef) -> None:
        self.edit(f"issue/{ref.ref}", status="in-progress")

    def delete(self, ref: TicketRef) -> None:
        etag = self.item(f"issue/{ref.ref}")["@etag"]
        self.admin.delete(f"issue/{ref.ref}", headers={"If-Match": etag}).raise_for_status()

    def title(self, ref: TicketRef) -> str:
        return self.item(f"issue/{ref.ref}")["attributes"]["title"]

    def retitle(self, ref: TicketRef, title: str) -> None:
        self.edit(f"issue/{ref.ref}", title=title)

    def priority(self, ref: TicketRef) -> str:
        return self.item(f"issue/{ref.ref}")["attributes"]["priority"]["name"]

    @property
    def members(self) -> tuple[str, str]:
        return "analyst", "admin"

    def assignee(self, ref: TicketRef) -> str:
        assigned = self.item(f"issue/{ref.ref}")["attributes"]["assignedto"]
        return assigned["username"] if assigned else ""

    def assign(self, ref: TicketRef, member: str) -> None:
        if member:
            self.edit(f"issue/{ref.ref}", assignedto=member)
            return
        etag = {"If-Match": self.item(f"issue/{ref.ref}")["@etag"]}
        self.analyst.delete(f"issue/{ref.ref}/assignedto", headers=etag).raise_for_status()

    def mark(self, ref: TicketRef, word: str) -> None:
        made = self.analyst.post("keyword", json={"name": word}).raise_for_status()
        self.edit(f"issue/{ref.ref}", keyword=[made.json()["data"]["id"]], **{"@op": "add"})

    def marks(self, ref: TicketRef) -> list[str]:
        return self.keywords(ref)

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        last = self.messages(ref)[-1]
        said = {"content": self.item(f"msg/{last}/content")["data"], "author": "analyst", "date": "."}
        said["messageid"] = self.item(f"msg/{last}")["attributes"]["messageid"]
        made = self.analyst.post("msg", json=said).raise_for_status().json()["data"]["id"]
        self.edit(f"issue/{on.ref}", messages=[*self.messages(on), made])

    def texts(self, ref: TicketRef) -> list[str]:
        return [self.item(f"msg/{message}/content")["data"] for message in self.messages(ref)]

    def copy(self, ref: TicketRef) -> TicketRef:
        made = self.analyst.post("issue", json={"title": self.title(ref)}).raise_for_status().json()["data"]["id"]
        return TicketRef(ref=made, url=f"{self.url}issue{made}")

    def trace(self, ref: TicketRef) -> str:
        return repr([self.item(f"issue/{ref.ref}"), [self.item(f"msg/{message}") for message in self.messages(ref)]])
