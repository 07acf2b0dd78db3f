"""What a SIEM is to look for: identifiers of whatever leavers had."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

from offboarding import wiring
from offboarding.cli import DONE
from offboarding.cli.lines.leavers import LeaverLine
from offboarding.cli.options import command, count_from_one, option
from offboarding.cli.output import note, records
from offboarding.cli.stores import nothing_yet, people_unread, reading_store
from offboarding.decisions import spreadsheet
from offboarding.model import counted
from offboarding.model.errors import FatalError
from offboarding.report.coverage import gaps
from offboarding.report.wording import COMMAND
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading import Night
from offboarding.store.reading.leavers import IdentifierKind, LeaverIdentifier, leavers
from offboarding.store.runs import last_finished_night

_KINDS = tuple(kind for kind in IdentifierKind if kind is not IdentifierKind.LABEL)
_USUAL = tuple(kind for kind in _KINDS if kind is not IdentifierKind.MAIL)


@command("leavers", example="--format csv")
def listing(
    *,
    identifiers: Annotated[
        list[str] | None,
        option(
            "--identifiers",
            text="only of this kind; once for each (default: all but mail)",
            choices=_KINDS,
        ),
    ] = None,
    days: Annotated[
        int | None,
        option("--days", text="who left within so many days (default: until purge)", metavar="N", parse=count_from_one),
    ] = None,
    as_of: Annotated[
        str | None,
        option("--as-of", text="who has left at this moment (default: the last night's)", metavar="MOMENT"),
    ] = None,
    output: Annotated[
        str,
        option(
            "--format",
            text=f"jsonl, an object a line, whose fields `fields` tells; {spreadsheet.FORMAT}, a lookup"
            f" (default: {spreadsheet.FORMAT})",
            choices=(spreadsheet.FORMAT, "jsonl"),
        ),
    ] = spreadsheet.FORMAT,
) -> int:
    """List what a SIEM knows leavers' accounts and credentials by, so that it sees a use of them at once.

    Only of whoever has left for certain, and nothing that somebody who works here goes by, too.
    """
    with reading_store() as (session, zone):
        night = _last_night(session, zone)
        at = _moment(as_of, night) if as_of else night.run.as_of
        found = leavers(session, as_of=at, days=days, since=night.run.reads_since)
    listed = list(_asked(found, [IdentifierKind(each) for each in identifiers or _USUAL]))
    lines = [LeaverLine.read(each) for each in listed]
    if output == "jsonl":
        records(lines)
    else:
        _lookup(lines)
    for line in _notes(found, listed, identifiers, night):
        note(line)
    return DONE


def _last_night(session: Session, zone: str) -> Night:
    """Without one, or without people, no list is better than an empty one, which would read as clean."""
    last = last_finished_night(session)
    if last is None:
        raise FatalError(nothing_yet())
    if unread := people_unread(session):
        raise FatalError(unread)
    return reading.night(session, last.run_id, zone)


def _moment(given: str, night: Night) -> datetime:
    """Never one to come: whoever has left by then works here now."""
    at = wiring.moment(given) or night.run.as_of
    if at > max(night.run.as_of, datetime.now(UTC)):
        raise FatalError(
            f"--as-of {given} is still to come, and who leaves until then works here. Give one that has passed."
        )
    return at


def _asked(found: Iterable[LeaverIdentifier], kinds: Sequence[IdentifierKind]) -> Iterator[LeaverIdentifier]:
    """Yield what was asked for. A login that is a mail address is one: it is told where mails are."""
    for each in found:
        kind = IdentifierKind.MAIL if each.is_mail else each.identifier_kind
        if kind in kinds and not each.shared and not each.waits:
            yield each


def _lookup(lines: Sequence[LeaverLine]) -> None:
    """RFC 4180, by newlines and without a mark of UTF-8, which SIEMs take for a part of the first column's name."""
    names = tuple(LeaverLine.model_fields)
    sys.stdout.write(_row(names))
    for line in lines:
        values = line.printed()
        sys.stdout.write(_row(_cell(values[name]) for name in names))


def _row(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()


def _cell(value: object) -> str:
    """As it is, so that it matches, unless a spreadsheet would run it."""
    return spreadsheet.harmless("" if value is None else str(value))


def _notes(
    found: Sequence[LeaverIdentifier], listed: Sequence[LeaverIdentifier], asked: list[str] | None, night: Night
) -> Iterator[str]:
    """Yield what isn't listed, or can't match, and why."""
    if shared := sum(each.shared for each in found):
        yield f"{counted(shared, 'identifier')} left out: somebody who hasn't left may go by it, too."
    if waiting := len({(each.id_space, each.worker_id) for each in found if each.waits}):
        yield f"{counted(waiting, 'leaver')} left out, whole or in part, since the guard holds them: {COMMAND} holds"
    mails = sum(each.is_mail and not each.shared and not each.waits for each in found)
    if mails and not asked:
        yield f"{counted(mails, 'mail address', 'mail addresses')} left out: --identifiers mail lists them."
    if changed := sum(_cell(each.identifier) != each.identifier for each in listed):
        yield f"{counted(changed, 'identifier')} written otherwise in CSV, for safety: take jsonl for what is to match."
    if unread := gaps(night):
        yield "NOT CHECKED, so that there may be more:"
        yield from (f"- {line}" for text in unread for line in text.splitlines())
