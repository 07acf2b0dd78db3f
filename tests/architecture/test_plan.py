"""What docs/architecture.md names is there."""

import re

from tests.support.source_tree import DOMAIN, DOMAIN_FOLDER, PROJECT, known_to_airflow, modules, room_of

PAGE = (PROJECT / "docs/architecture.md").read_text("utf-8")
PLAN = PAGE.split("## Rooms\n")[1].split("```")[1]
PATHS = sorted({path for path in re.findall(r"`([\w./-]+/[\w.-]*)`", PAGE) if path.islower()})
ROOMS = re.findall(r"^  (\w+(?:/|\.py)) ", PLAN.split("include/offboarding/ ")[1], re.MULTILINE)
ARROWS = {
    left: {right.strip() for right in rights.partition(";")[0].split(",")}
    for lefts, rights in re.findall(r"^(.+?) +-> (.+)$", PAGE.split("By and large")[1].split("```")[1], re.MULTILINE)
    for left in lefts.split(", ")
}
"""What each may use beside `model`; a room's name stands for what is in it, too."""


def test_a_path_is_there() -> None:
    folders = (PROJECT, PROJECT / "include", DOMAIN_FOLDER)
    assert [path for path in PATHS if not any((folder / path).exists() for folder in folders)] == []


def test_the_rooms_are_those_of_the_tree() -> None:
    there = {f"{path.name}/" for path in DOMAIN_FOLDER.iterdir() if (path / "__init__.py").exists()}
    alone = {path.name for path in DOMAIN_FOLDER.glob("*.py") if not path.name.startswith("__")}
    assert sorted(ROOMS) == sorted(there | alone)


def within(place: str, room: str) -> bool:
    return f"{place}/".startswith(f"{room}/")


def test_the_arrows_are_those_of_the_code() -> None:
    used: dict[str, set[str]] = {}
    for module in (*modules(), *known_to_airflow()):
        own = module.room.replace(".", "/") if module in modules() else "offboarding_airflow"
        left = max((each for each in ARROWS if within(own, each)), key=len, default=own)
        rooms = {room_of(name).replace(".", "/") for name in module.imports if name.startswith(f"{DOMAIN}.")}
        used.setdefault(left, set()).update(room for room in rooms if not within(room, left))  # pyrefly: ignore[bad-argument-type, no-matching-overload]
    for left in ("", "__main__"):
        del used[left]

    drawn = {left: ARROWS.get(left, set()) | {"model", left.split("/")[0]} for left in used}
    rooms = {left: {room for room in used[left] if not any(within(room, to) for to in drawn[left])} for left in used}
    assert {left: found for left, found in rooms.items() if found} == {}, "draw these arrows"
    gone = {left: {to for to in ARROWS[left] if not any(within(room, to) for room in used[left])} for left in ARROWS}
    assert {left: found for left, found in gone.items() if found} == {}, "nobody uses these arrows"
