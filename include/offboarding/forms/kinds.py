"""Which decisions there are: every function of this room that says so, with its parameters as fields."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import BaseModel, TypeAdapter, create_model

from include.offboarding.errors import ConfigError
from include.offboarding.interfaces import Strict, Tracker
from include.offboarding.settings import Settings
from include.offboarding.store.connect import Session

Ids = Mapping[str, str | int]
"""What a decision is about and what came of it, by ids that a log may hold."""
DecisionMade = Callable[..., Ids]

_Function = TypeVar("_Function", bound=DecisionMade)
_KINDS: "dict[str, Kind]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a decision is taken with."""

    session: Session
    settings: Settings
    author: str
    """Who triggered it; never a field of the form."""
    caller: str
    """The name of the run that it is."""
    tracker: Callable[[], tuple[str, Tracker] | None]
    """The tracker's name and the ready tracker, for those that tell it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A decision that can be taken."""

    name: str
    """As the commands call it: "link confirm"."""
    decide: DecisionMade
    """Takes the desk, and the fields by their names."""
    fields: type[BaseModel]
    whole: bool
    """In one transaction. False where something outside is told meanwhile."""


def decision(name: str, *, whole: bool = True) -> Callable[[_Function], _Function]:
    """A function that is a decision: takes a Desk, and each further parameter is a field, declared in `fields`."""

    def declare(function: _Function) -> _Function:
        hints = get_type_hints(function, include_extras=True)
        asked = list(inspect.signature(function).parameters.values())[1:]
        taken = {one.name: (hints[one.name], ... if one.default is one.empty else one.default) for one in asked}
        fields = cast("type[BaseModel]", create_model(name, __base__=Strict, **cast("dict[str, Any]", taken)))
        _KINDS[name] = Kind(name=name, decide=function, fields=fields, whole=whole)
        return function

    return declare


@cache
def every() -> Mapping[str, Kind]:
    """All of them, by name, in alphabetical order."""
    package = importlib.import_module(__package__ or "")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_KINDS.items()))


def schemas() -> dict[str, dict[str, Any]]:
    """Name -> JSON schema of everything that the form asks for; `decision` is needed, the others as that one wants.

    Raises ConfigError where two decisions take one name for different things.
    """
    found: dict[str, dict[str, Any]] = {}
    askers: dict[str, list[str]] = {}
    for kind in every().values():
        for name, field in kind.fields.model_fields.items():
            schema = _schema(kind.fields, name)
            if found.setdefault(name, schema) != schema:
                raise ConfigError(f"forms: {name} means something else in {kind.name} than in {askers[name][0]}")
            askers.setdefault(name, []).append(kind.name if field.is_required() else f"{kind.name} (if need be)")
    asked = {name: _optional(schema, askers[name]) for name, schema in found.items()}
    return {"decision": {"type": "string", "title": "Decision", "enum": list(every())}, **asked}


def _schema(fields: type[BaseModel], name: str) -> dict[str, Any]:
    hint = get_type_hints(fields, include_extras=True)[name]
    schema = TypeAdapter(hint).json_schema()
    # What may be left out is this, or null.
    return next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)


def _optional(schema: dict[str, Any], askers: list[str]) -> dict[str, Any]:
    return {
        **schema,
        "type": ["null", schema["type"]],
        "description": f"{schema['description']} For: {', '.join(askers)}.",
    }
