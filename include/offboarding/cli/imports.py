"""Decisions that come in a file."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.deciding import configured_context, signed
from offboarding.cli.options import argument, author, command, option, words
from offboarding.cli.output import say
from offboarding.cli.stores import reading_store
from offboarding.decisions import links_file, many
from offboarding.decisions.kinds import DecisionContext
from offboarding.decisions.links import LinkDecided
from offboarding.decisions.many import Imported, LineDecided
from offboarding.model import LinkVerdict, counted
from offboarding.model.errors import FatalError
from offboarding.report.wording import COMMAND, worker


def _columns() -> str:
    return "; ".join(f"{name} ({', '.join(fields)})" for name, fields in many.columns().items())


_Check = Annotated[bool, option("--check", text="only say what is wrong, or what would be decided")]
_Reason = Annotated[
    str | None,
    option("--reason", text="why, of lines that say nothing in their own column", metavar="TEXT", parse=words),
]


@command("import", example="decisions.csv --check")
def import_file(
    *,
    file: Annotated[Path, argument("FILE", f"CSV, of the column decision and those of its fields: {_columns()}", Path)],
    check: _Check = False,
    reason: _Reason = None,
    by: Annotated[str | None, author()],
) -> int:
    """Take the decisions of a file, one a line: all of them, or none where a line is wrong."""
    with configured_context(signed(by)) as context:
        came = many.import_decisions(context, file, reason=reason or "", check=check)
    _refuse(file, came)
    lines = [f"line {one.line}: {(check and one.done.on_trial) or next(iter(one.done.says))}" for one in came.decided]
    if check:
        say("What would be said of each line; nothing is written down:", *lines)
    else:
        say(*lines, f"{counted(len(lines), 'decision')} written down.")
    return DONE


@command("link import", example="FILE --check")
def link_import(
    *,
    file: Annotated[Path, argument("FILE", "the file, filled in: confirm, reject, or nothing", Path)],
    check: _Check = False,
    reason: _Reason = None,
    by: Annotated[str | None, author()],
) -> int:
    """Decide what a file of `links --format csv` says in its columns decision and reason: all of it, or none where a
    line is wrong.
    """
    who = signed(by)
    with reading_store() as (session, zone):
        context = DecisionContext(session=session, author=who, zone=zone)
        came = links_file.import_links(context, file, reason=reason or "", check=check)
    _refuse(file, came)
    if check:
        say(*(_line(one) for one in came.decided))
        say(f"{_all(came.decided)} would be written down; nothing is yet.")
    elif came.decided:
        first, last = came.decided[0].done.made.decision_id, came.decided[-1].done.made.decision_id
        numbers = f"decision {first}" if first == last else f"decisions {first} to {last}"
        say(
            f"{_all(came.decided)}: {numbers}. {counted(came.undecided, 'line')} left open.",
            f"They count from the next night on. To take one back: {COMMAND} link revoke {first}",
        )
    else:
        say("No line says confirm or reject: nothing is decided.")
    return DONE


def _refuse(file: Path, came: Imported) -> None:
    if came.mistakes:
        mistakes = "\n".join(f"{file.name}: {mistake}" for mistake in came.mistakes)
        raise FatalError(f"{mistakes}\nNothing of {file.name} is decided: mend {_these(len(came.mistakes))} first.")


def _line(one: LineDecided) -> str:
    says = "is" if one.decision == LinkVerdict.CONFIRM else "is not"
    link: LinkDecided = one.done.made
    account, whose = link.account, worker(link.worker.id_space, link.worker.worker_id)
    return f"line {one.line}: {account.label} ({account.source}) {says} worker {whose}'s"


def _all(decided: tuple[LineDecided, ...]) -> str:
    verbs = Counter(one.decision for one in decided)
    return f"{counted(verbs['confirm'], 'confirmation')} and {counted(verbs['reject'], 'rejection')}"


def _these(number: int) -> str:
    return "this line" if number == 1 else f"these {number} lines"
