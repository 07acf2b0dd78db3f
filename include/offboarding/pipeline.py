"""One function a task: what a night does, whoever runs it.

Each takes an open session on the store and ready objects; `wiring` makes both. Every function may be called again with
the same run, and leaves the same rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import structlog

from include.offboarding.correlation.keys import KeyRules, account_keys, normal, person_uid, worker_keys
from include.offboarding.errors import FatalError, OffboardingError
from include.offboarding.interfaces import Roster, RosterSettings, Source, SourceSettings, Tracker
from include.offboarding.model import Account, Fact
from include.offboarding.policy import routed
from include.offboarding.report import night
from include.offboarding.rules import all_rules
from include.offboarding.settings import Settings
from include.offboarding.store import correlation, findings, reading, rosters, runs, sources
from include.offboarding.store.cases import cases
from include.offboarding.store.connect import Session
from include.offboarding.store.rosters import RosterRead, RosterRow, StagedWorker
from include.offboarding.store.rows import RosterOutcome, Run, SourceOutcome, SourceSetting
from include.offboarding.store.sources import SourceRead, StagedAccount, StagedFact
from include.offboarding.ticket_plan import TicketPlan
from include.offboarding.ticketing import TicketCounts, TicketDesk

log = structlog.get_logger("offboarding.pipeline")


def open_run(session: Session, settings: Settings, *, caller: str, as_of: datetime | None) -> Run:
    """Begin a night, or find the one that this caller began. Raises FatalError where as_of would go backwards."""
    run = runs.open_run(session, kind="nightly", caller=caller, as_of=as_of)
    names = [roster.name for roster in settings.rosters]
    rosters.retire_rosters(session, names)
    parts = [(source.name, part) for source in settings.sources for part in source.parts()]
    runs.note_expected(session, run.run_id, rosters=names, parts=parts)
    log.info("run open", run=run.run_id, as_of=run.as_of.isoformat())
    return run


def find_run(session: Session, run_id: int) -> Run:
    """The run of this id, for the tasks after the first."""
    return runs.run(session, run_id)


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
    try:
        read.stage(_staged_workers(settings, roster_settings, roster))
        if roster.summary is None:
            raise FatalError(f"rosters.{row.name}: it told nothing of its own read; mend rosters/{row.name}.py")
    except OffboardingError as error:
        read.fail(str(error))
        raise
    outcome = read.merge(
        roster.summary,
        roster.problems,
        min_percent=settings.policy.min_roster_percent,
        absolute=bound.absolute,
        percent=bound.percent,
    )
    _tell_roster(outcome)
    return outcome


def collect(
    session: Session, settings: Settings, run: Run, source_settings: SourceSettings, part: str, source: Source
) -> SourceOutcome:
    """Read what exists in one part of a source."""
    return _read_source(session, settings, run, source_settings, part, "collect", source, source.collect)


def correlate(session: Session, settings: Settings, run: Run) -> correlation.CorrelationOutcome:
    """Decide who left, and whose each account is."""
    if not runs.usable_rosters(session):
        raise FatalError("No roster could be read, now or ever: nobody can be said to have left. Mend a roster first.")
    outcome = correlation.correlate(session, correlation_settings(session, settings, run.as_of))
    runs.note_correlated(session, run.run_id, asdict(outcome))
    log.info("correlated", **_fields(outcome))
    return outcome


def detail(
    session: Session, settings: Settings, run: Run, source_settings: SourceSettings, part: str, source: Source
) -> SourceOutcome | None:
    """Ask a source, live, about leavers' accounts alone. None where it couldn't be read in this run to begin with."""
    found = sources.realm_of_part(session, run.run_id, source_settings.name, part)
    if found is None or found[1] == "failed" or not found[0]:
        return None
    accounts = sources.accounts_to_detail(session, found[0])
    return _read_source(
        session, settings, run, source_settings, part, "detail", source, lambda: source.detail(accounts)
    )


def evaluate(session: Session, settings: Settings, run: Run) -> findings.Evaluation:
    """Let the rules look at every case, and write down what begins, stands, is reopened or may be closed."""
    if runs.run(session, run.run_id).correlated_at is None:
        raise FatalError(f"run {run.run_id} has not been correlated: nothing is concluded from it")
    with session.transaction():
        findings.lock_evaluation(session)
        outcome = findings.merge_findings(session, run, _routed_findings(session, settings, run))
    log.info("evaluated", **asdict(outcome))
    return outcome


def guard(session: Session, settings: Settings, run: Run) -> findings.GuardOutcome:
    """Look before anything is written outside."""
    outcome = findings.guard(
        session,
        run,
        rules=[rule.id for rule in all_rules()],
        max_new_tickets=settings.policy.max_new_tickets,
        release_baselines=settings.policy.baseline == "ticket",
    )
    log.info("guard", **asdict(outcome))
    return outcome


def ticket(session: Session, settings: Settings, run: Run, told: tuple[str, Tracker] | None) -> TicketCounts:
    """Tell the tracker what the guard let through: exactly one ticket a key, whatever was interrupted before.

    A ticket that the tracker refuses doesn't keep the others back; they are told first, then the refusals are raised.
    """
    if told is None:
        log.warning("no tracker is configured: nobody is told")
        return TicketCounts()
    name, tracker = told
    policy = settings.policy
    plan = TicketPlan(
        session=session,
        run=run,
        tracker=name,
        unverified_nights=policy.unverified_nights,
        keep=timedelta(days=policy.new_generation_days),
    )
    plan.make()
    counts = TicketDesk(session=session, plan=plan, tracker=tracker, zone=settings.company.time_zone).drain()
    log.info("tickets told", tracker=name, **asdict(counts))
    return counts


def report(session: Session, settings: Settings, run: Run) -> None:
    """Say on one screen what was read, found, and couldn't be checked; and write down whether the night was red."""
    seen = reading.night(session, run.run_id)
    red = night.is_red(seen)
    runs.close_run(session, run.run_id, status="red" if red else "green", waiting=seen.waiting, summary={"red": red})
    # Ahead of the screen: whoever picks our lines out of an executor's knows by it that what follows is ours.
    log.info("report", run=run.run_id, status="red" if red else "green")
    print(night.render(seen, settings.company.time_zone))  # noqa: T201 - a task's own output is its reader's screen


def end(session: Session, run: Run) -> None:
    """Raise FatalError where the night was red: something was left unchecked, and the sentence says what."""
    red = night.is_red(reading.night(session, run.run_id))
    if red:
        raise FatalError(f"Run {run.run_id} is red: {'; '.join(red)}. What to do stands in the log of the task report.")


def release(
    session: Session,
    settings: Settings,
    run_id: int,
    told: tuple[str, Tracker] | None,
    *,
    reason: str,
    author: str,
) -> Run:
    """Let through what waits since a run or earlier, after evaluating afresh what the last night read."""
    waiting = findings.release(session, run_id, reason=reason, author=author)
    last = runs.last_finished_night(session) or runs.run(session, run_id)
    run = runs.open_release(session, caller=f"release of {run_id} by {author} at {datetime.now(UTC)}", of=last)
    log.info("released", run=run.run_id, of=run_id, findings=waiting)
    evaluate(session, settings, run)
    guard(session, settings, run)
    ticket(session, settings, run, told)
    runs.close_run(session, run.run_id, status="green", waiting=0, summary={})
    return run


def key_rules(settings: Settings) -> KeyRules:
    """The company's ways of writing mails and logins."""
    company = settings.company
    return KeyRules.of(
        company.mail_domains, company.mail_aliases, company.login_patterns, settings.policy.usual_login_patterns
    )


def correlation_settings(session: Session, settings: Settings, as_of: datetime) -> correlation.CorrelationSettings:
    """What the queries are told."""
    policy = settings.policy
    spaces = sorted({roster.id_space for roster in settings.rosters})
    only_space = spaces[0] if len(spaces) == 1 else None
    by_name = {source.name: source for source in settings.sources}
    return correlation.CorrelationSettings(
        as_of=as_of,
        zone=settings.company.time_zone,
        sources=tuple(
            SourceSetting(
                realm=realm.realm,
                source=realm.source,
                kind=realm.kind,
                id_space=by_name[realm.source].id_space or only_space,
                login_space=by_name[realm.source].login_realm or f"source:{realm.source}",
                login_declared=by_name[realm.source].login_realm is not None,
            )
            for realm in sources.realms(session)
            if realm.source in by_name and realm.part in by_name[realm.source].parts()
        ),
        placeholders=tuple(normal(value) for value in policy.placeholders),
        reserved=tuple(normal(login) for login in policy.reserved_logins),
        pre_start_days=policy.pre_start_days,
        possibly_one_days=policy.possibly_one_days,
        created_window_days=policy.created_window_days,
        scores=policy.scores.model_dump(),
    )


def _routed_findings(session: Session, settings: Settings, run: Run) -> Iterator[findings.RoutedFinding]:
    parts = {realm.realm: (realm.source, realm.part) for realm in sources.realms(session)}
    moved_days = settings.policy.moved_days
    for case in cases(session, as_of=run.as_of, since=run.reads_since, moved_days=moved_days):
        for rule in all_rules():
            for finding in rule.evaluate(case, run.as_of):
                yield routed(settings, finding, case, parts)


def _read_source(
    session: Session,
    settings: Settings,
    run: Run,
    source_settings: SourceSettings,
    part: str,
    phase: str,
    source: Source,
    facts: Callable[[], Iterator[Fact]],
) -> SourceOutcome:
    read = SourceRead.begin(
        session, source=source_settings.name, kind=source_settings.kind, part=part, phase=phase, run_id=run.run_id
    )
    try:
        read.stage(_staged_facts(settings, source_settings, facts()))
    except OffboardingError as error:
        read.fail(str(error), source.requests)
        raise
    outcome = read.merge(source.requests)
    _tell_source(outcome)
    return outcome


def _tell_roster(outcome: RosterOutcome) -> None:
    log.info(
        "roster read",
        roster=outcome.roster,
        status=outcome.status,
        proved=outcome.proved,
        workers=outcome.workers,
        records=outcome.records,
        vanished=outcome.inferred,
        vanished_to_confirm=outcome.waiting,
        problems=len(outcome.problems),
    )
    for problem in outcome.problems:
        sentence = f"rosters.{outcome.roster}: {problem}"
        log.warning(sentence)


def _tell_source(outcome: SourceOutcome) -> None:
    log.info(
        "source read" if outcome.phase == "collect" else "leavers' accounts read live",
        source=outcome.source,
        part=outcome.part or "whole",
        realm=outcome.realm,
        status=outcome.status,
        accounts=outcome.accounts,
        credentials=outcome.credentials,
        requests=sum(outcome.requests.values()),
    )
    for text, red in outcome.gaps:
        (log.warning if red else log.info)(f"not checked: {text}", source=outcome.source)


def _staged_workers(settings: Settings, roster: RosterSettings, reader: Roster) -> Iterator[StagedWorker]:
    rules = key_rules(settings)
    realms = {source.name: source.login_realm for source in settings.sources}
    placeholders = {normal(value) for value in settings.policy.placeholders}
    for worker in reader.read():
        yield StagedWorker(
            worker=worker,
            uid=person_uid(roster.id_space, worker.worker_id, roster.name, placeholders),
            keys=tuple(worker_keys(worker, roster.id_space, roster.login_realm, realms, rules)),
        )


def _staged_facts(settings: Settings, source: SourceSettings, facts: Iterator[Fact]) -> Iterator[StagedFact]:
    rules = key_rules(settings)
    for fact in facts:
        if isinstance(fact, Account):
            yield StagedAccount(account=fact, keys=tuple(account_keys(fact, source.number_format, rules)))
        else:
            yield fact


def _fields(outcome: correlation.CorrelationOutcome) -> dict[str, int]:
    return {**asdict(outcome.counts), "persons_merged": outcome.merged_persons}
