"""What else a leaver may know stands on their ticket, where the policy says so: in the order in which it's replaced."""

from dataclasses import dataclass, field

import pytest

from offboarding.config.settings import Settings
from offboarding.custody.register import Register
from offboarding.interfaces import Source, Tracker, VerifierSettings
from offboarding.model import Exportable, Key
from offboarding.store.connect import Session
from tests.support.keys_read import ISSUER, signing_key, whole
from tests.support.listed import FactSource
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import LEFT, STAFF, number, worker

SURE = signing_key("kid-1", carryable=Exportable.YES)
MAYBE = signing_key("kid-2")


@dataclass(slots=True, kw_only=True)
class KeyOffice(Office):
    """The company, and a login service whose keys Kim may have."""

    keys: list[Key] = field(default_factory=lambda: [MAYBE, SURE])
    """What it publishes."""

    @property
    def settings(self) -> Settings:
        """With its verifier, and a register that names Kim for both."""
        kim = [{"worker": "hr:1042"}]
        entries = [
            {"name": name, "kind": "signing_key", "places": [{"verifier": "login", "id": kid}], "custodians": kim}
            for name, kid in (("login-key", "kid-1"), ("old-key", "kid-2"))
        ]
        service = VerifierSettings(name="login", kind="jwks", queue=self.queue)
        settings = Office.settings.__get__(self).model_copy(update={"verifiers": (service,)})
        return settings.with_register(Register.model_validate({"keys": entries}))

    def _source(self, name: str, part: str) -> Source:
        if name == "login":
            return FactSource(inventory=(*self.keys, whole(ISSUER)))
        return Office._source(self, name, part)


@pytest.fixture
def kim(store: Session, tracker: Tracker) -> KeyOffice:
    """Kim has left, an account of theirs works, and two keys are trusted that they hold by the register."""
    made = KeyOffice(session=store, tracker=HeardTracker(tracker), policy={"exposure": True})
    made.hr.workers = [worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun"), STAFF]
    made.directory.accounts = [login("kim", number("1042"))]
    return made


def body(office: Office) -> str:
    """Of the one ticket that is about Kim's accounts."""
    assert isinstance(office.tracker.inner, ListedTracker)
    (ticket,) = (each for each in office.tracker.inner.there() if "Revoke" in each.draft.title)
    return ticket.draft.body


def test_keys_are_listed_worst_first_and_go_as_they_are_replaced(kim: KeyOffice) -> None:
    kim.night()

    said = " ".join(body(kim).split())
    assert "They may know these too, and shutting accounts changes nothing about that." in said
    assert said.index("- 1. Signing key login-key (critical, f-") < said.index("- 2. Signing key old-key (high, f-")
    assert "python -m offboarding exposure hr:1042" in said

    for _ in range(2):
        kim.keys = [MAYBE]
        kim.night()
    kim.night()

    assert "login-key" not in body(kim)
    assert "- 1. Signing key old-key (high, f-" in body(kim)
    kim.night()
    assert kim.tracker.calls == []


def test_nothing_is_said_of_it_where_the_policy_does_not_ask(kim: KeyOffice) -> None:
    kim.policy = {}

    kim.night()

    assert "login-key" not in body(kim)


def test_somebody_who_holds_none_is_told_nothing(kim: KeyOffice) -> None:
    """Lee left too, and no key is Lee's."""
    kim.hr.workers = [worker("1050", LEFT, mail="lee@corp.example"), STAFF]
    kim.directory.accounts = [login("lee", number("1050"))]

    kim.night()

    assert "They may know" not in body(kim)
