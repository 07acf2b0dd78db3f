"""Findings that an evaluation would close, and that stay as they are where a line waits on whose word they would."""

from collections.abc import Mapping, Sequence

from psycopg.rows import scalar_row

from offboarding.model import SUCCEEDED, Count, Resolution
from offboarding.model.resolutions import WhoseWord
from offboarding.store.events import Change
from offboarding.store.findings import as_resolved
from offboarding.store.guard_look import Looking
from offboarding.store.rows import providers
from offboarding.store.sql import block


def forget_closings(look: Looking) -> None:
    """Delete what waited to be closed: it is judged again."""
    look.do("forget_closings")
    look.do("forget_deferred")


def defer_closings(look: Looking, closings: Sequence[Change]) -> set[str]:
    """Store which of these don't close yet, since another finding judges the same thing from now on and isn't told.

    Returns the keys of those findings.
    """
    deferred = [each for each in closings if each.resolution in SUCCEEDED]
    if not deferred:
        return set()
    values = look.values(
        **as_resolved(deferred),
        texts=[each.text for each in deferred],
        closed=[each.finding_key for each in closings],
    )
    with look.session.cursor(row_factory=scalar_row) as cursor:
        return set(cursor.execute(block("guard", "defer_closings"), values).fetchall())


def close_succeeded(look: Looking) -> list[Change]:
    """Close what this run's evaluation deferred and whose successors are let through by now."""
    return look.changes("close_succeeded")


def stage_closings(look: Looking, closings: Sequence[Change]) -> None:
    """What this evaluation would close, to be counted by the word that each rests on."""
    forget_closings(look)
    rows = [(each.finding_key, each.resolved.resolution.word, each.text) for each in closings if each.resolved]
    keys, words, texts = zip(*rows, strict=True) if rows else ((), (), ())
    look.do("make_closing", keys=list(keys), words=[word.value for word in words], texts=list(texts))
    by_person, by_roster = (
        [each.value for each in Resolution if each.word is word] for word in (WhoseWord.PERSON, WhoseWord.ROSTER)
    )
    look.do("make_closed_lately", by_person=by_person, by_roster=by_roster)


def closing_counts(look: Looking) -> list[Count]:
    """How many findings would close, by line."""
    return look.counts("closing_counts")


def vanished_counts(look: Looking) -> list[Count]:
    """How many of the accounts that a run about some people looked at are gone, by system; of a night, nothing."""
    return [] if look.whole else look.counts("vanished_counts")


def closing_total(look: Looking) -> list[Count]:
    """How many would close all together, but for those that a tripped line keeps."""
    return look.counts("closing_total")


def closings_waiting(look: Looking) -> int:
    """How many findings would close, and wait."""
    return look.number("closings_waiting")


def hold_closings(look: Looking, sign_on: Mapping[str, str]) -> set[str]:
    """What rests on a tripped line doesn't close: the keys of those findings.

    `sign_on`: by whose word people sign on to a source, by its name.
    """
    values = look.values(**providers(sign_on))
    with look.session.cursor(row_factory=scalar_row) as cursor:
        return set(cursor.execute(block("guard", "hold_closings"), values).fetchall())
