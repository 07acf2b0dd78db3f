"""Print what a new source, verifier, tracker or rule costs, by the examples of docs/adding.md, and what holds the rest.

Run: python scripts/costs_of_adding.py
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "include")]

from tests.support.adding_page import blocks  # noqa: E402 - found by the path above
from tests.support.rooms import ADAPTER_ROOMS, ARROWS  # noqa: E402 - the same
from tests.support.source_tree import DOMAIN_FOLDER, Module, modules, room_of  # noqa: E402 - the same

PACKAGE = DOMAIN_FOLDER.relative_to(PROJECT).as_posix()
MOST_ENTRIES = 23
"""On the package's first level."""


def examples() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """(room, kind) -> the page's files of it: its own, its test, its page of documentation."""
    own = [name.removeprefix(f"{PACKAGE}/").split("/") for name in blocks() if name.startswith(PACKAGE)]
    found = {(parts[0], parts[1].removesuffix(".py")): dict[str, str]() for parts in own}
    for name, text in blocks().items():
        (owner,) = [files for (_, kind), files in found.items() if kind in name]
        owner[name] = text
    return found


def cost(room: str, files: Mapping[str, str]) -> str:
    """What one example takes, in words."""
    own = [text for name, text in files.items() if name.startswith(PACKAGE)]
    tests = "\n".join(text for name, text in files.items() if name.startswith("tests/"))
    pages = sum(name.startswith("docs/") for name in files)
    edited = sum((PROJECT / name).exists() for name in files)
    proof = f"{contracts(tests)} contract line" if room in ADAPTER_ROOMS else f"1 table of {cases(tests)} cases"
    lines = sum(len(text.splitlines()) for text in own)
    return f"{len(own)} file(s) of {lines} lines, {proof}, {pages} page(s), {edited} edit(s) elsewhere"


def contracts(tests: str) -> int:
    """Classes that are a room's suite and nothing more."""
    classes = [node for node in ast.walk(ast.parse(tests)) if isinstance(node, ast.ClassDef)]
    return sum(ast.unparse(base).endswith("Contract") for node in classes for base in node.bases)


def cases(tests: str) -> int:
    """Rows of tables."""
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(tests)) if isinstance(node, ast.Call)]
    return calls.count("pytest.param")


def first_level() -> list[str]:
    """Rooms and files of the package, but for what Python itself asks for (__init__, __main__, py.typed)."""
    names = (entry.name for entry in DOMAIN_FOLDER.iterdir())
    return sorted(name for name in names if not name.startswith("__") and name != "py.typed")


def imported(module: Module) -> Iterator[str]:
    """The package's modules that one imports."""
    ours = {each.name for each in modules()}
    for name in module.imports:
        # A name within a module stands for the module.
        found = next((each for each in (name, name.rpartition(".")[0]) if each in ours), None)
        if found and found != module.name:
            yield found


def circle() -> list[str]:
    """Modules that import each other in a circle; none where there is none."""
    try:
        list(TopologicalSorter({module.name: set(imported(module)) for module in modules()}).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def arrows_upward() -> list[str]:
    """Imports that the plan of rooms doesn't allow."""
    return [
        f"{module.name} -> {name}"
        for module in modules()
        for name in imported(module)
        if room_of(name) not in {module.room, *ARROWS.get(module.room, set())}
    ]


def main() -> None:
    """Print it."""
    for (room, kind), files in examples().items():
        print(f"{room}/{kind}: {cost(room, files)}")
    print(f"package: {sum(module.lines for module in modules())} lines of Python in {len(modules())} files")
    print(f"first level: {len(first_level())} entries of at most {MOST_ENTRIES}")
    print(f"imports: circles {circle() or 'none'}, arrows upward {arrows_upward() or 'none'}")


if __name__ == "__main__":
    main()
