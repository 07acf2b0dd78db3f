"""A finding in a table: by its short key and by ids."""

from dataclasses import dataclass
from datetime import datetime

from offboarding.model import KEY_KINDS, FindingState, Relation, Severity, Standing, SubjectKind, TicketStatus, counted
from offboarding.model.keys import short_finding
from offboarding.report.pages import Onlooker
from offboarding.report.wording import SUBJECTS, employed, moment, thing_by_ids, ticket, whole_days, worker, zoned
from offboarding.store.reading import FindingView
from offboarding.store.reading.link_views import Claim
from offboarding.store.reading.nights import NightFinding
from offboarding.store.reading.timelines import CredentialSeen

STANDINGS = {Standing.WORKS: "works", Standing.UNKNOWN: "not checked", Standing.DEAD: "dead"}
_ADDRESSES = ("https://", "http://")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLink:
    """A finding's ticket."""

    text: str
    """As its tracker calls it."""
    url: str
    """Where a person reads it; "" where that isn't known, or is no address that a page should lead to."""
    tracker: str
    """ "" where the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding, in a line."""

    key: str
    """The short one."""
    severity: Severity
    state: FindingState
    rule: str
    worker: str
    """ "" where nobody is concerned."""
    gone_days: int | None
    thing: str
    whole: str
    """The thing by its whole id, for programs."""
    privileged: bool
    due: str
    """ "" where it isn't due at all, or not any more."""
    due_at: datetime | None
    """The same, for programs."""
    late: bool
    ticket: TicketLink | None


def row(finding: NightFinding | FindingView, zone: str, now: datetime) -> FindingRow:
    """A finding, as of now."""
    kind = SubjectKind(finding.subject_kind)
    about = (kind, finding.source, finding.realm, finding.subject_native_id)
    # What waits for a person is due to nobody yet, and what is closed no more.
    due_at = finding.due_at if finding.state == FindingState.OPEN else None
    return FindingRow(
        key=short_finding(finding.finding_key),
        severity=finding.severity,
        state=finding.state,
        rule=finding.rule,
        worker=worker(finding.id_space or "", finding.worker_id) if finding.worker_id else "",
        gone_days=whole_days(finding.left_at, now) if finding.left_at else None,
        thing=", ".join(thing_by_ids(*about)),
        whole=", ".join(thing_by_ids(*about, whole=True)),
        privileged=finding.privileged and kind not in KEY_KINDS,
        due=moment(due_at, zone) if due_at else "",
        due_at=due_at,
        late=due_at is not None and due_at < now,
        ticket=ticket_link(finding),
    )


def ticket_link(finding: NightFinding | FindingView) -> TicketLink | None:
    """Where it is told; None where on no ticket."""
    if not finding.tracker:
        return None
    state = finding.ticket_state if isinstance(finding, FindingView) else None
    closed = ", closed" if state == TicketStatus.CLOSED else ""
    return TicketLink(
        text=f"{ticket(finding.ref, finding.named_tracker)}{closed}",
        url=address(finding.url),
        tracker="" if finding.ref and finding.named_tracker else finding.tracker,
    )


def address(url: str | None) -> str:
    """Where a page may lead to; "" where it's no page: of another kind of address a browser makes something else."""
    return url if url and url.lower().startswith(_ADDRESSES) else ""


def claim_line(claim: Claim, zone: str) -> str:
    """Somebody to whom an account may belong, and how sure that is; which evidence says so names people."""
    here = employed(claim.left_at, zone, confirmed=claim.confirmed)
    relation = "" if claim.relation == Relation.IS else f" ({claim.relation} it)"
    for_it = counted(len(claim.evidence), "piece of evidence", "pieces of evidence")
    who = worker(claim.id_space, claim.worker_id)
    return f"worker {who}{relation}, {here}: {claim.decision}, score {claim.score / 100:.2f}, by {for_it}"


def credential_line(each: CredentialSeen, onlooker: Onlooker) -> str:
    """Something that lets somebody in: whether it works, and when it was used last."""
    named = f", {each.label}" if onlooker.named and each.label != each.native_id else ""
    reason = f": {zoned(each.standing_reason, onlooker.zone)}" if onlooker.named and each.standing_reason else ""
    used = f", last used {moment(each.last_used_at, onlooker.zone)}" if each.last_used_at else ""
    read = moment(each.observed_at, onlooker.zone)
    return f"{SUBJECTS[each.kind]} {each.native_id}{named}: {STANDINGS[each.standing]}{reason}{used} (read {read})"
