"""What a person is asked about: findings on leavers' tickets whose thing can be shut so that it opens again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

import structlog

from offboarding.config.policy import RevocationPolicy
from offboarding.config.settings import Settings
from offboarding.guard.revoking.refusals import identity_spaces, refusal
from offboarding.guard.revoking.settling import NotSeen
from offboarding.interfaces.kinds import kind_part
from offboarding.model import Revocable, RevocationStage
from offboarding.model.keys import short_finding, short_findings
from offboarding.report import revocations as words
from offboarding.store import revocations
from offboarding.store.connect import Session
from offboarding.store.revocation_candidates import Candidate
from offboarding.store.revocations import RevocationRow
from offboarding.store.rows import Run

log = structlog.get_logger("offboarding.guard.revoking")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """What a line of the question is about."""

    revocation_id: int
    authority: str
    """A digest of what the line says of whose it is and on whose authority; "" where that was not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationQuestion:
    """What a person is asked."""

    subject: str
    details: str
    """Which things of whom, and what an answer does; as Markdown, without names, mails or labels."""
    offered: dict[str, ShownLine]
    """By short keys of findings, the worst first. None is chosen beforehand."""


def propose(session: Session, settings: Settings, run: Run, logins: Collection[str] = ()) -> None:
    """What may be approved from now on; nothing where the policy lets nothing be shut. `logins`: of our connections.

    Whatever stood before and speaks against it now lapses. What stands unanswered keeps no room from what comes new.
    Raises FatalError where anything isn't as the record says: then nothing changes.
    """
    policy = settings.policy.revocation
    if policy is None:
        return
    with revocations.locked(session, whole=True):
        found = _candidates(session, settings, policy)
        steps = {each.finding_key: (each, step) for each in found if (step := _step(settings, each, run, logins))}
        kept = set[str]()
        for row in revocations.rows(session, RevocationStage.PROPOSED):
            now = steps.get(row.finding_key)
            if now and (now[0].thing, now[1]) == (row.thing, row.step):
                kept.add(row.finding_key)
            else:
                revocations.end(session, row, RevocationStage.LAPSED, "it may not be proposed so any more")
        in_hand = {row.finding_key for row in revocations.rows(session, RevocationStage.APPROVED)}
        new = [each for each in steps.values() if each[0].finding_key not in kept | in_hand]
        room = policy.most_a_day - revocations.taken(session)
        for candidate, step in new[: max(room, 0)]:
            revocations.propose(session, candidate, run_id=run.run_id, step=step)
            log.info("revocation proposed", finding=short_finding(candidate.finding_key), run=run.run_id)


def waiting(session: Session, settings: Settings) -> int:
    """How much a task has to see to: what a person is asked about, and what was broken off and is to be looked at; 0
    where the policy lets nothing be shut.
    """
    if settings.policy.revocation is None:
        return 0
    return len(revocations.rows(session, RevocationStage.PROPOSED)) + len(revocations.broken_off(session))


def question(session: Session, settings: Settings, unseen: Sequence[NotSeen] = ()) -> RevocationQuestion | None:
    """What a person is asked, and what of earlier revocations nobody could see; None where nothing is proposed, or
    nothing may be shut.

    Raises FatalError where anything isn't as the record says: no answer could count.
    """
    policy = settings.policy.revocation
    stand = revocations.rows(session, RevocationStage.PROPOSED) if policy else []
    if policy is None or not stand:
        return None
    revocations.hold_to_the_record(session, whole=True)
    ordered = sorted(stand, key=_worst_first)
    names = short_findings(row.finding_key for row in ordered)
    known = {each.finding_key: each for each in _candidates(session, settings, policy)}
    return RevocationQuestion(
        subject=words.asked(ordered),
        details=words.details(
            ordered,
            most=policy.most_a_day,
            unseen=[str(each) for each in unseen],
            known=known,
        ),
        offered={names[row.finding_key]: _shown(row, known.get(row.finding_key)) for row in ordered},
    )


def _shown(row: RevocationRow, found: Candidate | None) -> ShownLine:
    return ShownLine(revocation_id=row.revocation_id, authority=found.authority if found else "")


def _candidates(session: Session, settings: Settings, policy: RevocationPolicy) -> list[Candidate]:
    return revocations.candidates(
        session, sources=policy.sources, subjects=policy.subjects, spaces=identity_spaces(settings)
    )


def _worst_first(row: RevocationRow) -> tuple[int, str]:
    return row.severity.order, row.finding_key


def _step(settings: Settings, found: Candidate, run: Run, logins: Collection[str]) -> str | None:
    """What would be set; None where something speaks against it, or its system has no way to take it back."""
    return None if refusal(settings, found, run.as_of, logins) else step_of(found.source_kind, found.thing)


def step_of(kind: str, thing: Revocable) -> str | None:
    """What shuts a thing of a kind of source so that it can be opened again."""
    part = kind_part("sources", kind, "revoke")
    return cast("str | None", part.step(thing)) if part else None
