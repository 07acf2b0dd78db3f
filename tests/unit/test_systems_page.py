"""Each kind declares against what it was tested, and docs/systems.md and the README repeat it."""

import re

from offboarding.config import loading
from offboarding.interfaces import Against
from offboarding.interfaces.kinds import kind_module, kinds
from tests.support.rooms import ADAPTER_ROOMS

TESTED = {kind: kind_module(room, kind).Settings.tested for room in ADAPTER_ROOMS for kind in kinds(room)}
PAGE, README = ((loading.project_folder() / name).read_text("utf-8") for name in ("docs/systems.md", "README.md"))


def test_the_page_says_of_each_kind_how_it_was_tested() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| [")
    ]
    assert {row[0].split("`")[1]: row[-1] for row in rows} == {kind: str(how) for kind, how in TESTED.items()}


def test_the_readme_lists_the_kinds_by_it() -> None:
    rows = {against: re.findall(rf"^\| {against} \| (.*) \|$", README, re.MULTILINE) for against in Against}
    told = {against: set(re.findall(r"`(\w+)`", row)) for against, (row,) in rows.items()}
    assert told == {against: {kind for kind, how in TESTED.items() if how.against is against} for against in Against}
