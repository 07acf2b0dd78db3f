"""`offboarding.yaml` -> typed settings. Each mistake is named by its path in the file, with the nearest valid word.

A roster's, source's or tracker's own keys are declared by the file of its kind (`rosters/csv.py` declares kind csv).
Secrets and hosts are never here: they are Airflow connections.
"""

import difflib
import importlib
import os
import pkgutil
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal, TypeVar, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError, field_validator

from include.offboarding.errors import ConfigError
from include.offboarding.interfaces import RosterSettings, SourceSettings, Strict, TrackerSettings
from include.offboarding.model import Severity

DEFAULT_PATH = Path("include/offboarding.yaml")
STORE_CONNECTION = "offboarding_store"
ROOMS = ("rosters", "sources", "trackers")

_Named = TypeVar("_Named", RosterSettings, SourceSettings)
_Model = TypeVar("_Model", bound=BaseModel)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no IANA time zone, such as Asia/Seoul") from error
    return name


def _pattern(pattern: str) -> str:
    if pattern.count("{login}") != 1:
        raise ValueError(f"{pattern!r} needs {{login}} once, such as adm-{{login}}")
    return pattern


Zone = Annotated[str, AfterValidator(_zone)]
LoginPattern = Annotated[str, AfterValidator(_pattern)]


class Company(Strict):
    """What is true of the whole company."""

    time_zone: Zone = Field(description="Where a worker's zone is unknown, and for what people read.")
    mail_domains: tuple[str, ...] = Field(default=(), description="Our own domains.")
    mail_aliases: Mapping[str, str] = Field(default={}, description="Alias domain -> the domain it stands for.")
    login_patterns: tuple[LoginPattern, ...] = Field(default=(), description="Second logins, such as adm-{login}.")
    service_patterns: tuple[str, ...] = Field(default=(), description="Workloads' logins, such as svc-*.")


class MaxInferred(Strict):
    """How many may be taken to have left at once because a feed no longer lists them: the greater of the two."""

    absolute: int = Field(default=5, ge=0)
    percent: float = Field(default=1, ge=0, le=100)

    def of(self, workers: int) -> int:
        """The bound for a roster of so many workers."""
        return max(self.absolute, int(workers * self.percent / 100))


class Scores(Strict):
    """What evidence is worth, in whole hundredths (docs/architecture.md, correlation)."""

    directory_id: int = 100
    number: int = 90
    tag_number: int = 80
    loose_number: int = 55
    mail: int = 80
    tag_mail: int = 80
    login_given: int = 85
    login_realm: int = 80
    login_pattern: int = 80
    login_usual: int = 60
    login_elsewhere: int = 50
    ssh_key: int = 60
    owner: int = 80
    linked: int = Field(default=80, description="At least this much links.")
    ahead: int = Field(default=30, description="And this much ahead of anyone else.")
    probable: int = Field(default=50, description="At least this much makes a review item of a leaver's.")
    candidate: int = Field(default=40, description="Less is no trace of a person.")
    made_after_cap: int = Field(default=55, description="The most that mail and login give for an account made later.")
    bearers: int = Field(default=10, description="A value that more accounts of a realm bear weighs nothing.")


class DueHours(Strict):
    """How long a ticket may take, in hours from the night that opened it."""

    used_after_departure: float = 0
    privileged: float = 4
    other: float = 24
    review: float = Field(default=120, description="Accounts to review and departures to confirm.")


class Policy(Strict):
    """What the company decides; everything has a default."""

    baseline: Literal["hold", "ticket"] = Field(
        default="hold", description="hold: what a first complete read finds waits until a person releases it."
    )
    max_new_tickets: int = Field(default=50, ge=0, description="Over it the whole batch waits.")
    max_inferred: MaxInferred = MaxInferred()
    min_roster_percent: float = Field(
        default=80, ge=0, le=100, description="A feed shorter than this share of its last complete read is partial."
    )
    pre_start_days: int = Field(default=14, ge=0, description="A next employment this near keeps somebody here.")
    possibly_one_days: int = Field(default=30, ge=0, description="Two employments this near, one mail: possibly one.")
    unverified_nights: int = Field(default=3, ge=1, description="Then one ticket a source asks for the missing right.")
    new_generation_days: int = Field(default=30, ge=0, description="A ticket closed longer ago is not reopened.")
    queue: str = Field(default="", description="Ticket queue where a source names none.")
    review_queue: str = Field(default="", description="Queue for accounts to review and departures to confirm.")
    severities: Mapping[str, Severity] = Field(default={}, description="Rule -> severity, over the rule's own.")
    due_hours: DueHours = DueHours()
    scores: Scores = Scores()
    usual_login_patterns: tuple[LoginPattern, ...] = ("adm-{login}", "admin-{login}", "a-{login}", "{login}-adm")
    reserved_logins: tuple[str, ...] = (
        *("admin", "administrator", "root", "test", "guest", "user", "service", "support", "backup", "info"),
        *("postmaster", "webmaster", "operator", "deploy", "jenkins", "git", "www", "ftp", "nobody"),
    )
    placeholders: tuple[str, ...] = ("n/a", "na", "none", "null", "nil", "-", "--", "unknown", "tbd", "x", "?")
    privileged: tuple[str, ...] = Field(
        default=("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "*admin*", "wheel", "sudo"),
        description="Groups and policies that make an account privileged, as patterns without regard to case.",
    )


class Settings(Strict):
    """The whole file."""

    company: Company
    store: Literal["embedded"] | None = Field(
        default=None, description=f"embedded: beside the project; left out: the connection {STORE_CONNECTION}."
    )
    rosters: tuple[RosterSettings, ...]
    sources: tuple[SourceSettings, ...]
    trackers: tuple[TrackerSettings, ...] = ()
    policy: Policy = Policy()

    @field_validator("trackers")
    @classmethod
    def _one_tracker(cls, trackers: tuple[TrackerSettings, ...]) -> tuple[TrackerSettings, ...]:
        if len(trackers) > 1:
            raise ValueError("one tracker can be served as yet; name the queues of the others in their sources")
        return trackers

    def roster(self, name: str) -> RosterSettings:
        """By name. Raises ConfigError with the nearest one."""
        return _named(self.rosters, name, "rosters")

    def source(self, name: str) -> SourceSettings:
        """By name. Raises ConfigError with the nearest one."""
        return _named(self.sources, name, "sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings, and what is legal but likely not meant."""

    settings: Settings
    warnings: tuple[str, ...]
    path: Path


def _named(items: Sequence[_Named], name: str, what: str) -> _Named:
    for item in items:
        if item.name == name:
            return item
    raise ConfigError(f"{what}: there is no {name!r}.{_nearest(name, [item.name for item in items])}")


def config_path() -> Path:
    """`OFFBOARDING_CONFIG`, else the committed file, found from the project's folder."""
    named = os.environ.get("OFFBOARDING_CONFIG")
    return Path(named) if named else project_folder() / DEFAULT_PATH


def project_folder() -> Path:
    """The folder that holds `include/`."""
    return Path(__file__).resolve().parents[2]


def load(path: Path | None = None) -> Loaded:
    """Read and check the file. Raises ConfigError that lists every mistake, a line each."""
    path = path or config_path()
    raw = _read(path)
    mistakes: list[str] = []
    rooms: dict[str, list[object]] = {}
    for room in ROOMS:
        rooms[room] = _items(room, raw.pop(room, []), mistakes)
    settings = _validated(Settings, {**raw, "rosters": (), "sources": (), "trackers": ()}, "", mistakes)
    if settings is not None:
        settings = settings.model_copy(update={room: tuple(rooms[room]) for room in ROOMS})
        mistakes += _cross_mistakes(settings)
    if mistakes or settings is None:
        raise ConfigError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    return Loaded(settings=settings, warnings=tuple(_warnings(settings)), path=path)


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML would silently take the last of."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = cast("object", self.construct_object(key_node, deep=True))
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return cast("dict[Hashable, object]", super().construct_mapping(node, deep))


def _read(path: Path) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror}). Set OFFBOARDING_CONFIG or make the file.") from error
    try:
        raw = cast("object", yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: holds no settings. Start from the committed include/offboarding.yaml.")
    return {str(key): value for key, value in cast("dict[object, object]", raw).items()}


def kinds(room: str) -> tuple[str, ...]:
    """The kinds that a room offers: the names of its files."""
    package = importlib.import_module(f"include.offboarding.{room}")
    return tuple(sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")))


def kind_module(room: str, kind: str) -> ModuleType:
    """The file of a kind."""
    return importlib.import_module(f"include.offboarding.{room}.{kind}")


def _items(room: str, raw: object, mistakes: list[str]) -> list[object]:
    if not isinstance(raw, list):
        mistakes.append(f"{room}: is a list, a dash each")
        return []
    items: list[object] = []
    names: set[str] = set()
    for index, entry in enumerate(cast("list[object]", raw)):
        where = f"{room}[{index}]"
        item = _item(room, where, entry, mistakes)
        if item is None:
            continue
        if item.name in names:
            mistakes.append(f"{where}.name: {item.name!r} stands twice")
        names.add(item.name)
        items.append(item)
    return items


def _item(
    room: str, where: str, entry: object, mistakes: list[str]
) -> RosterSettings | SourceSettings | TrackerSettings | None:
    if not isinstance(entry, dict):
        mistakes.append(f"{where}: is a mapping with name and kind")
        return None
    fields = cast("dict[str, object]", entry)
    kind = fields.get("kind")
    if kind not in kinds(room):
        mistakes.append(f"{where}.kind: {kind!r} is unknown.{_nearest(str(kind), kinds(room))}")
        return None
    return _validated(kind_module(room, str(kind)).Settings, fields, where, mistakes)


def _validated(
    model: type[_Model], fields: Mapping[str, object], where: str, mistakes: list[str]
) -> _Model | None:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        mistakes += [_mistake(model, where, dict(detail)) for detail in error.errors(include_url=False)]
        return None


def _mistake(model: type[BaseModel], where: str, detail: Mapping[str, object]) -> str:
    loc = cast("tuple[int | str, ...]", detail["loc"])
    path = where
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else (f".{part}" if path else str(part))
    if detail["type"] == "extra_forbidden":
        return f"{path} is unknown.{_nearest(str(loc[-1]), _fields_at(model, loc[:-1]))}"
    if detail["type"] == "missing":
        return f"{path} is missing."
    return f"{path}: {str(detail['msg']).removeprefix('Value error, ')} (got {detail['input']!r})"


def _fields_at(model: type[BaseModel], loc: Iterable[int | str]) -> tuple[str, ...]:
    here: object = model
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = here.model_fields[str(part)].annotation
            here = next((a for a in get_args(here) if isinstance(a, type) and issubclass(a, BaseModel)), here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return tuple(here.model_fields)
    return ()


def _nearest(word: str, words: Iterable[str]) -> str:
    known = tuple(words)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {near[0]}?"
    return f" Known: {', '.join(known)}." if known else ""


def _cross_mistakes(settings: Settings) -> list[str]:
    sources = [source.name for source in settings.sources]
    return [
        f"rosters[{index}].columns: no source is named {name!r}.{_nearest(name, sources)}"
        for index, roster in enumerate(settings.rosters)
        for name in roster.named_sources()
        if name not in sources
    ] + _policy_mistakes(settings)


def _policy_mistakes(settings: Settings) -> list[str]:
    rules = importlib.import_module("include.offboarding.rules")
    known = [rule.id for rule in rules.all_rules()]
    return [
        f"policy.severities.{rule} is no rule.{_nearest(rule, known)}"
        for rule in settings.policy.severities
        if rule not in known
    ]


def _warnings(settings: Settings) -> list[str]:
    spaces = {roster.id_space for roster in settings.rosters}
    found = [
        f"sources[{index}] ({source.name}): names no id_space, and the rosters have several "
        f"({', '.join(sorted(spaces))}): its employee numbers count for less."
        for index, source in enumerate(settings.sources)
        if source.id_space is None and len(spaces) > 1
    ]
    found += [
        f"rosters[{index}] ({roster.name}): maps logins without a login_realm: they count for less everywhere."
        for index, roster in enumerate(settings.rosters)
        if roster.maps_logins() and roster.login_realm is None
    ]
    for index, source in enumerate(settings.sources):
        found += [f"sources[{index}] ({source.name}): {warning}" for warning in source.warnings()]
    if not settings.trackers:
        found.append("trackers: none: findings are kept and shown, and nobody is told.")
    return found


def json_schema() -> dict[str, object]:
    """The file's JSON schema, for editors: each list's entries are those of any kind that the room holds."""
    schema = Settings.model_json_schema()
    properties = cast("dict[str, object]", schema["properties"])
    definitions = cast("dict[str, object]", schema.setdefault("$defs", {}))
    for room in ROOMS:
        names: list[str] = []
        for kind in kinds(room):
            name = f"{room}_{kind}"
            own = TypeAdapter(kind_module(room, kind).Settings).json_schema(ref_template="#/$defs/{model}")
            definitions.update(cast("dict[str, object]", own.pop("$defs", {})))
            definitions[name] = own
            names.append(name)
        properties[room] = {"type": "array", "items": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in names]}}
    schema["title"] = "offboarding.yaml"
    return schema
