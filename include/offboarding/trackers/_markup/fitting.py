"""What of a text a tracker takes, where it's longer: things go first, from the last on, and are counted."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from offboarding.trackers._markup.blocks import Block, Paragraph, Prose, TicketThing, blocks

REST = "python -m offboarding findings --state all"
"""What shows everything."""
Written = TypeVar("Written")


def fitted(
    text: str, most: int, write: Callable[[Sequence[Block]], Written], size: Callable[[Written], int]
) -> Written:
    """The text as it's written there, in at most that size; what is left out is counted, with the command for it.

    What stands around the things stays as long as it can: it says what the ticket is about.
    """
    found = blocks(text)
    whole, kept = write(found), len(found)
    while size(whole) > most and kept:
        kept -= max(1, (size(whole) - most) * kept // (2 * size(whole)))
        whole = write(_without_last(found, len(found) - kept))
    return whole


def _without_last(found: Sequence[Block], many: int) -> list[Block]:
    """All but so many of the things, and where those don't suffice, of the other blocks."""
    things = [place for place, each in enumerate(found) if isinstance(each, TicketThing)]
    others = [place for place, each in enumerate(found) if not isinstance(each, TicketThing)]
    left_out = {*things[max(len(things) - many, 0) :], *others[len(others) - max(many - len(things), 0) :]}
    noun = "are left out of this text, which would be longer than the tracker takes."
    note = Paragraph(parts=[Prose(f"{len(left_out)} more {noun} All of it: {REST}")])
    kept: list[Block] = []
    for place, each in enumerate(found):
        if place == min(left_out):
            kept.append(note)
        if place not in left_out:
            kept.append(each)
    return kept
