"""How long a text may be in each ticket system, and how it's written there: its folder says so in long_tickets.py."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path

from offboarding.model import Language

Written = tuple[int, Callable[[str, Language], str]]


def written_by_trackers() -> Mapping[str, Written]:
    """The most characters, and what writes a text in them; by the name of the system's form."""
    found = dict[str, Written]()
    for file in sorted((Path(__file__).parents[1] / "systems").glob("*/long_tickets.py")):
        found |= importlib.import_module(f"tests.systems.{file.parent.name}.long_tickets").WRITTEN
    return found
