"""The sandbox that tickets' texts are made in. A company writes templates of its own: a slip in one holds up no night.

https://jinja.palletsprojects.com/en/stable/sandbox/
"""

import signal
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sized
from contextlib import contextmanager
from typing import Any, cast

from jinja2 import TemplateRuntimeError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_TEXT = 1_000_000
"""Characters of a text, and of what a text or list is multiplied to."""
MOST_SECONDS = 5.0
"""For a text of a company's own template."""
MOST_INDENT = 100
"""Blanks."""
_FILTERS = (
    "abs", "attr", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int", "items",
    "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse",
    "select", "selectattr", "sort", "string", "title", "trim", "truncate", "unique", "upper", "wordcount",
)  # fmt: skip
"""Of Jinja's, those that don't pad."""
_METHODS = {"endswith", "isdigit", "isoformat", "items", "lower", "split", "startswith", "strip", "upper"}
_OF_LOOPS = {"changed", "cycle"}


class TextSandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, without what makes much of little."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.callables: set[Callable[..., object]] = set()
        usual = cast("Mapping[str, Callable[..., object]]", dict(self.filters))
        self.filters.clear()
        self.filters.update({name: usual[name] for name in _FILTERS})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse what would make too much."""
        if operator == "**":
            raise SecurityError("there is no ** here: write the number")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("% puts no values into a text here: use say(), or ~")
        if operator == "*":
            lengths = [len(each) if isinstance(each, Sized) else each for each in (left, right)]
            if any(isinstance(each, Sized) for each in (left, right)) and lengths[0] * lengths[1] > MOST_TEXT:
                raise _too_long()
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Refuse what isn't ours."""
        name, of = getattr(obj, "__name__", ""), getattr(obj, "__self__", None)
        if not (
            isinstance(obj, Macro)
            or obj in self.callables
            or (isinstance(of, LoopContext) and name in _OF_LOOPS)
            or (not isinstance(of, LoopContext) and name in _METHODS)
        ):
            raise SecurityError(f"{name or type(obj).__name__} can't be called here: use say(), a macro or a filter")
        return super().call(context, obj, *args, **kwargs)

    def made(self, template: str, given: Mapping[str, object]) -> str:
        """Return the text that a template makes. Raises TemplateError where it's too long."""
        parts, size = list[str](), 0
        for part in self.get_template(template).generate(given):
            size += len(part)
            if size > MOST_TEXT:
                raise _too_long()
            parts.append(part)
        return "".join(parts)


def _too_long() -> TemplateRuntimeError:
    return TemplateRuntimeError(f"it makes a text or list of more than {MOST_TEXT:,} characters or entries")


@contextmanager
def in_time(seconds: float = MOST_SECONDS) -> Generator[None]:
    """Raise TemplateRuntimeError within, once it takes longer. In the main thread, where tasks and commands run."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(*_: object) -> None:
        raise TemplateRuntimeError(f"it takes more than {seconds:g} seconds")

    began, before = time.monotonic(), signal.signal(signal.SIGALRM, late)
    # Airflow's own limit of a task is this timer, too.
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 0.001) if left else 0)


def within_margin(*widths: int) -> None:
    """Raises TemplateRuntimeError where an indentation is none."""
    if max(widths) > MOST_INDENT:
        raise TemplateRuntimeError(f"a text can be indented by {MOST_INDENT} characters at most")
