"""docs/configuration/rosters.md, or a kind's own page beside it: every key of every kind is told."""

import re

import pytest

from offboarding.config import loading
from offboarding.interfaces import RosterSettings
from offboarding.rosters._records.settings import RecordSettings

FOLDER = loading.project_folder() / "docs/configuration"
PAGE = (FOLDER / "rosters.md").read_text("utf-8")


def _told(title: str, page: str = PAGE) -> set[str]:
    """The keys of the first table below a heading."""
    section = page[page.index(f"\n{title}\n") + len(title) + 2 :]
    return set(
        re.findall(r"^\| `(\w+)` \| ", re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE)
    )


def test_every_roster() -> None:
    assert _told("## Every roster") == {*RosterSettings.model_fields, *RecordSettings.model_fields} - {"connection"}


@pytest.mark.parametrize("kind", loading.kinds("rosters"))
def test_every_kind(kind: str) -> None:
    own, title, page = set(loading.kind_module("rosters", kind).Settings.model_fields), f"## `kind: {kind}`", PAGE
    if f"\n{title}\n" not in PAGE:
        page = (FOLDER / f"{kind}.md").read_text("utf-8")
    assert _told(title, page) == own - {*RecordSettings.model_fields} | {"connection"}
