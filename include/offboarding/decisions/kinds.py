"""Which decisions there are: every function of this room that says so, with its parameters as fields."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, wraps
from typing import Any, Generic, TypeVar, cast, get_type_hints

from pydantic import BaseModel, TypeAdapter, create_model

from offboarding.config.settings import Settings
from offboarding.interfaces import Strict, Trackers
from offboarding.model.errors import FatalError
from offboarding.model.texts import illegible
from offboarding.store.connect import Session

Ids = Mapping[str, str | int]
"""What a decision is about and what came of it, by ids that a log may hold."""
Made = TypeVar("Made")


class Right(StrEnum):
    """The right in Airflow that a decision requires. Each is the right to trigger one DAG."""

    LINK = "link"
    """Decide which person an account belongs to. It includes the right to see names."""
    DECIDE = "decide"
    APPROVE = "approve"
    """Accept or reject a batch that waits for an approver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionContext:
    """What a decision is taken with that needs no more than the store."""

    session: Session
    author: str
    """Who decides; never a field of the form."""
    zone: str
    """The company's, in which moments are told."""
    caller: str = ""
    """The name of the run that it is; "" at a terminal."""

    def __post_init__(self) -> None:
        if not self.author.strip():
            raise FatalError("A decision needs somebody who takes it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredContext(DecisionContext):
    """What one is taken with that goes by the configuration, too."""

    settings: Settings
    trackers: Callable[[], Trackers]
    """For those that tell them at once."""
    seen: str = ""
    """What was shown to whoever decides: for one that isn't made in one transaction, and holds itself to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Generic[Made]):
    """What came of a decision."""

    made: Made
    ids: Ids
    says: Iterable[str]
    """Lines for whoever decided at a terminal; read before the session ends, if at all."""
    on_trial: str = ""
    """The first of them where nothing is kept: without the number that it would bear. "" where it bears none."""


@contextmanager
def of_field(name: str) -> Generator[None]:
    """What is refused in here is refused for this field."""
    try:
        yield
    except FatalError as error:
        error.field = name
        raise


_Function = TypeVar("_Function", bound=Callable[..., Decided[Any]])
_KINDS: "dict[str, DecisionKind]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionKind:
    """A decision that can be taken."""

    name: str
    """As the form calls it: "link confirm"."""
    decide: Callable[..., Decided[Any]]
    """Takes the context, and the fields by their names."""
    one_of: Sequence[str]
    """Fields of which exactly one is given."""
    right: Right | None
    """None: only a command takes it."""
    by_approvers: bool
    """In Airflow, only the people in guard.approvers may take it."""
    needs_approver: Callable[..., bool] | None
    """Of a session and the fields: whether the same holds for this very decision."""
    in_one: bool
    """In one transaction. False where something outside is told meanwhile."""
    evidence: Callable[..., str] | None
    """A digest of what it's decided by, of a session and the fields: another one where any of that is another."""

    @property
    def whole(self) -> bool:
        """Whether it goes by the configuration."""
        context = next(iter(inspect.signature(self.decide).parameters))
        return get_type_hints(self.decide)[context] is ConfiguredContext

    @property
    def asked(self) -> Mapping[str, tuple[Any, Any]]:
        """Name -> the field as it's declared, and what it is where nothing is given; `...` where it's needed."""
        hints = get_type_hints(self.decide, include_extras=True)
        _, *fields = inspect.signature(self.decide).parameters.values()
        return {one.name: (hints[one.name], ... if one.default is one.empty else one.default) for one in fields}

    @property
    def fields(self) -> type[BaseModel]:
        """What a form is held against."""
        return _model(self)

    @property
    def about(self) -> str:
        """What comes of it, in sentences: its function's, but for what that raises."""
        return " ".join((inspect.getdoc(self.decide) or "").split()).partition(" Raises ")[0]

    def schema(self, name: str) -> dict[str, Any]:
        """A field's own JSON schema; of one that may be left out, where it isn't."""
        whole = TypeAdapter(self.hint(name)).json_schema()
        return next((one for one in whole.get("anyOf", ()) if one.get("type") != "null"), whole)

    def hint(self, name: str) -> Any:
        """A field as it's declared, with what stands beside its type."""
        return get_type_hints(self.fields, include_extras=True)[name]

    @property
    def in_files(self) -> bool:
        """Many at once, too, a line of a file each: what needs no look at each by itself, and says a word a field."""
        lists = any(self.schema(name).get("type") == "array" for name in self.fields.model_fields)
        return self.right is not None and self.in_one and not self.by_approvers and not lists


def decision(
    name: str,
    *,
    command: str = "",
    example: str = "",
    one_of: Sequence[str] = (),
    right: Right | None = Right.DECIDE,
    by_approvers: bool = False,
    needs_approver: Callable[..., bool] | None = None,
    in_one: bool = True,
    evidence: Callable[..., str] | None = None,
) -> Callable[[_Function], _Function]:
    """A function that is a decision: takes a context, and each further parameter is a field, declared in `fields`.

    `command`: where the command line calls it otherwise; `example`: what may be typed behind that. Both are read off
    the file (cli/index.py).
    """
    del command, example

    def declare(function: _Function) -> _Function:
        _KINDS[name] = DecisionKind(
            name=name,
            decide=_of_legible_fields(function),
            one_of=one_of,
            right=right,
            by_approvers=by_approvers,
            needs_approver=needs_approver,
            in_one=in_one,
            evidence=evidence,
        )
        return function

    return declare


def _of_legible_fields(function: Callable[..., Decided[Any]]) -> Callable[..., Decided[Any]]:
    """Return the decision that refuses a text of which nothing is visible, or that cannot be stored."""

    @wraps(function)
    def decide(context: DecisionContext, **given: object) -> Decided[Any]:
        for name, value in given.items():
            with of_field(name):
                if isinstance(value, str) and (why := illegible(value)):
                    raise FatalError(f"{name} {why}.")
        return function(context, **given)

    return decide


@cache
def every() -> Mapping[str, DecisionKind]:
    """All of them, by name, in alphabetical order."""
    package = importlib.import_module(__package__ or "")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_KINDS.items()))


def of_module(name: str, module: str) -> DecisionKind:
    """The decision that is declared there."""
    importlib.import_module(module)
    return _KINDS[name]


def submitted(right: Right | None = None) -> Mapping[str, DecisionKind]:
    """Return the decisions that Airflow takes, by name; with `right`, those that require it."""
    return {name: kind for name, kind in every().items() if kind.right is not None and right in (None, kind.right)}


def in_files() -> Mapping[str, DecisionKind]:
    """Those that may come in a file."""
    return {name: kind for name, kind in every().items() if kind.in_files}


@cache
def _model(kind: DecisionKind) -> type[BaseModel]:
    fields = cast("dict[str, Any]", dict(kind.asked))
    return cast("type[BaseModel]", create_model(kind.name, __base__=Strict, **fields))
