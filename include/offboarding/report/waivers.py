"""What may stand for a while: shown and counted each night, so that nothing is hidden by it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from offboarding.model import counted, first_few
from offboarding.model.keys import short_finding
from offboarding.report.coverage import MOST_LINES
from offboarding.report.wording import COMMAND, first_of, labelled, moment
from offboarding.store.acknowledgements import Acknowledgement
from offboarding.store.reading import Night
from offboarding.store.reading.standings import WaiverView
from offboarding.store.reading.waiver_views import (
    AcknowledgedThen,
    CriticalThen,
    ExceptedThen,
    RegisterEffectThen,
    UncoveredThen,
    UndecidedThen,
    UnresolvedThen,
)

SOON = timedelta(days=7)
_MOST_NAMED = 5


def waived(night: Night, zone: str) -> Iterator[str]:
    """Yield how many findings stand by an exception, which gaps are acknowledged, and what of it ends soon."""
    until = [each.expires_at for each in night.excepted if each.expires_at]
    if night.excepted:
        lines = [f"{counted(len(night.excepted), 'finding')} ({COMMAND} findings --state excepted)"]
        lines += first_of(list(map(_newly, _new(night.excepted))), MOST_LINES, " newly excepted")
        soon = [each for each in night.excepted if each.expires_at and each.expires_at - night.run.as_of <= SOON]
        if soon:
            named = [short_finding(each.finding_key) for each in soon]
            lines.append(f"ends {_first(until, zone)}: {first_few(named, _MOST_NAMED)}")
        yield from labelled("Excepted", lines)
    uncovered = (
        *(_uncovered(each, zone) for each in night.uncovered),
        *map(critical, night.criticals),
        *map(unresolved, night.unresolved),
        *(_undecided(each, zone) for each in night.undecided),
    )
    yield from labelled("Not covered", uncovered)
    new = [each for each in night.register_effects if each.is_new]
    yield from labelled("Register", first_of(list(map(lowered, new)), MOST_LINES, " likewise"))
    lines = [f"{gap(known)} until {moment(known.expires_at, zone)}" for known in night.acknowledged]
    yield from labelled("Known gaps", lines)


def _uncovered(each: UncoveredThen, zone: str) -> str:
    if not each.native_id:
        until = moment(each.expires_at, zone)
        return (
            f"{each.source}: no account read there is the one that an exception until {until} names, so it covers"
            " nothing; name its native id"
        )
    return (
        f"{each.source} {each.native_id} bears a label that an exception names, and didn't when the entry began; if"
        " it's meant, name its native id"
    )


def _new(excepted: Sequence[ExceptedThen]) -> list[ExceptedThen]:
    """Those that the night before did not have, the worst first."""
    return sorted((each for each in excepted if each.is_new), key=lambda each: each.severity.order)


def _newly(each: ExceptedThen) -> str:
    return f"new: {short_finding(each.finding_key)} {each.severity}, {each.rule}"


def critical(each: CriticalThen) -> str:
    """Why a finding that an exception names is not covered."""
    return (
        f"{short_finding(each.finding_key)} ({each.rule}) is critical, and an exception of the file names it: it is not"
        " covered"
    )


def lowered(each: RegisterEffectThen) -> str:
    """What the custody register alone did to a finding."""
    now = f"lowers it to {each.lowered_to}" if each.lowered_to else "prevents or closes it"
    return f"{short_finding(each.finding_key)} {each.severity}, {each.rule}: custody.yaml alone {now}"


def unresolved(each: UnresolvedThen) -> str:
    """Why an entry of the exceptions file covers nothing, and what to do."""
    return (
        f"f-{each.finding}, which an {each.kind} of the file names, began no finding or several when it was first read:"
        " it covers nothing. Give more of its digits"
    )


def _undecided(each: UndecidedThen, zone: str) -> str:
    """Which entry waits for a decision, without an account's label, and the command that decides."""
    worker = f"{each.space}:{each.worker}" if each.worker else ""
    finding = f"f-{each.finding[:8]}" if each.finding else ""
    about = " ".join(part for part in (finding, worker, each.source, each.rule) if part)
    return (
        f"exception {each.exception_id} of the file ({about}, until {moment(each.expires_at, zone)}) waits for an"
        f' approver: it covers nothing. {COMMAND} exception approve {each.exception_id} --reason "..."'
    )


def gap(known: AcknowledgedThen | Acknowledgement | WaiverView) -> str:
    """What is known, as people call it."""
    if known.queue:
        return f"queue of {known.queue}"
    if known.finding:
        return f"f-{known.finding[:8]}"
    what = f"roster {known.roster}" if known.roster else f"{known.source} {known.part or ''}".strip()
    lacks = "values left out" if isinstance(known, AcknowledgedThen) and not known.in_part else "read in part"
    return f"{what} {known.covers or lacks}"


def _first(ends: Sequence[datetime], zone: str) -> str:
    return moment(min(ends), zone)
