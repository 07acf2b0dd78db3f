"""What readers tell, on its way into the store: normalised, staged, merged, and told in the log."""

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import structlog

from offboarding.config.settings import Settings
from offboarding.identity import folding, keys
from offboarding.identity.folding import normal
from offboarding.identity.keys import AccountForm, KeyRules, RosterWorkerForm, actor_keys
from offboarding.interfaces import Reader, Roster, RosterSettings, SourceSettings, Tells
from offboarding.model import (
    Account,
    AuditEvent,
    Fact,
    Key,
    LeftOut,
    Problem,
    ReadPhase,
    RequestCounts,
    RosterSummary,
    Worker,
    texts,
)
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.model.texts import sentence
from offboarding.runs.ingest.bounds import ReadBounds, bounded, seconds_for
from offboarding.runs.ingest.gate.days import DayGate
from offboarding.runs.ingest.gate.facts import FactGate
from offboarding.runs.ingest.gate.workers import WorkerGate
from offboarding.runs.ingest.progress import passing
from offboarding.store.connect import Session
from offboarding.store.key_reads import StagedEvent
from offboarding.store.rosters import RosterRead, RosterRow
from offboarding.store.rows import RosterOutcome, Run, SourceOutcome
from offboarding.store.sources import SourceRead, StagedBeside

log = structlog.get_logger("offboarding.intake")

RECORDS_AT_ONCE = 100_000
"""Objects made between two looks for garbage in cycles, while records pass; Python's own 700 are for programs that make
few. Records are in none, and what else is in one waits for some megabytes more.
"""
EVERY_PART = "(which parts there are)"
"""Stands where a part's name would, for the question itself."""


def read_roster(
    session: Session, settings: Settings, run: Run, roster_settings: RosterSettings, roster: Roster
) -> RosterOutcome:
    """Read who works here. A partial read is an outcome; an error is written down, and raised again."""
    row = RosterRow(
        name=roster_settings.name,
        id_space=roster_settings.id_space,
        login_realm=roster_settings.login_realm,
        coverage=roster_settings.coverage,
    )
    read = RosterRead.begin(session, row, run.run_id, run.as_of)
    bound = settings.policy.max_inferred
    gate, days = WorkerGate(), DayGate(run.as_of)
    try:
        with _reading(f"rosters.{row.name}", run, roster_settings.max_read_minutes) as bounds:
            passed = passing(bounds.passed(roster.read()), Worker, noun="workers", roster=roster_settings.name)
            read.stage(days.passed(gate.passed(passed)), _worker_form(settings, roster_settings))
        summary = _summary(roster_settings, roster)
    except Exception as error:
        read.fail(_sentence(f"rosters.{row.name}", error))
        raise
    outcome = read.merge(
        summary,
        [*map(_plain, roster.problems), *gate.problems],
        left_out=LeftOut(
            problems=[*map(_plain, roster.left_out.problems), *gate.left_out, *days.left_out],
            workers=[*roster.left_out.workers, *gate.of],
            records=roster.left_out.records,
            garbled=roster.left_out.garbled,
        ),
        min_percent=settings.policy.min_roster_percent,
        absolute=bound.absolute,
        percent=bound.percent,
    )
    _log_roster(outcome)
    return outcome


def read_source(
    session: Session,
    settings: Settings,
    run: Run,
    source_settings: SourceSettings,
    part: str,
    phase: ReadPhase,
    source: Reader,
    facts: Callable[[ReadBounds], Iterator[Fact]],
) -> SourceOutcome:
    """Read a part of a source. An error is written down, and raised again; what is known stays.

    `facts`: what is read, within the bounds of the read.
    """
    read = SourceRead.begin(
        session,
        source=source_settings.name,
        kind=source_settings.kind,
        part=part,
        phase=phase,
        run_id=run.run_id,
        tells=source_settings.tells,
    )
    where = f"{_room(settings, source_settings)}.{source_settings.name} {part}".strip()
    try:
        with _reading(where, run, source_settings.max_read_minutes) as bounds:
            passed = passing(
                facts(bounds),
                _COUNTED[source_settings.tells],
                noun=source_settings.tells,
                source=source_settings.name,
                part=part,
            )
            rules = key_rules(settings)
            forms = AccountForm(number_format=source_settings.number_format, rules=rules, code=_keys_code())
            gate = FactGate(source_settings.name)
            read.stage(gate.passed(passed), forms, _kept(settings, source_settings))
    except Exception as error:
        read.fail(_sentence(where, error), source.requests)
        raise
    outcome = read.merge(source.requests)
    _log_source(outcome)
    return outcome


def note_unknown_parts(session: Session, run: Run, source: SourceSettings, error: OffboardingError) -> str:
    """Write down that a source couldn't tell what there is of it to read. Returns what stands for its part."""
    read = SourceRead.begin(
        session, source=source.name, kind=source.kind, part=EVERY_PART, phase=ReadPhase.COLLECT, run_id=run.run_id
    )
    read.fail(sentence(str(error)), RequestCounts())
    log.error(sentence(str(error)))
    return EVERY_PART


def key_rules(settings: Settings) -> KeyRules:
    """The company's ways of writing mails and logins."""
    company = settings.company
    return KeyRules.of(
        company.mail_domains, company.mail_aliases, company.login_patterns, settings.policy.usual_login_patterns
    )


def _summary(settings: RosterSettings, roster: Roster) -> RosterSummary:
    if roster.summary is None:
        raise FatalError(f"rosters.{settings.name}: it told nothing of its own read; mend rosters/{settings.kind}.py")
    return replace(roster.summary, origin=sentence(roster.summary.origin))


def _plain(problem: Problem) -> Problem:
    return Problem(record=sentence(problem.record), text=sentence(problem.text), fix=sentence(problem.fix))


def _room(settings: Settings, own: SourceSettings) -> str:
    return "verifiers" if own in settings.verifiers else "sources"


@contextmanager
def _reading(where: str, run: Run, max_read_minutes: float) -> Generator[ReadBounds]:
    """What holds while records pass: the bounds of the read, and few collections of garbage."""
    with _seldom_collecting(), bounded(where, seconds_for(run.kind, max_read_minutes)) as bounds:
        try:
            yield bounds
        except RetriableError as error:
            raise bounds.refused(error) from error


@contextmanager
def _seldom_collecting() -> Generator[None]:
    """Millions of records pass: to look through those at hand every few hundred takes a fifth of a read."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], RECORDS_AT_ONCE) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _sentence(what: str, error: Exception) -> str:
    if isinstance(error, OffboardingError):
        return sentence(str(error))
    return f"{what}: broke with {type(error).__name__}, which is a defect of ours: the task's log holds its trace"


def _log_roster(outcome: RosterOutcome) -> None:
    log.info(
        "roster read",
        roster=outcome.roster,
        status=outcome.status,
        proved=outcome.proved,
        workers=outcome.workers,
        records=outcome.records,
        vanished=outcome.inferred,
        vanished_to_confirm=outcome.waiting,
        never_here=outcome.forgotten,
        problems=len(outcome.problems),
    )
    for problem in outcome.problems:
        sentence = f"rosters.{outcome.roster}: {problem}"
        log.warning(sentence)


def _log_source(outcome: SourceOutcome) -> None:
    counts = {"keys": outcome.keys, "events": outcome.events} if outcome.keys or outcome.events else {}
    log.info(
        "source read" if outcome.phase == ReadPhase.COLLECT else "leavers' accounts read live",
        source=outcome.source,
        part=outcome.part or "whole",
        realm=outcome.realm,
        status=outcome.status,
        accounts=outcome.accounts,
        credentials=outcome.credentials,
        **counts,
        requests=sum(outcome.requests.values()),
    )
    for text, red in outcome.gaps:
        # Without the source: the text says of what, and several sources may tell the same.
        (log.warning if red else log.info)(f"not checked: {text}")


def _worker_form(settings: Settings, roster: RosterSettings) -> RosterWorkerForm:
    return RosterWorkerForm(
        roster=roster.name,
        id_space=roster.id_space,
        login_realm=roster.login_realm,
        realms={source.name: source.login_realm for source in settings.sources},
        placeholders=frozenset(normal(value) for value in settings.policy.placeholders),
        rules=key_rules(settings),
        code=_keys_code(),
    )


@cache
def _keys_code() -> bytes:
    return b"".join(Path(module.__file__ or "").read_bytes() for module in (keys, folding, texts))


_COUNTED: dict[Tells, type[Account | Key | AuditEvent]] = {"accounts": Account, "keys": Key, "events": AuditEvent}
"""What is counted while it passes."""


def _kept(settings: Settings, source: SourceSettings) -> Callable[[StagedBeside | AuditEvent], StagedBeside]:
    """What is kept of a fact: its actors' keys in normal form; what the register says of caches counts."""
    rules = key_rules(settings)

    def kept(fact: StagedBeside | AuditEvent) -> StagedBeside:
        if isinstance(fact, AuditEvent):
            return StagedEvent(event=fact, keys=tuple(actor_keys(fact, source.number_format, rules)))
        if isinstance(fact, Key):
            # Whoever trusts it may do so for longer than its verifier knows.
            return replace(fact, cache=max(fact.cache, settings.register.cache(source.name, fact)))
        return fact

    return kept
