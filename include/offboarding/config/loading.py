"""`offboarding.yaml` -> typed settings. Each mistake is named by its path in the file, with the nearest valid word.

An entry's own keys are declared by the file of its kind, which is called as the kind is.
Secrets and hosts are never here: they are Airflow connections.
"""

import configparser
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from offboarding.config import beside, yaml_file
from offboarding.config.across import across
from offboarding.config.mistakes import Mistake, of_validation
from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings, warnings
from offboarding.config.spelling import nearest
from offboarding.interfaces import (
    NotifierSettings,
    QueueSettings,
    RosterSettings,
    SourceSettings,
    TrackerSettings,
    VerifierSettings,
)
from offboarding.interfaces.kinds import kind_module, kinds
from offboarding.model.errors import ConfigError
from offboarding.net import plain_file
from offboarding.net.destinations import StoreSettings

DEFAULT_PATH = Path("include/offboarding.yaml")
ROOMS = ("rosters", "sources", "verifiers", "trackers", "pagers", "notifiers")
"""What has entries by kind, a list each, called as the room."""
NEEDED_ROOMS = ("rosters", "sources")
QUEUE = "messages"
"""The one entry of a kind of `queues`."""

_Model = TypeVar("_Model", bound=BaseModel)
_Entry = RosterSettings | SourceSettings | TrackerSettings | NotifierSettings
_BASES = (RosterSettings, SourceSettings, VerifierSettings, TrackerSettings, NotifierSettings, QueueSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreChoice:
    """All that whoever only reads the store must know of the configuration."""

    store: Literal["embedded"] | StoreSettings | None
    time_zone: str
    """The company's, for what people read."""
    path: Path
    reserved_logins: tuple[str, ...] = Policy().reserved_logins
    """Logins that say nothing, in normal form: the default, since nothing else is read of the policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings, and what is legal but likely not meant."""

    settings: Settings
    warnings: tuple[str, ...]
    path: Path

    @property
    def choice(self) -> StoreChoice:
        """Which store they name."""
        return StoreChoice(store=self.settings.store, time_zone=self.settings.company.time_zone, path=self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedConfiguration:
    """What came of looking at the file: settings, or the mistakes that keep them back."""

    loaded: Loaded | None
    mistakes: tuple[Mistake, ...]
    path: Path


def config_path() -> Path:
    """`OFFBOARDING_CONFIG`, else `[offboarding] config` of Airflow, else `include/offboarding.yaml` of the project's
    folder. Raises ConfigError where Airflow's file can't be read.
    """
    if named := os.environ.get("OFFBOARDING_CONFIG"):
        return Path(named)
    if named := os.environ.get("AIRFLOW__OFFBOARDING__CONFIG") or _named_by_airflow():
        return plain_file.airflow_home() / Path(os.path.expandvars(named)).expanduser()
    return project_folder() / DEFAULT_PATH


def _named_by_airflow() -> str:
    """Read without Airflow, which takes a second to say so: commands ask as well."""
    path = Path(os.environ.get("AIRFLOW_CONFIG") or plain_file.airflow_home() / "airflow.cfg")
    settings = configparser.ConfigParser(interpolation=None)
    try:
        settings.read(Path(os.path.expandvars(path)).expanduser(), encoding="utf-8")
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise ConfigError(
            f"{path} can't be read ({type(error).__name__}): mend it, or set OFFBOARDING_CONFIG."
        ) from error
    return settings.get("offboarding", "config", fallback="").strip()


def project_folder() -> Path:
    """The folder that holds `include/`; Airflow's home, where the package was installed from a wheel."""
    return plain_file.PROJECT


def load(path: Path | None = None) -> Loaded:
    """Read and check the file. Raises ConfigError that lists every mistake, a line each."""
    checked = check(path)
    if checked.loaded is None:
        raise _error(checked.path, checked.mistakes)
    return checked.loaded


def check(path: Path | None = None) -> CheckedConfiguration:
    """Read the file and look at everything in it. Raises ConfigError only where it's no readable YAML mapping."""
    path = path or config_path()
    raw = read_mapping(path)
    order = list(raw)
    mistakes = list(_policy_mistakes(raw))
    rooms = {room: _entries(room, raw, mistakes) for room in ROOMS}
    # Entries are checked each by its own kind, so the whole is checked without them and given them afterwards.
    queue = _queue(raw.pop(QUEUE, None), mistakes)
    settings = _validated(Settings, {**raw, **dict.fromkeys(ROOMS, ())}, "", mistakes)
    if settings is not None:
        entries = {room: tuple(entries) for room, entries in rooms.items()}
        settings = settings.model_copy(update={**entries, QUEUE: queue})
        mistakes += across(settings)
    register = beside.register(path, raw, settings, mistakes)
    exceptions = beside.exceptions(path, raw, settings, mistakes)
    templates = beside.templates(path, raw, mistakes)
    if mistakes or settings is None:
        return CheckedConfiguration(loaded=None, mistakes=tuple(_in_order(mistakes, order)), path=path)
    settings = settings.with_register(register).with_exceptions(exceptions).with_templates(templates)
    loaded = Loaded(settings=settings, warnings=(*warnings(settings), *beside.ending(settings)), path=path)
    return CheckedConfiguration(loaded=loaded, mistakes=(), path=path)


def notifiers() -> tuple[NotifierSettings, ...]:
    """Return whom the file names to be told at once, each entry looked at by itself: a mistake elsewhere in the file
    keeps nobody from being told. Raises ConfigError where the file names some, and no entry is good.
    """
    path, mistakes = config_path(), list[Mistake]()
    found = cast("list[NotifierSettings]", _entries("notifiers", read_mapping(path), mistakes))
    if mistakes and not found:
        raise _error(path, mistakes)
    return tuple(found)


def store_choice(path: Path | None = None) -> StoreChoice:
    """Which store the file names; the rest of it isn't looked at, so that reading commands answer at once."""
    path = path or config_path()
    raw = read_mapping(path)
    mistakes: list[Mistake] = []
    company = _validated(Company, cast("Mapping[str, object]", raw.get("company") or {}), "company", mistakes)
    store = _store(raw.get("store"), mistakes)
    if mistakes or company is None:
        raise _error(path, mistakes)
    return StoreChoice(store=store, time_zone=company.time_zone, path=path)


def _store(given: object, mistakes: list[Mistake]) -> Literal["embedded"] | StoreSettings | None:
    if isinstance(given, dict):
        return _validated(StoreSettings, cast("Mapping[str, object]", given), "store", mistakes)
    if given not in (None, "embedded"):
        mistakes.append(Mistake(path="store", text=f"is embedded, hosts and sslmode, or left out (got {given!r})"))
    return "embedded" if given == "embedded" else None


def json_schema() -> dict[str, object]:
    """The file's JSON schema, for editors: each list's entries are those of any kind that the room holds."""
    schema = Settings.model_json_schema()
    definitions = _without_docstrings(schema.pop("$defs", {}))
    properties = cast("dict[str, object]", schema["properties"])
    for room in ROOMS:
        entries = [_entry_schema(room, kind, definitions) for kind in kinds(room)]
        least = {"minItems": 1} if room in NEEDED_ROOMS else {}
        properties[room] = {"type": "array", "items": {"oneOf": entries}, **least}
    queues = [_entry_schema("queues", kind, definitions) for kind in kinds("queues")]
    properties[QUEUE] = {**cast("dict[str, object]", properties[QUEUE]), "anyOf": [*queues, {"type": "null"}]}
    schema |= {"title": "offboarding.yaml", "description": "docs/configuration.md", "$defs": definitions}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _entry_schema(room: str, kind: str, definitions: dict[str, object]) -> dict[str, object]:
    own = TypeAdapter(kind_module(room, kind).Settings).json_schema(ref_template="#/$defs/{model}")
    for name, definition in _without_docstrings(own.pop("$defs", {})).items():
        if definitions.setdefault(name, definition) != definition:
            raise ConfigError(f"{room}/{kind}.py: another kind's settings are called {name} too. Rename one of them")
    # One word, so that an editor knows which of the kinds an entry is.
    own["properties"]["kind"] = {"const": kind, "title": "Kind"}
    name = f"{room}_{kind}"
    definitions[name] = {key: value for key, value in own.items() if key != "description"}
    return {"$ref": f"#/$defs/{name}"}


def _without_docstrings(definitions: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """A class's docstring is for whoever changes the class; what a user may write is told field by field."""
    return {
        name: {key: value for key, value in definition.items() if key != "description"}
        for name, definition in definitions.items()
        # What only an entry of no kind would be.
        if name not in {base.__name__ for base in _BASES}
    }


def _error(path: Path, mistakes: Iterable[Mistake]) -> ConfigError:
    return ConfigError("\n".join(f"{mistake.file or path}: {mistake}" for mistake in mistakes))


def read_mapping(path: Path) -> dict[str, object]:
    """Return what the file holds, unchecked. Raises ConfigError if it is not a YAML mapping."""
    held = yaml_file.read(path, absent="Set OFFBOARDING_CONFIG, or make the file: `offboarding init` does.")
    return yaml_file.mapping(path, held, empty="holds no settings. `offboarding init` writes some.")


def _entries(room: str, raw: dict[str, object], mistakes: list[Mistake]) -> list[_Entry]:
    if room not in raw:
        if room in NEEDED_ROOMS:
            mistakes.append(Mistake(path=room, text="is missing."))
        return []
    listed = raw.pop(room)
    if not isinstance(listed, list) or (room in NEEDED_ROOMS and not listed):
        mistakes.append(
            Mistake(path=room, text="is a list, a dash each" + (", of one at least" if listed == [] else ""))
        )
        return []
    entries: list[_Entry] = []
    for index, fields in enumerate(cast("list[object]", listed)):
        entry = cast("_Entry | None", _entry(room, f"{room}[{index}]", fields, mistakes))
        if entry is None:
            continue
        if entry.name in {other.name for other in entries}:
            mistakes.append(Mistake(path=f"{room}[{index}].name", text=f"{entry.name!r} stands twice"))
        entries.append(entry)
    return entries


def _queue(given: object, mistakes: list[Mistake]) -> QueueSettings | None:
    return None if given is None else cast("QueueSettings | None", _entry("queues", QUEUE, given, mistakes))


def _entry(room: str, where: str, entry: object, mistakes: list[Mistake]) -> BaseModel | None:
    if not isinstance(entry, dict):
        name = "" if room == "queues" else "name and "
        mistakes.append(Mistake(path=where, text=f"is a mapping with {name}kind"))
        return None
    fields = cast("dict[str, object]", entry)
    kind = fields.get("kind")
    if kind not in kinds(room):
        wrong = f"{kind!r} is unknown" if "kind" in fields else "is missing"
        mistakes.append(Mistake(path=f"{where}.kind", text=f"{wrong}.{nearest(str(kind), kinds(room))}"))
        return None
    return _validated(kind_module(room, str(kind)).Settings, fields, where, mistakes)


def _validated(model: type[_Model], fields: Mapping[str, object], where: str, mistakes: list[Mistake]) -> _Model | None:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        mistakes += of_validation(model, fields, where, error)
        return None


def _policy_mistakes(raw: Mapping[str, object]) -> Iterator[Mistake]:
    policy = raw.get("policy")
    severities = cast("dict[str, object]", policy).get("severities") if isinstance(policy, dict) else None
    if not isinstance(severities, dict):
        return
    known = beside.rules()
    for rule in map(str, cast("dict[object, object]", severities)):
        if rule not in known:
            yield Mistake(path=f"policy.severities.{rule}", text=f"is no rule.{nearest(rule, known)}")


def _in_order(mistakes: Iterable[Mistake], order: Sequence[str]) -> list[Mistake]:
    """As the file has them: by its top keys."""

    def place(mistake: Mistake) -> int:
        top = re.split(r"[.\[]", mistake.path)[0]
        return order.index(top) if top in order and mistake.file is None else len(order)

    return sorted(mistakes, key=place)
