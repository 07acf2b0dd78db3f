"""Telling the tracker: one ticket a key, through retries, crashes at any line, two runs at once and a lost answer.

What is to be said stands in the outbox, written with the findings in one transaction. Each call to the tracker is made
outside any transaction, under the ticket's own lock, and may be made again: a ticket is searched for by its key before
it is opened, and a comment by its event.
"""

import hashlib
from dataclasses import dataclass, replace

import structlog

from include.offboarding.errors import FatalError
from include.offboarding.interfaces import Tracker
from include.offboarding.model import TicketDraft, TicketState
from include.offboarding.report.ticket import draft
from include.offboarding.store import tickets
from include.offboarding.store.connect import Session
from include.offboarding.store.locks import ticket_held
from include.offboarding.store.rows import Run
from include.offboarding.store.tickets import Pending, TicketItem, TicketRow

log = structlog.get_logger("offboarding.ticket")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCounts:
    """What was told."""

    opened: int = 0
    updated: int = 0
    commented: int = 0
    closed: int = 0
    reopened: int = 0

    def plus(self, **more: int) -> "TicketCounts":
        """With one of them raised."""
        return replace(self, **{name: getattr(self, name) + count for name, count in more.items()})


@dataclass(slots=True, kw_only=True)
class TicketDesk:
    """Where tickets are seen to, one after the other."""

    session: Session
    run: Run
    name: str
    tracker: Tracker
    zone: str
    counts: TicketCounts = TicketCounts()

    def drain(self) -> TicketCounts:
        """See to every ticket. Raises RetriableError at once, FatalError after the other tickets were seen to."""
        refused: list[str] = []
        for key in tickets.to_drain(self.session):
            try:
                with ticket_held(self.session, key):
                    self._see_to(key)
            except FatalError as error:
                refused.append(f"{key}: {error}")
        if refused:
            raise FatalError(f"{len(refused)} tickets were refused by {self.name}. " + "; ".join(refused[:5]))
        return self.counts

    def _see_to(self, key: str) -> None:
        for pending in tickets.pending(self.session, key):
            self._say(key, pending)
        row = tickets.ticket(self.session, key)
        if row.state != "open":
            return
        items = tickets.items(self.session, row)
        state = self.tracker.state(row.known)
        if state is TicketState.MISSING:
            self._renew(row)
        elif state is TicketState.CLOSED and _holds(row, items):
            self._reopen_by_itself(row)
        self._bring_up_to_date(key)

    def _say(self, key: str, pending: Pending) -> None:
        row = tickets.ticket(self.session, key)
        if pending.op == "open":
            self._open(row)
        elif row.ref is None or self.tracker.state(row.known) is TicketState.MISSING:
            pass  # A ticket that was deleted is renewed below; what was to be said of it stands on the new one.
        elif pending.op == "comment":
            self.tracker.comment(row.known, pending.event_key, pending.text)
            self.counts = self.counts.plus(commented=1)
        elif pending.op == "close":
            self._bring_up_to_date(key)
            self.tracker.close(row.known, pending.text)
            tickets.note(self.session, "note_closed", ticket_key=key)
            self.counts = self.counts.plus(closed=1)
        else:
            self.tracker.reopen(row.known, pending.text)
            tickets.note(self.session, "note_reopened", ticket_key=key)
            self.counts = self.counts.plus(reopened=1)
        tickets.note(self.session, "done", outbox_id=pending.outbox_id)

    def _open(self, row: TicketRow) -> None:
        text = self._draft(row)
        found = self.tracker.find(row.ticket_key)
        ref = found or self.tracker.open(text)
        # One that was found may have been opened with an earlier text: its digest is left out, so that it is updated.
        digest = "" if found else _digest(text)
        tickets.note(
            self.session,
            "note_opened",
            ticket_key=row.ticket_key,
            ref=ref.ref,
            url=ref.url,
            digest=digest,
            due_at=text.due_at,
        )
        log.info("ticket opened", ticket=ref.ref, key=row.ticket_key, kind=row.kind, found=found is not None)
        self.counts = self.counts.plus(opened=1)

    def _renew(self, row: TicketRow) -> None:
        new = tickets.renew(self.session, self.run, row.ticket_key, tracker=self.name)
        log.warning("ticket missing", ticket=row.ref, key=row.ticket_key, renewed_as=new)
        with ticket_held(self.session, new):
            for pending in tickets.pending(self.session, new):
                self._say(new, pending)

    def _reopen_by_itself(self, row: TicketRow) -> None:
        text = "It was closed while something on it still works; the list says what."
        self.tracker.reopen(row.known, text)
        log.info("ticket reopened", ticket=row.ref, key=row.ticket_key)
        self.counts = self.counts.plus(reopened=1)

    def _bring_up_to_date(self, key: str) -> None:
        row = tickets.ticket(self.session, key)
        if row.state != "open" or row.ref is None:
            return
        text = self._draft(row)
        digest = _digest(text)
        if digest != row.digest:
            self.tracker.update(row.known, text)
            tickets.note(self.session, "note_updated", ticket_key=key, digest=digest, due_at=text.due_at)
            self.counts = self.counts.plus(updated=1)

    def _draft(self, row: TicketRow) -> TicketDraft:
        items = tickets.items(self.session, row)
        rights = tickets.missing_rights(self.session, row) if row.kind == "unverified" else []
        return draft(row, items, rights, self.zone)


def _holds(row: TicketRow, items: list[TicketItem]) -> bool:
    return any(item.holds_ticket and item.state != "resolved" for item in items) or row.kind == "unverified"


def _digest(text: TicketDraft) -> str:
    return hashlib.sha256(f"{text.title}\n{text.priority}\n{text.due_at}\n{text.body}".encode()).hexdigest()
