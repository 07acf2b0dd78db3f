"""What may stand for a while, on a page: exceptions, and gaps that somebody has acknowledged."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from offboarding.model.keys import short_finding
from offboarding.report.pages import Onlooker, checked_place
from offboarding.report.waivers import SOON, gap
from offboarding.report.wording import moment, worker
from offboarding.store.connect import Session
from offboarding.store.reading.standings import WaiverKind, WaiverOrigin, WaiverView, waivers

PAGE = 50
_FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRow:
    """An exception, or an acknowledged gap."""

    kind: str
    covers: str
    finding: str
    """The short key of the one that it names; else ""."""
    worker: str
    state: str
    is_soon: bool
    """It counts, and ends within a week."""
    since: str
    until: str
    origin: str
    approver: str
    """"" where names may not be seen."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiversPage:
    """All that the page shows."""

    named: bool
    rows: tuple[WaiverRow, ...]
    next_after: int
    """0 where this is the last page."""


def waivers_page(session: Session, onlooker: Onlooker, after: int = 0) -> WaiversPage:
    """Return waivers in force, the first to end first; then those that wait for a decision; then ended ones."""
    found = waivers(session, now=onlooker.now, after=checked_place(after), most=PAGE + 1)
    return WaiversPage(
        named=onlooker.named,
        rows=tuple(_row(each, onlooker) for each in found[:PAGE]),
        next_after=found[PAGE - 1].place if len(found) > PAGE else 0,
    )


def _row(each: WaiverView, onlooker: Onlooker) -> WaiverRow:
    is_gap = each.kind is WaiverKind.ACKNOWLEDGEMENT
    is_over = each.valid_to is not None or each.expires_at <= onlooker.now
    return WaiverRow(
        kind="acknowledged gap" if is_gap else "exception",
        covers=gap(each) if is_gap else ", ".join(_covers(each, named=onlooker.named)) or "any",
        finding=short_finding(each.finding) if len(each.finding) >= _FEWEST_DIGITS else "",
        worker=worker(each.space, each.worker) if each.worker else "",
        state=_state(each, is_over=is_over, now=onlooker.now),
        is_soon=not (is_over or each.waits) and each.expires_at - onlooker.now <= SOON,
        since=moment(each.valid_from, onlooker.zone),
        until=moment(each.expires_at, onlooker.zone),
        origin="the file" if each.origin is WaiverOrigin.FILE else "a form or command",
        approver=each.approver if onlooker.named else "",
        reason="; ".join(text for text in (each.reason, each.ended_for) if text) if onlooker.named else "",
    )


def _covers(each: WaiverView, *, named: bool) -> Iterator[str]:
    if each.rule:
        yield f"rule {each.rule}"
    if each.source:
        yield f"source {each.source}"
    if each.account:
        yield f"account {each.account}" if named else "an account"
    if each.worker:
        yield "a worker"
    if each.finding:
        yield "a finding"


def _state(each: WaiverView, *, is_over: bool, now: datetime) -> str:
    if is_over:
        return "taken back" if each.valid_to else "over"
    if each.waits:
        return "waits for a decision"
    return "counts" if each.valid_from <= now else "begins later"
