"""A finding explained, in the order in which a person asks. For a terminal: it names accounts, reasons and authors."""

from collections.abc import Iterator, Sequence

from offboarding.model import DONE, KEY_KINDS, DecisionStep, LinkVerdict, Relation, SubjectKind, counted
from offboarding.model.keys import short_finding
from offboarding.report.closing import closing
from offboarding.report.person import departure_line
from offboarding.report.standing import standing
from offboarding.report.wording import (
    COMMAND,
    employed,
    joined,
    labelled,
    moment,
    printable,
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
from offboarding.store.revocations import RevocationRow

_LABEL = 13
_WITH_COMMANDS = ("Closes when", "To do")
"""Where a command stands below its sentence; elsewhere a line end is somebody else's, and shown."""
_WIDEST = 114
_NARROWEST = 40
"""Of a line, where it's no command."""


def render(found: Explanation, zone: str, *, width: int = _WIDEST) -> str:
    """What it is, whose and why, since when they're gone, why it works, what happened, what closes it, who decided.

    `width`: how many columns there are to print in.
    """
    width = max(_NARROWEST, min(width, _WIDEST))
    finding = found.finding
    sections = [
        ("", [f"{short_finding(finding.finding_key)}  {finding.rule}: {_what(finding)}"]),
        ("State", _state(finding, zone)),
        ("Whose", _whose(finding, found.claims, zone)),
        ("Gone", [departure_line(departure, zone) for departure in found.departures[:3]]),
        ("Works?", _standing(finding, zone)),
        ("Evidence", [f"- {sentence}" for sentence in finding.evidence]),
        ("Happened", list(_events(found, zone))),
        ("Closes when", closing(finding)),
        ("To do", _steps(finding)),
        ("Decided", list(_decisions(found, zone))),
    ]
    return joined(line for label, texts in sections for line in _section(label, texts, zone, width))


def _section(label: str, texts: Sequence[str], zone: str, width: int) -> list[str]:
    shown = (zoned(text if label in _WITH_COMMANDS else printable(text), zone) for text in texts)
    if not label:
        return [line for text in shown for line in wrapped(text, width, hang=_LABEL + 1)]
    return labelled(label, [line for text in shown for line in wrapped(text, width - _LABEL - 1)], _LABEL)


def _open(finding: FindingView) -> bool:
    return finding.state not in DONE


def _what(finding: FindingView) -> str:
    kind = SubjectKind(finding.subject_kind)
    if kind is SubjectKind.WORKER:
        return finding.subject_label
    where = ", ".join(part for part in (finding.source, finding.realm) if part)
    what = thing(kind, finding.subject_label, finding.account_label, of_keys=finding.of_keys)
    return f"{what} ({where})"


def _steps(finding: FindingView) -> list[str]:
    if not _open(finding):
        return []
    steps = (
        with_key(step, finding.finding_key).text if isinstance(step, DecisionStep) else step for step in finding.revoke
    )
    return [f"- {step}".replace("\n", "\n  ") for step in steps]


def _state(finding: FindingView, zone: str) -> list[str]:
    due = f", due {moment(finding.due_at, zone)}" if finding.due_at and _open(finding) else ""
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
    here = employed(claim.left_at, zone, confirmed=claim.confirmed)
    relation = "" if claim.relation == Relation.IS else f" ({claim.relation} it)"
    who = worker(claim.id_space, claim.worker_id)
    yield f"worker {who}{relation}, {here}: {claim.decision}, score {claim.score / 100:.2f}"
    for sentence in claim.evidence:
        yield f"  - {sentence}"


def _standing(finding: FindingView, zone: str) -> list[str]:
    lines = standing(finding, zone, why=f": {finding.standing_reason}")
    return [*lines, *([finding.warning] if finding.warning else [])]


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
    for row in found.revocations:
        yield _revocation(row, zone)
    if not found.verdict and not found.decisions and not found.revocations:
        yield "nobody has decided anything about it"
        finding = found.finding
        if finding.account_native_id and finding.worker_id:
            who = worker(finding.id_space or "", finding.worker_id)
            yield "not theirs?"
            yield f'{COMMAND} link reject {finding.source} {finding.account_native_id} {who} --reason "..."'


def _revocation(row: RevocationRow, zone: str) -> str:
    at = f"{moment(row.approved_at, zone)}  " if row.approved_at else ""
    ended = f" ({row.ended_by or 'not done'}: {row.ended_for})" if row.ended_for else ""
    return f"{at}{row.approved_by} approved its revocation, {row.status}: {row.reason}{ended}"


def _decision(decision: Decision, zone: str) -> str:
    says = "is" if decision.verdict == LinkVerdict.CONFIRM else "is not"
    whose = worker(decision.id_space, decision.worker_id)
    said = f"the account {says} worker {whose}'s: {decision.reason}"
    text = f"{moment(decision.decided_at, zone)}  {decision.author}: {said}"
    if decision.revoked_at:
        text += f" (revoked {moment(decision.revoked_at, zone)} by {decision.revoked_by})"
    return f"{text} [decision {decision.decision_id}]"
