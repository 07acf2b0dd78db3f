"""What `--format jsonl` holds, field by field, made of the lines."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import get_args, get_origin

from pydantic.fields import FieldInfo

from offboarding.cli.lines.checks import MistakeLine, WholeLine
from offboarding.cli.lines.departures import NoticeLine, OpenEndLine, UpcomingLine
from offboarding.cli.lines.exposure import ExposureLine
from offboarding.cli.lines.findings import ExplainedLine, FindingLine
from offboarding.cli.lines.gaps import AcknowledgementLine, HoldLine
from offboarding.cli.lines.keys import HolderLine, KeyLine
from offboarding.cli.lines.leavers import LeaverLine
from offboarding.cli.lines.line import SCHEMA_VERSION, Inner, JsonLine
from offboarding.cli.lines.links import LinkDecidedLine, LinkLine
from offboarding.cli.lines.people import PersonLine
from offboarding.cli.lines.revocations import RevocationLine
from offboarding.cli.lines.runs import RunLine
from offboarding.cli.lines.systems import CheckedLine

LINES: Mapping[str, type[JsonLine]] = {
    "findings": FindingLine,
    "links": LinkLine,
    "runs": RunLine,
    "worker": PersonLine,
    "explain": ExplainedLine,
    "acknowledge list": AcknowledgementLine,
    "link list": LinkDecidedLine,
    "notice list": NoticeLine,
    "departure list": OpenEndLine,
    "upcoming": UpcomingLine,
    "exposure": ExposureLine,
    "leavers": LeaverLine,
    "holds": HoldLine,
    "revoke list": RevocationLine,
    "custody": KeyLine,
    "custody --key": HolderLine,
    "doctor": CheckedLine,
    "check-config": MistakeLine,
    "audit verify": WholeLine,
}
"""What a command's lines are, in the order of the page."""
_HEAD = (
    "# Lines of JSON\n\n"
    "`--format jsonl` prints an object a line, UTF-8. It is a contract: within one `schema_version` fields may come,"
    f" and none goes or changes its meaning. The version is {SCHEMA_VERSION}.\n\n"
    "Moments are ISO 8601 in UTC (`2026-11-24T16:30:00+00:00`), days are `2026-11-13`, in the worker's own zone. What"
    " isn't known, or doesn't apply, is null. Every field is always there.\n"
)


def page() -> str:
    """The page, in Markdown."""
    return "\n".join(chain([_HEAD], *(_section(command, line) for command, line in LINES.items())))


def _section(command: str, line: type[JsonLine]) -> Iterator[str]:
    above = {name for base in line.__mro__[1:] if issubclass(base, JsonLine) for name in base.model_fields}
    yield f"## `{command}`\n"
    yield f"{_sentence(line.__doc__)}\n"
    yield "| field | what it is |\n|---|---|"
    if line.version is not None and not above:
        yield f"| `schema_version` | {line.version}. |"
    for name, field in line.model_fields.items():
        if name not in above:
            yield from _rows(name, field)
    yield ""


def _rows(name: str, field: FieldInfo) -> Iterator[str]:
    """A field, and those of an object in it that say what they are; the others stand in its own sentence."""
    shown = field.serialization_alias or name
    yield f"| `{shown}` | {_sentence(field.description)} |"
    inner, many = _object_in(field.annotation)
    for own, each in inner.model_fields.items() if inner else ():
        if each.description:
            yield from _rows(f"{shown}{'[]' if many else ''}.{own}", each)


def _object_in(annotation: object) -> tuple[type[Inner] | None, bool]:
    """The object that a field holds, and whether several; None where it holds none, or lines of another command."""
    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, Inner) and not issubclass(each, JsonLine):
            return each, get_origin(annotation) is list
    return None, False


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())
