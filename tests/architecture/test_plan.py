"""What docs/architecture.md names is there."""

import re

from tests.support.source_tree import DOMAIN_FOLDER, PROJECT

PAGE = (PROJECT / "docs/architecture.md").read_text("utf-8")
PLAN = PAGE.split("## Rooms\n")[1].split("```")[1]
PATHS = sorted({path for path in re.findall(r"`([\w./-]+/[\w.-]*)`", PAGE) if path.islower()})
ROOMS = re.findall(r"^  (\w+(?:/|\.py)) ", PLAN.split("include/offboarding/ ")[1], re.MULTILINE)


def test_a_path_is_there() -> None:
    folders = (PROJECT, PROJECT / "include", DOMAIN_FOLDER)
    assert [path for path in PATHS if not any((folder / path).exists() for folder in folders)] == []


def test_the_rooms_are_those_of_the_tree() -> None:
    there = {f"{path.name}/" for path in DOMAIN_FOLDER.iterdir() if (path / "__init__.py").exists()}
    alone = {path.name for path in DOMAIN_FOLDER.glob("*.py") if not path.name.startswith("__")}
    assert sorted(ROOMS) == sorted(there | alone)
