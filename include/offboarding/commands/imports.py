"""Decisions that come in a file."""

from argparse import Namespace
from collections import Counter

from include.offboarding.commands import DONE
from include.offboarding.commands.output import say
from include.offboarding.commands.stores import reading_store
from include.offboarding.deciding import links_file
from include.offboarding.deciding.links_file import LineDecided
from include.offboarding.errors import FatalError
from include.offboarding.report.wording import COMMAND, counted, worker


def link_import(given: Namespace) -> int:
    """All of the file's decisions, or none where a line is wrong."""
    if not given.author:
        raise FatalError("your login here has no name: say who decides with --author")
    with reading_store() as (session, _):
        came = links_file.import_links(
            session, given.file, author=given.author, reason=given.reason or "", check=given.check
        )
    if came.mistakes:
        told = "\n".join(f"{given.file.name}: {mistake}" for mistake in came.mistakes)
        raise FatalError(f"{told}\nNothing of {given.file.name} is decided: mend {_these(len(came.mistakes))} first.")
    if given.check:
        say(*(_line(one) for one in came.decided))
        say(f"{_all(came.decided)} would be written down; nothing is yet.")
    elif came.decided:
        first, last = came.decided[0].decision_id, came.decided[-1].decision_id
        numbers = f"decision {first}" if first == last else f"decisions {first} to {last}"
        say(
            f"{_all(came.decided)}: {numbers}. {counted(came.undecided, 'line')} left open.",
            f"They count from the next night on. To take one back: {COMMAND} link revoke {first}",
        )
    else:
        say("No line says confirm or reject: nothing is decided.")
    return DONE


def _line(one: LineDecided) -> str:
    says = "is" if one.verb == "confirm" else "is not"
    return f"line {one.line}: {one.account_label} ({one.source}) {says} worker {worker(one.id_space, one.worker_id)}'s"


def _all(decided: tuple[LineDecided, ...]) -> str:
    verbs = Counter(one.verb for one in decided)
    return f"{counted(verbs['confirm'], 'confirmation')} and {counted(verbs['reject'], 'rejection')}"


def _these(number: int) -> str:
    return "this line" if number == 1 else f"these {number} lines"
