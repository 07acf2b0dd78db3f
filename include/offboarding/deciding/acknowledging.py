"""A gap that somebody knows: while their word counts, it turns no run red. The file's entries are refused alike."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from pydantic import ValidationError

from include.offboarding import beside, excepting
from include.offboarding.deciding.signing import signed
from include.offboarding.errors import FatalError
from include.offboarding.exceptions import across
from include.offboarding.exceptions.register import Acknowledged, Exceptions
from include.offboarding.mistakes import of_validation
from include.offboarding.settings import Settings
from include.offboarding.store import acknowledgements
from include.offboarding.store.acknowledgements import Acknowledgement
from include.offboarding.store.connect import Session
from include.offboarding.store.locks import lock_findings
from include.offboarding.store.reading.told_findings import whole_key


def acknowledge(
    session: Session,
    settings: Settings,
    *,
    source: str = "",
    part: str = "",
    roster: str = "",
    finding: str = "",
    queue: str = "",
    until: date,
    reason: str,
    author: str,
) -> Acknowledgement:
    """Write down that a gap is known: of a source or a part of it, a roster, a finding, or the queue of
    departures; from the next night on.

    It counts until the end of that day in the company's zone, 30 days ahead at most. Raises FatalError for what
    the file would be refused for, a finding that isn't there, a day that is over, or what is known as long already.
    """
    reason, author = signed(reason, author)
    about = {"source": source.strip(), "part": part.strip(), "roster": roster.strip(), "queue": queue.strip()}
    about["finding"] = whole_key(session, finding) if finding.strip() else ""
    given = {name: value for name, value in about.items() if value}
    entry = _entry(settings, {**given, "reason": reason, "approver": author, "expires": until})
    row = excepting.acknowledgement(settings, entry)
    with session.transaction():
        lock_findings(session)
        now = datetime.now(UTC)
        for other in acknowledgements.acknowledgements(session):
            if other.stands(now) and other.expires_at >= row.expires_at and _about(other) == about:
                ends = f"{other.expires_at:%Y-%m-%d %H:%M} UTC"
                raise FatalError(f"acknowledgement {other.acknowledgement_id} says so already, until {ends}")
        return acknowledgement_called(session, acknowledgements.add(session, row))


def withdraw_acknowledgement(session: Session, acknowledgement_id: int, *, reason: str, author: str) -> Acknowledgement:
    """Take it back: from the next night on the gap is red again. Raises FatalError where there is none to take."""
    reason, author = signed(reason, author)
    with session.transaction():
        lock_findings(session)
        known = acknowledgement_called(session, acknowledgement_id)
        if known.origin == "file":
            raise FatalError(f"acknowledgement {acknowledgement_id} stands in the exceptions file: take it out there.")
        if known.ended_at is not None:
            raise FatalError(f"acknowledgement {acknowledgement_id} was taken back by {known.ended_by} already")
        acknowledgements.end(session, acknowledgement_id, reason=reason, author=author)
        return acknowledgement_called(session, acknowledgement_id)


def acknowledgement_called(session: Session, acknowledgement_id: int) -> Acknowledgement:
    """By its number. Raises FatalError where there is none."""
    for known in acknowledgements.acknowledgements(session):
        if known.acknowledgement_id == acknowledgement_id:
            return known
    raise FatalError(
        f"there is no acknowledgement {acknowledgement_id}. See: python -m include.offboarding acknowledge list"
    )


def _entry(settings: Settings, fields: Mapping[str, object]) -> Acknowledged:
    known = beside.known(settings)
    try:
        entry = Acknowledged.model_validate(fields)
    except ValidationError as error:
        raise FatalError(_told(map(str, of_validation(Acknowledged, fields, "", error)))) from error
    if entry.expires < known.today:
        raise FatalError(f"until: {entry.expires} is over.")
    mistakes = list(across.mistakes(Exceptions(acknowledgements=(entry,)), known))
    if mistakes:
        raise FatalError(_told(map(str, mistakes)))
    return entry


def _told(mistakes: "map[str]") -> str:
    """As the file's mistakes are told, by the words that a person gives here."""
    told = "; ".join(mistakes).replace("acknowledgements[0].", "").replace("acknowledgements[0]", "an acknowledgement")
    return told.replace("expires:", "until:")


def _about(known: Acknowledgement) -> dict[str, str]:
    return {
        "source": known.source,
        "part": known.part,
        "roster": known.roster,
        "queue": known.queue,
        "finding": known.finding,
    }
