"""What may happen while a tracker is told, by a seed: afterwards exactly one ticket a key stands, and nothing is lost.

    class TestFaults(TrackerFaults):
        pass

with a fixture `bench`. Each seed is four nights of two leavers, through a relay: the task meets fault after fault, and
is run again until it ends. What then stands there counts among the suite's last lines, `tracker NAME faults=N ...`.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol

from psycopg import Error as StoreError

from offboarding.interfaces import Found, Tracker
from offboarding.model import Standing, TicketDraft, TicketRef, TicketState, TicketStatus
from offboarding.model.errors import RetriableError
from offboarding.store import tickets
from offboarding.store.connect import Session, opened
from tests.contract.tracker_contract import People
from tests.support.crashing import told
from tests.support.office import HeardTracker, Office, access_key, locked, login, user
from tests.support.relay import Answer, Dated, Do, Verdict, relay
from tests.support.small_company import LEFT, STAFF, number, worker
from tests.support.tallies import TRACKER, tracker_count
from tests.support.variants import variants

SEEDS = 5
"""Each tracker's are its own: what is drawn depends on its name, too."""
FAULTS_A_NIGHT = 4
MOST_ATTEMPTS = 12
CALLS = ("killed before", "killed after")
"""Before or after a call of the desk's, as kill -9 does: nothing comes into the store any more."""
REQUESTS: Mapping[str, Verdict] = {
    "unheard": Do.LOSE_ANSWER,
    "cut": Do.CUT,
    "twice": Do.SEND_TWICE,
    "too many": Answer(429, "{}", (("Retry-After", "0"),)),
    "too many, too long": Answer(429, "{}", (("Retry-After", "600"),)),
    "ill": Answer(503, "{}"),
}
"""What happens to a request that writes."""
UNANSWERED = "no answer"
"""It hangs until its client gives up."""
THROUGHOUT = ("two at once", "ahead", "behind")
"""Two workers at once; a tracker whose clock is a day off."""


class Witnesses(People, Protocol):
    """People who can count, too."""

    def count(self, key: str) -> int:
        """How many tickets bear the key, open or closed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A tracker to be told through a relay."""

    name: str
    upstream: str
    """Its scheme://host:port."""
    through: Callable[[int], Tracker]
    """Our adapter, by way of a relay on that port of 127.0.0.1."""
    people: Witnesses
    queue: str = ""
    """Where tickets go; "" where any name will do."""
    lag: Callable[[int], None] | None = None
    """From now on so many searches don't know yet what was made since; None where searches know at once."""
    comments_have_keys: bool = True
    """Whether the tracker knows a comment again that a proxy delivers twice; else it stands there twice."""

    shown: Callable[[str], str] = str
    """How a text of ours reads there (TrackerContract.shown)."""
    stands: Callable[[TicketRef], TicketState] | None = None
    """How a ticket stands, where the tracker can't be asked; what people do there by hand is noticed by nobody then."""
    impatient: bool = False
    """Whether its client gives up within a second."""

    @property
    def direct(self) -> Tracker:
        """Our adapter, with nothing in between."""
        return self.through(int(self.upstream.rpartition(":")[2]))


class Killed(BaseException):
    """The process is gone: nobody catches it."""


@dataclass(slots=True)
class Fault:
    """One that may strike: the nth call or request of its kind, from 1."""

    kind: str
    nth: int
    struck: bool = False
    _counted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def strikes(self) -> bool:
        """Count one; whether it's the one."""
        with self._lock:
            self._counted += 1
            self.struck |= self._counted == self.nth
            return self._counted == self.nth


@dataclass(slots=True)
class Said:
    """What the desk had to say, as often as it tried."""

    texts: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    bodies: dict[str, str] = field(default_factory=dict[str, str])
    opened: set[str] = field(default_factory=set[str])
    """Keys."""


class Watched:
    """A tracker, what was said to it, and the end of whoever says it."""

    def __init__(self, inner: Tracker, said: Said, fault: Fault, die: Callable[[], None]) -> None:
        self._inner, self._said, self._fault, self._die = inner, said, fault, die

    def find(self, key: str) -> Found:
        return self._call(lambda: self._inner.find(key))

    def open(self, draft: TicketDraft) -> TicketRef:
        self._said.opened.add(draft.key)
        ref = self._call(lambda: self._inner.open(draft))
        self._said.bodies[ref.ref] = draft.body
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        self._said.bodies[ref.ref] = draft.body
        self._call(lambda: self._inner.update(ref, draft))

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        self._said.texts.add((ref.ref, text))
        self._call(lambda: self._inner.comment(ref, event_key, text))

    def close(self, ref: TicketRef, text: str) -> None:
        self._said.texts.add((ref.ref, text))
        self._call(lambda: self._inner.close(ref, text))

    def reopen(self, ref: TicketRef, text: str) -> None:
        self._said.texts.add((ref.ref, text))
        self._call(lambda: self._inner.reopen(ref, text))

    def state(self, ref: TicketRef) -> TicketState:
        return self._call(lambda: self._inner.state(ref))

    def _call(self, call: Callable[[], Any]) -> Any:
        strikes = self._fault.kind in CALLS and self._fault.strikes()
        if strikes and self._fault.kind == "killed before":
            self._end()
        result = call()
        if strikes:
            self._end()
        return result

    def _end(self) -> None:
        self._die()
        raise Killed


@dataclass(slots=True, kw_only=True)
class Life:
    """Four nights, and what came of them."""

    bench: Bench
    office: Office
    store: Mapping[str, str | int]
    seed: int
    dice: random.Random
    said: Said = field(default_factory=Said)
    fault: Fault = field(default_factory=lambda: Fault("none", 0))
    struck: Counter[str] = field(default_factory=Counter[str])
    refusal: str = ""
    """The last one."""
    several: set[str] = field(default_factory=set[str])
    """Keys of which more than one ticket stood after a night: one of them may be deleted later."""

    @property
    def kim(self) -> str:
        """A worker id that no other life has: keys are made of them."""
        return f"{self.seed}1042"

    @property
    def lee(self) -> str:
        """Another."""
        return f"{self.seed}1043"

    def live(self) -> None:
        """From the first ticket to a renewed one."""
        office, people = self.office, self.bench.people
        kim = user("AIDAKIM", number(self.kim))
        office.hr.workers = [
            worker(self.kim, LEFT, name="Kim Minjun"),
            worker(self.lee, LEFT),
            replace(STAFF, worker_id="7"),
        ]
        office.directory.accounts = [login("kim", number(self.kim)), login("lee", number(self.lee))]
        office.cloud.accounts = [kim]
        office.cloud.credentials = [access_key("AKIAAAAAAAAAAAAAAAAA", kim)]
        with relay(self.bench.upstream, self._plan) as port:
            # Whatever else is drawn: the first ticket is made, and nobody hears of it.
            self._night(port, Fault("killed after", 2))
            office.directory.change("kim", **locked())
            office.directory.accounts.append(login("adm-lee", number(self.lee)))
            self._night(port)
            office.cloud.remove("AKIAAAAAAAAAAAAAAAAA")
            if self.bench.stands is None:
                people.close(self._open_ticket())
            self._night(port)
            office.directory.change("kim", standing=Standing.WORKS, standing_reason="no lock")
            if self.bench.stands is None:
                people.delete(self._open_ticket())
            self._night(port)

    def _night(self, port: int, *first: Fault) -> None:
        run_id = self.office.untold(days=1)
        faults = [*first, *(self._drawn() for _ in range(FAULTS_A_NIGHT))]
        for attempt in range(MOST_ATTEMPTS):
            self.fault = faults[attempt] if attempt < len(faults) else Fault("none", 0)
            if self.fault.kind == "lagging" and self.bench.lag:
                # An answer is lost as well: only then does anybody look for what was made just now.
                self.bench.lag(3)
            workers = 2 if self.fault.kind == "two at once" else 1
            ended = self._told(run_id, port, workers)
            self.struck[self.fault.kind] += self.fault.struck or self.fault.kind in THROUGHOUT
            if ended:
                self.several |= {key for key in self.said.opened if self.bench.people.count(key) > 1}
                return
        raise AssertionError(f"{MOST_ATTEMPTS} attempts don't end: {self.refusal}")

    def _drawn(self) -> Fault:
        own = [*(["lagging"] if self.bench.lag else []), *([UNANSWERED] if self.bench.impatient else [])]
        kinds = (*CALLS, *REQUESTS, *THROUGHOUT, *own)
        return Fault(self.dice.choice(kinds), self.dice.randint(1, 4))

    def _told(self, run_id: int, port: int, workers: int) -> bool:
        """Whether each worker came to its end."""
        ends = [False] * workers

        def work(which: int) -> None:
            with opened(self.store) as session:
                ends[which] = self._attempt(session, run_id, port)

        threads = [threading.Thread(target=work, args=(which,)) for which in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return all(ends)

    def _attempt(self, session: Session, run_id: int, port: int) -> bool:
        tracker = Watched(self.bench.through(port), self.said, self.fault, session.close)
        try:
            told(session, run_id, tracker)
        except (Killed, StoreError):
            assert self.fault.struck
            return False
        except RetriableError as error:
            self.refusal = str(error)
            return False
        return True

    def _plan(self, method: str, path: str) -> Verdict:
        kind = self.fault.kind
        if kind in THROUGHOUT:
            return Dated(timedelta(days={"ahead": 1, "behind": -1}.get(kind, 0)))
        if method in {"GET", "HEAD"} or not (kind in REQUESTS or kind in ("lagging", UNANSWERED)):
            return Do.PASS
        if kind == UNANSWERED:
            return Do.HANG if self.fault.strikes() else Do.PASS
        return REQUESTS.get(kind, Do.LOSE_ANSWER) if self.fault.strikes() else Do.PASS

    def _open_ticket(self) -> TicketRef:
        """Lee's, whose things all work."""
        rows = self.office.session.execute("select ticket_key from ticket where ref is not null").fetchall()
        known = [tickets.ticket(self.office.session, str(key)) for (key,) in rows]
        (ticket,) = [row for row in known if row.state == TicketStatus.OPEN and self._lives(row)]
        return ticket.known

    def _lives(self, row: tickets.TicketRow) -> bool:
        return all(item.worker_id == self.lee for item in tickets.items(self.office.session, row))

    def counts(self) -> dict[str, int]:
        """What the last lines say."""
        duplicates, lost = sorted(self.several), []
        for key in sorted(self.said.opened):
            row, there = tickets.ticket(self.office.session, key), self.bench.people.count(key)
            # The one that somebody deleted was given up.
            expected = row.state == TicketStatus.OPEN
            lost += [key] * (expected and there == 0)
            if there and row.ref:
                self._compare(row, duplicates, lost)
        words = (sum(self.struck.values()), len(self.said.opened), len(duplicates), len(lost))
        return dict(zip(TRACKER, words, strict=True))

    def _compare(self, row: tickets.TicketRow, duplicates: list[str], lost: list[str]) -> None:
        """What stands on one ticket with what was said."""
        body, *comments = self.bench.people.texts(row.known)
        wanted = {self.bench.shown(text) for ref, text in self.said.texts if ref == row.ref}
        found = Counter(comments)
        lost += sorted(wanted - found.keys())
        if body != self.bench.shown(self.said.bodies.get(row.ref or "", body)):
            lost.append(body)
        if self.bench.comments_have_keys or not self.struck["twice"]:
            duplicates += [text for text, times in found.items() for _ in range(times - 1)]
        state = (self.bench.stands or self.bench.direct.state)(row.known)
        if (state is TicketState.OPEN) != (row.state == TicketStatus.OPEN):
            lost.append(f"{row.ticket_key} is {state}")


def begun(bench: Bench, session: Session, store: Mapping[str, str | int], seed: int) -> Life:
    """A life that nobody has lived yet."""
    dice = random.Random(f"{bench.name} {seed}")  # noqa: S311 - the same again, by the same seed
    office = Office(session=session, tracker=HeardTracker(bench.direct))
    office.queue = bench.queue or office.queue
    return Life(bench=bench, office=office, store=store, seed=seed, dice=dice)


class TrackerFaults:
    """The suite, with fixtures `bench`, `store` and `store_parameters`."""

    @variants(1, seed=range(SEEDS))
    def test_one_ticket_a_key_stands_and_nothing_is_lost(
        self,
        bench: Bench,
        store: Session,
        store_parameters: dict[str, str | int],
        record_property: Callable[[str, object], None],
        seed: int,
    ) -> None:
        life = begun(bench, store, store_parameters, seed)

        life.live()

        counts = life.counts()
        for word, count in counts.items():
            record_property(tracker_count(bench.name, word), count)
        assert (counts["duplicates"], counts["lost"]) == (0, 0), life.struck
        assert counts["opened"] == (3 if bench.stands is None else 2)
        assert counts["faults"] > 0
