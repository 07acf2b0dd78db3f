"""What of a text a tracker takes, where it's longer: things go first, from the last on, and are counted.

Sizes are what the tracker counts, of the text as it's written there.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from offboarding.model import Language, say
from offboarding.report.texts.languages import told
from offboarding.trackers._markup.blocks import Block, Paragraph, Prose, TicketThing, blocks

REST = "python -m offboarding findings --state all"
"""What shows everything."""
Written = TypeVar("Written")


def fitted(
    text: str,
    most: int,
    write: Callable[[Sequence[Block]], Written],
    size: Callable[[Written], int],
    language: Language,
) -> Written:
    """The text as it's written there, in at most that size; what is left out is counted, with the command for it.

    What stands around the things stays as long as it can: it says what the ticket is about.
    """
    found = blocks(text)
    whole, kept = write(found), len(found)
    while size(whole) > most and kept:
        kept -= min(max(1, (size(whole) - most) * kept // (2 * size(whole))), kept)
        whole = write(_without_last(found, len(found) - kept, language))
    return whole


def _without_last(found: Sequence[Block], many: int, language: Language) -> list[Block]:
    """All but so many of the things, and where those don't suffice, of the other blocks."""
    things = [place for place, each in enumerate(found) if isinstance(each, TicketThing)]
    others = [place for place, each in enumerate(found) if not isinstance(each, TicketThing)]
    left_out = {*things[max(len(things) - many, 0) :], *others[len(others) - max(many - len(things), 0) :]}
    note = say(
        "{count} more is left out of this text, which would be longer than the tracker takes. All of it: {command}",
        "{count} more are left out of this text, which would be longer than the tracker takes. All of it: {command}",
        count=len(left_out),
        command=REST,
    )
    kept: list[Block] = []
    for place, each in enumerate(found):
        if place == min(left_out):
            said = told(note, language)
            kept.append(Paragraph(parts=[Prose(said)], lines=[said]))
        if place not in left_out:
            kept.append(each)
    return kept


def fitted_lines(text: str, most: int, language: Language) -> str:
    """The same of a text that nothing is made of: a character is one, and a line that stays is as it was."""
    return text if len(text) <= most else fitted(text, most, _as_it_was, len, language)[: max(most, 0)]


def _as_it_was(found: Sequence[Block]) -> str:
    return "\n\n".join("\n".join(each.lines) for each in found)
