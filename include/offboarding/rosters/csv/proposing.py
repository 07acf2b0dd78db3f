"""A first configuration of a CSV roster, from a look at the whole file."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import counted, first_few
from offboarding.rosters._records.columns import DAYS, JOINED, NAMES
from offboarding.rosters._records.delimited import Record
from offboarding.rosters._records.proposing import (
    ANYBODYS,
    coverage_of,
    frequencies,
    known_columns,
    known_zones,
    last_day_of,
    name_parts,
    own_domains,
    statuses_of,
    tells_leavers,
)
from offboarding.rosters._records.words import shown
from offboarding.rosters.csv.fitting import (
    Table,
    column,
    date_formats,
    nearly_date_formats,
    numbered,
    unread_by,
)
from offboarding.rosters.csv.looking import SeenFile, look, one
from offboarding.rosters.csv.stores import scheme_of

_ENOUGH = 200
"""Values, to see whether a column holds days."""
_NEARLY_ALL = 0.9
_OWN_DOMAINS = 2
_ADDRESS = re.compile(r"[^\s@]+@([^\s@]+\.[^\s@]+)")
_SHOWN = 5
_NUMBER = re.compile(r"[0-9](?:[0-9.,' ]*[0-9])?")
_DIVIDER = re.compile(r"[.,' ]")


def propose(where: str, connection: ConnectionFields | None, asker: Chooser) -> Proposal:
    """Column mapping, encoding, delimiter, date format, status words and zones that fit every row of the newest file.

    Raises ConfigError where two ways fit and nobody can be asked, naming both; and where none does.
    """
    path = where if scheme_of(where) else str(Path(where).expanduser().resolve())
    seen = look(path, connection, asker)
    table = seen.table
    mapped = _columns(table, asker)
    columns = _single(mapped)
    status = columns.get("status")
    statuses = statuses_of(status, column(table, status), asker) if status else {}
    if tells_leavers(statuses):
        mapped |= last_day_of(mapped, _free_days(seen, mapped), asker)
        columns = _single(mapped)
    coverage = coverage_of(statuses, asker)
    settings: dict[str, object] = {"path": path, "coverage": coverage, **seen.settings}
    formats = _date_formats(seen, columns, asker)
    if formats and formats != ["%Y-%m-%d"]:
        settings["date_format"] = formats if len(formats) > 1 else formats[0]
    if trailer := _trailer(table):
        settings["trailer"] = {"pattern": trailer}
    settings["columns"] = mapped
    if statuses:
        settings["statuses"] = statuses
    zones, unknown = _zones(table, columns)
    if zones:
        settings["zones"] = {word: zone for word, (zone, _) in zones.items()}
    unread = list(_unread(seen, columns, formats)) if formats else []
    return Proposal(
        settings=settings,
        notes=tuple(_notes(seen, mapped, unknown, unread, proved=bool(trailer))),
        warnings=tuple(_warnings(seen, unread)),
        mail_domains=own_domains(column(table, columns["mail"])) if "mail" in columns else (),
        zones=tuple(frequencies(zone for zone, number in zones.values() for _ in range(number))),
    )


def _columns(table: Table, asker: Chooser) -> dict[str, object]:
    header = [cell for cell in table.header if cell.strip()]
    known = known_columns(header)
    parts = name_parts(header)
    together = ", ".join(parts)
    if parts and known.get("name", parts[0]) in parts:
        known["name"] = together
    if "worker_id" not in known:
        question = "Which column holds HR's number of the worker"
        known = {"worker_id": asker.choose("columns.worker_id", question, header), **known}
    mails = () if "mail" in known else mail_columns(table, known.values())
    if mails:
        known["mail"] = mails[0]
    chosen: dict[str, object] = {}
    for name in (name for name in NAMES if name in known or name not in JOINED):
        options = ["", *header, *([together] if parts and name == "name" else [])]
        several = mails if name == "mail" and len(mails) > 1 else ()
        question = f"Column for {name}" + (f" ({' and '.join(several)} hold addresses)" if several else "")
        proposed = None if several else known.get(name, "")
        column_name = asker.choose(f"columns.{name}", question, options, proposed=proposed)
        if column_name:
            chosen[name] = list(parts) if column_name == together else column_name
    return chosen


def _free_days(seen: SeenFile, mapped: Mapping[str, object]) -> list[str]:
    """Columns of no use yet that hold days."""
    free = dict.fromkeys(cell for cell in seen.table.header if cell.strip() and cell not in _used(mapped))
    return [cell for cell in free if _holds_days(seen, column(seen.table, cell)[:_ENOUGH])]


def _holds_days(seen: SeenFile, values: Sequence[str]) -> bool:
    said = [value for value in values if not seen.is_day(value)]
    return bool(values) and bool(not said or date_formats(said) or nearly_date_formats(said))


def mail_columns(table: Table, taken: Collection[str]) -> tuple[str, ...]:
    """Columns that nearly all hold mail addresses, of a domain or two that are the company's, and each its own."""
    free = [cell for cell in table.header if cell.strip() and cell not in taken]
    return tuple(cell for cell in dict.fromkeys(free) if _holds_mails(column(table, cell)))


def _holds_mails(values: Sequence[str]) -> bool:
    # A manager's address comes again and again.
    different = list(dict.fromkeys(value.casefold() for value in values))
    domains = frequencies(match[1] for value in different if (match := _ADDRESS.fullmatch(value)))
    own = sum(list(domains.values())[:_OWN_DOMAINS])
    enough = _NEARLY_ALL * len(values)
    return bool(domains) and own >= enough and not ANYBODYS & set(list(domains)[:_OWN_DOMAINS])


def _single(columns: Mapping[str, object]) -> dict[str, str]:
    """Those of our columns that stand in one."""
    return {name: headers for name, headers in columns.items() if isinstance(headers, str)}


def _trailer(table: Table) -> str:
    """What the first row below the people's is, where it counts them; "" where it doesn't, and where there is none."""
    if not table.totals:
        return ""
    text = (table.delimiter or ",").join(table.totals[0].fields).strip()
    counts = [match for match in _NUMBER.finditer(text) if _DIVIDER.sub("", match[0]) == str(len(table.rows))]
    if len(counts) != 1:
        return ""
    before, after = text[: counts[0].start()], text[counts[0].end() :]
    return f"{re.escape(before)}(?P<rows>[0-9][0-9.']*){re.escape(after)}"


def _date_formats(seen: SeenFile, columns: Mapping[str, str], asker: Chooser) -> list[str]:
    """One format for all columns that hold days; where none reads all of them, one a column."""
    values = {header: list(each.values()) for header, each in _days(seen, columns).items()}
    every = [value for texts in values.values() for value in texts]
    if not every:
        return []
    fit = date_formats(every) or nearly_date_formats(every)
    if fit:
        return [one("date_format", _asked(every, fit), fit, asker)]
    formats: list[str] = []
    for header, texts in values.items():
        fit = date_formats(texts) or nearly_date_formats(texts)
        if texts and not fit:
            return [_unfit(seen, header, columns, asker)]
        if texts:
            formats.append(one("date_format", _asked(texts, fit), fit, asker))
    return list(dict.fromkeys(formats))


def _days(seen: SeenFile, columns: Mapping[str, str]) -> dict[str, dict[int, str]]:
    """Days whose way of writing has to be said: by header and the number of the row."""
    cells = {columns[name]: numbered(seen.table, columns[name]) for name in DAYS if name in columns}
    return {
        header: {row: value for row, value in each.items() if not seen.is_day(value)} for header, each in cells.items()
    }


def _unread(seen: SeenFile, columns: Mapping[str, str], formats: Sequence[str]) -> Iterator[str]:
    """Where days stand that none of these formats reads: row 3, "31.11.2026" (Austritt)."""
    for header, each in _days(seen, columns).items():
        left = set(unread_by(formats, dict.fromkeys(each.values())))
        yield from (f"row {row}, {shown(value)} ({header})" for row, value in each.items() if value in left)


def _unfit(seen: SeenFile, header: str, columns: Mapping[str, str], asker: Chooser) -> str:
    values = _days(seen, columns)[header]
    named = _first(f"row {row}, {shown(value)}" for row, value in values.items())
    return asker.choose(
        "date_format", f'No usual way of writing days reads all of "{header}" ({named}); which one is it'
    )


def _first(named: Iterable[str]) -> str:
    """The first of them, and how many more there are."""
    every = list(named)
    more = f"; and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return "; ".join(every[:_SHOWN]) + more


def _asked(values: Sequence[str], fit: Sequence[str]) -> str:
    """The question, with a value that is a different day in each."""
    if len(fit) == 1:
        return ""
    different = dict.fromkeys(values)
    doubt = next((value for value in different if len(date_formats([value], fit)) > 1), values[0])
    return f"Days can be read in {len(fit)} ways ({doubt} is either)"


def _zones(table: Table, columns: Mapping[str, str]) -> tuple[dict[str, tuple[str, int]], list[str]]:
    """HR's word for a location -> its zone and how many work there; and the words without one."""
    if "location" not in columns:
        return {}, []
    words = frequencies(column(table, columns["location"]))
    known = known_zones(words)
    return {word: (zone, words[word]) for word, zone in known.items()}, [word for word in words if word not in known]


def _warnings(seen: SeenFile, unread: Sequence[str]) -> Iterator[str]:
    if unread:
        yield f"{seen.name}: no day by this way of writing: {_first(unread)}. Have HR mend it: such a row isn't read."


def _notes(
    seen: SeenFile, columns: Mapping[str, object], unknown: Sequence[str], unread: Sequence[str], *, proved: bool
) -> Iterator[str]:
    table = seen.table
    fits = "whose days don't all fit" if unread else "which all fit"
    yield f"Proposed from {seen.name}, {counted(len(table.rows), 'row')}, {fits}."
    yield from _warnings(seen, unread)
    if seen.encrypted:
        yield "Encrypted, as anybody can who has our public key. Where HR signs, name its certificate in signed_by."
    if table.titles:
        yield f"Above the header, passed over each night: {_rows(table.titles)}."
    if table.totals and not proved:
        yield (
            f"Below the people, no worker's, and told each night, while nobody is taken to have left: "
            f"{_rows(table.totals)}. Have the export made without it."
        )
    used = _used(columns)
    mail = columns.get("mail")
    if "mail" not in known_columns(table.header) and mail in mail_columns(table, ()):
        yield f"mail: \"{mail}\" by its values alone. Take it out if they aren't the workers' own addresses."
    others = [cell for cell in table.header if cell.strip() and cell not in used]
    if others:
        yield f"Columns without use here: {', '.join(others)}."
    if unknown:
        named = first_few(unknown, _SHOWN)
        yield f"Locations without a zone yet (the company's is taken, cautiously): {named}."


def _used(columns: Mapping[str, object]) -> set[str]:
    """The headers of all of our columns."""
    return {
        one
        for headers in columns.values()
        for one in ([headers] if isinstance(headers, str) else cast("list[str]", headers))
    }


def _rows(records: Sequence[Record]) -> str:
    """Where they stand, and what stands in the first: row 1, "Staff list"."""
    numbers = " and ".join(str(record.row) for record in records)
    text = " ".join(field.strip() for field in records[0].fields if field.strip())
    return f"row{'s' if len(records) > 1 else ''} {numbers}, {shown(text)}"
