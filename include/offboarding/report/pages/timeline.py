"""A person's time line on a page: from the first word that they leave until now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import FindingState, SubjectKind, counted
from offboarding.model.keys import short_finding
from offboarding.report.pages import Looking
from offboarding.report.pages.rows import TicketLink, address
from offboarding.report.person import left_when
from offboarding.report.wording import moment, thing, thing_by_ids, ticket, zoned
from offboarding.store.reading import FindingView
from offboarding.store.reading.timelines import ChangeView, ToldView, WordView
from offboarding.store.reading.workers import DepartureView

_TOLD = {"open": "opened", "comment": "commented", "close": "closed", "reopen": "reopened"}
_DECIDED = {
    ("link", "confirm"): "decided: the account {thing} ({source}) is theirs",
    ("link", "reject"): "decided: the account {thing} ({source}) isn't theirs",
    ("departure", "confirm"): "confirmed that they left ({thing})",
    ("departure", "deny"): "denied that they left ({thing})",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened."""

    at: datetime
    when: str
    text: str
    more: str = ""
    """In whose words, where names may be seen."""
    finding: str = ""
    """The short key of the one that it's about."""
    ticket: TicketLink | None = None
    loud: bool = False
    """A use after the departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that a time line is made of."""

    departures: Sequence[DepartureView]
    changes: Sequence[ChangeView]
    told: Sequence[ToldView]
    words: Sequence[WordView]
    findings: Sequence[FindingView]


def happenings(of: Told, looking: Looking) -> list[Happening]:
    """All of it in its order."""
    every: Iterable[Happening] = (
        *(each for departure in of.departures for each in _departure(departure, looking)),
        *(_change(change, looking) for change in of.changes),
        *(_told(told, looking) for told in of.told),
        *(each for word in of.words for each in _word(word, looking)),
        *(use for finding in of.findings for use in _use(finding, looking)),
    )
    return sorted(every, key=lambda each: each.at)


def _departure(departure: DepartureView, looking: Looking) -> Iterator[Happening]:
    zone = looking.zone
    yield _at(departure.left_at, left_when(departure, zone), looking, loud=False)
    yield _at(departure.valid_from, "departure known to the checker", looking, more=departure.told)
    if departure.valid_to:
        yield _at(departure.valid_to, "departure stands so no more", looking, more=departure.ended_because or "")
    if departure.returned and not departure.valid_to:
        yield _at(departure.valid_from, "back at work since", looking)


def _change(change: ChangeView, looking: Looking) -> Happening:
    what = ", ".join(thing_by_ids(change.subject_kind, change.source, change.realm, change.subject_native_id))
    if looking.named:
        what = f"{change.source}: {thing(change.subject_kind, change.subject_label, change.account_label)}"
    why = f": {change.resolution.brief}" if change.resolution else ""
    became = change.to_state.value
    if change.from_state is None:
        became = f"found by {change.rule}, {became}"
    elif change.to_state is FindingState.OPEN and change.from_state is FindingState.RESOLVED:
        became = "works again, open"
    return _at(
        change.at,
        f"{what or change.rule}: {became}{why}",
        looking,
        more=f"{change.text} ({change.actor})",
        finding=short_finding(change.finding_key),
    )


def _told(told: ToldView, looking: Looking) -> Happening:
    text = f"{ticket(told.ref, told.named_tracker)} in {told.tracker}"
    link = TicketLink(text=text, url=address(told.url), tracker="")
    return _at(told.at, f"{_TOLD.get(told.op, told.op)}:", looking, ticket=link)


def _word(word: WordView, looking: Looking) -> Iterator[Happening]:
    text = _DECIDED.get((word.kind, word.said), "").format(thing=word.thing, source=word.source)
    finding = ""
    match word.kind:
        case "notice":
            text = f"notice {word.thing}: their last day is {word.said}"
        case "verdict":
            text, finding = "a verdict on the use", short_finding(word.thing)
        case "revocation":
            text, finding = f"revocation approved, {word.said}", short_finding(word.thing)
        case _:
            pass
    by = f"{word.author}: {word.reason}" if word.author else ""
    yield _at(word.at, text or word.kind, looking, more=by, finding=finding)
    if word.ended_at:
        yield _at(word.ended_at, f"taken back, or over: {text}", looking, more=word.ended_by or "", finding=finding)


def _use(finding: FindingView, looking: Looking) -> Iterator[Happening]:
    if finding.last_used_at is None or finding.used_after_departure is not True:
        return
    after = f", {counted((finding.last_used_at - finding.left_at).days, 'day')} after" if finding.left_at else ""
    kind = SubjectKind(finding.subject_kind)
    what = ", ".join(thing_by_ids(kind, finding.source, finding.realm, finding.subject_native_id))
    yield _at(
        finding.last_used_at,
        f"used after the departure{after}: {what}",
        looking,
        finding=short_finding(finding.finding_key),
        loud=True,
    )


def _at(
    at: datetime,
    text: str,
    looking: Looking,
    *,
    more: str = "",
    finding: str = "",
    ticket: TicketLink | None = None,
    loud: bool = False,
) -> Happening:
    """`more` is shown to those alone who may see names."""
    return Happening(
        at=at,
        when=moment(at, looking.zone),
        text=zoned(text, looking.zone),
        more=zoned(more, looking.zone) if looking.named else "",
        finding=finding,
        ticket=ticket,
        loud=loud,
    )
