"""Whose accounts are, decided many at once: `links --format csv`, edited by a person, and read back.

A line counts where its column `decision` says confirm or reject: then it's that decision, its columns the fields. Every
line is checked before anything is kept, and one mistake keeps all of it back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from offboarding.config.spelling import nearest
from offboarding.decisions import links, spreadsheet
from offboarding.decisions.kinds import DecisionContext, DecisionKind, in_files
from offboarding.decisions.links import LinkDecided
from offboarding.decisions.spreadsheet import Sheet, SheetLine
from offboarding.model import LinkVerdict
from offboarding.model.errors import FatalError, NamedError
from offboarding.store.decisions import AccountFound
from offboarding.store.reading import workers
from offboarding.store.reading.link_views import LinkView

_COLUMN_OF = {"account": "native_id"}
"""Of fields that aren't called so in the file: there an account is its own id, and nothing else."""
_CHECKED = ("realm", "label")
"""What it goes by where they are there: a system's own id, and whether the columns still belong together."""
COLUMNS = (
    *("decision", "reason", "source", "realm", "native_id", "label", "is_now", "link", "relation", "worker"),
    *("score", "evidence"),
)


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
    verb: str
    """`confirm` or `reject`."""
    link: LinkDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file: either decisions, or the mistakes that kept all of it back."""

    decided: tuple[LineDecided, ...]
    mistakes: tuple[LineMistake, ...]
    undecided: int
    """Lines that say neither confirm nor reject."""


def text(found: Iterable[LinkView]) -> Iterator[str]:
    """Yield the file's text, for a person to fill in the first two columns."""
    return spreadsheet.written(COLUMNS, map(_cells, found))


def needed() -> Sequence[str]:
    """The columns that the import goes by: the decisions' own fields."""
    fields = dict.fromkeys(name for kind in in_files("link").values() for name in kind.asked)
    return ("decision", "reason", *(_COLUMN_OF.get(name, name) for name in fields if name != "reason"))


def import_links(context: DecisionContext, path: Path, *, reason: str = "", check: bool = False) -> Imported:
    """Write down what the file decides, or with `check` only see whether it could be.

    `reason` stands for lines that give none. Raises FatalError where the file can't be read as one of these.
    """
    sheet = spreadsheet.read(path, needed(), _CHECKED)
    return _Import(context, sheet).done(reason.strip(), check=check)


class _TakenBackError(Exception):
    """The transaction ends as if it hadn't been."""

    def __init__(self, came: Imported) -> None:
        super().__init__()
        self.came = came


def _take_back(came: Imported) -> None:
    raise _TakenBackError(came)


class _LineError(Exception):
    """A line with a mistake."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column, self.text = column, text


class _Import:
    """One file, line by line."""

    def __init__(self, context: DecisionContext, sheet: Sheet) -> None:
        self._context, self._sheet, self._verbs = context, sheet, in_files("link")
        self._accounts: dict[tuple[str, str], AccountFound] = {}
        self._lines: dict[tuple[str, str, str], int] = {}
        """(realm, native id, person) -> the line that decides it."""
        self._confirmed: dict[tuple[str, str], int] = {}

    def done(self, reason: str, *, check: bool) -> Imported:
        try:
            with self._context.session.transaction():
                came = self._every_line(reason)
                if came.mistakes or check:
                    _take_back(came)
                return came
        except _TakenBackError as back:
            return back.came

    def _every_line(self, reason: str) -> Imported:
        decided: list[LineDecided] = []
        mistakes: list[LineMistake] = []
        undecided = 0
        for line in self._sheet.lines:
            try:
                one = self._decided(line, reason)
            except _LineError as error:
                column = self._sheet.column(error.column)
                mistakes.append(LineMistake(line=line.number, column=column, text=error.text))
                continue
            undecided += one is None
            decided += [one] if one else []
        return Imported(decided=() if mistakes else tuple(decided), mistakes=tuple(mistakes), undecided=undecided)

    def _decided(self, line: SheetLine, reason: str) -> LineDecided | None:
        verb, why = _verb(line, self._verbs), line.cells["reason"] or reason
        if not verb:
            return None
        if not why:
            raise _LineError("reason", "says nothing. Say why, or give one for all such lines with --reason.")
        account = self._account(line)
        worker = self._worker(line)
        self._refuse_twice(line, verb, account, worker.person_uid)
        own = {"source": account.realm, "account": account.native_id, "worker": f"{worker.id_space}:{worker.worker_id}"}
        try:
            done = self._verbs[verb].decide(self._context, **own, reason=why)
        except FatalError as error:
            raise _LineError("decision", str(error)) from error
        return LineDecided(line=line.number, verb=verb, link=done.made)

    def _account(self, line: SheetLine) -> AccountFound:
        where, native_id = line.cells["realm"] or line.cells["source"], line.cells["native_id"]
        for column, said in (("realm" if line.cells["realm"] else "source", where), ("native_id", native_id)):
            _must_be_whole(column, said)
        if (where, native_id) not in self._accounts:
            try:
                self._accounts[where, native_id] = links.account_called(self._context.session, where, native_id)
            except FatalError as error:
                # Whatever names an account names one of a system that there is.
                column = "native_id" if isinstance(error, NamedError) else "realm" if line.cells["realm"] else "source"
                raise _LineError(column, str(error)) from error
        account = self._accounts[where, native_id]
        self._must_belong_together(line, account)
        return account

    def _must_belong_together(self, line: SheetLine, account: AccountFound) -> None:
        """Who sorts one column and not the others would decide about other accounts than they read about."""
        if account.native_id != line.cells["native_id"]:
            raise _LineError("native_id", f"is another's name: this account's own id is {account.native_id}.")
        again = "Columns that were sorted apart? Take the file anew: links --format csv"
        if line.cells["source"] not in (account.source, account.realm):
            raise _LineError("source", f"this account is {account.source}'s. {again}")
        if line.cells["label"] and line.cells["label"] != spreadsheet.shown(account.label).strip():
            raise _LineError("label", f"account {account.native_id} is called {account.label}. {again}")

    def _worker(self, line: SheetLine) -> workers.WorkerFound:
        _must_be_whole("worker", line.cells["worker"])
        try:
            return workers.worker_called(self._context.session, line.cells["worker"])
        except FatalError as error:
            raise _LineError("worker", str(error)) from error

    def _refuse_twice(self, line: SheetLine, verb: str, account: AccountFound, person_uid: str) -> None:
        """A line that repeats or contradicts an earlier one of this file."""
        own = (account.realm, account.native_id)
        first = self._lines.setdefault((*own, person_uid), line.number)
        if first != line.number:
            raise _LineError("decision", f"line {first} decides this account and worker already. Empty one of them.")
        if verb == LinkVerdict.CONFIRM:
            first = self._confirmed.setdefault(own, line.number)
            if first != line.number:
                text = f"line {first} confirms this account as another worker's, and it's one person's. Empty one."
                raise _LineError("decision", text)


def _verb(line: SheetLine, verbs: Mapping[str, DecisionKind]) -> str:
    """What the line says; "" where it leaves it open."""
    said = line.cells["decision"].lower()
    if said and said not in verbs:
        raise _LineError("decision", f"{said!r} is none: {', '.join(verbs)} or nothing.{nearest(said, verbs)}")
    if line.cells["reason"] and not said:
        raise _LineError("decision", "is empty beside a reason. Write confirm or reject, or take the reason out.")
    return said


def _must_be_whole(column: str, said: str) -> None:
    if not said:
        raise _LineError(column, "is empty, and a decision needs it.")
    if spreadsheet.rewritten(said):
        raise _LineError(column, f"{said} was an id before a spreadsheet rounded it. Take it from a new export.")


def _cells(link: LinkView) -> Sequence[str]:
    space = link.id_space if link.id_space != "default" else ""
    who = f"{space}:{link.worker_id}" if space and link.worker_id else link.worker_id or ""
    score = f"{link.score / 100:.2f}" if link.score is not None else ""
    return (
        *("", "", link.source, link.realm, link.account_native_id, link.account_label, link.standing),
        *(link.decision, link.relation or "", who, score, "; ".join(link.evidence)),
    )
