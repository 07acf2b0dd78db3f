"""What a run concludes by: what correlation is told of the configuration; and the rules, which look at every case. What
they find is written down; what they find no more closes where they say why.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from offboarding.config.settings import Settings
from offboarding.guard import holds
from offboarding.identity.folding import normal
from offboarding.model import (
    SEEN,
    Exportable,
    KeyCase,
    Resolved,
    Sentence,
    Severity,
    Silent,
    SilentKey,
    SubjectKind,
    UncustodiedCase,
)
from offboarding.rules import all_rules, not_dead_yet, rule_of, told_anew
from offboarding.store import departures, findings, runs, sources
from offboarding.store.cases import Looked, cases
from offboarding.store.connect import Session
from offboarding.store.correlation import linking
from offboarding.store.events import Change, append_events
from offboarding.store.exceptions import apply_exceptions
from offboarding.store.findings import RoutedFinding
from offboarding.store.key_cases import key_cases
from offboarding.store.rows import RegisterEffect, Run, SourceSetting
from offboarding.store.silent import silent_findings
from offboarding.tickets.routing import routed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a run's evaluation changed."""

    produced: int
    begun: int
    verified: int
    reopened: int
    resolved: int


def evaluate(session: Session, settings: Settings, run: Run, release: holds.Release | None = None) -> Evaluation:
    """One evaluation, in one transaction. Each change of a finding's state is an event."""
    unchecked: Counter[str] = Counter()
    lowered = list[RegisterEffect]()
    with session.transaction():
        findings.lock_evaluation(session)
        merged = findings.merge_findings(session, run, _routed_findings(session, settings, run, unchecked, lowered))
        ended, early = _closings(settings, silent_findings(session, run, settings.sign_on), run.as_of)
        findings.leave_open(session, early, told_anew)
        closed = holds.hold_closings(session, settings, run, ended, release)
        findings.resolve(session, closed)
        actor = f"run {run.run_id}"
        every = [*merged.reopened, *merged.verified, *merged.doubted, *merged.begun, *closed]
        append_events(session, every, run_id=run.run_id, actor=actor)
        # Last: what an exception covers stands by it, whether it began now or stood before.
        append_events(session, apply_exceptions(session, run), run_id=run.run_id, actor=actor)
        runs.note_step(session, run.run_id, "evaluate")
        if departures.persons_asked(session, run) is None:
            runs.note_unchecked(session, run.run_id, unchecked)
            runs.note_register_effects(session, run.run_id, lowered)
    return Evaluation(
        produced=merged.produced,
        begun=len(merged.begun),
        verified=len(merged.verified),
        reopened=len(merged.reopened),
        resolved=len(closed),
    )


def _closings(
    settings: Settings, silent: Iterable[Silent], as_of: datetime
) -> tuple[list[Change], Mapping[str, Sentence]]:
    """What closes by the word of its own rule; and what doesn't yet, since it may go on for a while: key -> why."""
    ended, early = list[Change](), dict[str, Sentence]()
    for each in silent:
        rule = rule_of(each.rule)
        resolved = rule.closes(each, as_of) if rule else None
        until = _may_work_until(settings, each, resolved) if resolved else None
        if resolved and until:
            early[each.finding_key] = not_dead_yet(resolved.told, until)
        elif resolved:
            ended.append(Change.ends(each.finding_key, each.state, "resolved", resolved))
    return ended, early


def _may_work_until(settings: Settings, silent: Silent, resolved: Resolved) -> datetime | None:
    """Until when what was seen shut may go on; None where the last look was later than that."""
    if isinstance(silent, SilentKey) or resolved.resolution not in SEEN or silent.shut_at is None:
        return None
    until = silent.shut_at + settings.delay_of(silent.source, SubjectKind(silent.subject_kind))
    return until if silent.seen_at is None or silent.seen_at < until else None


def _routed_findings(
    session: Session, settings: Settings, run: Run, unchecked: Counter[str], lowered: list[RegisterEffect]
) -> Iterator[RoutedFinding]:
    """Yield what the rules find, count the keys that nobody is known to hold, by kind, each once, and list what the
    custody register alone lowered or prevented.
    """
    materials: set[str] = set()
    parts = {realm.realm: (realm.source, realm.part) for realm in sources.realms(session)}
    looked = Looked(
        as_of=run.as_of,
        since=run.reads_since,
        moved_days=settings.policy.moved_days,
        persons=departures.persons_asked(session, run),
        zone=settings.company.time_zone,
        reserved=[normal(login) for login in settings.policy.reserved_logins],
        linked=settings.policy.scores.linked,
        ahead=settings.policy.scores.ahead,
        sign_on=settings.sign_on,
    )
    for case in chain(cases(session, looked), key_cases(session, looked)):
        if isinstance(case, UncustodiedCase):
            new = {copy.key.material: copy.key.kind.value for copy in case.keys if copy.key.material not in materials}
            unchecked.update(new.values())
            materials |= new.keys()
        if isinstance(case, KeyCase):
            lowered += register_effects(settings, case, run.as_of, parts)
        for rule in all_rules():
            for finding in rule.findings(case, run.as_of):
                # An account that may be one of these people's may be somebody else's more likely.
                if looked.persons is None or finding.person_uid in looked.persons:
                    yield routed(settings, finding, case, parts)


def register_effects(
    settings: Settings, case: KeyCase, as_of: datetime, parts: dict[str, tuple[str, str]]
) -> Iterator[RegisterEffect]:
    """Yield what would be found, or be worse, without the register's word that lowers or prevents it."""
    entry = case.registered
    if entry is None or (entry.carryable is not Exportable.NO and entry.threshold == 1):
        return
    found = {each.key: Severity(each.severity) for each in _found(settings, case, as_of, parts)}
    could = Exportable.UNKNOWN if entry.carryable is Exportable.NO else entry.carryable
    plain = replace(case, registered=replace(entry, carryable=could, threshold=1))
    for each in _found(settings, plain, as_of, parts):
        severity, now = Severity(each.severity), found.get(each.key)
        if now is None or now.order > severity.order:
            yield RegisterEffect(finding_key=each.key, rule=each.finding.rule, severity=severity, lowered_to=now)


def _found(
    settings: Settings, case: KeyCase, as_of: datetime, parts: dict[str, tuple[str, str]]
) -> Iterator[RoutedFinding]:
    for rule in all_rules():
        yield from (routed(settings, finding, case, parts) for finding in rule.findings(case, as_of))


def correlation_settings(session: Session, settings: Settings, run: Run) -> linking.CorrelationSettings:
    """What the queries are told. Of systems that this run isn't about, links stay as they are."""
    expected = runs.expected_parts(session, run.run_id)
    policy = settings.policy
    spaces = sorted({roster.id_space for roster in settings.rosters})
    only_space = spaces[0] if len(spaces) == 1 else None
    by_name = {source.name: source for source in settings.sources}
    return linking.CorrelationSettings(
        as_of=runs.latest_moment(session, run),
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
            if realm.source in by_name and (realm.source, realm.part) in expected
        ),
        placeholders=tuple(normal(value) for value in policy.placeholders),
        reserved=tuple(normal(login) for login in policy.reserved_logins),
        pre_start_days=policy.pre_start_days,
        shut_while=policy.shut_while,
        possibly_one_days=policy.possibly_one_days,
        created_window_days=policy.created_window_days,
        scores=policy.scores.model_dump(),
    )
