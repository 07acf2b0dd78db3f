"""A person's time line on a page: from the first word that they leave until now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import FindingState, SubjectKind, counted
from offboarding.model.keys import short_finding
from offboarding.report.pages import Onlooker
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
class Matter:
    """All that a time line is made of."""

    departures: Sequence[DepartureView]
    changes: Sequence[ChangeView]
    told: Sequence[ToldView]
    words: Sequence[WordView]
    findings: Sequence[FindingView]


def happenings(of: Matter, onlooker: Onlooker) -> list[Happening]:
    """All of it in its order."""
    every: Iterable[Happening] = (
        *(each for departure in of.departures for each in _departure(departure, onlooker)),
        *(_change(change, onlooker) for change in of.changes),
        *(_heard(heard, onlooker) for heard in of.told),
        *(each for word in of.words for each in _word(word, onlooker)),
        *_uses(of.findings, onlooker),
    )
    return sorted(every, key=lambda each: each.at)


def _departure(departure: DepartureView, onlooker: Onlooker) -> Iterator[Happening]:
    zone = onlooker.zone
    yield _at(departure.left_at, left_when(departure, zone), onlooker, loud=False)
    yield _at(departure.valid_from, "departure known to the checker", onlooker, more=departure.told)
    if departure.valid_to:
        yield _at(departure.valid_to, "departure stands so no more", onlooker, more=departure.ended_because or "")
    if departure.returned and not departure.valid_to:
        yield _at(departure.valid_from, "back at work since", onlooker)


def _change(change: ChangeView, onlooker: Onlooker) -> Happening:
    what = ", ".join(thing_by_ids(change.subject_kind, change.source, change.realm, change.subject_native_id))
    if onlooker.named:
        named = thing(change.subject_kind, change.subject_label, change.account_label)
        what = f"{change.source}: {named}" if change.source else named
    why = f": {change.resolution.brief}" if change.resolution else ""
    became = change.to_state.value
    if change.from_state is None:
        became = f"found by {change.rule}, {became}"
    elif change.to_state is FindingState.OPEN and change.from_state is FindingState.RESOLVED:
        became = "works again, open"
    return _at(
        change.at,
        f"{what or change.rule}: {became}{why}",
        onlooker,
        more=f"{change.text} ({change.actor})",
        finding=short_finding(change.finding_key),
    )


def _heard(heard: ToldView, onlooker: Onlooker) -> Happening:
    text = f"{ticket(heard.ref, heard.named_tracker)} in {heard.tracker}"
    link = TicketLink(text=text, url=address(heard.url), tracker="")
    return _at(heard.at, f"{_TOLD.get(heard.op, heard.op)}:", onlooker, ticket=link)


def _word(word: WordView, onlooker: Onlooker) -> Iterator[Happening]:
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
    yield _at(word.at, text or word.kind, onlooker, more=by, finding=finding)
    if word.ended_at:
        yield _at(word.ended_at, f"taken back, or over: {text}", onlooker, more=word.ended_by or "", finding=finding)


def _uses(findings: Sequence[FindingView], onlooker: Onlooker) -> Iterator[Happening]:
    """Yield each use once: of one account several findings tell, and the worst, which comes first, leads to it."""
    seen: set[tuple[datetime, str]] = set()
    for use in (use for finding in findings for use in _use(finding, onlooker)):
        if (use.at, use.text) not in seen:
            seen.add((use.at, use.text))
            yield use


def _use(finding: FindingView, onlooker: Onlooker) -> Iterator[Happening]:
    if finding.last_used_at is None or finding.used_after_departure is not True:
        return
    after = f", {counted((finding.last_used_at - finding.left_at).days, 'day')} after" if finding.left_at else ""
    kind = SubjectKind(finding.subject_kind)
    what = ", ".join(thing_by_ids(kind, finding.source, finding.realm, finding.subject_native_id))
    yield _at(
        finding.last_used_at,
        f"used after the departure{after}: {what}",
        onlooker,
        finding=short_finding(finding.finding_key),
        loud=True,
    )


def _at(
    at: datetime,
    text: str,
    onlooker: Onlooker,
    *,
    more: str = "",
    finding: str = "",
    ticket: TicketLink | None = None,
    loud: bool = False,
) -> Happening:
    """`more` is shown to those alone who may see names."""
    return Happening(
        at=at,
        when=moment(at, onlooker.zone),
        text=zoned(text, onlooker.zone),
        more=zoned(more, onlooker.zone) if onlooker.named else "",
        finding=finding,
        ticket=ticket,
        loud=loud,
    )
