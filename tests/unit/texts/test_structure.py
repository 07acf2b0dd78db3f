"""Trackers read a ticket's layout alike in each language: the same things, and the same commands to copy."""

from collections.abc import Sequence

import pytest

from offboarding.model import Language
from offboarding.trackers._markup.blocks import Part, TicketStep, TicketThing, Verbatim, blocks
from tests.support.golden_texts import FOLDER

TICKETS = ["person", "event", "key", "review", "confirm", "unverified"]


def shape(ticket: str, language: Language) -> list[object]:
    """Each block: what kind of it, and what of it is copied."""
    text = (FOLDER / f"{ticket}.{language.value}.txt").read_text(encoding="utf-8")
    return [(type(each), copied(each.parts)) for each in blocks(text.partition("\n\n")[2])]


def copied(parts: Sequence[Part]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if isinstance(part, Verbatim):
            found += part.lines
        elif isinstance(part, TicketStep):
            found += copied(part.parts)
    return [line.strip() for line in found]


@pytest.mark.parametrize("language", [Language.KO, Language.JA])
@pytest.mark.parametrize("ticket", TICKETS)
def test_a_ticket_is_laid_out_as_in_english(ticket: str, language: Language) -> None:
    assert shape(ticket, language) == shape(ticket, Language.EN)


def test_control_a_ticket_has_things_and_commands() -> None:
    things = [each for each in shape("person", Language.EN) if isinstance(each, tuple) and each[0] is TicketThing]
    assert len(things) == 3
    assert "dn: uid=jdoe,ou=people,dc=corp,dc=example" in str(things)
