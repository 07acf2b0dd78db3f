"""The tasks' scenes: what stands before each, how long it is, what stands after it when nobody disturbs it."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Queue
from signal import SIGKILL

from demo.roundup import RoundupServer, roundup_server
from offboarding.model import Standing, TicketRef
from offboarding.store import embedded
from offboarding.store.connect import opened
from offboarding.trackers.roundup import build
from tests.support.database import cloned
from tests.support.killing.broken import Fault
from tests.support.killing.company import EARLY, LATE, Thirty, thirty
from tests.support.killing.drawing import Kill
from tests.support.killing.relays import Place, Trap, killer, origin_of, relays
from tests.support.killing.stands import Differs, Stands, differs, stands
from tests.support.killing.tasks import Orders, Task, started
from tests.support.killing.tracker_data import TrackerData
from tests.support.office import login, switched_off
from tests.support.small_company import WORKS, job, number
from tests.support.whole_night import OUTCOMES, whole_night
from tests.systems.roundup.tracker import RoundupPeople, client, settings

LAST_DAY = job("left", last="2026-11-27")
"""That of the second night, in Seoul."""
BATCH = 4
"""So many tickets of a first read are let through by one release."""
SECONDS = 120
"""For one process, on a machine that is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a task is begun with, and what it comes to."""

    task: Task
    company: Thirty
    run_id: int
    store: str
    """A database to be cloned."""
    tracker: Path
    """A tracker's data to be put back."""
    trap: Trap
    """What was counted when nobody disturbed it."""
    expected: Stands
    after: str
    """The database that it left then."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """Where scenes are made and played: a server of stores, a tracker of its own, and folders."""

    server: embedded.EmbeddedServer
    roundup: RoundupServer
    people: RoundupPeople
    folder: Path
    data: TrackerData
    played: int = 0
    scenes: dict[Task, Scene] = field(default_factory=dict[Task, Scene])

    @property
    def lengths(self) -> dict[Task, dict[Place, int]]:
        """How many messages each task sends."""
        return {task: scene.trap.counted for task, scene in self.scenes.items()}

    # --- playing -----------------------------------------------------------------------------------------------------

    def play(self, kill: Kill, fault: Fault | None = None) -> Differs:
        """Kill the task there, run it again to its end, and say what is otherwise than if it hadn't been killed."""
        scene = self.scenes[kill.task]
        self.data.put_back(scene.tracker)
        with cloned(self.server, scene.store) as store:
            folder = self._folder()
            orders = self._orders(scene.task, scene.company, scene.run_id, store, folder, fault)
            trap = Trap(place=kill.place, nth=kill.nth, when=kill.when)
            ended = self._run(orders, trap)
            assert (ended, trap.sprung.is_set()) == (-SIGKILL, True), f"{kill}: {ended}\n{_said(folder)}"
            if kill.again != "where it was":
                (folder / "ended").unlink(missing_ok=True)
            again = self._run(_an_hour_later(orders) if kill.again == "an hour later" else orders, None)
            if again != 0:
                return Differs((), (f"run again, it ends with {again}: {_said(folder)[-300:]}",), ())
            # The hour that was killed isn't taken up by the next.
            ended = replace(scene.expected, unfinished=1) if kill.again == "an hour later" else scene.expected
            return differs(ended, self._stands(store))

    def without_an_event(self, task: Task) -> Differs:
        """What is said of a store whose record of what happened lacks a row."""
        scene = self.scenes[task]
        with cloned(self.server, scene.after) as store:
            with self.server.connect(dbname=store) as session:
                session.execute("delete from offboarding.finding_event where seq = 3")
            return differs(scene.expected, self._stands(store))

    def _run(self, orders: Orders, trap: Trap | None) -> int | None:
        """The process's exit code; None: it was too slow, and was ended. Without a trap nothing lies in between."""
        if trap is None:
            process = started(orders)
        else:
            with relays(trap, Path(self.server.host), origin_of(self.roundup.url)) as (store, tracker):
                through = replace(
                    orders,
                    store={**orders.store, "host": "127.0.0.1", "port": store},
                    tracker=replace(orders.tracker, port=tracker),
                )
                born: Queue[int] = Queue()
                trap.kill = killer(born)
                process = started(through)
                born.put(process.pid or 0)
                process.join(SECONDS)
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
        return process.exitcode

    def _orders(
        self, task: Task, company: Thirty, run_id: int, store: str, folder: Path, fault: Fault | None
    ) -> Orders:
        return Orders(
            task=task,
            company=company,
            run_id=run_id,
            store=self.server.connection_kwargs(dbname=store),
            tracker=self.roundup.connection("none"),
            url=self.roundup.url,
            folder=folder,
            fault=fault,
        )

    def _folder(self) -> Path:
        self.played += 1
        folder = self.folder / f"process {self.played}"
        folder.mkdir(parents=True)
        return folder

    def _kept(self) -> Path:
        return self.data.keep(self._folder() / "tracker")

    def _stands(self, store: str) -> Stands:
        with opened(self.server.connection_kwargs(dbname=store)) as session:
            return stands(session, self.people, self.data.texts)

    # --- making scenes -----------------------------------------------------------------------------------------------

    def prepare(self, stack: ExitStack) -> None:
        """Two nights that all have in common, and then each scene."""
        company, base = thirty(), stack.enter_context(cloned(self.server))
        self._night(company, base)
        company.lock(EARLY[5])
        company.cloud.change(f"AKIA{EARLY[6]}A", **switched_off())
        self._night(company, base)
        tracker = self._kept()
        then = self._prepare_ticket(stack, deepcopy(company), base)
        self._prepare_verify(stack, then)
        self.data.put_back(tracker)
        self._prepare_due(stack, deepcopy(company), base)
        self.data.put_back(tracker)
        self._prepare_release(stack, company, base)

    def _prepare_ticket(self, stack: ExitStack, company: Thirty, base: str) -> Scene:
        """Twelve more leave; on the others' tickets there's something to say, to close, to reopen and to renew."""
        store = stack.enter_context(cloned(self.server, base))
        company.leave(*LATE)
        company.lock(EARLY[7], EARLY[9])
        company.directory.change(f"u{EARLY[5]}", standing=Standing.WORKS, standing_reason="no lock")
        company.directory.accounts.append(login(f"adm-u{EARLY[3]}", number(EARLY[3])))
        company.retire()
        self.people.close(self._ticket_of(EARLY[10]))
        self.people.delete(self._ticket_of(EARLY[11]))
        run_id = self._night(company, store, told=False)
        return self._measured(stack, "ticket", company, run_id, store)

    def _prepare_verify(self, stack: ExitStack, before: Scene) -> None:
        """Half a day later, with all tickets told: some are dead, one works again, one was closed too early."""
        company, store = deepcopy(before.company), before.after
        company.later(hours=12)
        company.lock(*EARLY[12:14], *LATE[:2])
        company.cloud.change(f"AKIA{EARLY[14]}A", **switched_off())
        company.cloud.change(f"AKIA{EARLY[6]}A", standing=Standing.WORKS, can_reactivate=False)
        self.people.close(self._ticket_of(EARLY[15]))
        self._measured(stack, "verify", company, before.run_id, store)

    def _prepare_due(self, stack: ExitStack, company: Thirty, base: str) -> None:
        """The last day of twelve, which a night was told beforehand, has ended; one of them stays, HR says now."""
        store = stack.enter_context(cloned(self.server, base))
        for each in LATE:
            company.hr.change(each, employments=(LAST_DAY,))
        run_id = self._night(company, store, hours=1)
        company.later(hours=22.5)
        company.hr.change(LATE[-1], employments=(WORKS,))
        company.directory.accounts.append(login(f"adm-u{LATE[3]}", number(LATE[3])))
        self._measured(stack, "due", company, run_id, store)

    def _prepare_release(self, stack: ExitStack, company: Thirty, base: str) -> None:
        """Too many leave at once, too much would be closed, and an AWS account is read for the first time."""
        store = stack.enter_context(cloned(self.server, base))
        company.guard = {"leavers": {"absolute": 5}, "closings": {"absolute": 2}, "batch": BATCH}
        company.policy["baseline"] = "hold"
        company.leave(*LATE)
        company.second_cloud()
        company.lock(*EARLY[7:12])
        run_id = self._night(company, store)
        self._measured(stack, "release", company, run_id, store)

    def _measured(self, stack: ExitStack, task: Task, company: Thirty, run_id: int, store: str) -> Scene:
        tracker, after = self._kept(), stack.enter_context(cloned(self.server, store))
        folder, trap = self._folder(), Trap()
        ended = self._run(self._orders(task, company, run_id, after, folder, None), trap)
        assert ended == 0, _said(folder)
        self.scenes[task] = Scene(
            task=task,
            company=company,
            run_id=run_id,
            store=store,
            tracker=tracker,
            trap=trap,
            expected=self._stands(after),
            after=after,
        )
        return self.scenes[task]

    def _night(self, company: Thirty, store: str, *, told: bool = True, hours: float = 24) -> int:
        """So much later; its run."""
        company.later(hours=hours)
        tracker = build(settings(), self.roundup.connection("none")) if told else None
        with opened(self.server.connection_kwargs(dbname=store)) as session:
            made = whole_night(
                session,
                company.settings,
                company.readers(tracker),
                caller=f"night {company.as_of}",
                as_of=company.as_of,
                outcomes=[step for step in OUTCOMES if told or step != "ticket"],
            )
        assert made.failed == ()
        return made.run.run_id

    def _ticket_of(self, worker_id: str) -> TicketRef:
        """The ticket about what somebody still has."""
        asked = {"title": f"still works of worker {worker_id}", "@fields": "title"}
        (found,) = self.people.analyst.get("issue", params=asked).raise_for_status().json()["data"]["collection"]
        return TicketRef(ref=found["id"], url="")


@contextmanager
def stage(server: embedded.EmbeddedServer, folder: Path) -> Generator[Stage]:
    """With its scenes made, for as long as the block runs. The tracker is its own, since its data is put back."""
    with ExitStack() as stack:
        roundup = stack.enter_context(roundup_server(folder / "roundup"))
        analyst, admin = (stack.enter_context(client(roundup, login)) for login in ("analyst", "admin"))
        made = Stage(
            server=server,
            roundup=roundup,
            people=RoundupPeople(analyst=analyst, admin=admin, url=roundup.url),
            folder=folder / "processes",
            data=TrackerData(roundup),
        )
        made.prepare(stack)
        yield made


def _an_hour_later(orders: Orders) -> Orders:
    company = deepcopy(orders.company)
    company.later(hours=1)
    return replace(orders, company=company, caller="the next hour")


def _said(folder: Path) -> str:
    """The end of what the processes said there."""
    path = folder / "said"
    return path.read_text(encoding="utf-8", errors="replace")[-3000:] if path.exists() else "nothing"
