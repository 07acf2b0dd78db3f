"""Departures that HR leaves open, and a person's word on them."""

from argparse import Namespace

from include.offboarding import config
from include.offboarding.commands import DONE
from include.offboarding.commands.output import Column, records, say, table
from include.offboarding.commands.stores import reading_store, session_on
from include.offboarding.deciding import departures as deciding
from include.offboarding.report.wording import COMMAND, moment, worker
from include.offboarding.store import words
from include.offboarding.store.words import OpenEnd

_BASES = {
    "planned": "a planned end has passed",
    "inferred": "no longer listed",
    "hidden": "left by one record, works here by another",
}


def listing(given: Namespace) -> int:
    """Departures that HR leaves open, longest gone first."""
    with reading_store() as (session, zone):
        found = words.open_ends(session)
    if given.format == "jsonl":
        from include.offboarding.commands.lines.departures import OpenEndLine  # noqa: PLC0415 - tables need none of it

        records(map(OpenEndLine.read, found))
    elif found:
        names = ("Departure", "Worker", "Gone since", "Why", "Stands", "Roster says")
        columns = [Column(name=name, whole=name in ("Departure", "Worker")) for name in names]
        table(columns, (_row(end, zone) for end in found))
        say("", f'They left, or they didn\'t: {COMMAND} departure confirm|deny DEPARTURE --reason "..."')
    else:
        say("HR leaves no departure open.")
    return DONE


def confirm(given: Namespace) -> int:
    """They left."""
    loaded = config.load()
    with session_on(loaded) as session:
        end = deciding.confirm_departure(
            session, loaded.settings, departure=given.departure, reason=given.reason, author=given.author or ""
        )
    whose = worker(end.id_space, end.worker_id)
    say(
        f"Worker {whose} has left, by {end.author}'s word: what is theirs is judged from the next run on.",
        f'Check them now: trigger the DAG offboarding_departure with {{"people": ["{whose}"]}} (docs/departure.md).',
    )
    return DONE


def deny(given: Namespace) -> int:
    """They didn't leave."""
    loaded = config.load()
    with session_on(loaded) as session:
        end = deciding.deny_departure(
            session, loaded.settings, departure=given.departure, reason=given.reason, author=given.author or ""
        )
    until = moment(end.until, loaded.choice.time_zone) if end.until else ""
    lasts = f", until {until}; then it's asked again, unless HR says something else before." if until else "."
    say(
        f"Worker {worker(end.id_space, end.worker_id)} works here, by {end.author}'s word{lasts}",
        "What rested on it closes with the next run.",
    )
    return DONE


def _row(end: OpenEnd, zone: str) -> list[str]:
    gone = str(end.left_on) if end.left_on else moment(end.left_at, zone)
    return [
        end.name,
        worker(end.id_space, end.worker_id),
        gone,
        _BASES[end.basis],
        _standing(end, zone),
        f"{end.roster}: {end.told}",
    ]


def _standing(end: OpenEnd, zone: str) -> str:
    if end.verdict == "deny":
        until = f" until {moment(end.until, zone)}" if end.until else ""
        return f"denied by {end.author}{until}: {end.reason}"
    if end.verdict == "confirm":
        return f"confirmed by {end.author}: {end.reason}"
    return "counts by itself" if end.confirmed else "to be confirmed"
