"""A finding explained, in the order in which a person asks. For a terminal: it names accounts, reasons and authors."""

from collections.abc import Iterator, Sequence

from offboarding.model import DONE, KEY_KINDS, DecisionStep, Effect, LinkVerdict, Relation, SubjectKind, counted
from offboarding.model.keys import short_finding
from offboarding.report.closing import closing
from offboarding.report.person import departure_line
from offboarding.report.wording import (
    COMMAND,
    joined,
    labelled,
    moment,
    thing,
    ticket,
    with_key,
    worker,
    wrapped,
    zoned,
)
from offboarding.store.decisions import Decision
from offboarding.store.reading import Explanation, FindingView
from offboarding.store.reading.link_views import Claim

_LABEL = 13
_ROOM = 100


def render(found: Explanation, zone: str) -> str:
    """What it is, whose and why, since when they're gone, why it works, what happened, what closes it, who decided."""
    finding = found.finding
    sections = [
        ("", [f"{short_finding(finding.finding_key)}  {finding.rule}: {_what(finding)}"]),
        ("State", _state(finding, zone)),
        ("Whose", _whose(finding, found.claims, zone)),
        (
            "Gone",
            [line for departure in found.departures[:3] for line in wrapped(departure_line(departure, zone), _ROOM)],
        ),
        ("Works?", _standing(finding, zone)),
        ("Evidence", [line for sentence in finding.evidence for line in wrapped(f"- {sentence}", _ROOM)]),
        ("Happened", [line for event in _events(found, zone) for line in wrapped(event, _ROOM)]),
        ("Closes when", [line for sentence in closing(finding) for line in wrapped(sentence, _ROOM)]),
        ("To do", _steps(finding)),
        ("Decided", [line for decided in _decisions(found, zone) for line in wrapped(decided, _ROOM)]),
    ]
    return joined(zoned(line, zone) for label, lines in sections for line in _section(label, lines))


def _section(label: str, lines: Sequence[str]) -> list[str]:
    return list(lines) if not label else labelled(label, lines, _LABEL)


def _open(finding: FindingView) -> bool:
    return finding.state not in DONE


def _what(finding: FindingView) -> str:
    kind = SubjectKind(finding.subject_kind)
    if kind is SubjectKind.WORKER:
        return finding.subject_label
    where = ", ".join(part for part in (finding.source, finding.realm) if part)
    return f"{thing(kind, finding.subject_label, finding.account_label)} ({where})"


def _steps(finding: FindingView) -> list[str]:
    if not _open(finding):
        return []
    steps = (
        with_key(step, finding.finding_key).text if isinstance(step, DecisionStep) else step for step in finding.revoke
    )
    return [f"  {line}" for step in steps for line in step.splitlines()]


def _state(finding: FindingView, zone: str) -> list[str]:
    # A run that was given an earlier moment opens what is due before anybody could know of it.
    due_at = max(finding.due_at, finding.first_seen_at) if finding.due_at else None
    due = f", due {moment(due_at, zone)}" if due_at and _open(finding) else ""
    privileged = ", privileged" if finding.privileged and SubjectKind(finding.subject_kind) not in KEY_KINDS else ""
    first = f"{finding.state}, {finding.severity}{privileged}{due}"
    lines = [f"{first}; first seen {moment(finding.first_seen_at, zone)}"]
    if finding.reopened:
        lines.append(f"came back {counted(finding.reopened, 'time')} after it had been resolved")
    if finding.resolved_at:
        lines.append(f"resolved {moment(finding.resolved_at, zone)}: {finding.why}")
    if finding.ticket_state:
        lines.append(
            f"{ticket(finding.ref)} in {finding.tracker}, {finding.ticket_state}  {finding.url or ''}".rstrip()
        )
    return lines


def _whose(finding: FindingView, claims: Sequence[Claim], zone: str) -> list[str]:
    """The person of the finding first, then everybody else that the account may belong to."""
    if finding.person_uid is None:
        return ["nobody's that we know of"]
    theirs = [claim for claim in claims if claim.person_uid == finding.person_uid]
    others = [claim for claim in claims if claim.person_uid != finding.person_uid]
    lines = [line for claim in theirs for line in _claim(claim, zone)]
    if not theirs:
        lines = [f"worker {worker(finding.id_space or '', finding.worker_id or '')}"]
        if finding.account_native_id:
            lines[0] += ": not linked to the account any more"
    if others:
        lines += ["what else competed:", *(line for claim in others for line in _claim(claim, zone))]
    elif finding.account_native_id:
        lines.append("nobody else competes for it")
    return lines


def _claim(claim: Claim, zone: str) -> Iterator[str]:
    here = f"gone since {moment(claim.left_at, zone)}" if claim.left_at else "works here"
    relation = "" if claim.relation == Relation.IS else f" ({claim.relation} it)"
    who = worker(claim.id_space, claim.worker_id)
    yield f"worker {who}{relation}, {here}: {claim.decision}, score {claim.score / 100:.2f}"
    for sentence in claim.evidence:
        yield from (f"  {line}" for line in wrapped(f"- {sentence}", _ROOM - 2))


def _standing(finding: FindingView, zone: str) -> list[str]:
    key = SubjectKind(finding.subject_kind) in KEY_KINDS
    words = {"works": "it's trusted" if key else "it works", "dead": "it's dead", "unknown": "not checked"}
    seen = f"last read {moment(finding.last_confirmed_at, zone)}" if finding.last_confirmed_at else "never read"
    contained = "; everything is denied to it" if finding.effect == Effect.CONTAINED else ""
    lines = wrapped(f"{words[finding.standing]}: {finding.standing_reason}{contained} ({seen})", _ROOM)
    if finding.last_used_at:
        after = {True: ", after the departure", False: "", None: ", which may be after the departure"}
        lines.append(f"last used {moment(finding.last_used_at, zone)}{after[finding.used_after_departure]}")
    if finding.exposure_days is not None:
        lines.append(f"exposed for {counted(finding.exposure_days, 'day')} since the departure")
    return [*lines, *(wrapped(finding.warning, _ROOM) if finding.warning else [])]


def _events(found: Explanation, zone: str) -> Iterator[str]:
    for event in found.events:
        change = event.to_state if event.from_state is None else f"{event.from_state} -> {event.to_state}"
        yield f"{moment(event.at, zone)}  {change}, by {event.actor}: {event.text}"


def _decisions(found: Explanation, zone: str) -> Iterator[str]:
    if found.verdict:
        verdict = found.verdict
        yield f"{moment(verdict.decided_at, zone)}  verdict by {verdict.author}: {verdict.reason}"
    for decision in found.decisions:
        yield _decision(decision, zone)
    if not found.verdict and not found.decisions:
        yield "nobody has decided anything about it"
        finding = found.finding
        if finding.account_native_id and finding.worker_id:
            who = worker(finding.id_space or "", finding.worker_id)
            yield "not theirs?"
            yield f'{COMMAND} link reject {finding.source} {finding.account_native_id} {who} --reason "..."'


def _decision(decision: Decision, zone: str) -> str:
    says = "is" if decision.verdict == LinkVerdict.CONFIRM else "is not"
    whose = worker(decision.id_space, decision.worker_id)
    said = f"the account {says} worker {whose}'s: {decision.reason}"
    text = f"{moment(decision.decided_at, zone)}  {decision.author}: {said}"
    if decision.revoked_at:
        text += f" (revoked {moment(decision.revoked_at, zone)} by {decision.revoked_by})"
    return f"{text} [decision {decision.decision_id}]"
