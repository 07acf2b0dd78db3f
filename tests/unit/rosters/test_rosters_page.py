"""docs/configuration/rosters.md: every key of every kind is told."""

import re

import pytest

from offboarding.config import loading
from offboarding.interfaces import RosterSettings
from offboarding.rosters._records.settings import RecordSettings

PAGE = (loading.project_folder() / "docs/configuration/rosters.md").read_text("utf-8")


def _told(title: str) -> set[str]:
    """The keys of the first table below a heading."""
    section = PAGE[PAGE.index(f"\n{title}\n") + len(title) + 2 :]
    return set(
        re.findall(r"^\| `(\w+)` \| ", re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0], re.MULTILINE)
    )


def test_every_roster() -> None:
    assert _told("## Every roster") == {*RosterSettings.model_fields, *RecordSettings.model_fields} - {"connection"}


@pytest.mark.parametrize("kind", loading.kinds("rosters"))
def test_every_kind(kind: str) -> None:
    own = set(loading.kind_module("rosters", kind).Settings.model_fields)
    assert _told(f"## `kind: {kind}`") == own - {*RecordSettings.model_fields} | {"connection"}
