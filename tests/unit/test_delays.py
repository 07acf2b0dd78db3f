"""How long what was shut may go on: the rules' page says what the kinds declare, and nothing else."""

import re
from datetime import timedelta
from pathlib import Path

from offboarding.interfaces.kinds import kind_module, kinds
from offboarding.model import SubjectKind

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
SAID = re.compile(r"of `(\w+)` (\d+) (minutes|hours)")


def test_the_page_says_how_long() -> None:
    declared = {
        (kind, longest)
        for room in ("sources", "verifiers")
        for kind in kinds(room)
        for longest in set(kind_module(room, kind).Settings.delays.values())
    }

    said = SAID.findall(PAGE.read_text(encoding="utf-8"))

    assert {(kind, timedelta(**{unit: int(number)})) for kind, number, unit in said} == declared


def test_a_key_that_several_hold_has_none() -> None:
    """It's dead once it was seen dead twice, its cache apart."""
    keys = {SubjectKind.SIGNING_KEY, SubjectKind.SHARED_SECRET}

    assert not [kind for kind in kinds("sources") if keys & kind_module("sources", kind).Settings.delays.keys()]
