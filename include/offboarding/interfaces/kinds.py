"""Which kinds of systems there are: each folder of a room with a file settings.py is one.

Its name is the `kind` in the configuration. Within its vendor's folder it begins with that: sources/aws/iam is
`aws_iam`. What kinds share lies in files and folders whose names begin with `_`.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

_DOMAIN = __name__.partition(".")[0]


def kinds(room: str) -> tuple[str, ...]:
    """The kinds that a room offers."""
    return tuple(sorted(_packages(room)))


def kind_module(room: str, kind: str) -> ModuleType:
    """The package of a kind."""
    return importlib.import_module(_packages(room)[kind])


def kind_part(room: str, kind: str, part: str) -> ModuleType | None:
    """A file of a kind's package, by its name; None where it has none."""
    own = kind_module(room, kind)
    return importlib.import_module(f"{own.__name__}.{part}") if has_part(room, kind, part) else None


def has_part(room: str, kind: str, part: str) -> bool:
    """Whether a kind's package has a file of that name; it isn't imported."""
    return part in {module.name for module in pkgutil.iter_modules(kind_module(room, kind).__path__)}


def _packages(room: str) -> Mapping[str, str]:
    """The full name of each kind's package."""
    package = importlib.import_module(f"{_DOMAIN}.{room}")
    return _found(package.__name__, tuple(package.__path__))


@cache
def _found(package: str, tops: tuple[str, ...]) -> Mapping[str, str]:
    found = dict[str, str]()
    for top in map(Path, tops):
        for folder in (settings.parent.relative_to(top) for settings in top.rglob("settings.py")):
            if not any(part.startswith("_") for part in folder.parts):
                found["_".join(folder.parts)] = ".".join((package, *folder.parts))
    return found
