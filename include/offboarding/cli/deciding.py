"""Decisions as commands: made of what decisions/ declares."""

import inspect
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, cast, get_args, get_origin

from pydantic.fields import FieldInfo

from offboarding import wiring
from offboarding.cli import DONE
from offboarding.cli.index import Declared
from offboarding.cli.options import alone, argument, author, count, day, option, words
from offboarding.cli.output import say
from offboarding.cli.stores import reading_store, session_on
from offboarding.cli.terminal import at_the_terminal
from offboarding.config import loading
from offboarding.decisions import kinds
from offboarding.decisions.fields import Typed
from offboarding.decisions.kinds import ConfiguredContext, DecisionContext, DecisionKind
from offboarding.model.errors import FatalError

_PARSERS: Mapping[object, Callable[[str], object]] = {int: count, list[int]: count, date: day}


def signed(by: str | None) -> str:
    """Who decides. Raises FatalError where nobody is said and the login here has no name."""
    if not by:
        raise FatalError("your login here has no name: say who decides with --author")
    return by


def command_of(declared: Declared) -> Callable[..., int]:
    """The decision's function as typer reads one: its fields as arguments and options, and who decides."""
    kind = kinds.of_module(declared.decision, declared.module)

    def run(**given: Any) -> int:
        by = given.pop("author")
        if kind.one_of:
            alone({f"--{name}": given[name] for name in kind.one_of}, needed=True)
        with _context(kind, signed(by)) as context:
            say(*kind.decide(context, **given).says)
        return DONE

    fields = [_field(name, hint, default) for name, (hint, default) in kind.asked.items()]
    signature = inspect.Signature([*fields, _parameter("author", str | None, author(), inspect.Parameter.empty)])
    cast("Any", run).__signature__ = signature
    return run


def _field(name: str, hint: Any, default: object) -> inspect.Parameter:
    """A field that is needed is an argument, any other an option of its name."""
    kind, about, typed = _declared(hint)
    parse = words if typed.stripped else _PARSERS.get(kind)
    needed, metavar = default is ..., typed.metavar or name.upper()
    if needed and not typed.option:
        info = argument(metavar, about, parse)
    else:
        info = option(typed.name or f"--{name}", text=about, metavar=metavar, parse=parse, choices=typed.choices)
    return _parameter(name, kind if needed else kind | None, info, inspect.Parameter.empty if needed else default)


def _parameter(name: str, kind: Any, info: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[kind, info], default=default)


def _declared(hint: Any) -> tuple[Any, str, Typed]:
    """A field's type, what it is, and how it's typed."""
    declared = hint if get_origin(hint) is Annotated else next(each for each in get_args(hint) if get_args(each))
    kind, *notes = get_args(declared)
    if get_origin(kind) is list:
        kind = list[int]
    about = next(each.description for each in notes if isinstance(each, FieldInfo))
    return kind, about or "", next((each for each in notes if isinstance(each, Typed)), Typed())


@contextmanager
def _context(kind: DecisionKind, by: str) -> Generator[DecisionContext]:
    """The store alone, or the whole configuration where the decision goes by it. The log goes beside the output."""
    if kind.whole:
        with configured_context(by) as context:
            yield context
    else:
        with at_the_terminal(quiet=True), reading_store() as (session, zone):
            yield DecisionContext(session=session, author=by, zone=zone)


@contextmanager
def configured_context(by: str) -> Generator[ConfiguredContext]:
    """The store, and the whole configuration."""
    loaded = loading.load()
    with at_the_terminal(zone=loaded.choice.time_zone, quiet=True), session_on(loaded) as session:
        yield ConfiguredContext(
            session=session,
            author=by,
            zone=loaded.choice.time_zone,
            settings=loaded.settings,
            trackers=lambda: wiring.trackers(loaded.settings),
        )
