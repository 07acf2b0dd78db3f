"""A history, run by run, and what must be so after each."""

from collections import Counter
from contextlib import ExitStack
from copy import copy
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from offboarding.model import TicketState
from offboarding.runs.troubles import troubles
from offboarding.store import embedded, reading, recorded, run_ends
from offboarding.store.connect import opened
from offboarding.store.events import broken_at
from tests.support.database import cloned
from tests.support.laws.going_down import NEVER, CrashError, GoingDown
from tests.support.laws.world import HAPPENS, PEOPLE, WORK_FIRST, Day, Thing, World, job, person_of
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.signed_on import SignedOn
from tests.support.watching import hour

LIMITS: dict[str, Any] = {
    "leavers": {"absolute": 2},
    "inferred": {"absolute": 1},
    "withdrawn": {"absolute": 2},
    "objects": {"absolute": 1},
    "closings": {"absolute": 3},
}
"""A company of eight trips over these."""
POLICY: dict[str, Any] = {
    "max_inferred": {"absolute": 1, "percent": 0},
    "min_roster_percent": 30,
    "max_new_tickets": 3,
}
days = st.lists(
    st.tuples(st.sampled_from([*HAPPENS, "leaves_tomorrow", "leaves_tomorrow"]), st.integers(0, 7)), max_size=5
)
ways_to_fail = st.sampled_from(["", "", "", "", "hr", "directory", "cloud", "denied", "partial"])


class Laws(RuleBasedStateMachine):
    """The history."""

    server: ClassVar[embedded.EmbeddedServer]
    tracker_kind: ClassVar[type[ListedTracker]] = ListedTracker
    happened: ClassVar[Counter[str]] = Counter()
    """How often what, in all histories."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        name = self.stack.enter_context(cloned(self.server))
        session = self.stack.enter_context(opened(self.server.connection_kwargs(dbname=name)))
        self.listed = self.tracker_kind()
        self.down = GoingDown(self.listed)
        self.office = SignedOn(session=session, tracker=self.down, guard=LIMITS, policy=POLICY, queue="secops")
        self.world = World(office=self.office, listed=self.listed, moment=self.office.as_of)
        self.last_night = 0
        self.failed_last_night = ""
        self.whole = False
        """Whether the last run was a night in which everything was read, and nothing went down."""
        self.before: dict[str, ListedTicket] = {}
        """Tickets as they were before it."""
        self.events = 0
        self.waited: set[tuple[str, int]] = set()
        """Findings of leavers that waited on a hold as the last run came to its end that reports: key and hold."""
        self.last_run = 0

    def teardown(self) -> None:
        self.stack.close()

    @initialize()
    def most_of_them_work_here(self) -> None:
        for each in WORK_FIRST:
            somebody = self.world.people[each]
            somebody.jobs = (job(),)
            somebody.things = {f"u{each}": Thing(works=True), f"AKIA{each}": Thing(works=True)}
        self._night()

    # --- runs ---------------------------------------------------------------------------------------------------------

    @rule(day=days, failing=ways_to_fail)
    def night(self, day: Day, failing: str) -> None:
        self.world.happens(day)
        self._night(failing)

    @rule(day=days)
    def good_night(self, day: Day) -> None:
        self.world.happens(day)
        self._night()

    @rule(day=days, leaver=st.integers(0, 7), calls=st.sampled_from([0, 0, 1, 2]), after=st.booleans())
    def night_that_goes_down(self, day: Day, leaver: int, calls: int, after: bool) -> None:
        self.world.happens([("leaves", leaver), *day])
        self.down.left, self.down.after = calls, after
        self._night()

    @rule(day=days, hours=st.sampled_from([1, 23.5, 23.5]), failing=st.sampled_from(["", "", "directory", "cloud"]))
    def hour(self, day: Day, hours: float, failing: str) -> None:
        self.world.happens(day)
        self._begin(failing)
        self.world.moment = self.office.as_of + timedelta(hours=hours)
        told = hour(self.office, hours=hours)
        if told.due is not None:
            self.happened["due"] += 1
            self.world.was_told(whole=True)
        self.world.was_seen()
        self._laws()
        self._what_begins_to_wait_fails_the_run()

    @precondition(lambda self: bool(self.office.holds))
    @rule(one=st.booleans())
    def what_waits_is_released(self, one: bool) -> None:
        self._begin(self.failed_last_night)
        waits = self.office.holds.values()
        holds = [min(hold.hold_id for hold in waits)] if one else []
        # An hour may have begun to hold what the last night didn't know.
        self.office.release(max(self.last_night, *(hold.opened_run for hold in waits)), holds=holds)
        self.happened["let through"] += 1
        self._laws()

    @precondition(lambda self: bool(self.office.holds))
    @rule()
    def what_waits_is_refused(self) -> None:
        self._begin()
        self.world.read = set()
        self.office.reject(*(hold.hold_id for hold in self.office.holds.values()))
        self.happened["refused"] += 1
        assert self.down.calls == [], "what was refused was told"
        self._laws()

    def _night(self, failing: str = "") -> None:
        self._begin(failing)
        self.world.moment = self.office.as_of + timedelta(days=1)
        ended = True
        try:
            self.last_night = self.office.night().run.run_id
        except CrashError:
            ended = False
            self.happened["went down"] += 1
        else:
            self.whole, self.failed_last_night = failing == "", failing
        self.down.left = NEVER
        if failing != "hr":
            self.world.was_told(whole=failing != "partial")
        self.world.was_seen()
        self._laws()
        if ended:
            self._what_begins_to_wait_fails_the_run()

    def _begin(self, failing: str = "") -> None:
        self.whole = False
        self.before = {each.ref.ref: copy(each) for each in self.listed.tickets}
        self.world.is_now(failing)

    # --- the laws -----------------------------------------------------------------------------------------------------

    def _laws(self) -> None:
        self.happened.update(self.down.calls)
        self.happened["held"] += len(self.office.holds)
        self._one_ticket_a_key()
        self._no_ticket_about_who_works_here()
        self._not_closed_while_something_is_seen_to_work()
        self._what_was_not_read_opens_and_closes_nothing()
        self._every_change_is_an_event_and_the_chain_is_whole()
        if self.whole:
            self._what_works_of_a_leaver_has_an_open_ticket()
            self._what_the_provider_shut_is_said_beside_a_key_that_works()
            self._what_waits_waits_on_a_line()

    def _one_ticket_a_key(self) -> None:
        keys = [each.draft.key for each in self.listed.there()]
        assert len(keys) == len(set(keys)), "one key, one ticket"

    def _no_ticket_about_who_works_here(self) -> None:
        for ticket in self._turned(TicketState.OPEN):
            if person := person_of(ticket):
                left = self.world.may_have_left(person) or self._stays_by_the_guard(ticket.draft.key)
                assert left, f"{ticket.draft.title}: by all that was said they work here"
                others = [each for each in PEOPLE if each != person]
                assert not any(f"u{each}" in ticket.draft.body for each in others), "somebody else's account"

    def _not_closed_while_something_is_seen_to_work(self) -> None:
        for ticket in self._turned(TicketState.CLOSED):
            person = person_of(ticket)
            if person and self.world.has_left(person):
                # Whoever came back and left again has another ticket for it.
                others = [each.draft.body for each in self.listed.there() if each.is_open and person_of(each) == person]
                works = [
                    name
                    for name, thing in self.world.people[person].things.items()
                    if thing.seen_works and not any(_shown(name) in body for body in others)
                ]
                assert not works, f"{ticket.draft.title} was closed, and {works} work"

    def _what_was_not_read_opens_and_closes_nothing(self) -> None:
        rows = self._rows(
            "select e.seq, e.from_state, e.to_state, e.text, f.subject_native_id from finding_event e"
            " join finding f using (finding_key) where e.seq > %s and f.source <> '' order by e.seq",
            self.events,
        )
        for seq, before, after, text, subject in rows:
            self.events = seq
            if ("u" if subject.startswith("u") else "AKIA") not in self.world.read:
                # Of what can't be told a finding waits as unverified. What had been seen to work and was held may go on
                # where a right is missing now, and not where nothing of its system could be read.
                may_go_on = before == "held" and not self.office.directory.error and not self.office.cloud.error
                opened = after != before and (after == "open" or (after == "held" and before is None))
                opened &= not may_go_on
                assert not opened, f"{subject} wasn't looked at, and was opened: {text}"
                seen = after == "resolved" and text.startswith("seen")
                assert not seen, f"{subject} wasn't looked at, and was closed: {text}"

    def _every_change_is_an_event_and_the_chain_is_whole(self) -> None:
        odd = self._rows(
            "select f.finding_key, f.state, e.to_state from finding f left join lateral (select l.to_state"
            " from finding_event l where l.finding_key = f.finding_key order by l.seq desc limit 1) e on true"
            " where e.to_state is distinct from f.state"
        )
        assert odd == [], "a state without an event"
        assert broken_at(self.office.session) is None, "the chain is broken"
        assert run_ends.troubles(self.office.session) == [], "a run's end without its event"
        assert recorded.severities_changed(self.office.session) == [], "a severity without its event"

    def _what_works_of_a_leaver_has_an_open_ticket(self) -> None:
        rows = self._rows(
            "select f.subject_native_id, f.state, t.ref from finding f left join ticket t using (ticket_key)"
            " where f.state <> 'resolved' and f.rule in ('leaver-account-works', 'leaver-access-key')"
        )
        found = {subject: (state, ref) for subject, state, ref in rows}
        for person, somebody in self.world.people.items():
            for name, thing in somebody.things.items():
                if thing.works and self.world.has_left(person):
                    state, ref = found.get(name, ("none", ""))
                    assert state in ("open", "held"), f"{name} works, and its finding is {state}"
                    if state == "open":
                        ticket = next(each for each in self.listed.there() if each.ref.ref == ref)
                        assert ticket.is_open, f"{name} works, and its ticket is closed"
                        assert _shown(name) in ticket.draft.body

    def _what_the_provider_shut_is_said_beside_a_key_that_works(self) -> None:
        rows = self._rows(
            "select f.account_native_id, f.finding_key not in (select finding_key from guard_closing) from finding f"
            " where f.state <> 'resolved' and f.rule = 'leaver-local-account'"
        )
        found = {f"AKIA{account[4:]}" for account, _ in rows}
        stands = {f"AKIA{account[4:]}" for account, stays in rows if stays}
        said = {
            name
            for name, thing in self.world.things("AKIA")
            if self.world.has_left(name[4:])
            and thing.works
            and not self.world.people[name[4:]].things[f"u{name[4:]}"].works
        }
        assert stands <= said <= found, f"said to be local: {found}, and are: {said}"

    def _what_waits_waits_on_a_line(self) -> None:
        lost = self._rows(
            "select f.finding_key from finding f where f.state = 'held' and not exists (select from guard_held h"
            " join guard_hold g using (hold_id) where h.finding_key = f.finding_key"
            " and g.status in ('waiting', 'rejected'))"
        )
        assert lost == [], "held, and on no line"

    def _what_begins_to_wait_fails_the_run(self) -> None:
        """Each time, until a person has answered: then its hold waits no more."""
        rows = self._rows(
            "select h.finding_key, h.hold_id from guard_held h join guard_hold g using (hold_id)"
            " join finding f using (finding_key)"
            " where g.status = 'waiting' and f.state = 'held' and f.person_uid is not null"
        )
        waits = {(str(key), int(hold)) for key, hold in rows}
        runs = self._rows("select run_id from run where run_id > %s and kind <> 'release'", self.last_run)
        if new := waits - self.waited:
            red = [run_id for (run_id,) in runs if troubles(reading.own(self.office.session, run_id)).is_red]
            assert red, f"newly waits in a run that succeeded: {new}"
        self.waited, self.last_run = waits, max((run_id for (run_id,) in runs), default=self.last_run)

    def _turned(self, to: TicketState) -> list[ListedTicket]:
        """Tickets that we opened or closed in the last run."""
        return [
            each
            for each in self.listed.there()
            if each.state is to
            and each.by == "us"
            and ((old := self.before.get(each.ref.ref)) is None or old.state is not to)
        ]

    def _stays_by_the_guard(self, key: str) -> bool:
        """Whether it would have closed, and waits: that they work here isn't believed yet."""
        query = "select 1 from guard_closing g join finding f using (finding_key) where f.ticket_key = %s"
        return bool(self._rows(query, key))

    def _rows(self, query: Any, *values: object) -> list[tuple[Any, ...]]:
        return self.office.session.execute(query, values).fetchall()


def _shown(name: str) -> str:
    """As a ticket shows it."""
    return f"uid={name}," if name.startswith("u") else f"{name[:4]}...{name[-4:]}"
