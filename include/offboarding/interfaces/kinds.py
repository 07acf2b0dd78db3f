"""Which kinds of systems there are: a room's files and packages, each called as the `kind` in the configuration."""

import importlib
import pkgutil
from types import ModuleType

_DOMAIN = __name__.partition(".")[0]


def kinds(room: str) -> tuple[str, ...]:
    """The kinds that a room offers."""
    package = importlib.import_module(f"{_DOMAIN}.{room}")
    return tuple(sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")))


def kind_module(room: str, kind: str) -> ModuleType:
    """The file of a kind, or its package."""
    return importlib.import_module(f"{_DOMAIN}.{room}.{kind}")


def kind_part(room: str, kind: str, part: str) -> ModuleType | None:
    """A file of a kind's package, by its name; None where it has none."""
    own = kind_module(room, kind)
    return importlib.import_module(f"{own.__name__}.{part}") if has_part(room, kind, part) else None


def has_part(room: str, kind: str, part: str) -> bool:
    """Whether a kind's package has a file of that name; it isn't imported."""
    there = pkgutil.iter_modules(getattr(kind_module(room, kind), "__path__", ()))
    return part in {module.name for module in there}
