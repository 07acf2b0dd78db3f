"""Gaps that somebody knows."""

from argparse import Namespace
from datetime import UTC, datetime

from include.offboarding import config
from include.offboarding.commands import DONE
from include.offboarding.commands.output import Column, records, say, table
from include.offboarding.commands.stores import reading_store, session_on
from include.offboarding.deciding import acknowledging
from include.offboarding.report.wording import COMMAND, moment
from include.offboarding.store import acknowledgements
from include.offboarding.store.acknowledgements import Acknowledgement


def add(given: Namespace) -> int:
    """A gap is known: from the next night on it turns no run red."""
    loaded = config.load()
    with session_on(loaded) as session:
        made = acknowledging.acknowledge(
            session,
            loaded.settings,
            source=given.source or "",
            part=given.part,
            roster=given.roster or "",
            finding=given.finding or "",
            queue=given.queue or "",
            until=given.until,
            reason=given.reason,
            author=given.author or "",
        )
    say(
        f"Acknowledgement {made.acknowledgement_id}: {_about(made)} is known until"
        f" {moment(made.expires_at, loaded.choice.time_zone)}. From the next night on it's shown and turns no run red.",
        f'To take it back: {COMMAND} acknowledge withdraw {made.acknowledgement_id} --reason "..."',
    )
    return DONE


def withdraw(given: Namespace) -> int:
    """It's no longer needed, or was wrong."""
    with reading_store() as (session, _):
        ended = acknowledging.withdraw_acknowledgement(
            session, given.acknowledgement_id, reason=given.reason, author=given.author or ""
        )
    say(f"Acknowledgement {ended.acknowledgement_id} ({_about(ended)}) is taken back, from the next night on.")
    return DONE


def listing(given: Namespace) -> int:
    """What counts now, by the file or by somebody's word; with --all, what ended, too."""
    with reading_store() as (session, zone):
        now = datetime.now(UTC)
        found = [each for each in acknowledgements.acknowledgements(session) if given.all or each.stands(now)]
    if given.format == "jsonl":
        from include.offboarding.commands.lines.gaps import AcknowledgementLine  # noqa: PLC0415 - tables need none of it

        records(map(AcknowledgementLine.read, found))
    elif found:
        names = ("Number", "What", "Until", "By", "Reason")
        columns = [Column(name=name, whole=name in ("Number", "Until")) for name in names]
        table(columns, ([*_row(each, zone), each.reason] for each in found))
    else:
        say("No gap is acknowledged." if not given.all else "No gap was ever acknowledged.")
    return DONE


def _row(each: Acknowledgement, zone: str) -> list[str]:
    by = "the exceptions file" if each.origin == "file" else moment(each.made_at, zone)
    ended = f"; ended {moment(each.ended_at, zone)}" if each.ended_at else ""
    told = f" by {each.ended_by}: {each.ended_for}" if each.ended_by else ""
    number, until = str(each.acknowledgement_id), moment(each.expires_at, zone)
    return [number, _about(each), until, f"{each.author}, {by}{ended}{told}"]


def _about(each: Acknowledgement) -> str:
    if each.queue:
        return f"queue of {each.queue}"
    if each.finding:
        return f"f-{each.finding[:8]}"
    return f"roster {each.roster}" if each.roster else f"{each.source} {each.part}".strip()
