"""The file on disk: only a good one, and never over one that is there."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from offboarding.config import loading
from offboarding.config.init.rereading import problems_of_files
from offboarding.config.loading import Loaded
from offboarding.model.errors import ConfigError


def refuse_to_overwrite(path: Path) -> None:
    """Raise ConfigError where something stands there."""
    if path.exists():
        raise ConfigError(f"{path} is there already, and isn't overwritten. Name another file, or say --force.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A configuration that was put in its place."""

    loaded: Loaded
    problems: Sequence[str]
    """What a night would report of the rosters' files."""


def write(path: Path, text: str, as_of: datetime, *, force: bool) -> WrittenFile:
    """Check it, read its rosters' files as the night does, then put it there, and its schema for editors beside it.

    Raises ConfigError that lists what is wrong; then nothing is written.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror}.") from error
    try:
        checked = loading.check(new)
        if checked.loaded is None:
            wrong = "\n".join(f"  {mistake}" for mistake in checked.mistakes)
            raise ConfigError(
                f"Something is missing, and nothing was written. Say it with --set NAME.KEY=VALUE:\n{wrong}"
            )
        written = WrittenFile(loaded=checked.loaded, problems=tuple(problems_of_files(checked.loaded.settings, as_of)))
        if force:
            new.replace(path)
        else:
            _link(new, path)
    finally:
        new.unlink(missing_ok=True)
    schema = json.dumps(loading.json_schema(), indent=2, ensure_ascii=False)
    path.with_name("offboarding.schema.json").write_text(f"{schema}\n", encoding="utf-8")
    return written


def _link(new: Path, path: Path) -> None:
    """A rename would overwrite what came meanwhile."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        refuse_to_overwrite(path)
    except OSError:
        # A file system without links.
        with path.open("x", encoding="utf-8") as file:
            file.write(new.read_text(encoding="utf-8"))
