"""What people read of revocations: the question in Airflow, comments on tickets."""

import re
from collections.abc import Iterator, Mapping, Sequence

from offboarding.model import Basis, Revocable, RevocationStage, Sentence, StepSeen, counted, say
from offboarding.model.keys import short_finding, short_findings
from offboarding.model.texts import sentence
from offboarding.report.texts.layout import on_one_line
from offboarding.report.wording import COMMAND, worker
from offboarding.store.revocation_candidates import Candidate
from offboarding.store.revocations import RevocationRow

NOTHING = "None of them"
"""The option of the question that shuts nothing."""


def asked(found: Sequence[RevocationRow]) -> str:
    """In a line."""
    people = len({(row.id_space, row.worker_id) for row in found})
    whose = f"{counted(people, 'leaver')} still {'has' if people == 1 else 'have'}"
    return f"Shut {counted(len(found), 'thing')} that {whose}?"


def details(
    found: Sequence[RevocationRow], *, most: int, known: Mapping[str, Candidate], unseen: Sequence[str] = ()
) -> str:
    """What each is, whose, on whose authority, and what would be set; as Markdown, with ids and no names of people who
    left. What is not offered, since its account identifies somebody who works here. And what of earlier ones nobody
    could see, a sentence each. `known`: what is known of findings now, by their keys.
    """
    lines = [
        f"- {line}. {_authority(known.get(row.finding_key))}" for row, line in zip(found, _lines(found), strict=True)
    ]
    return "\n".join(
        (
            *lines,
            "",
            *(line for each in known.values() if each.identifies for line in (_not_offered(each), "")),
            *(line for each in unseen for line in (_code(each), "")),
            (
                f"Choose the keys that are to be shut now, by the second connection of their system, or *{NOTHING}*."
                f" Whatever you don't choose stays as it is. At most {most} within 24 hours. Before each, everything is"
                " looked at again: what has changed meanwhile isn't shut, and the task says why."
            ),
            f'It\'s undone by `{COMMAND} revoke undo KEY --reason "..."`.',
        )
    )


def done(row: RevocationRow) -> Sentence:
    """The comment on the ticket once it's shut."""
    return say(
        "{key}: {approver} approved its revocation, and it was done: {step}. Reason: {reason}\n"
        "The item closes once the checker has seen it dead. Undo:\n{command}",
        key=short_finding(row.finding_key),
        approver=row.approved_by or "",
        step=row.step,
        reason=row.reason or "",
        command=_undo(row),
    )


def unsure(row: RevocationRow, why: str) -> Sentence:
    """The comment where its system was told, and it can't be seen yet whether it was done."""
    return say(
        "{key}: {approver} approved its revocation ({step}), and it may have been done: {why}",
        key=short_finding(row.finding_key),
        approver=row.approved_by or "",
        step=row.step,
        why=stopped(why),
    )


def late(row: RevocationRow) -> Sentence:
    """The comment where it stands shut, and had been told otherwise."""
    refused = row.status is RevocationStage.REFUSED
    return say(
        "{key}: {approver} approved its revocation, which was said not to be done. It stands now as that sets it:"
        " {step}. Either its system took the step late, or somebody took it by hand. Undo:\n{command}"
        if refused
        else "{key}: {approver} approved its revocation, of which nobody could see whether it was done. It stands now"
        " as that sets it: {step}. Either its system took the step late, or somebody took it by hand. Undo:\n{command}",
        key=short_finding(row.finding_key),
        approver=row.approved_by or "",
        step=row.step,
        command=_undo(row),
    )


def unseen(row: RevocationRow, author: str, reason: str, why: str) -> Sentence:
    """The comment where nobody can look any more."""
    return say(
        "{key}: {approver} approved its revocation ({step}), and whether it was done can't be seen: {why}\n"
        "{author} ended it so. Reason: {reason}\nLook at it by hand.",
        key=short_finding(row.finding_key),
        approver=row.approved_by or "",
        step=row.step,
        why=stopped(why),
        author=author,
        reason=reason,
    )


def undo_unseen(row: RevocationRow, author: str, reason: str, why: str) -> Sentence:
    """The comment where nobody can look any more whether it was opened again."""
    return say(
        "{key}: {undoer} began to undo its revocation of {approver}'s ({step}), and whether it stands as before can't"
        " be seen: {why}\n{author} ended it so. Reason: {reason}\nLook at it by hand. It isn't proposed again.",
        key=short_finding(row.finding_key),
        undoer=row.ended_by or "",
        approver=row.approved_by or "",
        step=row.step,
        why=stopped(why),
        author=author,
        reason=reason,
    )


def not_undone(row: RevocationRow, seen: StepSeen) -> Sentence:
    """The comment where an undo was broken off, and it doesn't stand as before."""
    return say(
        "{key}: {undoer} began to undo its revocation of {approver}'s, which was broken off. It stands otherwise than"
        " before and than that sets it, or is gone: look at it by hand. Undo:\n{command}"
        if seen is StepSeen.CHANGED
        else "{key}: {undoer} began to undo its revocation of {approver}'s, which was broken off. It still stands as"
        " that sets it: {step}. Undo:\n{command}",
        key=short_finding(row.finding_key),
        undoer=row.ended_by or "",
        approver=row.approved_by or "",
        step=row.step,
        command=_undo(row),
    )


def refused(row: RevocationRow, why: str) -> Sentence:
    """The comment where a person approved it and it wasn't done."""
    return say(
        "{key}: {approver} approved its revocation, and it was NOT done: {why} Unless it's approved anew, what the"
        " ticket says is to be done by hand.",
        key=short_finding(row.finding_key),
        approver=row.approved_by or "",
        why=stopped(why),
    )


def undone(row: RevocationRow) -> Sentence:
    """The comment once it stands as before."""
    return say(
        "{key}: {undoer} undid its revocation of {approver}'s: it stands as before. Reason: {reason}\n"
        "It isn't proposed again. Where it's to be shut after all, do what the ticket says.",
        key=short_finding(row.finding_key),
        undoer=row.ended_by or "",
        approver=row.approved_by or "",
        reason=row.ended_for or "",
    )


def _undo(row: RevocationRow) -> str:
    return f'{COMMAND} revoke undo {short_finding(row.finding_key)} --reason "..."'


def clause(why: str) -> str:
    """An error's text within a sentence of ours."""
    return why.rstrip().rstrip(".")


def stopped(why: str) -> str:
    """An error's text as a sentence, or several."""
    return f"{clause(why)}."


def in_a_line(reason: str) -> str:
    """A person's reason: no line of theirs may pass for one of ours."""
    return on_one_line(reason)


def _authority(found: Candidate | None) -> str:
    """Return on whose authority somebody counts as gone, and an account as theirs, in a sentence."""
    if found is None:
        return "On whose authority they count as gone is not known any more."
    by = ", ".join(map(_code, found.departure_by))
    if found.basis is Basis.NOTICE:
        hr = "HR lists them as active" if found.hr_lists else "HR does not list them as active"
        gone = f"by notice of {by or 'nobody any more'}; {hr}"
    else:
        gone = f"by HR{f', confirmed by {by}' if by else ''}"
    theirs = f" The account is theirs by decision of {', '.join(map(_code, found.link_by))}." if found.link_by else ""
    return f"Gone {gone}.{theirs}"


def _not_offered(found: Candidate) -> str:
    key, what = short_finding(found.finding_key), _what(found.thing, found.source, found.part)
    return (
        f"Not offered: **{key}**, {what}, of {_code(worker(found.id_space, found.worker_id))}."
        f" Its account identifies somebody who works here: {', '.join(map(_code, found.identifies))}."
    )


def _what(thing: Revocable, source: str, part: str) -> str:
    on = f" on {_code(thing.account_native_id)}" if thing.account_native_id != thing.native_id else ""
    return f"{thing.kind.replace('_', ' ')} {_code(thing.native_id)}{on}, {source} {part}".rstrip()


def _lines(found: Sequence[RevocationRow]) -> Iterator[str]:
    names = short_findings(row.finding_key for row in found)
    for row in found:
        what = _what(row.thing, row.source, row.part)
        whose = _code(worker(row.id_space, row.worker_id))
        yield f"**{names[row.finding_key]}** ({row.severity}, {row.rule}): {what}, of {whose}: {row.step}"


def _code(text: str) -> str:
    """As Markdown shows it to the letter: whoever writes an id could write a link, or a line of the question's own."""
    line = sentence(" ".join(text.split()))
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"
