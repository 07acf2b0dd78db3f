"""What docs/limits.md says of single systems: each one's folder has its own rows in limits.py."""

import importlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

KB, MB = 1024, 1 << 20
SYSTEMS = Path(__file__).parents[1] / "systems"


def default(model: type[BaseModel], name: str) -> Any:
    """Of a setting; in seconds where it's a duration."""
    value = model.model_fields[name].default
    return value.total_seconds() if isinstance(value, timedelta) else value


def bounds_of(folder: str) -> dict[str, tuple[float, str]]:
    """A system's rows: each bound, and the setting that it is, if any."""
    has_some = (SYSTEMS / folder / "limits.py").is_file()
    return importlib.import_module(f"tests.systems.{folder}.limits").BOUNDS if has_some else {}


def bounds_of_all() -> dict[str, tuple[float, str]]:
    """The rows of every system."""
    return {name: bound for place in sorted(SYSTEMS.iterdir()) for name, bound in bounds_of(place.name).items()}
