"""One finding on a page: what `explain` says, but for what names people and accounts, or was typed by somebody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import (
    DONE,
    KEY_KINDS,
    FindingState,
    LinkVerdict,
    SubjectKind,
    TicketKind,
    counted,
)
from offboarding.model.errors import FatalError
from offboarding.report.closing import closing
from offboarding.report.pages import AskedInVainError
from offboarding.report.pages.rows import FindingRow, claim_line, row
from offboarding.report.person import left_when
from offboarding.report.standing import standing
from offboarding.report.wording import COMMAND, SUBJECTS, moment, noun_of, worker
from offboarding.rules import rule_of
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading import Explanation, FindingView
from offboarding.store.reading.link_views import Claim

_LONGEST_KEY = 34
"""With what stands before its digits."""
_MOST_DEPARTURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A question that somebody asks of it, and the answer."""

    title: str
    lines: tuple[str, ...]
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPage:
    """All that the page shows."""

    row: FindingRow
    subject: str
    """The thing by its whole id."""
    what: str
    """What its rule finds."""
    material: str
    """Of a key, by which its own page is found; else ""."""
    review: bool
    """A person must say whose an account is: the review asks."""
    judged: bool
    """A person says what it was: a use after a departure."""
    sections: tuple[Section, ...]


def finding_page(session: Session, word: str, zone: str, now: datetime) -> FindingPage:
    """The finding whose key this begins. Raises AskedInVainError where it's none's, or several findings'."""
    if len(word) > _LONGEST_KEY:
        raise AskedInVainError("That is no finding's key.")
    try:
        found = reading.explanation(session, word)
    except FatalError as error:
        raise AskedInVainError(str(error)) from error
    finding, rule = found.finding, rule_of(found.finding.rule)
    sections = (
        Section(title="State", lines=tuple(_state(finding, zone))),
        Section(title="Whose", lines=tuple(_whose(finding, found.claims, zone))),
        Section(title="Gone", lines=tuple(left_when(each, zone) for each in found.departures[:_MOST_DEPARTURES])),
        Section(title="Does it work?", lines=tuple(standing(finding, zone))),
        Section(title="Why it matters", lines=(rule.words.why,) if rule else ()),
        Section(title="What to do", lines=(rule.words.runbook,) if rule and not _done(finding) else ()),
        _closes(finding),
        Section(title="What happened", lines=tuple(_events(found, zone))),
        Section(title="Decided", lines=tuple(_decisions(found, zone))),
    )
    return FindingPage(
        row=row(finding, zone, now),
        subject=_subject(finding),
        what=rule.words.what if rule else "",
        material=finding.subject_native_id if SubjectKind(finding.subject_kind) in KEY_KINDS else "",
        review=bool(reading.findings(session, whose=True, finding_key=finding.finding_key)),
        judged=finding.ticket_kind == TicketKind.EVENT and not _done(finding),
        sections=tuple(section for section in sections if section.lines or section.commands),
    )


def _done(finding: FindingView) -> bool:
    return finding.state in DONE


def _subject(finding: FindingView) -> str:
    kind = SubjectKind(finding.subject_kind)
    if kind is SubjectKind.WORKER:
        return f"worker {worker(finding.id_space or '', finding.worker_id or '')}"
    where = ", ".join(part for part in (finding.source, finding.realm) if part)
    if kind is SubjectKind.SOURCE:
        return f"{noun_of(kind, of_keys=finding.of_keys)} {where}"
    on = finding.account_native_id
    account = f" on account {on}" if on not in ("", finding.subject_native_id) else ""
    return f"{SUBJECTS[kind]} {finding.subject_native_id}{account} ({where})"


def _state(finding: FindingView, zone: str) -> Iterator[str]:
    privileged = ", privileged" if finding.privileged and SubjectKind(finding.subject_kind) not in KEY_KINDS else ""
    due = f", due {moment(finding.due_at, zone)}" if finding.due_at and finding.state == FindingState.OPEN else ""
    yield f"{finding.state}, {finding.severity}{privileged}{due}; first seen {moment(finding.first_seen_at, zone)}"
    if finding.reopened:
        yield f"came back {counted(finding.reopened, 'time')} after it had been resolved"
    if finding.resolved_at:
        why = f": {finding.resolution.brief}" if finding.resolution else ""
        yield f"resolved {moment(finding.resolved_at, zone)}{why}"


def _whose(finding: FindingView, claims: Sequence[Claim], zone: str) -> Iterator[str]:
    """Yield the person of the finding first, then everybody else that the account may belong to."""
    if finding.person_uid is None:
        yield "nobody's that we know of"
        return
    theirs = [claim for claim in claims if claim.person_uid == finding.person_uid]
    others = [claim for claim in claims if claim.person_uid != finding.person_uid]
    if not theirs:
        unlinked = ": not linked to the account any more" if finding.account_native_id else ""
        yield f"worker {worker(finding.id_space or '', finding.worker_id or '')}{unlinked}"
    yield from (claim_line(claim, zone) for claim in theirs)
    yield from (f"what else competed: {claim_line(claim, zone)}" for claim in others)
    if finding.account_native_id and not others:
        yield "nobody else competes for it"


def _closes(finding: FindingView) -> Section:
    """A command stands below its sentence."""
    lines = [line for text in closing(finding) for line in text.splitlines()]
    return Section(
        title="Closes when",
        lines=tuple(line for line in lines if not line.startswith(COMMAND)),
        commands=tuple(line for line in lines if line.startswith(COMMAND)),
    )


def _events(found: Explanation, zone: str) -> Iterator[str]:
    for event in found.events:
        change = (
            event.to_state if event.from_state is None else f"{event.from_state} \N{RIGHTWARDS ARROW} {event.to_state}"
        )
        run = f", run {event.run_id}" if event.run_id is not None else ""
        yield f"{moment(event.at, zone)}: {change}{run}"


def _decisions(found: Explanation, zone: str) -> Iterator[str]:
    """Yield that somebody decided, and what; who, and their reasons, `explain` tells."""
    if found.verdict:
        yield f"{moment(found.verdict.decided_at, zone)}: a verdict on the use"
    for decision in found.decisions:
        says = "is" if decision.verdict == LinkVerdict.CONFIRM else "is not"
        whose = worker(decision.id_space, decision.worker_id)
        revoked = f", revoked {moment(decision.revoked_at, zone)}" if decision.revoked_at else ""
        yield f"{moment(decision.decided_at, zone)}: the account {says} worker {whose}'s{revoked}"
