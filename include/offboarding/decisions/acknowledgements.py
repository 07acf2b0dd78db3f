"""A gap that somebody knows: while their word counts, it turns no run red. The file's entries are refused alike."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from pydantic import ValidationError

from offboarding.config import beside
from offboarding.config.mistakes import of_validation
from offboarding.config.settings import Settings
from offboarding.decisions.fields import Covers, Finding, Number, Part, Queue, Reason, Roster, Source, Until
from offboarding.decisions.kinds import ConfiguredContext, Decided, DecisionContext, decision, of_field
from offboarding.decisions.signing import said
from offboarding.model.errors import FatalError
from offboarding.report.waivers import gap
from offboarding.report.wording import COMMAND, moment
from offboarding.store import acknowledgements, rosters
from offboarding.store.acknowledgements import Acknowledgement
from offboarding.store.connect import Session
from offboarding.store.locks import lock_findings
from offboarding.store.reading.finding_views import whole_key
from offboarding.waivers import across, applying
from offboarding.waivers.register import Acknowledged, Exceptions


@decision(
    "acknowledge",
    command="acknowledge add",
    example='--source aws --part 444444444444 --until 2026-12-20 --reason "its role comes with CHG-1881"',
    one_of=("source", "roster", "finding", "queue"),
)
def acknowledge(
    context: ConfiguredContext,
    *,
    source: Source | None = None,
    part: Part | None = None,
    roster: Roster | None = None,
    finding: Finding | None = None,
    queue: Queue | None = None,
    covers: Covers | None = None,
    until: Until,
    reason: Reason,
) -> Decided[Acknowledgement]:
    """Say that a gap is known: what can't be read whole, or heard yet, or of which it can't be told; for 30 days at
    most. It's one source's (or a part's of it), one roster's, one finding's or the queue's. That a source or roster
    can't be read at all is known only where that is said.

    From the next night on. Raises FatalError for what the file would be refused for, a finding that isn't there, a day
    that is over, or what is known as long already.
    """
    given = {"source": source, "part": part, "roster": roster, "queue": queue, "covers": covers}
    about = {name: (value or "").strip() for name, value in given.items()}
    reason = said(reason)
    with of_field("finding"):
        about["finding"] = whole_key(context.session, finding) if finding and finding.strip() else ""
    made = _written(context, about, until, reason)
    number, ends = made.acknowledgement_id, moment(made.expires_at, context.zone)
    counts = "From the next night on it's shown and turns no run red."
    known = f"{gap(made)} is known until {ends}. {counts}{_beyond(made)}"
    return Decided(
        made=made,
        ids={"number": number, "until": made.expires_at.isoformat()},
        says=[
            f"Acknowledgement {number}: {known}",
            f'To take it back: {COMMAND} acknowledge withdraw {number} --reason "..."',
        ],
        on_trial=known,
    )


@decision("acknowledge withdraw", example='4 --reason "the role is there"')
def withdraw(context: DecisionContext, *, number: Number, reason: Reason) -> Decided[Acknowledgement]:
    """Take it back: from the next night on the gap turns runs red again. It stays on record.

    Raises FatalError where there is none to take.
    """
    reason, session = said(reason), context.session
    with session.transaction():
        lock_findings(session)
        with of_field("number"):
            known = _called(session, number)
        if known.origin == "file":
            raise FatalError(f"acknowledgement {number} stands in the exceptions file: take it out there.")
        if known.ended_at is not None:
            raise FatalError(f"acknowledgement {number} was taken back by {known.ended_by} already")
        acknowledgements.end(session, number, reason=reason, author=context.author)
        ended = _called(session, number)
    return Decided(
        made=ended,
        ids={"number": ended.acknowledgement_id},
        says=[f"Acknowledgement {ended.acknowledgement_id} ({gap(ended)}) is taken back, from the next night on."],
    )


def _written(context: ConfiguredContext, about: Mapping[str, str], until: date, reason: str) -> Acknowledgement:
    session, settings = context.session, context.settings
    given = {name: value for name, value in about.items() if value}
    fields = {**given, "reason": reason, "approver": context.author, "expires": until}
    entry = _entry(settings, fields, retired=rosters.retired_rosters(session))
    row = applying.acknowledgement(settings, entry)
    with session.transaction():
        lock_findings(session)
        now = datetime.now(UTC)
        for other in acknowledgements.acknowledgements(session):
            if other.stands(now) and other.expires_at >= row.expires_at and _about(other) == about:
                ends = f"{other.expires_at:%Y-%m-%d %H:%M} UTC"
                raise FatalError(f"acknowledgement {other.acknowledgement_id} says so already, until {ends}")
        return _called(session, acknowledgements.add(session, row))


def _called(session: Session, number: int) -> Acknowledgement:
    for known in acknowledgements.acknowledgements(session):
        if known.acknowledgement_id == number:
            return known
    raise FatalError(f"there is no acknowledgement {number}. See: {COMMAND} acknowledge list")


def _entry(settings: Settings, fields: Mapping[str, object], *, retired: Sequence[str]) -> Acknowledged:
    known = beside.known(settings)
    known = replace(known, rosters=[*known.rosters, *retired])
    try:
        entry = Acknowledged.model_validate(fields)
    except ValidationError as error:
        raise FatalError(_worded(map(str, of_validation(Acknowledged, fields, "", error)))) from error
    if entry.expires < known.today:
        raise FatalError(f"until: {entry.expires} is over.")
    mistakes = list(across.mistakes(Exceptions(acknowledgements=(entry,)), known))
    if mistakes:
        raise FatalError(_worded(map(str, mistakes)))
    return entry


def _beyond(known: Acknowledgement) -> str:
    """What is red all the same."""
    if known.covers or not (known.source or known.roster):
        return ""
    return " A run that can't read it at all is red."


def _worded(mistakes: "map[str]") -> str:
    """As the file's mistakes are told, by the words that a person gives here."""
    text = "; ".join(mistakes).replace("acknowledgements[0].", "").replace("acknowledgements[0]", "an acknowledgement")
    return text.replace("expires:", "until:")


def _about(known: Acknowledgement) -> dict[str, str]:
    return {
        "source": known.source,
        "part": known.part,
        "roster": known.roster,
        "queue": known.queue,
        "covers": known.covers,
        "finding": known.finding,
    }
