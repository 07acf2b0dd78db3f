"""Keys that several people may hold: who could have held one, and what somebody could have carried along."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.lines.keys import HolderLine, KeyLine
from offboarding.cli.options import Format, alone, command, day, option
from offboarding.cli.output import NARROW, Cell, Column, records, say, table, width
from offboarding.cli.stores import reading_store
from offboarding.config.policy import Policy
from offboarding.identity.folding import normal
from offboarding.model import counted
from offboarding.model.days import day_ends
from offboarding.model.errors import FatalError
from offboarding.report import keys as words
from offboarding.report import wording
from offboarding.report.wording import COMMAND, moment
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading import holder_views, key_views
from offboarding.store.reading.holder_views import HolderQuery, HolderView
from offboarding.store.reading.key_views import KeyView

NO_KEY_YET = (
    "No verifier or source has shown a key yet, and custody.yaml names none: docs/custody.md says how to begin."
)


KEY_HELP = "a key: its name in the register, what `custody` lists, its material, or an id that a source has for it"


@command("custody", example="--worker hr:10442")
def custody(
    *,
    key: Annotated[str | None, option("--key", text=f"who could have held this? {KEY_HELP}", metavar="KEY")] = None,
    worker: Annotated[
        str | None,
        option("--worker", text="what could this person have carried? a worker id, or id_space:id", metavar="ID"),
    ] = None,
    as_of: Annotated[
        date | None,
        option(
            "--as-of",
            text="by the end of this day, such as 2026-11-25 (default: now; of somebody who left, their departure)",
            metavar="DATE",
            parse=day,
        ),
    ] = None,
    output: Format = "table",
) -> int:
    """List keys that several people may hold; tell who could have held one, or what somebody could carry off."""
    alone({"--key": key, "--worker": worker})
    if as_of is not None and not (key or worker):
        raise FatalError("--as-of asks about one key or one person: say --key or --worker, too.")
    with reading_store() as (session, zone):
        if key:
            return _key(session, asked(as_of, zone), key, output)
        if worker:
            return _worker(session, asked(as_of, zone), worker, output)
        found = key_views.keys(session)
    if output == "jsonl":
        records(map(KeyLine.read, found))
    elif found:
        _key_table(found, zone)
        say("", *words.summary(found), f"Who may hold one: {COMMAND} custody --key KEY")
    else:
        say(NO_KEY_YET)
    return DONE


def asked(as_of: date | None, zone: str) -> HolderQuery:
    """What is asked: by the end of a day in the company's zone, else by now; nobody for longer than they were here."""
    return asked_at(datetime.now(UTC) if as_of is None else day_ends(as_of, zone), zone)


def asked_at(at: datetime, zone: str) -> HolderQuery:
    """The same by a moment."""
    # The configuration's own list isn't read: a command that only reads needs no more of it than the store.
    return HolderQuery(as_of=at, zone=zone, reserved=tuple(map(normal, Policy().reserved_logins)))


def _key(session: Session, question: HolderQuery, word: str, output: str) -> int:
    key, zone = key_views.key_called(session, word), question.zone
    holders = holder_views.holders_of(session, key, question)
    if output == "jsonl":
        records(HolderLine.read(holder, label=key.label, standing=key.standing) for holder in holders)
        return DONE
    say(words.render(key, datetime.now(UTC), zone), "")
    if holders:
        say(f"MAY HOLD IT, or held it by {moment(question.as_of, zone)}")
        _holder_table(holders, zone)
    else:
        say(f"NOBODY is known to have held it by {moment(question.as_of, zone)}: NOT CHECKED, which isn't nobody.")
    if key.registered:
        for stranger in holder_views.strangers(session, key.registered.name):
            say(f"The register names {stranger}, of whom no roster has ever told.")
    if not holders or not (key.registered and key.registered.custodians):
        say(f"Whom to write into the register: {COMMAND} custody suggest --key {_typed(key)}")
    return DONE


def _worker(session: Session, question: HolderQuery, word: str, output: str) -> int:
    person, zone = reading.worker_called(session, word), question.zone
    held = holder_views.keys_of(session, person.person_uid, question)
    by_name = {name: key for key in key_views.keys(session) for name in (key.material, key.label)}
    if output == "jsonl":
        keys = ((by_name[holder.material], holder) for holder in held)
        records(HolderLine.read(each, label=key.label, standing=key.standing) for key, each in keys)
        return DONE
    whose = wording.worker(person.id_space, person.worker_id)
    if not held:
        say(f"Worker {whose} isn't known to have held any key by {moment(question.as_of, zone)}.")
        say("What nobody has written into the register, no policy grants and no trail recorded isn't known here.")
        return DONE
    until = f"left {moment(held[0].gone_at, zone)}" if held[0].gone_at else f"by {moment(question.as_of, zone)}"
    say(f"Worker {whose} may have held ({until})")
    _held_table(held, by_name, zone)
    trusted = [holder for holder in held if by_name[holder.material].may_be_used]
    say("", f"{counted(len(held), 'key')}, of which {len(trusted)} may still be trusted.")
    return DONE


def _key_table(found: Sequence[KeyView], zone: str) -> None:
    now = datetime.now(UTC)
    names = ("Key", "Kind", "Trusted", "Carryable", "Custodians", "Shown by")
    columns = [Column(name=name, whole=name in {"Kind", "Carryable", "Custodians"}) for name in names]
    rows = [
        [
            *(key.label, words.NOUNS[key.kind], words.trusted(key, now, zone), key.carryable[0].value),
            *(words.custodians(key), ", ".join(dict.fromkeys(copy.source for copy in key.copies)) or "nothing"),
        ]
        for key in found
    ]
    if width() < NARROW:
        columns[0:2] = [Column(name="Key")]
        table(columns, ([(label, f"({kind})"), *rest] for label, kind, *rest in rows))
    else:
        table(columns, rows)


def _holder_table(holders: Sequence[HolderView], zone: str) -> None:
    columns = [
        Column(name="Grade", whole=True),
        Column(name="Worker", whole=True),
        Column(name="Left"),
        Column(name="Why"),
    ]
    table(
        columns,
        (
            [
                *(holder.grade.value, wording.worker(holder.id_space, holder.worker_id)),
                moment(holder.gone_at, zone) if holder.gone_at else "",
                _why(holder),
            ]
            for holder in holders
        ),
    )


def _held_table(held: Sequence[HolderView], by_name: dict[str, KeyView], zone: str) -> None:
    now = datetime.now(UTC)
    names = ("Grade", "Key", "Trusted", "Carryable", "Why")
    columns = [Column(name=name, whole=name in {"Grade", "Carryable"}) for name in names]
    table(columns, (_held_row(holder, by_name[holder.material], now, zone) for holder in held))


def _held_row(holder: HolderView, key: KeyView, now: datetime, zone: str) -> list[Cell]:
    return [holder.grade.value, key.label, words.trusted(key, now, zone), key.carryable[0].value, _why(holder)]


def _why(holder: HolderView) -> list[str]:
    return [f"- {held.text}" if len(holder.held) > 1 else held.text for held in holder.held]


def _typed(key: KeyView) -> str:
    return key.registered.name if key.registered else key.material
