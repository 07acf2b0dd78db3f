"""Many decisions at once, a line of a file each: its columns are `decision` and the fields, as a form has them.

Every line is checked before anything is kept, and one mistake keeps all of it back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offboarding.config.mistakes import Mistake
from offboarding.config.spelling import nearest
from offboarding.decisions import spreadsheet
from offboarding.decisions.checking import checked
from offboarding.decisions.kinds import ConfiguredContext, Decided, DecisionKind, in_files
from offboarding.decisions.spreadsheet import Sheet, SheetLine
from offboarding.model.errors import FatalError
from offboarding.store.session import Session, TakeBack


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMistake:
    """Something that a person must mend in the file."""

    line: int
    column: str
    """As a spreadsheet shows it: "worker (J)"."""
    text: str
    """What is wrong, and how to mend it."""

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDecided:
    """A line that counts."""

    line: int
    decision: str
    """As the file calls it: "link confirm"."""
    done: Decided[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file: either decisions, or the mistakes that kept all of it back."""

    decided: tuple[LineDecided, ...]
    mistakes: tuple[LineMistake, ...]
    undecided: int
    """Lines that decide nothing."""


class LineError(Exception):
    """A line with mistakes; their paths are columns."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__()
        self.mistakes = mistakes


def wrong(column: str, text: str) -> LineError:
    """One mistake of a line."""
    return LineError(Mistake(path=column, text=text))


def must_be_whole(column: str, cell: str) -> None:
    """Raises LineError for what a spreadsheet has made a rounded number of."""
    if spreadsheet.rewritten(cell):
        raise wrong(column, f"{cell} was an id before a spreadsheet rounded it. Take it from a new export.")


def all_or_nothing(
    session: Session, sheet: Sheet, decide: Callable[[SheetLine], LineDecided | None], *, check: bool
) -> Imported:
    """Decide each line; keep all of it, or nothing where one has a mistake, or with `check`."""
    with session.transaction():
        came = _every_line(sheet, decide)
        if came.mistakes or check:
            raise TakeBack
    return came


def columns() -> Mapping[str, Sequence[str]]:
    """The fields of each decision that may come in a file: the names of its columns."""
    return {name: tuple(kind.fields.model_fields) for name, kind in in_files().items()}


def import_decisions(context: ConfiguredContext, path: Path, *, reason: str = "", check: bool = False) -> Imported:
    """Write down what the file decides, or with `check` only see whether it could be.

    `reason` stands for lines that give none. Raises FatalError where the file can't be read as one of these.
    """
    fields = tuple(dict.fromkeys(name for each in columns().values() for name in each))
    sheet = spreadsheet.read(path, ("decision",), fields)
    # A column that is passed over may have said what a decision is about.
    for column in filter(None, sheet.columns):
        if column not in ("decision", *fields):
            raise FatalError(
                f"{path.name}: line 1 names a column {column}, and no decision asks for it.{nearest(column, fields)}"
            )
        if sheet.columns.count(column) > 1:
            raise FatalError(f"{path.name}: line 1 names the column {column} twice. Take one out.")
    return all_or_nothing(context.session, sheet, _DecisionImport(context, reason.strip()).decided, check=check)


class _DecisionImport:
    """One file, line by line."""

    def __init__(self, context: ConfiguredContext, reason: str) -> None:
        self._context, self._reason = context, reason
        self._lines: dict[object, int] = {}
        """What was decided -> the line that did."""

    def decided(self, line: SheetLine) -> LineDecided:
        kind = _kind(line)
        values = self._values(kind, line)
        try:
            done = kind.decide(self._context, **values)
        except FatalError as error:
            raise wrong(error.field or "decision", str(error)) from error
        about = (kind.name.partition(" ")[0], frozenset(done.ids.items()))
        first = self._lines.setdefault(about, line.number)
        if first != line.number:
            raise wrong("decision", f"line {first} decides about the same. Take one of them out.")
        return LineDecided(line=line.number, decision=kind.name, done=done)

    def _values(self, kind: DecisionKind, line: SheetLine) -> Mapping[str, object]:
        given = {name: cell for name, cell in line.cells.items() if cell and name != "decision"}
        if "reason" in kind.fields.model_fields and self._reason:
            given = {"reason": self._reason, **given}
        for name, cell in given.items():
            must_be_whole(name, cell)
        values, mistakes = checked(kind, given, lambda fields, asked: fields.model_validate_strings(asked))
        if mistakes:
            known = kind.fields.model_fields
            raise LineError(
                *(
                    Mistake(path=each.path, text=f"{each.text} {known[each.path].description or ''}")
                    if each.path in known
                    else each
                    for each in mistakes
                )
            )
        return values


def _kind(line: SheetLine) -> DecisionKind:
    said, every = line.cells["decision"].lower(), in_files()
    if line.beyond:
        raise wrong("decision", f"{line.beyond!r} stands behind the last column. Put what holds a comma into quotes.")
    if said not in every:
        what = f"{said!r} is none" if said else "is empty"
        raise wrong("decision", f"{what}: {', '.join(every)}.{nearest(said, every)}")
    return every[said]


def _every_line(sheet: Sheet, decide: Callable[[SheetLine], LineDecided | None]) -> Imported:
    decided: list[LineDecided] = []
    mistakes: list[LineMistake] = []
    undecided = 0
    for line in sheet.lines:
        try:
            one = decide(line)
        except LineError as error:
            mistakes += [
                LineMistake(line=line.number, column=sheet.column(each.path), text=each.text) for each in error.mistakes
            ]
            continue
        undecided += one is None
        decided += [one] if one else []
    return Imported(decided=() if mistakes else tuple(decided), mistakes=tuple(mistakes), undecided=undecided)
