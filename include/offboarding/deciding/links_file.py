"""Whose accounts are, decided many at once: `links --format csv`, edited by a person, and read back.

A line counts where its column `decision` says confirm or reject. Every line is checked before anything is kept, and one
mistake keeps all of it back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from include.offboarding.deciding import spreadsheet
from include.offboarding.deciding.signing import signed_by
from include.offboarding.deciding.spreadsheet import Line, Sheet
from include.offboarding.errors import FatalError, NamedError
from include.offboarding.spelling import nearest
from include.offboarding.store import decisions
from include.offboarding.store.connect import Session
from include.offboarding.store.decisions import AccountFound
from include.offboarding.store.reading import workers
from include.offboarding.store.reading.told_links import LinkTold

NEEDED = ("decision", "reason", "source", "native_id", "worker")
"""What the import reads, and goes by."""
_CHECKED = ("realm", "label")
"""What it goes by where they are there: a system's own id, and whether the columns still belong together."""
COLUMNS = (
    *("decision", "reason", "source", "realm", "native_id", "label", "is_now", "link", "relation", "worker"),
    *("score", "evidence"),
)
_VERBS = ("confirm", "reject")


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
    verb: Literal["confirm", "reject"]
    source: str
    account_label: str
    id_space: str
    worker_id: str
    decision_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file: either decisions, or the mistakes that kept all of it back."""

    decided: tuple[LineDecided, ...]
    mistakes: tuple[LineMistake, ...]
    undecided: int
    """Lines that say neither confirm nor reject."""


def text(found: Iterable[LinkTold]) -> Iterator[str]:
    """Yield the file's text, for a person to fill in the first two columns."""
    return spreadsheet.written(COLUMNS, map(_cells, found))


def import_links(session: Session, path: Path, *, author: str, reason: str = "", check: bool = False) -> Imported:
    """Write down what the file decides, or with `check` only see whether it could be.

    `reason` stands for lines that give none. Raises FatalError where the file can't be read as one of these.
    """
    desk = _Import(session=session, sheet=spreadsheet.read(path, NEEDED, _CHECKED), author=signed_by(author))
    return desk.done(reason.strip(), check=check)


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

    def __init__(self, *, session: Session, sheet: Sheet, author: str) -> None:
        self._session, self._sheet, self._author = session, sheet, author
        self._accounts: dict[tuple[str, str], AccountFound] = {}
        self._lines: dict[tuple[str, str, str], int] = {}
        """(realm, native id, person) -> the line that decides it."""
        self._confirmed: dict[tuple[str, str], int] = {}

    def done(self, reason: str, *, check: bool) -> Imported:
        try:
            with self._session.transaction():
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

    def _decided(self, line: Line, reason: str) -> LineDecided | None:
        verb, why = _verb(line), line.cells["reason"] or reason
        if not verb:
            return None
        if not why:
            raise _LineError("reason", "says nothing. Say why, or give one for all such lines with --reason.")
        account = self._account(line)
        worker = self._worker(line)
        self._refuse_twice(line, verb, account, worker.person_uid)
        try:
            number = decisions.decide(
                self._session, account, worker.person_uid, verdict=verb, reason=why, author=self._author
            )
        except FatalError as error:
            raise _LineError("decision", str(error)) from error
        return LineDecided(
            line=line.number,
            verb=verb,
            source=account.source,
            account_label=account.label,
            id_space=worker.id_space,
            worker_id=worker.worker_id,
            decision_id=number,
        )

    def _account(self, line: Line) -> AccountFound:
        where, native_id = line.cells["realm"] or line.cells["source"], line.cells["native_id"]
        for column, said in (("realm" if line.cells["realm"] else "source", where), ("native_id", native_id)):
            _must_be_whole(column, said)
        if (where, native_id) not in self._accounts:
            try:
                self._accounts[where, native_id] = decisions.account_of(
                    self._session, where, native_id
                ) or decisions.account_called(self._session, where, native_id)
            except FatalError as error:
                # Whatever names an account names one of a system that there is.
                column = "native_id" if isinstance(error, NamedError) else "realm" if line.cells["realm"] else "source"
                raise _LineError(column, str(error)) from error
        account = self._accounts[where, native_id]
        self._must_belong_together(line, account)
        return account

    def _must_belong_together(self, line: Line, account: AccountFound) -> None:
        """Who sorts one column and not the others would decide about other accounts than they read about."""
        if account.native_id != line.cells["native_id"]:
            raise _LineError("native_id", f"is another's name: this account's own id is {account.native_id}.")
        again = "Columns that were sorted apart? Take the file anew: links --format csv"
        if line.cells["source"] not in (account.source, account.realm):
            raise _LineError("source", f"this account is {account.source}'s. {again}")
        if line.cells["label"] and line.cells["label"] != spreadsheet.shown(account.label).strip():
            raise _LineError("label", f"account {account.native_id} is called {account.label}. {again}")

    def _worker(self, line: Line) -> workers.WorkerFound:
        _must_be_whole("worker", line.cells["worker"])
        try:
            return workers.worker_called(self._session, line.cells["worker"])
        except FatalError as error:
            raise _LineError("worker", str(error)) from error

    def _refuse_twice(self, line: Line, verb: str, account: AccountFound, person_uid: str) -> None:
        """A line that repeats or contradicts an earlier one of this file."""
        own = (account.realm, account.native_id)
        first = self._lines.setdefault((*own, person_uid), line.number)
        if first != line.number:
            raise _LineError("decision", f"line {first} decides this account and worker already. Empty one of them.")
        if verb == "confirm":
            first = self._confirmed.setdefault(own, line.number)
            if first != line.number:
                text = f"line {first} confirms this account as another worker's, and it's one person's. Empty one."
                raise _LineError("decision", text)


def _verb(line: Line) -> Literal["confirm", "reject"] | None:
    said = line.cells["decision"].lower()
    if said in ("confirm", "reject"):
        return said
    if said:
        raise _LineError("decision", f"{said!r} is none: confirm, reject or nothing.{nearest(said, _VERBS)}")
    if line.cells["reason"]:
        raise _LineError("decision", "is empty beside a reason. Write confirm or reject, or take the reason out.")
    return None


def _must_be_whole(column: str, said: str) -> None:
    if not said:
        raise _LineError(column, "is empty, and a decision needs it.")
    if spreadsheet.rewritten(said):
        raise _LineError(column, f"{said} was an id before a spreadsheet rounded it. Take it from a new export.")


def _cells(link: LinkTold) -> Sequence[str]:
    space = link.id_space if link.id_space != "default" else ""
    who = f"{space}:{link.worker_id}" if space and link.worker_id else link.worker_id or ""
    score = f"{link.score / 100:.2f}" if link.score is not None else ""
    return (
        *("", "", link.source, link.realm, link.account_native_id, link.account_label, link.standing),
        *(link.decision, link.relation or "", who, score, "; ".join(link.evidence)),
    )
