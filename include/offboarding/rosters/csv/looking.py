"""A look at a whole file whose encoding, delimiter or sheet nobody has declared yet."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from offboarding.interfaces import Chooser, ConnectionFields
from offboarding.interfaces.settings import DEFAULT_READ_MINUTES
from offboarding.model.errors import ConfigError
from offboarding.rosters._records.proposing import known_columns
from offboarding.rosters.csv.bounds import Digested, FileBounds, WrongFileError
from offboarding.rosters.csv.fitting import Table, decodings, table_of, tables
from offboarding.rosters.csv.openpgp import MessageKeys, message_keys
from offboarding.rosters.csv.packing import DAMAGED, unpacked
from offboarding.rosters.csv.places import store_of
from offboarding.rosters.csv.settings import DEFAULT_MEGABYTES
from offboarding.rosters.csv.stores import FeedFile, OpenedFeed
from offboarding.rosters.csv.workbook.reading import Workbook, opened_workbook

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """What was seen."""

    name: str
    """The file's, for people."""
    table: Table
    settings: Mapping[str, object]
    """How it is to be read."""
    is_day: Callable[[str], bool]
    """Whether a value is a day without a word on how days are written."""
    encrypted: bool = False


def look(path: str, connection: ConnectionFields | None, asker: Chooser) -> SeenFile:
    """Look at the newest file. Raises ConfigError where it's no table, or several and nobody can be asked which."""
    store = store_of(path, connection, "init")
    newest = max(store.found(), key=lambda file: (file.modified_at or _NEVER, file.name))
    with store.opened(newest) as opened:
        try:
            return _look(opened, newest, asker, message_keys(connection, where="init"))
        except WrongFileError as error:
            raise ConfigError(f"{newest.name} {error.text}. {error.fix}.") from error
        except DAMAGED as error:
            raise ConfigError(f"{newest.name} is a damaged archive, or one that was cut off ({error}).") from error


def one(key: str, question: str, options: Sequence[str], asker: Chooser) -> str:
    """The only one that fits; where several do, somebody has to say."""
    return asker.choose(key, question, options, proposed=options[0] if len(options) == 1 else None)


def _look(opened: OpenedFeed, file: FeedFile, asker: Chooser, keys: MessageKeys) -> SeenFile:
    bounds = FileBounds(max_bytes=DEFAULT_MEGABYTES << 20, until=time.monotonic() + DEFAULT_READ_MINUTES * 60)
    with unpacked(Digested(opened.stream, bounds), "utf-8", keys) as content:
        if content.is_workbook:
            with opened_workbook(content.stream, bounds) as workbook:
                seen = _in_sheet(workbook, file.name, asker)
        else:
            seen = _in_text(content.stream.read(), file.name, asker)
        return replace(seen, encrypted=content.decrypted is not None)


def _in_sheet(workbook: Workbook, name: str, asker: Chooser) -> SeenFile:
    seen = {sheet.title: sheet for sheet in workbook.sheets if not sheet.hidden}
    found = {title: table for title, sheet in seen.items() if (table := table_of(sheet.records(), ""))}
    if not found:
        raise ConfigError(f"{name}: no sheet in sight holds a table, a header and rows below it.")
    known = {title: known_columns(table.header) for title, table in found.items()}
    # Leavers may stand in a sheet of their own, with more columns than the others.
    people = [title for title in found if "worker_id" in known[title]]
    most = max(map(len, known.values()))
    likely = people or [title for title in found if len(known[title]) == most]
    title = one("sheet", f"{name} has {len(likely)} sheets that may be it", likely, asker)
    days = workbook.days(())

    def is_day(text: str) -> bool:
        try:
            days(text, "UTC")
        except ValueError:
            return False
        return True

    settings = {"sheet": title} if len(seen) > 1 else dict[str, object]()
    return SeenFile(name=f'{name}, sheet "{title}"', table=found[title], settings=settings, is_day=is_day)


def _in_text(content: bytes, name: str, asker: Chooser) -> SeenFile:
    if not content.strip():
        raise ConfigError(f"{name} is empty: name a file that holds people.")
    texts = decodings(content)
    if not texts:
        raise ConfigError(f"{name} is no text in an encoding that HR systems write. Export it as UTF-8.")
    samples = "; ".join(f"{encoding}: {_first_that_differs(text)}" for encoding, text in texts.items())
    encoding = one("encoding", f"{name} can be read in {len(texts)} encodings ({samples})", list(texts), asker)
    table = _table(texts[encoding] if encoding in texts else content.decode(encoding), name, asker)
    settings: dict[str, object] = {}
    if encoding != "utf-8":
        settings["encoding"] = encoding
    if table.delimiter != ",":
        settings["delimiter"] = table.delimiter
    return SeenFile(name=name, table=table, settings=settings, is_day=lambda _: False)


def _first_that_differs(text: str) -> str:
    """The first line that isn't plain, cut short: what encodings differ in."""
    return next((line for line in text.splitlines() if not line.isascii()), text.partition("\n")[0])[:40]


def _table(text: str, name: str, asker: Chooser) -> Table:
    found = tables(text)
    if not found:
        raise ConfigError(
            f"{name}: by no delimiter (comma, semicolon, tab, |) has each row as many fields as the header. Look for"
            " rows of another kind among the people's, or quotation marks that don't pair up."
        )
    question = f"{name} can be divided in {len(found)} ways"
    return found[one("delimiter", question, list(found), asker)]
