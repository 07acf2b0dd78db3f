"""Every roster, source, queue and tracker asked, one after the other; one that refuses keeps no other back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offboarding.config.settings import Settings
from offboarding.interfaces import Revoker, RosterSettings, SourceSettings, Trail, VerifierSettings
from offboarding.model import Standing, TicketState, counted
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.model.keys import NO_TICKET
from offboarding.runs import pipeline
from offboarding.runs.doctor.seen import ReaderTally
from offboarding.runs.ingest.progress import passing
from offboarding.runs.whole import Readers
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from offboarding.store.trial import linked_by_source

GOOD, IN_PART, FAILED = "good", "in part", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSystem:
    """What came of asking one system."""

    room: str
    """store, roster, source, verifier, queue, tracker, revoker or report."""
    name: str
    part: str = ""
    state: str
    """good, in part or failed."""
    readable: str = ""
    """What could be read, with counts, for people."""
    counts: tuple[tuple[str, int], ...] = ()
    """The same for programs."""
    linked: tuple[int, int] | None = None
    """Of a source: linked accounts, and all that aren't dead; None where it couldn't be told."""
    missing: tuple[str, ...] = ()
    """Sentences: what is missing, and what to grant or mend."""
    limits: tuple[str, ...] = ()
    """What is never looked at here, and is said each night."""
    tested: str = ""
    """How its kind was tested; "" for what is no system of somebody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A look at everything, over an empty schema on trial; without one, nothing can be linked."""

    settings: Settings
    readers: Readers
    as_of: datetime
    session: Session | None
    revokers: Callable[[Settings, str, str], Revoker] | None = None
    """What may write into a part of a source, where a person approves it."""
    print_trial: Callable[[], None] | None = None
    """Prints a page as the night's report is."""

    def run(self) -> Iterator[CheckedSystem]:
        """Yield what came of each system: rosters, sources with what would link, the queue, the trackers, whoever may
        write, who only logs in, and what prints the night's report, on this machine.
        """
        tested = self.settings.tested()
        for each in self._asked():
            how = tested.get((each.room, each.name))
            yield replace(each, tested=str(how)) if how else each

    def _asked(self) -> Iterator[CheckedSystem]:
        run = self._opened()
        yield from [self._roster(run, roster) for roster in self.settings.rosters]
        yield from self._linked(run, [part for source in self.settings.readers for part in self._source(run, source)])
        yield from self._queue()
        yield from self._trackers()
        yield from self._revokers()
        yield from self._printing()

    def _opened(self) -> Run | None:
        if self.session is None:
            return None
        return pipeline.open_run(self.session, self.settings, caller="checkup", as_of=self.as_of)

    def _roster(self, run: Run | None, own: RosterSettings) -> CheckedSystem:
        read = 0
        try:
            roster = self.readers.roster(self.settings, own.name, self.as_of)
            if self.session and run:
                read = pipeline.read_roster(self.session, self.settings, run, own, roster).workers
            else:
                read = sum(1 for _ in passing(roster.read(), object, noun="workers", roster=own.name))
        except OffboardingError as error:
            return CheckedSystem(room="roster", name=own.name, state=FAILED, missing=(str(error),))
        summary, problems = roster.summary, (*roster.problems, *roster.left_out.problems)
        return CheckedSystem(
            room="roster",
            name=own.name,
            state=IN_PART if problems else GOOD,
            readable=f"{counted(read, 'worker')} in {summary.origin}{', proved complete' if summary.proved else ''}"
            if summary
            else f"{counted(read, 'worker')}",
            counts=(("workers", read),),
            missing=tuple(map(str, problems)),
        )

    def _source(self, run: Run | None, own: SourceSettings) -> Iterator[CheckedSystem]:
        try:
            parts = self.readers.parts(self.settings, self.as_of)(own)
        except OffboardingError as error:
            yield CheckedSystem(room=_room(own), name=own.name, state=FAILED, missing=(str(error),))
            parts = own.parts()
        for part in parts:
            yield self._part(run, own, part)

    def _part(self, run: Run | None, own: SourceSettings, part: str) -> CheckedSystem:
        try:
            seen = ReaderTally(self.readers.source(self.settings, own.name, part, self.as_of))
            reader = seen.as_told()
            if self.session and run:
                pipeline.collect(self.session, self.settings, run, own, part, reader)
            else:
                facts = reader.events(None) if isinstance(reader, Trail) else reader.collect()
                for _ in passing(facts, object, noun="facts", source=own.name, part=part):
                    pass
            seen.look_closer()
        except OffboardingError as error:
            return CheckedSystem(room=_room(own), name=own.name, part=part, state=FAILED, missing=(str(error),))
        except Exception as error:  # noqa: BLE001 - it keeps no other back, and is told
            return CheckedSystem(
                room=_room(own), name=own.name, part=part, state=FAILED, missing=(_defect(own.name, error),)
            )
        return CheckedSystem(
            room=_room(own),
            name=own.name,
            part=part,
            state=IN_PART if seen.missing else GOOD,
            readable=_readable(own, seen),
            counts=_counts(own, seen),
            missing=tuple(seen.missing),
            limits=tuple(seen.limits),
        )

    def _linked(self, run: Run | None, sources: Sequence[CheckedSystem]) -> Sequence[CheckedSystem]:
        """With how much of each source would be linked; all its parts together, beside the first."""
        if self.session is None or run is None:
            return sources
        try:
            pipeline.correlate(self.session, self.settings, run)
        except OffboardingError:
            # No roster could be read, which its own line says: there is nobody to link with.
            return sources
        shares = {share.source: (share.linked, share.working) for share in linked_by_source(self.session)}
        firsts = {checked.name: checked for checked in reversed(sources) if checked.state != FAILED}
        return [
            replace(checked, linked=shares.get(checked.name)) if checked is firsts.get(checked.name) else checked
            for checked in sources
        ]

    def _queue(self) -> Iterator[CheckedSystem]:
        own = self.settings.messages
        if own is None:
            return
        try:
            queue = self.readers.queue(self.settings)
            waiting = 0 if queue is None else queue.waiting()
        except OffboardingError as error:
            yield CheckedSystem(room="queue", name=own.kind, state=FAILED, missing=(str(error),))
        else:
            readable = f"answers; messages that nobody has in hand: {waiting:,}"
            counts = (("messages", waiting),)
            yield CheckedSystem(room="queue", name=own.kind, state=GOOD, readable=readable, counts=counts)

    def _trackers(self) -> Iterator[CheckedSystem]:
        for name, made in self.readers.trackers(self.settings).items():
            try:
                found = made().find(NO_TICKET)
            except OffboardingError as error:
                yield CheckedSystem(room="tracker", name=name, state=FAILED, missing=(str(error),))
            else:
                answers = "answers, and tickets can be searched"
                if found is TicketState.UNKNOWN:
                    answers = "can't be asked; `tracker test` shows whether it takes what it's told"
                yield CheckedSystem(room="tracker", name=name, state=GOOD, readable=answers)

    def _revokers(self) -> Iterator[CheckedSystem]:
        policy = self.settings.policy.revocation
        named = [own for own in self.settings.sources if policy and own.name in policy.sources]
        for own, revoker in ((own, self.revokers) for own in named if self.revokers):
            try:
                parts = self.readers.parts(self.settings, self.as_of)(own)
            except OffboardingError as error:
                yield CheckedSystem(room="revoker", name=own.name, state=FAILED, missing=(str(error),))
                parts = own.parts()
            for part in parts:
                try:
                    revoker(self.settings, own.name, part).check()
                except OffboardingError as error:
                    yield CheckedSystem(room="revoker", name=own.name, part=part, state=FAILED, missing=(str(error),))
                else:
                    readable = "logs in; shuts only what a person approves"
                    yield CheckedSystem(room="revoker", name=own.name, part=part, state=GOOD, readable=readable)

    def _printing(self) -> Iterator[CheckedSystem]:
        policy = self.settings.policy
        if self.print_trial is None or not (policy.night_report and policy.night_report_pdf):
            return
        try:
            self.print_trial()
        except FatalError as error:
            missing = (f"policy.night_report_pdf: {error}",)
            yield CheckedSystem(room="report", name="pdf", state=FAILED, missing=missing)
        else:
            yield CheckedSystem(room="report", name="pdf", state=GOOD, readable="can be printed on this machine")


def _defect(name: str, error: Exception) -> str:
    """Its text may hold anything, so that only its kind is told."""
    return f"sources.{name}: broke with {type(error).__name__}, which is a defect of ours: please report it"


def _room(own: SourceSettings) -> str:
    return "verifier" if isinstance(own, VerifierSettings) else "source"


def _counts(own: SourceSettings, seen: ReaderTally) -> tuple[tuple[str, int], ...]:
    if own.tells == "events":
        return (("events", seen.recorded),)
    counts = seen.keys if own.tells == "keys" else seen.standings
    return ((own.tells, counts.total()), *((str(standing), counts[standing]) for standing in Standing))


def _readable(own: SourceSettings, seen: ReaderTally) -> str:
    if own.tells == "events":
        return f"{counted(seen.recorded, 'event')}"
    counts, works = (seen.keys, "in use") if own.tells == "keys" else (seen.standings, "may get in")
    words = ((works, Standing.WORKS), ("dead", Standing.DEAD), ("not checked", Standing.UNKNOWN))
    parts = [f"{counts[standing]:,} {word}" for word, standing in words if counts[standing]]
    return counted(counts.total(), own.tells.removesuffix("s")) + (f": {', '.join(parts)}" if parts else "")
