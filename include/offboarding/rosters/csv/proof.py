"""What proves a file whole: a trailer within it, or a manifest beside it."""

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Field, StringConstraints

from offboarding.interfaces import Strict
from offboarding.model import Problem

_LONGEST_PATTERN = 500
LONGEST_PROOF = 1000
"""Characters of a trailer, or of a manifest's line; whatever is longer is none, and matching it could take for ever."""
_WHOLE = "Ask HR for the whole file: the rows that came still count, and nobody is taken to have left."
_GROUPS = {"trailer": ("rows",), "manifest": ("file", "rows", "bytes", "sha256", "md5")}
_PARSER: Any = importlib.import_module("re._parser")
"""How re itself reads a pattern."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_MANY = 16
_PROOFS = ("rows", "bytes", "sha256", "md5")
_DIVIDERS = re.compile(r"[ ,.'_\u00a0]")


def _expression(pattern: str, kind: str) -> str:
    """The pattern, if its groups say what can be compared. Raises ValueError."""
    try:
        groups = re.compile(pattern).groupindex
        runs_away = _repeats_within(_PARSER.parse(pattern), within=False)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from error
    if runs_away:
        raise ValueError("repeats what itself repeats, as in (\\d+)+: a file could make that take for ever")
    known = _GROUPS[kind]
    unknown = [name for name in groups if name not in known]
    if unknown:
        raise ValueError(f"the group {unknown[0]} is unknown; known: {', '.join(known)}")
    if not any(name in groups for name in _PROOFS):
        raise ValueError(f"needs a group such as (?P<rows>\\d+) that says what can be compared: {', '.join(known)}")
    return pattern


def _repeats_within(parsed: Any, *, within: bool) -> bool:
    """Whether a repetition without end holds another, or a choice: the two ways to exponential time."""
    for operation, argument in parsed:
        endless = str(operation) in _REPEATS and argument[1] > _MANY
        if within and (endless or str(operation) == "BRANCH"):
            return True
        inner = [each for each in _flat(argument) if isinstance(each, _PARSER.SubPattern)]
        if any(_repeats_within(each, within=within or endless) for each in inner):
            return True
    return False


def _flat(argument: Any) -> Iterator[Any]:
    """What an operation's operands hold, lists and tuples opened."""
    if isinstance(argument, list | tuple):
        for each in cast("list[Any]", argument):
            yield from _flat(each)
    else:
        yield argument


def _trailer(pattern: str) -> str:
    return _expression(pattern, "trailer")


def _manifest(pattern: str) -> str:
    return _expression(pattern, "manifest")


def _template(path: str) -> str:
    try:
        made = path.format(name="hr.csv", stem="hr")
    except (LookupError, ValueError) as error:
        raise ValueError("only {name} and {stem} may stand in it: hr.csv and hr of the feed hr.csv") from error
    if "/" in made or made == "hr.csv":
        raise ValueError("is a name in the feed's own folder, and not the feed's own")
    return path


Pattern = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=_LONGEST_PATTERN)]
Beyond = tuple[Literal["header", "trailer"], ...]


class Trailer(Strict):
    """The last record, when it counts those above it."""

    pattern: Annotated[Pattern, AfterValidator(_trailer)] = Field(
        description="What the whole record is, its fields joined by the delimiter, with a group (?P<rows>...)."
    )
    includes: Beyond = Field(default=(), description="What its count includes beside workers: header, trailer.")

    def rows(self, text: str) -> int | None:
        """The count that this record tells; None where it is no trailer."""
        text = text.strip()
        match = re.fullmatch(self.pattern, text) if len(text) <= LONGEST_PROOF else None
        try:
            return _number(match["rows"], self.includes) if match else None
        except ValueError:  # the pattern takes more than numbers
            return None


class FeedManifest(Strict):
    """A file beside the feed that says what the feed holds."""

    path: Annotated[str, AfterValidator(_template)] = Field(
        min_length=1,
        description="Its name in the feed's folder: {name} is the feed's, {stem} that up to the first dot.",
    )
    pattern: Annotated[Pattern, AfterValidator(_manifest)] = Field(
        description="Found in its text; groups: file, rows, bytes, sha256, md5."
    )
    includes: Beyond = Field(default=(), description="What its rows include beside workers: header, trailer.")

    def name_for(self, feed: str) -> str:
        """The manifest's name, of a feed's."""
        return self.path.format(name=feed, stem=feed.lstrip(".").partition(".")[0])

    def entries(self, text: str) -> Iterator[Mapping[str, str]]:
        """What it tells: of each file, where it names them."""
        if any(len(line) > LONGEST_PROOF for line in text.splitlines()):
            return
        for match in re.finditer(self.pattern, text, re.MULTILINE):
            yield {name: value for name, value in match.groupdict().items() if value is not None}

    def told(self, entry: Mapping[str, str]) -> dict[str, str | int]:
        """An entry's values as they are compared."""
        numbers = {"rows": self.includes, "bytes": ()}
        return {
            name: _number(value, numbers[name]) if name in numbers else value.lower()
            for name, value in entry.items()
            if name in _PROOFS
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTotals:
    """What a file held, once it has been read to its end."""

    name: str
    rows: int
    bytes: int
    sha256: str
    md5: str
    content: str
    """The SHA-256 of what was decrypted, or else the file's: nothing is encrypted twice to the same."""


def no_trailer(name: str) -> Problem:
    """The sentence for a file that ends without one."""
    return Problem(
        record=name, text="its last row is no trailer: the file was cut off, or trailer is wrong", fix=_WHOLE
    )


def compared(seen: FileTotals, said: Mapping[str, str | int], by: str) -> Iterator[Problem]:
    """Yield what doesn't fit. `by`: who tells it, for people."""
    for name, value in said.items():
        met = getattr(seen, name)
        if met != value:
            what = f"{name} {met}" if name not in ("sha256", "md5") else f"another {name}"
            yield Problem(record=seen.name, text=f"{by} tells {name} {value}, and the file has {what}", fix=_WHOLE)


def _number(text: str, includes: Beyond) -> int:
    """A count without its dividers and leading zeros. Raises ValueError where it is none."""
    return int(_DIVIDERS.sub("", text)) - len(set(includes))
