"""The code as it is written: modules, what they import, what they say. Nothing of it is imported or run."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.support.garbage import kept
from tests.support.rooms import ADAPTER_ROOMS, ARROWS

PROJECT = Path(__file__).parents[2]
DOMAIN = "offboarding"
DOMAIN_FOLDER = PROJECT / "include" / "offboarding"
MADE = {
    *(".airflow", ".cache", ".demo", ".git", ".hypothesis", ".offboarding"),
    *(".pytest_cache", ".ruff_cache", ".try", ".venv", "dist"),
}
"""Folders that are made, as .gitignore says."""


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: Path

    @cached_property
    def name(self) -> str:
        """Such as offboarding.store.runs; a package is called as its folder is."""
        dotted = ".".join(self.path.relative_to(PROJECT).with_suffix("").parts)
        return dotted.removeprefix("include.").removesuffix(".__init__")

    @cached_property
    def room(self) -> str:
        """The part of the domain it belongs to, as the plan has it; "" for the domain's own docstring."""
        return room_of(self.name)

    @cached_property
    def lines(self) -> int:
        return len(self.path.read_text(encoding="utf-8").splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        with kept():
            return ast.parse(self.path.read_text(encoding="utf-8"), filename=str(self.path))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Full names of what it imports, at the top, in functions, and by a name in a string."""
        return frozenset(self._imports())

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Its strings, those in f-strings too, without docstrings."""
        said = {id(node) for node in self._sentences()}
        return tuple(
            node.value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
        )

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Its docstrings, and the lines under fields."""
        return tuple(node.value for node in self._sentences() if isinstance(node.value, str))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name and attribute that it uses or gives."""
        given = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
        return frozenset(
            [node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)]
            + [node.attr for node in ast.walk(self.tree) if isinstance(node, ast.Attribute)]
            + [node.name for node in ast.walk(self.tree) if isinstance(node, given)]
        )

    @cached_property
    def words(self) -> str:
        """All texts and names at once, in small letters: what isn't in here stands in none of them."""
        return "\n".join((*self.texts, *self.names)).lower()

    @cached_property
    def docstring(self) -> str:
        return ast.get_docstring(self.tree) or ""

    def _sentences(self) -> Iterator[ast.Constant]:
        """Docstrings, and the lines under fields."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield node.value

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}: imports are written in full"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            # By its name in a string; one that goes on with a kind is asked for by its room.
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                yield from (
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )


@cache
def room_of(name: str) -> str:
    """The room that a full name lies in: the longest of the plan that it begins with, else its first part."""
    inner = name.removeprefix(DOMAIN).removeprefix(".")
    fitting = [room for room in ARROWS if f"{inner}.".startswith(f"{room}.")]
    return max(fitting, key=len, default=inner.split(".")[0])


@cache
def modules(folder: str = "include/offboarding") -> tuple[Module, ...]:
    """Every module below a folder of the project."""
    return tuple(Module(path) for path in sorted((PROJECT / folder).rglob("*.py")))


def known_to_airflow() -> tuple[Module, ...]:
    """What makes the DAGs, and the files that Airflow reads."""
    return tuple(each for folder in ("include/offboarding_airflow", "dags", "plugins") for each in modules(folder))


def of_room(*rooms: str) -> list[Module]:
    """The domain's modules in these rooms."""
    found = [module for module in modules() if module.room in rooms]
    assert {module.room for module in found} == set(rooms)
    return found


def kinds(room: str) -> list[str]:
    """The kinds that a room of systems offers."""
    return sorted({inner(module) for module in of_room(room) if not is_shared(inner(module))})


def rules() -> list[str]:
    """The rules, by their files."""
    return [path.stem for path in sorted((DOMAIN_FOLDER / "rules").glob("[!_]*.py"))]


@cache
def inner(module: Module) -> str:
    """The kind that a module belongs to, as `aws_iam`; what kinds share, as `_http`, `aws._api` or `aws.__init__`.

    "" for a module of another room.
    """
    if module.room not in ADAPTER_ROOMS:
        return ""
    room = DOMAIN_FOLDER / module.room
    parts = module.path.relative_to(room).with_suffix("").parts
    shared = next((at for at, part in enumerate(parts, 1) if re.match("_[^_]", part)), None)
    if shared is not None:
        return ".".join(parts[:shared])
    for length in range(len(parts) - 1, 0, -1):
        if (room.joinpath(*parts[:length]) / "settings.py").exists():
            return "_".join(parts[:length])
    return ".".join(parts)


def is_shared(name: str) -> bool:
    """Whether that is no kind."""
    return "._" in f".{name}"


def serves(shared: str, kind: str) -> bool:
    """Whether that is what every kind of the room may stand on, or every kind of the same vendor."""
    vendor = f".{shared}".partition("._")[0].removeprefix(".")
    return is_shared(shared) and kind.replace(".", "_").startswith(vendor.replace(".", "_"))


@cache
def committed() -> tuple[Path, ...]:
    """Every file that isn't made by a tool."""
    top = [path for path in PROJECT.iterdir() if path.name not in MADE]
    nested = [path for folder in top if folder.is_dir() for path in folder.rglob("*") if path.is_file()]
    return tuple(sorted(path for path in [*top, *nested] if path.is_file() and "__pycache__" not in path.parts))


@cache
def functions_of_tests() -> set[tuple[str, str]]:
    """Every test function, by its module's last name and its own."""
    return {
        (module.path.stem, node.name)
        for module in modules("tests")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
