"""Each night each active access of a leaver is in exactly one state, whatever one of them did to their own entries.

It is reported on an open ticket; or it waits behind the guard, and the run in which it began to wait failed; or it is
not checked, and the run failed. Companies, departures and edits are drawn at random; HOSTILE_EXAMPLES=200 draws more.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from offboarding.model import Account, AccountKey, IdentityKeyKind, SubjectKind, TicketState
from offboarding.runs import troubles
from offboarding.store import embedded, reading
from offboarding.store.connect import opened
from offboarding.tickets import desk
from tests.support import red
from tests.support.database import cloned
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.small_company import LEFT, WORKS, mail, number, owner, tag, worker
from tests.support.variants import some_of, variants

EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "0"))
RANDOM = settings(
    max_examples=EXAMPLES or 2,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    phases=list(Phase) if EXAMPLES else (Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
PEOPLE = [str(number) for number in range(1040, 1048)]
HOSTILE, COLLEAGUE = PEOPLE[:2]
ENTRY, USER = f"u{HOSTILE}", f"AIDA{HOSTILE}"
MANY = 30
GUARD: dict[str, Any] = {"findings": {"absolute": 12}}
"""A company of eight trips over these."""


def tags(person: str) -> tuple[AccountKey, ...]:
    """What a user of AWS is tagged with."""
    return (tag(IdentityKeyKind.NUMBER, person),)


@dataclass(slots=True, kw_only=True)
class Company:
    """Eight people with a login and a user with a key each."""

    office: Office
    tracker: ListedTracker
    left: set[str] = field(default_factory=set[str])
    off: set[str] = field(default_factory=set[str])
    """Keys that are switched off tonight."""
    night: int = 0
    waited: dict[str, bool] = field(default_factory=dict[str, bool])
    """Access that waits -> whether the run in which it began to wait failed."""

    def begin(self) -> None:
        """Everybody works here."""
        self.office.hr.workers = [worker(each, WORKS, mail=f"p{each}@corp.example") for each in PEOPLE]
        self.office.directory.lists_credentials = True
        self.office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE]
        self.office.cloud.accounts = [user(f"AIDA{each}", *tags(each)) for each in PEOPLE]
        self.office.cloud.credentials = [
            access_key(f"AKIA{each}", account) for each, account in zip(PEOPLE, self.office.cloud.accounts, strict=True)
        ]
        self.run()

    def account(self, native_id: str) -> Account:
        """One of them, as it is."""
        accounts = (*self.office.directory.accounts, *self.office.cloud.accounts)
        return next(each for each in accounts if each.native_id == native_id)

    def leaves(self, person: str) -> None:
        """HR says so."""
        self.office.hr.change(person, employments=(LEFT,))
        self.left.add(person)

    # --- what the hostile one may do to their own entries, and to what they hold ------------------------------------

    def makes_many_access_keys(self) -> None:
        owned = self.account(USER)
        names = [f"AKIA{HOSTILE}{self.night}X{nth:02}" for nth in range(MANY)]
        self.office.cloud.credentials += [access_key(name, owned) for name in names]

    def adds_many_ssh_keys(self) -> None:
        entry = self.account(ENTRY)
        keys = [access_key(f"SHA256:{HOSTILE}{self.night}{nth:02}", entry) for nth in range(MANY)]
        self.office.directory.credentials += [replace(each, kind=SubjectKind.SSH_KEY) for each in keys]

    def writes_a_colleagues_number(self) -> None:
        self.office.directory.change(ENTRY, keys=(number(COLLEAGUE),))

    def writes_a_colleagues_mail(self) -> None:
        self.office.directory.change(ENTRY, keys=(mail(f"p{COLLEAGUE}@corp.example"),))

    def removes_their_number(self) -> None:
        self.office.directory.change(ENTRY, keys=())

    def writes_an_invisible_number(self) -> None:
        self.office.directory.change(ENTRY, keys=(number("\u200b"), number(HOSTILE)))

    def tags_their_user_as_a_colleagues(self) -> None:
        self.office.cloud.change(USER, keys=(*tags(HOSTILE), owner(IdentityKeyKind.NUMBER, COLLEAGUE)))

    def tags_their_user_as_a_service(self) -> None:
        self.office.cloud.change(USER, service_like=True)

    def switches_a_key_off_for_a_night(self) -> None:
        self.off.add(f"AKIA{HOSTILE}")

    def closes_all_tickets(self) -> None:
        for ticket in self.tracker.there():
            self.tracker.people_turn(ticket.ref, TicketState.CLOSED)

    # --- nights -------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """A night, and what must be so after it."""
        self.night += 1
        credentials = self.office.cloud.credentials
        self.office.cloud.credentials = [each for each in credentials if each.native_id not in self.off]
        told, active = self.office.night(), self._active()
        self.office.cloud.credentials, self.off = credentials, set()
        night = reading.night(self.office.session, told.run.run_id)
        self._each_access_is_in_one_state(active, is_red=bool(red.why_red(night)))

    def _active(self) -> dict[str, str]:
        """Access of leavers that was there tonight -> whose it is."""
        holders = {f"{prefix}{each}": each for each in self.left for prefix in ("u", "AIDA")}
        there = (*self.office.directory.credentials, *self.office.cloud.credentials)
        keys = {each.native_id: holders.get(each.account_native_id, "") for each in there}
        logins = {native_id: who for native_id, who in holders.items() if native_id.startswith("u")}
        return {native_id: who for native_id, who in (keys | logins).items() if who}

    def _each_access_is_in_one_state(self, active: dict[str, str], *, is_red: bool) -> None:
        rows = self.office.session.execute(
            "select f.subject_native_id, f.state, t.ref from finding f left join ticket t using (ticket_key)"
            " where f.state <> 'resolved'"
        ).fetchall()
        states: dict[str, set[str]] = {}
        for subject, state, ref in rows:
            is_open = any(each.ref.ref == ref and each.is_open for each in self.tracker.there())
            state_now = "on a ticket" if state == "open" and is_open else str(state)
            states.setdefault(str(subject), set()).add(state_now)
        for access, who in active.items():
            found = states.get(access, set())
            if "on a ticket" in found:
                self.waited.pop(access, None)
            elif "held" in found:
                assert self.waited.setdefault(access, is_red), f"{access} of {who} began to wait in a green night"
            else:
                assert found == {"unverified"}, f"{access} of {who} is active, and its findings are {found}"
                assert is_red, f"{access} of {who} was not checked, and the night is green"


EDITS = (
    *("makes_many_access_keys", "closes_all_tickets", "writes_a_colleagues_number", "adds_many_ssh_keys"),
    *("writes_a_colleagues_mail", "removes_their_number", "writes_an_invisible_number"),
    *("tags_their_user_as_a_colleagues", "tags_their_user_as_a_service", "switches_a_key_off_for_a_night"),
)
edits = st.lists(st.sampled_from(EDITS), max_size=2)
nights = st.lists(st.tuples(edits, st.lists(st.sampled_from(PEOPLE), max_size=2)), min_size=2, max_size=4)
Drawn = list[tuple[list[str], list[str]]]
"""Of each night the edits, and who leaves."""
Play = Callable[[Drawn], None]


@pytest.fixture(scope="session")
def play(store_server: embedded.EmbeddedServer) -> Play:
    """Plays these nights in a new company: the edits of each, and who leaves in it; the hostile one by the second."""

    def played(drawn: Drawn) -> None:
        with cloned(store_server) as name, opened(store_server.connection_kwargs(dbname=name)) as session:
            tracker = ListedTracker()
            company = Company(
                office=Office(session=session, tracker=HeardTracker(tracker), guard=GUARD), tracker=tracker
            )
            company.begin()
            for place, (made, leavers) in enumerate(drawn):
                for each in made:
                    getattr(company, each)()
                for person in {*leavers, *([HOSTILE] if place == 1 else [])} - company.left - {COLLEAGUE}:
                    company.leaves(person)
                company.run()

    return played


@settings(RANDOM)
@given(drawn=nights)
def test_each_active_access_of_a_leaver_is_in_one_state(play: Play, drawn: Drawn) -> None:
    play(drawn)


def edited_twice(made: str) -> Drawn:
    """Before the departure and after it; others leave later."""
    return [([made], []), ([], []), ([made], [PEOPLE[2]]), ([], [PEOPLE[3]])]


@variants(1, made=EDITS)
def test_whatever_is_edited_before_or_after_the_departure(play: Play, made: str) -> None:
    play(edited_twice(made))


# --- must fail --------------------------------------------------------------------------------------------------------


def succeeds_whatever_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(red, "troubles", lambda night: replace(troubles.troubles(night), trips=(), joined=()))


def leaves_what_people_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desk.TicketDesk, "_reopen_by_itself", lambda *_: None)


@some_of(
    1,
    ("disabled", "made", "found"),
    [
        (succeeds_whatever_waits, "makes_many_access_keys", "began to wait in a green night"),
        (leaves_what_people_closed, "closes_all_tickets", "is active, and its findings are"),
    ],
)
def test_control_a_defence_that_is_disabled_is_noticed(
    play: Play,
    monkeypatch: pytest.MonkeyPatch,
    disabled: Callable[[pytest.MonkeyPatch], None],
    made: str,
    found: str,
) -> None:
    disabled(monkeypatch)

    with pytest.raises(AssertionError, match=found):
        play(edited_twice(made))
