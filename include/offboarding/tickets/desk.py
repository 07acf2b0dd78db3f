"""Telling a tracker: one ticket a key, through retries, crashes at any line, two runs at once and a lost answer.

What is to be said stands in the outbox, written with the findings in one transaction. Each call to the tracker is made
outside any transaction, under the ticket's own lock, and may be made again: a ticket is searched for by its key before
it is opened, and a comment by its event. Of a tracker that can't be asked nothing is concluded; what it's told bears a
number, written down before, by which it knows again what it has heard.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from offboarding.interfaces import Tracker, TrackerSettings
from offboarding.model import (
    FindingState,
    RunKind,
    TicketCall,
    TicketDraft,
    TicketKind,
    TicketPriority,
    TicketRef,
    TicketState,
    TicketStatus,
)
from offboarding.model.errors import FatalError, RetriableError, UncertainError, UnreadableRowError
from offboarding.model.keys import NO_TICKET, digest_of
from offboarding.model.redaction import confiding
from offboarding.report import ticket as ticket_report
from offboarding.report.texts.rendering import TicketTexts
from offboarding.store import exposed_keys, moved_tickets, outbox, refusals, tickets
from offboarding.store.connect import Session
from offboarding.store.departures import persons_asked
from offboarding.store.guard import in_doubt, waits_to_close
from offboarding.store.locks import ticket_held
from offboarding.store.outbox import Pending
from offboarding.store.refusals import RefusedBefore
from offboarding.store.tickets import TicketItem, TicketRow
from offboarding.tickets.adopting import unshared
from offboarding.tickets.confided import confided
from offboarding.tickets.counts import TicketCounts
from offboarding.tickets.plan import TicketPlan, hold
from offboarding.tickets.refusing import UNSEEN, Failures, Sight, in_words, unless_closed

log = structlog.get_logger("offboarding.ticket")


@dataclass(slots=True, kw_only=True)
class TicketDesk:
    """Where one tracker's tickets are seen to, one after the other."""

    session: Session
    plan: TicketPlan
    name: str
    """The tracker's."""
    tracker: Tracker
    texts: TicketTexts
    forms_url: str = ""
    """Where people decide who have no shell; "" where nobody told."""
    assignee: Callable[[TicketItem], str] = lambda _: ""
    """Whose a new ticket is that begins with this item; "" for nobody's."""
    entry: TrackerSettings | None = None
    """What the configuration says of the tracker; a refused ticket is tried again once that changes."""
    counts: TicketCounts = field(default_factory=TicketCounts)
    _failures: Failures = field(default_factory=Failures)
    _sight: Sight = field(default_factory=Sight)

    def drain(self) -> TicketCounts:
        """See to every ticket. Raises at once where nothing may be asked, or several in a row fail; of single tickets
        that fail or are refused after the others were seen to, once each that is refused is written down.
        """
        hourly = self.plan.run.kind == RunKind.VERIFY
        persons = None if hourly else persons_asked(self.session, self.plan.run)
        before = refusals.of_tracker(self.session, self.name)
        self._sight = Sight.at(self.session, before)
        for key in outbox.to_drain(self.session, self.name, persons, self.plan.closed_since):
            self._try(key, before.get(key) if hourly else None)
        self._failures.end(self.name)
        return self.counts

    def _try(self, key: str, refusal: RefusedBefore | None = None) -> None:
        try:
            if refusal and self._waits(refusal):
                return
            with ticket_held(self.session, key), confiding(lambda: confided(self.session, key, self._draft)):
                self._see_to(key)
        except UnreadableRowError as error:
            self.plan.unreadable[key] = str(error)
        except FatalError as error:
            # Where nothing may even be searched for, any more, no single ticket is refused.
            self.tracker.find(NO_TICKET)
            self._failures.refuse(key)
            words = in_words(error)
            log.error("ticket refused", ticket=key, tracker=self.name, words=words)  # noqa: TRY400 - it's no defect
            digest = self._settings_digest(tickets.ticket(self.session, key))
            refusals.note(self.session, key, words=words, settings_digest=digest)
        except RetriableError as error:
            self.tracker.find(NO_TICKET)
            refusals.note_failure(self.session, key, failed=True)
            self._failures.fail(key, error)
        else:
            self._failures.in_a_row = 0
            refusals.note_failure(self.session, key, failed=False)
            if key in self._sight.before:
                refusals.taken(self.session, key)

    def _waits(self, refusal: RefusedBefore) -> bool:
        """Whether an hourly run, and no other, leaves it alone: until the settings that it was refused by change,
        nothing is left to tell, or something new is to be said on a ticket that is urgent by its own priority.
        """
        key = refusal.ticket_key
        row = tickets.ticket(self.session, key)
        if refusal.settings_digest != self._settings_digest(row) or (row.ref is None and not self._wanted(row)):
            return False
        new = any(each.outbox_id > refusal.last_outbox_id for each in outbox.pending(self.session, key))
        return not (new and self._draft(row).priority is TicketPriority.URGENT)

    def _settings_digest(self, row: TicketRow) -> str:
        return digest_of(repr((self.entry and self.entry.model_dump_json(), row.queue, self._assignee(row))))

    def _see_to(self, key: str) -> None:
        row = tickets.ticket(self.session, key)
        if row.ref is not None and row.state == TicketStatus.CLOSED and not outbox.pending(self.session, key):
            if self.tracker.state(row.known) is not TicketState.OPEN:
                return
            self.plan.lead_on(row)
        row, pending = tickets.ticket(self.session, key), outbox.pending(self.session, key)
        if (stands := self._stands(row, pending)) is TicketState.MISSING:
            self._miss(row)
            return
        for each in outbox.together(pending):
            self._say(key, each)
        is_closed = stands is TicketState.CLOSED or (row.doubted and stands is TicketState.UNKNOWN)
        if is_closed and row.state == TicketStatus.OPEN:
            self._reopen_by_itself(key)
        if row.doubted and stands is not None:
            tickets.note_sure(self.session, key)
        # By a feed that isn't believed only what has happened to the things themselves is worded anew.
        if pending or not in_doubt(self.session, key):
            self._bring_up_to_date(key)

    def _stands(self, row: TicketRow, pending: list[Pending]) -> TicketState | None:
        """How it stands in the tracker; None where that doesn't matter, or it isn't there yet."""
        return self.tracker.state(row.known) if row.ref and (row.state == TicketStatus.OPEN or pending) else None

    def _say(self, key: str, waiting: Sequence[Pending]) -> None:
        told_as, left = outbox.try_to_tell(self.session, waiting)
        if not left:
            return
        row, pending = tickets.ticket(self.session, key), left[0]
        if pending.op == TicketCall.CLOSE and row.moved_to:
            if not self._close_moved(row):
                return
        elif pending.op == TicketCall.OPEN or (pending.op == TicketCall.REOPEN and row.ref is None):
            self._open(row)
        elif row.ref is None:
            # It was given up before it was opened: there is nothing to say it on.
            outbox.give_back(self.session, left, self.plan.trackers)
        elif pending.op == TicketCall.COMMENT:
            self.tracker.comment(row.known, told_as, "\n\n".join(self.texts.told(each.text) for each in left))
            self.counts = self.counts.plus(commented=1)
        elif pending.op == TicketCall.CLOSE:
            self._close(row, pending)
        else:
            self._reopen(row, pending)
        outbox.done(self.session, left)

    def _close(self, row: TicketRow, pending: Pending) -> None:
        # It may have waited here while the tracker was down, and something may work again since.
        if hold(tickets.items(self.session, row)):
            return
        with unless_closed(lambda: self.tracker.state(row.known)):
            self._bring_up_to_date(row.ticket_key)
        self._tell_closed(row, pending.text)
        tickets.note_closed(self.session, row.ticket_key)

    def _close_moved(self, row: TicketRow) -> bool:
        """Once its successor is there to lead to, or isn't needed any more; False until then."""
        successor = moved_tickets.stands_as(self.session, row.ticket_key)
        assert successor is not None, "it has moved"
        if successor.ref is None and successor.state != TicketStatus.CLOSED:
            return False
        if row.ref is None and row.said_digest and (found := Sight.unheard(row, self._found(row))):
            tickets.note_opened(self.session, row.ticket_key, found, digest="", due_at=None)
            row = tickets.ticket(self.session, row.ticket_key)
        if row.ref is not None:
            items = tickets.items(self.session, successor)
            self._tell_closed(row, ticket_report.moved(self.texts, row, successor, items))
        tickets.note_closed(self.session, row.ticket_key)
        return True

    def _reopen(self, row: TicketRow, pending: Pending) -> None:
        if self._wanted(row):
            self.tracker.reopen(self._numbered(row, f"reopen {pending.text}"), pending.text)
            tickets.note_reopened(self.session, row.ticket_key)
            self.counts = self.counts.plus(reopened=1)
            return
        # It waited here while the tracker was down, or was opened and nobody heard; and everything has ended since.
        items = tickets.items(self.session, row)
        if not hold(items) and self.tracker.state(row.known) in (TicketState.OPEN, TicketState.UNKNOWN):
            self._tell_closed(row, ticket_report.closing(self.texts, row, items, []))

    def _open(self, row: TicketRow) -> None:
        answer = self._found(row)
        found = answer if isinstance(answer, TicketRef) else None
        # Sent before, and it cannot be said whether it arrived.
        doubt = answer is TicketState.UNKNOWN and row.said_digest != ""
        if found is None and not doubt and not self._wanted(row):
            tickets.note_closed(self.session, row.ticket_key)
            log.info("ticket not opened", key=row.ticket_key, kind=row.kind)
            return
        text = self._draft(row)
        opening = digest_of(f"open {text.digest}")
        ref = found or self._open_new(row, text, opening)
        # It may have been opened with an earlier text before: its digest is left out, so that it is updated.
        digest = "" if found or (doubt and row.said_digest != opening) else text.digest
        tickets.note_opened(self.session, row.ticket_key, ref, digest=digest if found else UNSEEN, due_at=text.due_at)
        log.debug("ticket opened", ticket=ref.ref, key=row.ticket_key, kind=row.kind, found=found is not None)
        self.counts = self.counts.plus(opened=1)
        stands = self.tracker.state(ref)
        if found is None and stands is TicketState.MISSING:
            raise self._sight.lost(row, ref)
        tickets.note_updated(self.session, row.ticket_key, digest=digest, due_at=text.due_at)
        # Opened before and nobody heard: people may have closed it since.
        if found and stands is TicketState.CLOSED:
            self._reopen_by_itself(row.ticket_key)

    def _found(self, row: TicketRow) -> TicketRef | TicketState | None:
        takes_over = bool(self.entry and self.entry.takes_over)
        return unshared(self.session, row, self.tracker.find(row.ticket_key), takes_over=takes_over)

    def _open_new(self, row: TicketRow, text: TicketDraft, opening: str) -> TicketRef:
        outbox.set_out(self.session, row.ticket_key, opening)
        try:
            return self.tracker.open(replace(text, assignee=self._assignee(row)))
        except FatalError as error:
            if not row.said_digest and not isinstance(error, UncertainError):
                outbox.unsaid(self.session, row.ticket_key)
            raise

    def _tell_closed(self, row: TicketRow, text: str) -> None:
        self.tracker.close(self._numbered(row, f"close {text}"), text)
        self.counts = self.counts.plus(closed=1)

    def _numbered(self, row: TicketRow, said: str) -> TicketRef:
        return replace(row.known, said=outbox.set_out(self.session, row.ticket_key, digest_of(said)))

    def _assignee(self, row: TicketRow) -> str:
        return next((self.assignee(item) for item in tickets.items(self.session, row) if item.holds), "")

    def _wanted(self, row: TicketRow) -> bool:
        """Whether it still is: it may have waited here while the tracker was down, and everything have ended since."""
        items = tickets.items(self.session, row)
        return row.moved_to is None and (
            row.kind == TicketKind.UNVERIFIED or any(item.holds and item.state != FindingState.HELD for item in items)
        )

    def _miss(self, row: TicketRow) -> None:
        digest, holds = self._settings_digest(row), hold(tickets.items(self.session, row))
        if row.moved_to or (not holds and self._sight.may_hide(row, digest)):
            # What it was to be closed by waits, and closes it once it's shown again.
            tickets.note_updated(self.session, row.ticket_key, digest=UNSEEN, due_at=row.due_at)
            return
        if holds:
            self._sight.look_where(row, digest)
        self._renew(row)

    def _renew(self, row: TicketRow) -> None:
        new = self.plan.renew(row)
        log.warning("ticket given up", ticket=row.ref, key=row.ticket_key, renewed_as=new)
        if new is not None and tickets.ticket(self.session, new).tracker == self.name:
            self._try(new)

    def _reopen_by_itself(self, key: str) -> None:
        row = tickets.ticket(self.session, key)
        if row.state != TicketStatus.OPEN or not hold(items := tickets.items(self.session, row)):
            return
        if isinstance(self.tracker.find(row.next_key), TicketRef):
            # The store was restored from a time before that one took over.
            self._renew(row)
            return
        text = ticket_report.closed_too_early(self.texts, row, items)
        self.tracker.reopen(self._numbered(row, f"reopen {text}"), text)
        log.info("ticket reopened", ticket=row.ref, key=row.ticket_key)
        self.counts = self.counts.plus(reopened=1)

    def _bring_up_to_date(self, key: str) -> None:
        row = tickets.ticket(self.session, key)
        if row.state != TicketStatus.OPEN or row.ref is None or row.moved_to or waits_to_close(self.session, key):
            return
        text = self._draft(row)
        if text.digest != row.digest:
            self.tracker.update(self._numbered(row, f"update {text.digest}"), text)
            tickets.note_updated(self.session, key, digest=text.digest, due_at=text.due_at)
            self.counts = self.counts.plus(updated=1)

    def _draft(self, row: TicketRow) -> TicketDraft:
        rights = tickets.missing_rights(self.session, row)
        exposed = exposed_keys.of_leaver(self.session, row) if self.texts.exposure else []
        return ticket_report.draft(row, tickets.items(self.session, row), rights, self.texts, self.forms_url, exposed)
