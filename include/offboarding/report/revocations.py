"""What people read of revocations: the question in Airflow, comments on tickets."""

import re
from collections.abc import Iterator, Sequence

from offboarding.model import counted
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


def details(found: Sequence[RevocationRow], *, most: int) -> str:
    """What each is, whose, and what would be set; as Markdown, with ids and no names."""
    lines = [f"- {line}" for line in _lines(found)]
    return "\n".join(
        (
            *lines,
            "",
            (
                f"Choose the keys that are to be shut now, by the second connection of their system, or *{NOTHING}*."
                f" Whatever you don't choose stays as it is. At most {most} within 24 hours. Before each, everything is"
                " looked at again: what has changed meanwhile isn't shut, and the task says why."
            ),
            f"It's undone by `{COMMAND} revoke undo KEY`.",
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
        f" been done: {why}."
    )


def late(row: RevocationRow) -> str:
    """The comment where it stands shut, and had been said not to be."""
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation, which was said not to be done."
        f" It stands now as that sets it: {row.step}. Either its system took the step late, or somebody took it"
        " by hand. Undo:\n"
        f'{COMMAND} revoke undo {short_finding(row.finding_key)} --reason "..."'
    )


def unseen(row: RevocationRow, author: str, reason: str, why: str) -> str:
    """The comment where nobody can look any more."""
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation ({row.step}), and whether it was"
        f" done can't be seen: {why}\n{author} ended it so. Reason: {reason}\nLook at it by hand."
    )


def refused(row: RevocationRow, why: str) -> str:
    """The comment where a person approved it and it wasn't done."""
    return (
        f"{short_finding(row.finding_key)}: {row.approved_by} approved its revocation, and it was NOT done: {why}."
        " What the ticket says is to be done by hand."
    )


def undone(row: RevocationRow, author: str, reason: str) -> str:
    """The comment once it stands as before."""
    return (
        f"{short_finding(row.finding_key)}: {author} undid its revocation of {row.approved_by}'s: it stands as before."
        f" Reason: {reason}\nIt isn't proposed again. Where it's to be shut after all, do what the ticket says."
    )


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
