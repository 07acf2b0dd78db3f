"""A first configuration of a CSV roster, from a look at the whole file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import EmploymentStatus
from offboarding.model.errors import ConfigError
from offboarding.rosters._records.columns import DAYS
from offboarding.rosters._records.usual_words import plain, usual
from offboarding.rosters.csv.fitting import Table, column, counted, date_formats, decodings, known_columns, tables
from offboarding.rosters.csv.places import store_of
from offboarding.rosters.csv.stores import scheme_of

_MOST_STATUSES = 30
"""A column with more words tells no status."""
_OWN_SHARE = 0.05
"""A mail domain that fewer of the people have is somebody else's."""
_ANYBODYS = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "naver.com", "daum.net"}
    | {"hanmail.net", "gmx.de", "web.de", "t-online.de", "qq.com", "163.com", "yahoo.co.jp", "proton.me"}
)
_SHOWN = 5
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def propose(where: str, connection: ConnectionFields | None, asker: Chooser) -> Proposal:
    """Column mapping, encoding, delimiter, date format, status words and zones that fit every row of the newest file.

    Raises ConfigError where two ways fit and nobody can be asked, naming both; and where none does.
    """
    path = where if scheme_of(where) else str(Path(where).expanduser().resolve())
    encoding, text, name = _text(path, connection, asker)
    table = _table(text, name, asker)
    columns = _columns(table, asker)
    told = _statuses(table, columns, asker)
    coverage = _coverage(columns, told, asker)
    settings: dict[str, object] = {"path": path, "coverage": coverage}
    if encoding != "utf-8":
        settings["encoding"] = encoding
    if table.delimiter != ",":
        settings["delimiter"] = table.delimiter
    formats = _date_formats(table, columns, asker)
    if formats and formats != ["%Y-%m-%d"]:
        settings["date_format"] = formats if len(formats) > 1 else formats[0]
    settings["columns"] = columns
    if told:
        settings["statuses"] = told
    zones, unknown = _zones(table, columns)
    if zones:
        settings["zones"] = {word: zone for word, (zone, _) in zones.items()}
    return Proposal(
        settings=settings,
        notes=tuple(_notes(table, columns, name, unknown)),
        mail_domains=_mail_domains(table, columns),
        zones=tuple(counted(zone for zone, number in zones.values() for _ in range(number))),
    )


def _text(path: str, connection: ConnectionFields | None, asker: Chooser) -> tuple[str, str, str]:
    """Encoding, text, and the file's name."""
    store = store_of(path, connection, "init")
    newest = max(store.found(), key=lambda file: (file.modified_at or _NEVER, file.name))
    with store.opened(newest) as opened:
        content = opened.stream.read()
    if not content.strip():
        raise ConfigError(f"{newest.name} is empty: name a file that holds people.")
    texts = decodings(content)
    if not texts:
        raise ConfigError(f"{newest.name} is no text in an encoding that HR systems write. Export it as UTF-8.")
    samples = "; ".join(f"{encoding}: {_differing(text, texts)}" for encoding, text in texts.items())
    question = f"{newest.name} can be read in {len(texts)} encodings ({samples})"
    encoding = _one("encoding", question, list(texts), asker)
    return encoding, texts[encoding] if encoding in texts else content.decode(encoding), newest.name


def _differing(text: str, texts: Mapping[str, str]) -> str:
    """The first line that isn't plain, cut short: what the encodings differ in."""
    lines = text.splitlines()
    at = next((n for n, line in enumerate(lines) if not line.isascii()), 0)
    del texts
    return lines[at][:40] if lines else ""


def _table(text: str, name: str, asker: Chooser) -> Table:
    found = tables(text)
    if not found:
        raise ConfigError(
            f"{name}: by no delimiter (comma, semicolon, tab, |) has each row as many fields as the header. Look for"
            " titles above the header, totals below the rows, or quotation marks that don't pair up."
        )
    question = f"{name} can be divided in {len(found)} ways"
    return found[_one("delimiter", question, list(found), asker)]


def _columns(table: Table, asker: Chooser) -> dict[str, str]:
    header = [cell for cell in table.header if cell.strip()]
    known = known_columns(header)
    if "worker_id" not in known:
        question = "Which column holds HR's number of the worker"
        known = {"worker_id": asker.choose("columns.worker_id", question, header), **known}
    chosen: dict[str, str] = {}
    for name, cell in known.items():
        column_name = asker.choose(f"columns.{name}", f"Column for {name}", ["", *header], proposed=cell)
        if column_name:
            chosen[name] = column_name
    return chosen


def _statuses(table: Table, columns: Mapping[str, str], asker: Chooser) -> dict[str, str]:
    """HR's word -> ours."""
    if "status" not in columns:
        return {}
    words = counted(column(table, columns["status"]))
    if len(words) > _MOST_STATUSES:
        raise ConfigError(
            f'The column "{columns["status"]}" holds {len(words)} different words: no status. Name another one with'
            " --set NAME.columns.status=COLUMN, or none with --set NAME.columns.status="
        )
    known = usual("statuses")
    options = [status.value for status in EmploymentStatus]
    told: dict[str, str] = {}
    unknown: list[str] = []
    for word, number in words.items():
        proposed = known[plain(word)][0] if plain(word) in known else None
        question = f'What does the status "{word}" mean ({number:,} rows)'
        try:
            told[word] = asker.choose(f"statuses.{word}", question, options, proposed=proposed, confirm=True)
        except ConfigError:
            unknown.append(word)
    if unknown:
        flags = " ".join(f'--status "{word}=left"' for word in unknown)
        raise ConfigError(
            f'Nobody says what these words of "{columns["status"]}" mean: {", ".join(unknown)}. Each is one of'
            f" {', '.join(options)}; say it so: {flags}"
        )
    return told


def _coverage(columns: Mapping[str, str], told: Mapping[str, str], asker: Chooser) -> str:
    question = "Does the file list everyone, leavers with their dates (full), only who works here (active), or leavers"
    options = ["full", "active", "leavers"] if "status" in columns else ["active", "leavers"]
    return asker.choose("coverage", question, options, proposed="full" if "left" in told.values() else None)


def _date_formats(table: Table, columns: Mapping[str, str], asker: Chooser) -> list[str]:
    """One format for all columns that hold days; where none reads all of them, one a column."""
    values = {name: column(table, columns[name]) for name in DAYS if name in columns}
    every = [value for told in values.values() for value in told]
    if not every:
        return []
    fit = date_formats(every)
    if fit:
        return [_one("date_format", _asked(every, fit), fit, asker)]
    formats: list[str] = []
    for name, told in values.items():
        fit = date_formats(told)
        if told and not fit:
            return [_unfit(columns[name], told, asker)]
        if told:
            formats.append(_one("date_format", _asked(told, fit), fit, asker))
    return list(dict.fromkeys(formats))


def _unfit(header: str, values: Sequence[str], asker: Chooser) -> str:
    shown = ", ".join(dict.fromkeys(values[:_SHOWN]))
    return asker.choose(
        "date_format", f'No usual way of writing days reads all of "{header}" ({shown}); which one is it'
    )


def _asked(values: Sequence[str], fit: Sequence[str]) -> str:
    """The question, with a value that is a different day in each."""
    if len(fit) == 1:
        return ""
    different = dict.fromkeys(values)
    doubt = next((value for value in different if len(date_formats([value], fit)) > 1), values[0])
    return f"Days can be read in {len(fit)} ways ({doubt} is either)"


def _one(key: str, question: str, options: Sequence[str], asker: Chooser) -> str:
    """The only one that fits; where several do, somebody has to say."""
    return asker.choose(key, question, options, proposed=options[0] if len(options) == 1 else None)


def _zones(table: Table, columns: Mapping[str, str]) -> tuple[dict[str, tuple[str, int]], list[str]]:
    """HR's word for a location -> its zone and how many work there; and the words without one."""
    if "location" not in columns:
        return {}, []
    zones = usual("zones")
    words = counted(column(table, columns["location"]))
    known = {word: (zones[plain(word)][0], number) for word, number in words.items() if plain(word) in zones}
    return known, [word for word in words if word not in known]


def _mail_domains(table: Table, columns: Mapping[str, str]) -> tuple[str, ...]:
    if "mail" not in columns:
        return ()
    mails = [value.rpartition("@")[2].casefold() for value in column(table, columns["mail"]) if "@" in value]
    return tuple(
        domain
        for domain, number in counted(mails).items()
        if number >= _OWN_SHARE * len(mails) and domain not in _ANYBODYS
    )


def _notes(table: Table, columns: Mapping[str, str], name: str, unknown: Sequence[str]) -> Iterator[str]:
    yield f"Proposed from {name}, {len(table.rows):,} rows, which all fit."
    others = [cell for cell in table.header if cell.strip() and cell not in columns.values()]
    if others:
        yield f"Columns without use here: {', '.join(others)}."
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        yield f"Locations without a zone yet (the company's is taken, cautiously): {', '.join(unknown[:_SHOWN])}{more}."
