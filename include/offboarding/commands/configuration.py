"""Looking at the configuration file."""

import json
from argparse import Namespace
from pathlib import Path

from include.offboarding import config
from include.offboarding.commands import DONE, REFUSED
from include.offboarding.commands.output import records, say
from include.offboarding.commands.records import SCHEMA_VERSION
from include.offboarding.config import Checked, Loaded
from include.offboarding.report.wording import counted


def check_config(given: Namespace) -> int:
    """Every mistake by its path, then what is likely not meant. Mistakes make the exit code 1, warnings don't."""
    checked = config.check()
    warnings = checked.loaded.warnings if checked.loaded else ()
    if given.format == "jsonl":
        records(
            [
                *({**_line("mistake", m.text), "path": m.path} for m in checked.mistakes),
                *({**_line("warning", warning), "path": None} for warning in warnings),
            ]
        )
    else:
        say(*_told(checked, warnings))
    return REFUSED if checked.mistakes else DONE


def config_schema(given: Namespace) -> int:
    """The JSON schema, as it is committed."""
    del given
    say(*json.dumps(config.json_schema(), indent=2, ensure_ascii=False).splitlines())
    return DONE


def _line(level: str, text: str) -> dict[str, object]:
    return {"schema_version": SCHEMA_VERSION, "level": level, "text": text}


def _told(checked: Checked, warnings: tuple[str, ...]) -> list[str]:
    path = _shown(checked.path)
    lines = [f"{path}: {mistake}" for mistake in checked.mistakes]
    lines += [f"{path}: warning: {warning}" for warning in warnings]
    if checked.loaded is None:
        return [*lines, f"{counted(len(checked.mistakes), 'mistake')}. Every key: docs/configuration.md"]
    return [*lines, f"{path}: good. {_summary(checked.loaded)}"]


def _summary(loaded: Loaded) -> str:
    settings = loaded.settings
    parts = sum(len(source.parts()) for source in settings.sources)
    listing = ", ".join(source.name for source in settings.sources if not source.parts())
    found = f" and those that {listing} lists each night" if listing else ""
    store = "beside the project" if settings.store == "embedded" else f"the connection {config.STORE_CONNECTION}"
    return (
        f"{counted(len(settings.rosters), 'roster')}, {counted(len(settings.sources), 'source')} read in"
        f" {counted(parts, 'part')}{found}, {counted(len(settings.trackers), 'tracker')}; store: {store}."
    )


def _shown(path: Path) -> Path:
    """From here, where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path
