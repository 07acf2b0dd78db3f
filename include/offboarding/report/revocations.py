"""What people read of revocations: the question in Airflow, comments on tickets."""

import re
from collections.abc import Iterator, Sequence

from offboarding.model import RevocationStage, StepSeen, counted
from offboarding.model.keys import short_finding
from offboarding.model.texts import sentence
from offboarding.report.texts.layout import on_one_line
from offboarding.report.wording import COMMAND, worker
from offboarding.store.revocations import RevocationRow

NOTHING = "None of them"
"""The option of the question that shuts nothing."""


def asked(found: Sequence[RevocationRow]) -> str:
    """In a line."""
    people = len({(row.id_space, row.worker_id) for row in found})
    whose = f"{counted(people, 'leaver')} still {'has' if people == 1 else 'have'}"
    return f"Shut {counted(len(found), 'thing')} that {whose}?"


def details(found: Sequence[RevocationRow], *, most: int, unseen: Sequence[str] = ()) -> str:
    """What each is, whose, and what would be set; as Markdown, with ids and no names. And what of earlier ones nobody
    could see, a sentence each.
    """
    lines = [f"- {line}" for line in _lines(found)]
    return "\n".join(
        (
            *lines,
            "",
            *(line for each in unseen for line in (_code(each), "")),
            (
                f"Choose the keys that are to be shut now, by the second connection of their system, or *{NOTHING}*."
                f" Whatever you don't choose stays as it is. At most {most} within 24 hours. Before each, everything is"
                " looked at again: what has changed meanwhile isn't shut, and the task says why."
            ),
            f'It\'s undone by `{COMMAND} revoke undo KEY --reason "..."`.',
        )
    )


def done(row: RevocationRow) -> str:
    """The comment on the ticket once it's shut."""
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation, and it was done: {row.step}."
        f" Reason: {row.reason}\nThe item closes once the checker has seen it dead. Undo:\n"
        f'{COMMAND} revoke undo {short_finding(row.finding_key)} --reason "..."'
    )


def unsure(row: RevocationRow, why: str) -> str:
    """The comment where its system was told, and it can't be seen yet whether it was done."""
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation ({row.step}), and it may have"
        f" been done: {stopped(why)}"
    )


def late(row: RevocationRow) -> str:
    """The comment where it stands shut, and had been told otherwise."""
    refused = row.status is RevocationStage.REFUSED
    earlier = "which was said not to be done" if refused else "of which nobody could see whether it was done"
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation, {earlier}. It stands now as that"
        f" sets it: {row.step}. Either its system took the step late, or somebody took it by hand. Undo:\n"
        f'{COMMAND} revoke undo {short_finding(row.finding_key)} --reason "..."'
    )


def unseen(row: RevocationRow, author: str, reason: str, why: str) -> str:
    """The comment where nobody can look any more."""
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation ({row.step}), and whether it was"
        f" done can't be seen: {stopped(why)}\n{author} ended it so. Reason: {reason}\nLook at it by hand."
    )


def undo_unseen(row: RevocationRow, author: str, reason: str, why: str) -> str:
    """The comment where nobody can look any more whether it was opened again."""
    return (
        f"{short_finding(row.finding_key)}: {row.ended_by} began to undo its revocation of {row.approved_by}'s"
        f" ({row.step}), and whether it stands as before can't be seen: {stopped(why)}\n{author} ended it so. Reason:"
        f" {reason}\nLook at it by hand. It isn't proposed again."
    )


def not_undone(row: RevocationRow, seen: StepSeen) -> str:
    """The comment where an undo was broken off, and it doesn't stand as before."""
    short = short_finding(row.finding_key)
    how = f"still stands as that sets it: {row.step}"
    if seen is StepSeen.CHANGED:
        how = "stands otherwise than before and than that sets it, or is gone: look at it by hand"
    return (
        f"{short}: {row.ended_by} began to undo its revocation of {row.approved_by}'s, which was broken off. It {how}."
        f' Undo:\n{COMMAND} revoke undo {short} --reason "..."'
    )


def refused(row: RevocationRow, why: str) -> str:
    """The comment where a person approved it and it wasn't done."""
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation, and it was NOT done:"
        f" {stopped(why)} Unless it's approved anew, what the ticket says is to be done by hand."
    )


def undone(row: RevocationRow) -> str:
    """The comment once it stands as before."""
    return (
        f"{short_finding(row.finding_key)}: {row.ended_by} undid its revocation of {row.approved_by}'s: it stands as"
        f" before. Reason: {row.ended_for}\nIt isn't proposed again. Where it's to be shut after all, do what the"
        " ticket says."
    )


def clause(why: str) -> str:
    """An error's text within a sentence of ours."""
    return why.rstrip().rstrip(".")


def stopped(why: str) -> str:
    """An error's text as a sentence, or several."""
    return f"{clause(why)}."


def in_a_line(reason: str) -> str:
    """A person's reason: no line of theirs may pass for one of ours."""
    return on_one_line(reason)


def _lines(found: Sequence[RevocationRow]) -> Iterator[str]:
    for row in found:
        thing = row.thing
        on = f" on {_code(thing.account_native_id)}" if thing.account_native_id != thing.native_id else ""
        what = f"{thing.kind.replace('_', ' ')} {_code(thing.native_id)}{on}, {row.source} {row.part}".rstrip()
        whose = _code(worker(row.id_space, row.worker_id))
        yield f"**{short_finding(row.finding_key)}** ({row.severity}, {row.rule}): {what}, of {whose}: {row.step}"


def _code(text: str) -> str:
    """As Markdown shows it to the letter: whoever writes an id could write a link, or a line of the question's own."""
    line = sentence(" ".join(text.split()))
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"
