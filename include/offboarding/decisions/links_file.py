"""Whose accounts are, decided many at once: `links --format csv`, edited by a person, and read back.

A line counts where its column `decision` says confirm or reject: then it's that decision, its columns the fields. Every
line is checked before anything is kept, and one mistake keeps all of it back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from offboarding.config.spelling import nearest
from offboarding.decisions import links, spreadsheet
from offboarding.decisions.kinds import DecisionContext, DecisionKind, every
from offboarding.decisions.many import Imported, LineDecided, all_or_nothing, must_be_whole, wrong
from offboarding.decisions.spreadsheet import SheetLine
from offboarding.model import LinkVerdict
from offboarding.model.errors import FatalError
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


def text(found: Iterable[LinkView]) -> Iterator[str]:
    """Yield the file's text, for a person to fill in the first two columns."""
    return spreadsheet.written(COLUMNS, map(_cells, found))


def needed() -> Sequence[str]:
    """The columns that the import goes by: the decisions' own fields."""
    fields = dict.fromkeys(name for kind in _verbs().values() for name in kind.asked)
    return ("decision", "reason", *(_COLUMN_OF.get(name, name) for name in fields if name != "reason"))


def import_links(context: DecisionContext, path: Path, *, reason: str = "", check: bool = False) -> Imported:
    """Write down what the file decides, or with `check` only see whether it could be.

    `reason` stands for lines that give none. Raises FatalError where the file can't be read as one of these.
    """
    sheet = spreadsheet.read(path, needed(), _CHECKED)
    return all_or_nothing(context.session, sheet, _LinkImport(context, reason.strip()).decided, check=check)


def _verbs() -> Mapping[str, DecisionKind]:
    return {verdict.value: every()[f"link {verdict.value}"] for verdict in LinkVerdict}


class _LinkImport:
    """One file, line by line."""

    def __init__(self, context: DecisionContext, reason: str) -> None:
        self._context, self._reason, self._verbs = context, reason, _verbs()
        self._accounts: dict[tuple[str, str], AccountFound] = {}
        self._lines: dict[tuple[str, str, str], int] = {}
        """(realm, native id, person) -> the line that decides it."""
        self._confirmed: dict[tuple[str, str], int] = {}

    def decided(self, line: SheetLine) -> LineDecided | None:
        verb, why = _verb(line, self._verbs), line.cells["reason"] or self._reason
        if not verb:
            return None
        if not why:
            raise wrong("reason", "says nothing. Say why, or give one for all such lines with --reason.")
        account = self._account(line)
        worker = self._worker(line)
        self._refuse_twice(line, verb, account, worker.person_uid)
        own = {"source": account.realm, "account": account.native_id, "worker": f"{worker.id_space}:{worker.worker_id}"}
        try:
            done = self._verbs[verb].decide(self._context, **own, reason=why)
        except FatalError as error:
            raise wrong("decision", str(error)) from error
        return LineDecided(line=line.number, decision=verb, done=done)

    def _account(self, line: SheetLine) -> AccountFound:
        where, native_id = line.cells["realm"] or line.cells["source"], line.cells["native_id"]
        for column, said in (("realm" if line.cells["realm"] else "source", where), ("native_id", native_id)):
            _must_be_whole(column, said)
        if (where, native_id) not in self._accounts:
            try:
                self._accounts[where, native_id] = links.account_called(self._context.session, where, native_id)
            except FatalError as error:
                column = "native_id" if error.field == "account" else "realm" if line.cells["realm"] else "source"
                raise wrong(column, str(error)) from error
        account = self._accounts[where, native_id]
        self._must_belong_together(line, account)
        return account

    def _must_belong_together(self, line: SheetLine, account: AccountFound) -> None:
        """Who sorts one column and not the others would decide about other accounts than they read about."""
        if account.native_id != line.cells["native_id"]:
            raise wrong("native_id", f"is another's name: this account's own id is {account.native_id}.")
        again = "Columns that were sorted apart? Take the file anew: links --format csv"
        if line.cells["source"] not in (account.source, account.realm):
            raise wrong("source", f"this account is {account.source}'s. {again}")
        if line.cells["label"] and line.cells["label"] != spreadsheet.shown(account.label).strip():
            raise wrong("label", f"account {account.native_id} is called {account.label}. {again}")

    def _worker(self, line: SheetLine) -> workers.WorkerFound:
        _must_be_whole("worker", line.cells["worker"])
        try:
            return workers.worker_called(self._context.session, line.cells["worker"])
        except FatalError as error:
            raise wrong("worker", str(error)) from error

    def _refuse_twice(self, line: SheetLine, verb: str, account: AccountFound, person_uid: str) -> None:
        """A line that repeats or contradicts an earlier one of this file."""
        own = (account.realm, account.native_id)
        first = self._lines.setdefault((*own, person_uid), line.number)
        if first != line.number:
            raise wrong("decision", f"line {first} decides this account and worker already. Empty one of them.")
        if verb == LinkVerdict.CONFIRM:
            first = self._confirmed.setdefault(own, line.number)
            if first != line.number:
                text = f"line {first} confirms this account as another worker's, and it's one person's. Empty one."
                raise wrong("decision", text)


def _verb(line: SheetLine, verbs: Mapping[str, DecisionKind]) -> str:
    """What the line says; "" where it leaves it open."""
    said = line.cells["decision"].lower()
    if said and said not in verbs:
        raise wrong("decision", f"{said!r} is none: {', '.join(verbs)} or nothing.{nearest(said, verbs)}")
    if line.cells["reason"] and not said:
        raise wrong("decision", "is empty beside a reason. Write confirm or reject, or take the reason out.")
    return said


def _must_be_whole(column: str, said: str) -> None:
    if not said:
        raise wrong(column, "is empty, and a decision needs it.")
    must_be_whole(column, said)


def _cells(link: LinkView) -> Sequence[str]:
    space = link.id_space if link.id_space != "default" else ""
    who = f"{space}:{link.worker_id}" if space and link.worker_id else link.worker_id or ""
    score = f"{link.score / 100:.2f}" if link.score is not None else ""
    return (
        *("", "", link.source, link.realm, link.account_native_id, link.account_label, link.standing),
        *(link.decision, link.relation or "", who, score, "; ".join(link.evidence)),
    )
