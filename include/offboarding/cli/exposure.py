"""What somebody who leaves may know, and what of it is to be replaced first."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.custody import asked_at
from offboarding.cli.lines.exposure import ExposureLine
from offboarding.cli.options import FORMATS, argument, command, option
from offboarding.cli.output import NARROW, Cell, Column, note, records, say, table, width
from offboarding.cli.stores import nothing_yet, reading_store
from offboarding.decisions import spreadsheet
from offboarding.model import Standing, SubjectKind, counted
from offboarding.model.errors import FatalError
from offboarding.report import wording
from offboarding.report.coverage import gaps
from offboarding.report.wording import COMMAND, moment
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading import Night
from offboarding.store.reading.exposure import Exposure, ExposureRemedy, exposure
from offboarding.store.reading.workers import WorkerFound
from offboarding.store.runs import last_finished_night

_STANDINGS = {Standing.WORKS: "works", Standing.UNKNOWN: "NOT CHECKED", Standing.DEAD: "refused"}
_COLUMNS = ("place", "remedy", "grade", "standing", "kind", "label", "account", "sources", "opens", "last_used", "why")


@command("exposure", example="hr:10442")
def listing(
    *,
    worker: Annotated[str, argument("ID", "a worker id, present or former; or id_space:id")],
    output: Annotated[
        str,
        option(
            "--format",
            text=f"{FORMATS}; {spreadsheet.FORMAT}, for a spreadsheet (default: table)",
            choices=("table", "jsonl", spreadsheet.FORMAT),
        ),
    ] = "table",
) -> int:
    """List keys and secrets that a person made, read, could read or was given, what to replace first before the rest.

    By what the last night knows; of whoever works here as if they left then. What is on their own accounts is shut with
    these, and isn't listed.
    """
    with reading_store() as (session, zone):
        person = reading.worker_called(session, worker)
        night = _last_night(session, zone)
        at = night.run.as_of
        found = exposure(session, person.person_uid, asked_at(at, zone), since=night.run.reads_since)
    unread = gaps(night)
    if output == "jsonl":
        records(ExposureLine.read(each, place=place, as_of=at) for place, each in enumerate(found, start=1))
    elif output == spreadsheet.FORMAT:
        rows = (_cells(place, each, zone) for place, each in enumerate(found, start=1))
        sys.stdout.writelines(spreadsheet.written(_COLUMNS, rows))
    else:
        _tell(person, found, night, zone)
        say(*_unread(unread))
        return DONE
    for line in _unread(unread):
        note(line)
    return DONE


def _last_night(session: Session, zone: str) -> Night:
    last = last_finished_night(session)
    if last is None:
        raise FatalError(nothing_yet())
    return reading.night(session, last.run_id, zone)


def _tell(person: WorkerFound, found: Sequence[Exposure], night: Night, zone: str) -> None:
    whose = f"Worker {wording.worker(person.id_space, person.worker_id)}"
    when = f"by the night of {moment(night.run.as_of, zone)}"
    if found:
        say(f"{whose} may know, {when}; what to replace first stands first", "")
        _table(found, zone)
        rotate = [each for each in found if each.remedy is ExposureRemedy.ROTATE]
        say("", f"{counted(len(found), 'key or secret', 'keys and secrets')}, of which {len(rotate)} to rotate.")
    else:
        say(f"{whose} isn't known to know any key or secret that others use too, {when}.")
    say(
        "What nobody has written into the register, no policy grants and no trail recorded isn't known here.",
        f"What is on their own accounts is shut with these: {COMMAND} worker {person.id_space}:{person.worker_id}",
    )


def _unread(unread: Sequence[str]) -> Iterator[str]:
    """Yield what the night couldn't look at: there may be more there than is listed."""
    if unread:
        yield "NOT CHECKED, so that there may be more:"
        yield from (f"- {line}" for text in unread for line in text.splitlines())


def _table(found: Sequence[Exposure], zone: str) -> None:
    names = ("", "Do", "Grade", "Works", "What", "Last used", "Why")
    columns = [Column(name=name, whole=name in {"", "Do", "Grade", "Works"}) for name in names]
    rows = [_row(place, each, zone) for place, each in enumerate(found, start=1)]
    if width() < NARROW:
        columns[1:4] = [Column(name="Do")]
        table(columns, ([place, [do, grade, works], *rest] for place, do, grade, works, *rest in rows))
    else:
        table(columns, rows)


def _row(place: int, each: Exposure, zone: str) -> tuple[str, str, str, str, list[str], str, Cell]:
    what = [_named(each), *([f"in {', '.join(each.sources)}"] if each.sources else [])]
    opens = [f"opens: {each.opens}"] if each.opens else []
    used = moment(each.last_used_at, zone) if each.last_used_at else ""
    works, why = _STANDINGS[each.standing], [wording.zoned(text, zone) for text in each.why]
    if each.remedy is ExposureRemedy.NOTHING:
        why = [f"{each.standing_reason[:1].upper()}{each.standing_reason[1:].rstrip('.')}.", *why]
    return str(place), each.remedy, each.grade, works, [*what, *opens], used, why


def _cells(place: int, each: Exposure, zone: str) -> tuple[str, ...]:
    used = moment(each.last_used_at, zone) if each.last_used_at else ""
    first = (str(place), each.remedy, each.grade, _STANDINGS[each.standing], each.kind, each.label, each.account_label)
    return *first, ", ".join(each.sources), each.opens, used, wording.zoned(" ".join(each.why), zone)


def _named(each: Exposure) -> str:
    if each.kind in {SubjectKind.ACCOUNT, SubjectKind.ROOT_ACCOUNT}:
        return f"secrets of {wording.thing(each.kind, each.label, '')}"
    return wording.thing(each.kind, each.label, each.account_label)
