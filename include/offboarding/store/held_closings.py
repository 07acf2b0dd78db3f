"""Findings that an evaluation would close, and that stay as they are where a line waits on whose word they would."""

from collections.abc import Sequence

from psycopg.rows import scalar_row

from include.offboarding.model import Count
from include.offboarding.store.events import Change
from include.offboarding.store.guard_look import Looking
from include.offboarding.store.sql import block


def forget_closings(look: Looking) -> None:
    """What waited to be closed is judged anew."""
    look.do("forget_closings")


def stage_closings(look: Looking, closed: Sequence[Change]) -> None:
    """What this evaluation closed, to be counted."""
    forget_closings(look)
    keys = {"keys": [change.finding_key for change in closed], "texts": [change.text for change in closed]}
    look.do("make_closing", **keys, states=[change.from_state for change in closed])


def closing_counts(look: Looking) -> list[Count]:
    """How many findings would close, by line."""
    return look.counts("closing_counts")


def closing_total(look: Looking) -> list[Count]:
    """How many would close all together, but for those that a tripped line keeps."""
    return look.counts("closing_total")


def closings_waiting(look: Looking) -> int:
    """How many findings would close, and wait."""
    return look.number("closings_waiting")


def undo_closings(look: Looking) -> set[str]:
    """What rests on a tripped line doesn't close: the keys of those findings."""
    with look.session.cursor(row_factory=scalar_row) as cursor:
        return set(cursor.execute(block("guard", "undo_closings"), look.values()).fetchall())
