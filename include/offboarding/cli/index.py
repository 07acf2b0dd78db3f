"""Which commands and decisions there are, read off their files without running them: to list them costs no import."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from offboarding import cli, decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A function that may be typed, as `@command` or `@decision` declares it."""

    words: str
    """What is typed: "link confirm"."""
    example: str
    """What may be typed behind that."""
    sentence: str
    """What comes of it: what its docstring begins with."""
    module: str
    function: str
    decision: str = ""
    """What forms call it; "" where it's no decision."""


@cache
def declared() -> Mapping[str, Declared]:
    """All of them, by their words."""
    rooms = ((cli, "command"), (decisions, "decision"))
    return {each.words: each for room, mark in rooms for path in _files(room) for each in _in_file(path, room, mark)}


def _files(room: ModuleType) -> Sequence[Path]:
    return sorted(path for folder in room.__path__ for path in Path(folder).glob("*.py"))


def _in_file(path: Path, room: ModuleType, mark: str) -> Iterator[Declared]:
    text = path.read_text("utf-8")
    # Many files declare none.
    body = ast.parse(text).body if f"@{mark}(" in text else []
    for function in (each for each in body if isinstance(each, ast.FunctionDef)):
        for each in function.decorator_list:
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == mark:
                yield _declared(function, each, f"{room.__name__}.{path.stem}")


def _declared(function: ast.FunctionDef, mark: ast.Call, module: str) -> Declared:
    named = {word.arg: word.value.value for word in mark.keywords if isinstance(word.value, ast.Constant)}
    name, docstring = str(ast.literal_eval(mark.args[0])), ast.get_docstring(function) or ""
    return Declared(
        words=str(named.get("command", name)),
        example=str(named.get("example", "")),
        sentence=" ".join(docstring.partition("\n\n")[0].split()),
        module=module,
        function=function.name,
        decision=name if module.startswith(decisions.__name__) else "",
    )
