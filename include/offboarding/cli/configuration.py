"""Looking at the configuration file."""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from offboarding import wiring
from offboarding.cli import DONE, REFUSED
from offboarding.cli.lines import page
from offboarding.cli.lines.checks import MistakeLine
from offboarding.cli.options import Format, alone, argument, command, option
from offboarding.cli.output import records, say
from offboarding.cli.stores import UnreachableError, session_on
from offboarding.config import loading
from offboarding.config.loading import CheckedConfiguration, Loaded
from offboarding.config.settings import STORE_CONNECTION, Settings
from offboarding.custody import register
from offboarding.identity.folding import normal
from offboarding.model import counted
from offboarding.model.errors import ConfigError
from offboarding.model.naming import worker_of
from offboarding.runs import opening
from offboarding.store.register import unknown_workers
from offboarding.tickets import remedies_page
from offboarding.waivers import register as let_stand


@command("check-config")
def check_config(*, output: Format = "table") -> int:
    """Name each mistake in the configuration by its path, with the nearest valid word; and what's likely not meant.

    Mistakes make the exit code 1, warnings don't.
    """
    checked = loading.check()
    if checked.loaded:
        # What no run could write down is a defect, and ends the command as it would end each night.
        opening.rows_of_files(checked.loaded.settings)
    warnings = (*checked.loaded.warnings, *_custodians(checked.loaded)) if checked.loaded else ()
    notes = checked.loaded.settings.untested() if checked.loaded else ()
    if output == "jsonl":
        records(
            [
                *(MistakeLine(level="mistake", text=m.text, path=m.path, file=m.file) for m in checked.mistakes),
                *(MistakeLine(level="warning", text=warning, path=None, file=None) for warning in warnings),
                *(MistakeLine(level="note", text=text, path=None, file=None) for text in notes),
            ]
        )
    else:
        say(*_lines(checked, warnings, notes))
    return REFUSED if checked.mistakes else DONE


@command("config-schema", example="> include/offboarding.schema.json")
def config_schema(
    *,
    custody: Annotated[bool, option("--custody", text="that of the custody register, custody.yaml")] = False,
    exceptions: Annotated[bool, option("--exceptions", text="that of exceptions.yaml")] = False,
) -> int:
    """Print the configuration's JSON schema, for editors."""
    alone({"--custody": custody, "--exceptions": exceptions})
    schema = loading.json_schema()
    if custody:
        schema = register.json_schema()
    elif exceptions:
        schema = let_stand.json_schema()
    say(*json.dumps(schema, indent=2, ensure_ascii=False).splitlines())
    return DONE


@command("fields", example="> jsonl.md")
def jsonl_fields() -> int:
    """Print what `--format jsonl` holds, field by field, in Markdown."""
    say(*page.page().splitlines())
    return DONE


@command("remedies", example="> remedies.md")
def remedies(
    kind: Annotated[str | None, argument("KIND", "a kind of system; all with commands if left out", str)] = None,
) -> int:
    """Print the commands that tickets tell people to run, and how to undo them, by examples in Markdown."""
    known = remedies_page.kinds_with_remedies()
    if kind and kind not in known:
        raise ConfigError(f"{kind} is not a kind with commands of its own. Choose one of: {', '.join(known)}")
    say(*remedies_page.page([kind] if kind else ()).splitlines())
    return DONE


def _custodians(loaded: Loaded) -> Iterator[str]:
    """Yield which custodians no roster has ever reported, or why that is not checked."""
    named, own = _workers(loaded.settings), loaded.settings.custody
    if not named:
        return
    try:
        unknown = _unknown(loaded, named)
    except (ConfigError, UnreachableError) as error:
        yield f"{own}: whether its custodians exist is NOT CHECKED: {error}"
        return
    for space, number in unknown:
        yield (
            f"{own}: custodian {space}:{number} is no worker that a roster has reported. Nobody's departure concerns"
            " what is registered there. Correct the number, or read the roster first."
        )


def _workers(settings: Settings) -> set[tuple[str, str]]:
    """Return every worker who is named as a custodian, by id space and normal number."""
    found = (each for entry in settings.register.keys for each, _ in register.custodians_of(settings.register, entry))
    named = (worker_of(each.worker, settings.id_spaces) for each in found if each.worker)
    return {(space, normal(number)) for space, number in named}


def _unknown(loaded: Loaded, named: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    if loaded.settings.store == "embedded" and not wiring.embedded_folder(loaded).exists():
        raise ConfigError("nothing has been read yet.")
    with session_on(loaded) as session:
        return unknown_workers(session, named)


def _lines(checked: CheckedConfiguration, warnings: Sequence[str], notes: Sequence[str]) -> list[str]:
    path = _shown(checked.path)
    lines = [f"{_shown(mistake.file) if mistake.file else path}: {mistake}" for mistake in checked.mistakes]
    lines += [f"{path}: warning: {warning}" for warning in warnings]
    lines += [f"{path}: note: {text}" for text in notes]
    if checked.loaded is None:
        pages = "docs/configuration.md"
        if any(mistake.file for mistake in checked.mistakes):
            pages += ", and of the register docs/custody.md"
        return [*lines, f"{counted(len(checked.mistakes), 'mistake')}. Every key: {pages}"]
    return [*lines, f"{path}: good. {_summary(checked.loaded)}", _register(checked.loaded)]


def _summary(loaded: Loaded) -> str:
    settings = loaded.settings
    parts = sum(len(source.parts()) for source in settings.sources)
    listing = ", ".join(source.name for source in settings.sources if not source.parts())
    found = f" and those that {listing} lists each night" if listing else ""
    store = "beside the project" if settings.store == "embedded" else f"the connection {STORE_CONNECTION}"
    return (
        f"{counted(len(settings.rosters), 'roster')}, {counted(len(settings.sources), 'source')} read in"
        f" {counted(parts, 'part')}{found}, {counted(len(settings.trackers), 'tracker')}; store: {store}."
    )


def _register(loaded: Loaded) -> str:
    settings, own = loaded.settings, loaded.path.parent / loaded.settings.custody
    if not settings.register.keys:
        none = "names no key" if own.exists() else "isn't there"
        return f"{_shown(own)}: {none}: who may have held the keys that verifiers trust is NOT CHECKED."
    custodians = sum(len(entry.custodians) for entry in settings.register.keys)
    keys, teams = counted(len(settings.register.keys), "key"), counted(len(settings.register.teams), "team")
    return f"{_shown(own)}: good. {keys}, {counted(custodians, 'custodian')}, {teams}."


def _shown(path: Path) -> Path:
    """From here, where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path
