"""An office of two trackers, and Kim, who has left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from offboarding.interfaces import Tracker, Trackers
from offboarding.model import IdentityKeyKind, TicketDraft, TicketRef, TicketState
from offboarding.model.errors import ConfigError
from offboarding.runs import pipeline
from offboarding.store import reading, runs
from offboarding.store.rows import Run
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.red import why_red
from tests.support.small_company import LEFT, STAFF, number, tag, worker
from tests.support.whole_night import Readers

KIM = worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun")
CLOUD_USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))


@dataclass(slots=True, kw_only=True)
class TwoTrackers(Office):
    """The office's own, and another that the configuration calls jira."""

    jira: ListedTracker = field(default_factory=ListedTracker)
    away: Exception | None = None
    """Why jira can't be asked."""
    named: Sequence[str] = ("secops", "jira")
    """By the configuration."""

    def readers(self) -> Readers:
        return replace(Office.readers(self), trackers=lambda _: self.trackers())

    def trackers(self) -> Trackers:
        all_of_them: Trackers = {"secops": lambda: self.tracker, "jira": self._made}
        return {name: all_of_them[name] for name in self.named}

    def _made(self) -> Tracker:
        if isinstance(self.away, ConfigError):
            raise self.away
        return Away(self.away) if self.away else self.jira

    def inner(self) -> ListedTracker:
        """The office's own, as people see it."""
        assert isinstance(self.tracker.inner, ListedTracker)
        return self.tracker.inner


class Away(ListedTracker):
    """One that answers nobody."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def find(self, key: str) -> TicketRef | None:
        raise self._error

    def state(self, ref: TicketRef) -> TicketState:
        raise self._error


def kim_has_left(office: Office) -> TwoTrackers:
    """Kim has left, and a login and an access key of his still work."""
    made = TwoTrackers(session=office.session, tracker=HeardTracker(ListedTracker()))
    made.hr.workers = [KIM, STAFF]
    made.directory.accounts = [login("kim", number("1042"))]
    made.cloud.accounts = [CLOUD_USER]
    made.cloud.credentials = [access_key("AKIAAAAAAAAAAAAAAAAA", CLOUD_USER)]
    return made


def routed(kim: TwoTrackers, *routes: Mapping[str, Any]) -> None:
    kim.policy = {"routes": list(routes)}


def drafts(tracker: ListedTracker) -> list[TicketDraft]:
    return [ticket.draft for ticket in tracker.there()]


def only(tracker: ListedTracker) -> ListedTicket:
    (ticket,) = tracker.there()
    return ticket


def last(kim: TwoTrackers) -> Run:
    night = runs.last_finished_night(kim.session)
    assert night is not None
    return night


def tell(kim: TwoTrackers) -> None:
    for _ in range(2):
        pipeline.ticket(kim.session, kim.settings, last(kim), kim.trackers())


def said_of(kim: TwoTrackers) -> tuple[str, ...]:
    """What of trackers makes the newest run red, though its report never came."""
    return tuple(each for each in reds(kim) if "tracker" in each)


def reds(kim: TwoTrackers) -> tuple[str, ...]:
    run_id = kim.session.execute("select max(run_id) from run").fetchone()
    assert run_id
    return tuple(why_red(reading.night(kim.session, int(str(run_id[0])), "Asia/Seoul")))


def told_nowhere(kim: TwoTrackers) -> list[str]:
    """Things that work, and that no ticket tells which people have open before them."""
    stands = {
        f"[{ticket.draft.key}]": ticket.draft.body
        for tracker in (kim.inner(), kim.jira)
        for ticket in tracker.there()
        if ticket.is_open
    }
    rows = kim.session.execute(
        "select subject_label, t.ticket_key from finding f left join ticket t using (ticket_key) where f.state = 'open'"
    ).fetchall()
    return [str(label) for label, key in rows if str(label) not in stands.get(f"[{key}]", "")]
