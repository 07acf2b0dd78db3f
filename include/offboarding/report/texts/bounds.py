"""What a template may cost: how much it may make and do in one text, so that a slip in it holds up no night.

Whatever repeats, joins or pads is counted while it's done (https://jinja.palletsprojects.com/en/stable/sandbox/), and
what can't be counted isn't there: the other filters and methods of Jinja and Python.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sized
from functools import wraps
from typing import Any, cast

from jinja2 import TemplateRuntimeError, nodes
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from offboarding.model.sentences import PLACE

MOST_TEXT = 1_000_000
"""Characters of a text, and of whatever is made on the way to it."""
MOST_WORK = 10_000_000
"""Characters made, and turns and calls, in one text: a fraction of a second to a few."""
MOST_DIGITS = 100
"""Of a number."""
TOO_MANY_DIGITS = f"it makes a number of more than {MOST_DIGITS} digits"
MOST_INDENT = 100
"""Blanks."""
_PLAIN = (
    "abs", "attr", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int", "items",
    "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr",
    "sort", "string", "title", "trim", "truncate", "unique", "upper", "wordcount",
)  # fmt: skip
"""Jinja's filters that make no more than they are given."""
_METHODS = {"endswith", "isdigit", "isoformat", "items", "lower", "split", "startswith", "strip", "upper"}
_OF_A_CALL = 20
"""What a call takes, in turns of a loop."""
_OF_LOOPS = {"changed", "cycle"}


class _Counted(CodeGenerator):
    """Writes a template's code so that turns of loops are counted, `~`, and whatever is compared, sliced or put into a
    list.
    """

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802 - Jinja's name
        for loop in [*node.find_all(nodes.For)]:
            if loop.recursive:
                self.fail("a loop can't be recursive here: write a macro", loop.lineno)
            counted = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
            loop.iter = counted.set_environment(self.environment)
        for written in [*node.find_all(nodes.Const)]:
            if isinstance(written.value, int) and _digits_of(written.value) > MOST_DIGITS:
                self.fail(TOO_MANY_DIGITS, written.lineno)
        self._weigh_operands(node)
        super().visit_Template(node, frame)

    def _weigh_operands(self, node: nodes.Template) -> None:
        for compared in [*node.find_all(nodes.Compare)]:
            compared.expr = self._weighed(compared.expr)
            for operand in compared.ops:
                operand.expr = self._weighed(operand.expr)
        for part in [*node.find_all(nodes.Getitem)]:
            if isinstance(part.arg, nodes.Slice):
                part.node = self._weighed(part.node)
            elif not isinstance(part.arg, nodes.Const):
                part.arg = self._weighed(part.arg)
        for made in [*node.find_all((nodes.List, nodes.Tuple))]:
            if getattr(made, "ctx", "load") == "load":
                made.items = [self._weighed(each) for each in made.items]
        for pair in [*node.find_all(nodes.Pair)]:
            pair.key, pair.value = self._weighed(pair.key), self._weighed(pair.value)

    def _weighed(self, value: nodes.Expr) -> nodes.Expr:
        weighed = nodes.Filter(value, "weighed", [], [], None, None, lineno=value.lineno)
        return cast("nodes.Expr", weighed.set_environment(self.environment))

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.joined((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which a text can't cost more than it may."""

    code_generator_class = _Counted
    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, *, bounded: bool, **given: Any) -> None:
        super().__init__(**given)
        self._most_text, self._most_work = (MOST_TEXT, MOST_WORK) if bounded else (math.inf, math.inf)
        self._work = 0
        self.concat = self.joined
        self.callables: set[Callable[..., object]] = set()
        usual = cast("Mapping[str, Callable[..., object]]", dict(self.filters))
        self.filters.clear()
        self.add_filters({name: usual[name] for name in _PLAIN})
        self.tests.update({name: self._weighing(each) for name, each in self.tests.items()})
        self.add_filters(
            {
                "join": self._join,
                "replace": self._replace,
                "indent": self._indent,
                "counted": self._each,
                "weighed": _itself,
            }
        )

    def add_filters(self, named: Mapping[str, Callable[..., object]]) -> None:
        """Let templates use these: what each is given, and gives, is counted."""
        self.filters.update({name: self._watched(each) for name, each in named.items()})

    def begin(self) -> None:
        """Count from nothing: a text begins."""
        self._work = 0

    def spend(self, work: float) -> None:
        """Count this much. Raises TemplateRuntimeError where it's too much for a text."""
        if work > self._most_text:
            raise TemplateRuntimeError(f"it makes a text or list of more than {MOST_TEXT:,} characters or entries")
        self._work += work
        if self._work > self._most_work:
            raise TemplateRuntimeError(
                f"it does too much for a text: more than {MOST_WORK:,} turns, calls and characters"
            )

    def weigh(self, value: object) -> None:
        """Count all that it holds, within each other and as often as it stands there. Raises as `spend`."""
        held: list[object] = [] if self._most_work == math.inf else [value]
        while held:
            each = held.pop()
            if isinstance(each, (Context, LoopContext)):
                continue
            self.spend(1 + (len(each) if isinstance(each, Sized) else 0))
            if isinstance(each, Mapping):
                entries = cast("Mapping[object, object]", each)
                held += (*entries.keys(), *entries.values())
            elif isinstance(each, (list, tuple, set, frozenset)):
                held += cast("Iterable[object]", each)

    def joined(self, parts: Iterable[object]) -> str:
        """Texts, one after the other. Raises as `spend`, as soon as it's too much."""
        made, size = list[str](), 0
        for each in parts:
            text = str(self.finalize(each) if self.finalize else each)
            size += len(text)
            try:
                self.spend(size if size > self._most_text else 1 + len(text))
            except TemplateRuntimeError as error:
                # A text is made piece by piece: the error comes from where the last one was.
                if isinstance(parts, Generator):
                    parts.throw(error)
                raise
            made.append(text)
        return "".join(made)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse it where it would make too much."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("% puts no values into a text here: use say(), or ~")
        if operator in "*+":
            self.spend(_size_of(operator, left, right))
        if all(isinstance(each, int) for each in (left, right)) and _digits(operator, left, right) > MOST_DIGITS:
            raise TemplateRuntimeError(TOO_MANY_DIGITS)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count it, and refuse what isn't ours."""
        name, of = getattr(obj, "__name__", ""), getattr(obj, "__self__", None)
        if not (
            isinstance(obj, Macro)
            or obj in self.callables
            or (isinstance(of, LoopContext) and name in _OF_LOOPS)
            or (not isinstance(of, LoopContext) and name in _METHODS)
        ):
            raise SecurityError(f"{name or type(obj).__name__} can't be called here: use say(), a macro or a filter")
        self.spend(_OF_A_CALL)
        self.weigh((of, args, kwargs))
        return super().call(context, obj, *args, **kwargs)

    def fits(self, pattern: str, values: Mapping[str, object]) -> None:
        """Count what a sentence would make. Raises as `spend`."""
        self.spend(len(pattern) + sum(len(str(values.get(place[1], ""))) for place in PLACE.finditer(pattern)))

    def _watched(self, filtering: Callable[..., object]) -> Callable[..., object]:
        @wraps(filtering)  # with what Jinja marks it by
        def watched(*given: Any, **named: Any) -> object:
            for wide in (*given[1:], *named.values()):
                if isinstance(wide, int) and abs(wide) > self._most_text:
                    raise TemplateRuntimeError(f"a filter is given {MOST_TEXT:,} at most")
            self.weigh((given, named))
            made = filtering(*given, **named)
            if isinstance(made, int) and _digits_of(made) > MOST_DIGITS:
                raise TemplateRuntimeError(TOO_MANY_DIGITS)
            self.spend(1 + (len(made) if isinstance(made, Sized) else 0))
            return made

        return watched

    def _weighing(self, test: Callable[..., bool]) -> Callable[..., bool]:
        @wraps(test)
        def weighing(*given: Any, **named: Any) -> bool:
            self.weigh((given, named))
            return test(*given, **named)

        return weighing

    def _each(self, values: Iterable[object]) -> Iterator[object]:
        for each in values:
            self.spend(1)
            yield each

    def _join(self, values: Iterable[object], d: str = "", attribute: str | int | None = None) -> str:
        """Join values, or an attribute of each, with `d` between them."""
        joint = values if attribute is None else map(make_attrgetter(self, attribute), values)
        return self.joined(part for number, each in enumerate(joint) for part in ((d, each) if number else (each,)))

    def _replace(self, value: str, old: str, new: str) -> str:
        """Replace a text in another."""
        value, old, new = str(value), str(old), str(new)
        self.spend(len(value) + value.count(old) * len(new))
        return value.replace(old, new)

    def _indent(self, value: str, width: int = 4, first: bool = False) -> str:  # noqa: FBT001, FBT002 - as Jinja's
        """Indent lines, but for the first one."""
        lines = str(value).splitlines()
        within_margin(width)
        self.spend(sum(width + len(line) for line in lines))
        return "\n".join(
            " " * width + line if line and (number or first) else line for number, line in enumerate(lines)
        )


def _itself(value: object) -> object:
    """What is counted as it's given to a filter."""
    return value


def within_margin(*widths: int) -> None:
    """Raises TemplateRuntimeError where an indentation is none."""
    if max(widths) > MOST_INDENT:
        raise TemplateRuntimeError(f"a text can be indented by {MOST_INDENT} characters at most")


def _size_of(operator: str, left: object, right: object) -> int:
    """How long a text or list would be."""
    sized = [len(each) for each in (left, right) if isinstance(each, Sized)]
    if operator == "+" or not sized:
        return sum(sized)
    return sized[0] * max(0, *(each for each in (left, right) if isinstance(each, int)))


def _digits(operator: str, left: int, right: int) -> float:
    """About how long a number would be at most."""
    one, other = _digits_of(left), _digits_of(right)
    return one * max(right, 0) if operator == "**" else one + other if operator == "*" else max(one, other)


def _digits_of(number: int) -> float:
    return number.bit_length() / math.log2(10)
