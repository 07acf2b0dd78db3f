"""Which tickets are to be opened, told, closed or reopened: decided with the findings, before a tracker hears of it.

What is decided goes into the outbox, in one transaction. It follows from how things stand, not from what was said
before, so that whatever was interrupted or overtaken is put right by the next plan.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from offboarding.model import DONE, RunKind, TicketCall, TicketStatus, queue_in, tracker_of
from offboarding.model.errors import UnreadableRowError
from offboarding.report import late as late_words
from offboarding.report import ticket as ticket_report
from offboarding.report.texts.rendering import TicketTexts
from offboarding.store import alerts, moved_tickets, outbox, ticket_rows, tickets
from offboarding.store import late as late_tickets
from offboarding.store.connect import Session
from offboarding.store.guard import waits_to_join
from offboarding.store.late import LateTicket
from offboarding.store.locks import lock_findings
from offboarding.store.putting_right import note_troubles
from offboarding.store.rows import Run
from offboarding.store.tickets import NewTicket, TicketItem, TicketRow, Wanting
from offboarding.tickets.succession import give_way, hand_on, shown_again


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPlan:
    """What one run makes of its findings."""

    session: Session
    run: Run
    trackers: Sequence[str]
    """Their names, in the configuration's order."""
    unverified_nights: int
    keep: timedelta
    """How long a closed ticket may be reopened; later a new one takes over."""
    texts: Mapping[str, TicketTexts]
    """What tickets say, by tracker; under "" for one that isn't configured any more."""
    unverified_queue: Callable[[Wanting], str] = lambda wanting: wanting.queue
    """Where a new ticket about what can't be told goes."""
    unreadable: dict[str, str] = field(default_factory=dict[str, str])
    """Why tickets were left as they are, by their keys: a row of the store about them can't be read."""

    def make(self) -> Sequence[str]:
        """Decide all of it, in one transaction. Returns keys of findings that no ticket tells all the same, which would
        be a defect of ours.
        """
        with self.session.transaction():
            lock_findings(self.session)
            if edited := ticket_rows.put_right(self.session):
                note_troubles(self.session, self.run.run_id, edited)
            give_way(self.session, self.run)
            moved_tickets.follow(self.session)
            for wanting in tickets.wanting(self.session):
                self._place(wanting)
            for key in tickets.retold(self.session):
                with self._by_itself(key):
                    self._retell(tickets.ticket(self.session, key))
            for key in tickets.unsettled(self.session):
                with self._by_itself(key):
                    self._settle(tickets.ticket(self.session, key))
            for wanting in tickets.unverified(self.session, self.unverified_nights):
                self._ask_for_rights(wanting)
            for key in tickets.verified_again(self.session):
                row = tickets.ticket(self.session, key)
                text = ticket_report.verified_again(self._texts(row), row)
                self._say(key, TicketCall.CLOSE, f"close:{self.run.run_id}", text)
            if self.run.kind == RunKind.VERIFY:
                self._raise_late(late_tickets.past_due(self.session, self.run.as_of))
            return tickets.told_nowhere(self.session)

    def renew(self, row: TicketRow) -> str | None:
        """A ticket that its tracker no longer has, or has another in place of, is given up. Returns the key of that
        one, where something still holds it.
        """
        with self.session.transaction():
            lock_findings(self.session)
            # It may have moved meanwhile.
            row = tickets.ticket(self.session, row.ticket_key)
            items = tickets.items(self.session, row)
            tickets.note_closed(self.session, row.ticket_key)
            tickets.mark_told(self.session, [item.finding_key for item in items if item.changed])
            holds = row.moved_to is None and hold(items)
            key = self._succeed(row, row.queue, renews=True) if holds else None
            outbox.drop_pending(self.session, row.ticket_key)
            return key

    def lead_on(self, row: TicketRow) -> None:
        """A ticket that its tracker no longer had is there again, beside the one in its place."""
        with self.session.transaction():
            lock_findings(self.session)
            shown_again(self.session, self.run, tickets.ticket(self.session, row.ticket_key))

    @property
    def closed_since(self) -> datetime:
        """What was closed before isn't reopened."""
        return self.run.started_at - self.keep

    @contextmanager
    def _by_itself(self, key: str) -> Generator[None]:
        """Let a ticket of which a row can't be read keep no other back: it is left as it is, and named."""
        try:
            with self.session.transaction():
                yield
        except UnreadableRowError as error:
            self.unreadable[key] = str(error)

    def _place(self, wanting: Wanting) -> None:
        """Onto the ticket that stands or may be reopened; a new one only for what is reason enough."""
        if wanting.ticket_key is None:
            if wanting.holds:
                tickets.put(self.session, self._want(wanting), wanting.finding_keys, says="open")
        elif wanting.holds or wanting.state != TicketStatus.CLOSED or self._may_reopen(wanting.closed_at):
            # Where it was closed for too long, settling it makes a new one of all that works.
            tickets.put(self.session, wanting.ticket_key, wanting.finding_keys, says="")

    def _retell(self, row: TicketRow) -> None:
        """Say that a departure is told otherwise; what was never told of it is told by the list itself."""
        items = tickets.items(self.session, row)
        retold = [item for item in items if item.retold and item.state not in DONE]
        if retold and row.state == TicketStatus.OPEN:
            self._say(
                row.ticket_key,
                TicketCall.COMMENT,
                # What changes and changes back is told each time.
                f"{self.run.run_id}:{_departures(retold)}",
                ticket_report.retold(self._texts(row), row, retold),
            )
        tickets.mark_retold(self.session, [item.finding_key for item in items])

    def _settle(self, row: TicketRow) -> None:
        """Say what changed, and whether the ticket is open or closed by it."""
        items = tickets.items(self.session, row)
        changed = [item for item in items if item.changed]
        tickets.mark_told(self.session, [item.finding_key for item in changed])
        holds = hold(items)
        if row.state != TicketStatus.CLOSED:
            # What the guard holds of this person belongs here: meanwhile the ticket isn't said to be done.
            stays = holds or (row.state == TicketStatus.OPEN and waits_to_join(self.session, row.ticket_key))
            if stays and changed and row.state == TicketStatus.OPEN:
                self._tell(row, TicketCall.COMMENT, items, changed)
            elif not stays:
                self._tell(row, TicketCall.CLOSE, items, changed)
        elif holds and self._is_there_to_reopen(row):
            self._tell(row, TicketCall.REOPEN, items, changed)
        elif holds:
            self._succeed(row, row.queue)

    def _tell(self, row: TicketRow, op: TicketCall, items: Sequence[TicketItem], changed: Sequence[TicketItem]) -> None:
        """How it is now, of what changed and of what nobody could be told of before."""
        unheard = outbox.unheard(self.session, row.ticket_key)
        before = {item.finding_key: item.ticket_says for item in changed} | unheard
        about = [replace(item, ticket_says=before[item.finding_key]) for item in items if item.finding_key in before]
        about = [item for item in about if item.changed or item.reopened]
        event_key = _occasion(about if op is TicketCall.COMMENT else items)
        # What is excepted again and again is told each time, and closes and opens its ticket.
        again = outbox.is_done(self.session, row.ticket_key, op, event_key)
        if again and tickets.ticket(self.session, row.ticket_key).state != row.state:
            return  # another worker told it just now
        if again or op is TicketCall.COMMENT:
            event_key = f"{self.run.run_id}:{event_key}"
        outbox.overtake(self.session, row.ticket_key, op, event_key)
        texts, several = self._texts(row), bool(unheard)
        if op is TicketCall.CLOSE:
            text = ticket_report.closing(texts, row, items, about, several=several)
        elif op is TicketCall.REOPEN:
            text = ticket_report.reopening(texts, row, about, several=several)
        elif about:
            text = ticket_report.changes(texts, row, about, several=several)
        else:
            return
        self._say(row.ticket_key, op, event_key, text, tells=before)

    def _raise_late(self, found: Sequence[LateTicket]) -> None:
        """Past due: said once on each, whose priority rises by that, and told to people at once."""
        for late in found:
            with self._by_itself(late.ticket_key):
                row = tickets.ticket(self.session, late.ticket_key)
                text = ticket_report.past_due(self._texts(row), row, tickets.items(self.session, row), late.due_at)
                late_tickets.note_past_due(self.session, late)
                self._say(late.ticket_key, TicketCall.COMMENT, f"past-due:{late.due_at.isoformat()}", text)
        if found:
            alerts.note(
                self.session, late_words.late(found, self.run.run_id, self.texts[""].zone), run_id=self.run.run_id
            )

    def _ask_for_rights(self, wanting: Wanting) -> None:
        if wanting.ticket_key is None:
            self._want(replace(wanting, queue=self.unverified_queue(wanting)))
        elif wanting.state == TicketStatus.CLOSED:
            row = tickets.ticket(self.session, wanting.ticket_key)
            if not self._is_there_to_reopen(row):
                self._succeed(row, wanting.queue)
                return
            text = ticket_report.unverified_again(self._texts(row), row)
            self._say(wanting.ticket_key, TicketCall.REOPEN, f"reopen:{self.run.run_id}", text)

    def _want(self, wanting: Wanting) -> str:
        return tickets.want(
            self.session,
            self.run,
            NewTicket(
                kind=wanting.kind,
                holder=wanting.holder,
                queue=wanting.queue,
                episode=wanting.episode,
                generation=1,
                tracker=tracker_of(self.trackers, wanting.queue),
            ),
        )

    def _succeed(self, row: TicketRow, queue: str, *, renews: bool = False) -> str:
        """Another takes over what isn't resolved; in a queue of a tracker that is named still."""
        tracker = row.tracker
        if tracker not in self.trackers or queue != row.queue:
            queue = queue_in(tracker, queue) if tracker not in self.trackers else queue
            tracker = tracker_of(self.trackers, queue)
        return hand_on(self.session, self.run, row, queue=queue, tracker=tracker, renews=renews)

    def _say(
        self, key: str, op: TicketCall, event_key: str, text: str, *, tells: Mapping[str, str] | None = None
    ) -> None:
        outbox.say(self.session, self.run, key, op=op, event_key=event_key, text=text, tells=tells)

    def _texts(self, row: TicketRow) -> TicketTexts:
        return self.texts.get(row.tracker, self.texts[""])

    def _is_there_to_reopen(self, row: TicketRow) -> bool:
        return self._may_reopen(row.closed_at) and row.tracker in self.trackers

    def _may_reopen(self, closed_at: datetime | None) -> bool:
        return closed_at is None or closed_at >= self.closed_since


def hold(items: Iterable[TicketItem]) -> bool:
    """Whether one of them keeps their ticket open."""
    return any(item.holds for item in items)


def _occasion(items: Iterable[TicketItem]) -> str:
    """The same for the same state of the same items: a plan that is made again says nothing twice."""
    parts = sorted((item.finding_key, item.state, item.reopened) for item in items)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _departures(items: Iterable[TicketItem]) -> str:
    """The same for the same word on the same people."""
    parts = sorted({(str(item.id_space), str(item.worker_id), str(item.left_at), str(item.basis)) for item in items})
    return hashlib.sha256(repr(("departure", parts)).encode()).hexdigest()[:32]
