"""A real Redmine for tests, and the people who work in it. Import the fixtures to have them."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from demo.redmine import redmine_server
from demo.unpacked import TicketServer
from offboarding.interfaces import Tracker
from offboarding.model import TicketRef
from offboarding.trackers.redmine import Settings, build
from tests.support.lasting import Lasting
from tests.support.memory import Folder
from tests.support.tracker_faults import Bench


@pytest.fixture(scope="session")
def redmine(lasting: Lasting, in_memory: Folder) -> TicketServer:
    """One for the whole session; it takes a minute to come up."""
    return lasting("redmine", lambda: redmine_server(in_memory("redmine")))


@pytest.fixture
def tracker(redmine: TicketServer) -> Tracker:
    """Our adapter, with the defaults."""
    return build(settings(), redmine.connection())


@pytest.fixture
def people(redmine: TicketServer) -> "Generator[RedminePeople]":
    """An analyst."""
    with client(redmine, "analyst") as analyst:
        yield RedminePeople(analyst=analyst)


@pytest.fixture
def bench(redmine: TicketServer, people: "RedminePeople") -> Bench:
    """For faults. A note has no key in Redmine."""
    return Bench(
        name="redmine",
        upstream=f"http://127.0.0.1:{redmine.port}",
        through=lambda port: build(settings(url=redmine.url), redmine.connection(port=port)),
        people=people,
        queue="security",
        comments_have_keys=False,
    )


def settings(**changes: object) -> Settings:
    """What a user would write, and changes to it."""
    own = {"name": "secops", "kind": "redmine", "connection": "secops_redmine", "project": "security"}
    return Settings.model_validate({**own, **changes})


def client(server: TicketServer, login: str) -> httpx.Client:
    """REST without our adapter."""
    headers = {"X-Redmine-API-Key": server.passwords[login]}
    return httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedminePeople:
    """The contract's People (tests/contract/tracker_contract.py), over REST."""

    analyst: httpx.Client = field(repr=False)

    def issue(self, ref: TicketRef) -> dict[str, Any]:
        """As Redmine tells it."""
        asked = {"include": "journals"}
        return self.analyst.get(f"issues/{ref.ref}.json", params=asked).raise_for_status().json()["issue"]

    def put(self, ref: TicketRef, **changes: object) -> None:
        """Change it."""
        self.analyst.put(f"issues/{ref.ref}.json", json={"issue": changes}).raise_for_status()

    def count(self, key: str) -> int:
        asked = {"subject": f"~[{key}]", "status_id": "*"}
        return self.analyst.get("issues.json", params=asked).raise_for_status().json()["total_count"]

    def close(self, ref: TicketRef) -> None:
        self.put(ref, status_id=6)

    def reopen(self, ref: TicketRef) -> None:
        self.put(ref, status_id=4)

    def delete(self, ref: TicketRef) -> None:
        self.analyst.delete(f"issues/{ref.ref}.json").raise_for_status()

    def title(self, ref: TicketRef) -> str:
        return self.issue(ref)["subject"]

    def retitle(self, ref: TicketRef, title: str) -> None:
        self.put(ref, subject=title)

    def priority(self, ref: TicketRef) -> str:
        return self.issue(ref)["priority"]["name"]

    @property
    def members(self) -> tuple[str, str]:
        return "Analyst Lee", "Oncall Lee"

    def assignee(self, ref: TicketRef) -> str:
        return self.issue(ref).get("assigned_to", {"name": ""})["name"]

    def assign(self, ref: TicketRef, member: str) -> None:
        found = self.analyst.get("projects/security/memberships.json").raise_for_status().json()["memberships"]
        ids = {each["user"]["name"]: each["user"]["id"] for each in found}
        self.put(ref, assigned_to_id=ids[member] if member else "")

    def mark(self, ref: TicketRef, word: str) -> None:
        made = self.analyst.post("projects/security/issue_categories.json", json={"issue_category": {"name": word}})
        self.put(ref, category_id=made.raise_for_status().json()["issue_category"]["id"])

    def marks(self, ref: TicketRef) -> list[str]:
        return [self.issue(ref)["category"]["name"]]

    def say(self, ref: TicketRef, text: str) -> None:
        self.put(ref, notes=text)

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        self.put(on, notes=self.issue(ref)["journals"][-1]["notes"])

    def texts(self, ref: TicketRef) -> list[str]:
        issue = self.issue(ref)
        notes = [each["notes"] for each in issue["journals"] if each["notes"]]
        return [_shown(text) for text in (issue["description"], *notes)]

    def copy(self, ref: TicketRef) -> TicketRef:
        made = {"issue": {"project_id": "security", "subject": self.title(ref)}}
        number = self.analyst.post("issues.json", json=made).raise_for_status().json()["issue"]["id"]
        return TicketRef(ref=str(number), url="")

    def trace(self, ref: TicketRef) -> str:
        return repr(self.issue(ref))


def _shown(text: str) -> str:
    """As a browser shows it: what stands in a fence to the letter, and no comment."""
    text = text.replace("\r\n", "\n").partition("\n<!-- offb-")[0]
    fence, _, rest = text.partition("text\n")
    return rest.removesuffix(f"\n{fence}") if fence and not fence.strip("`") else text
