"""A first configuration of a report, from a look at all of it."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import counted
from offboarding.model.errors import ConfigError
from offboarding.rosters._records.columns import JOINED, NAMES
from offboarding.rosters._records.days import WrittenDays
from offboarding.rosters._records.decoding import decoded
from offboarding.rosters._records.delimited import lines, records
from offboarding.rosters._records.proposing import (
    coverage_of,
    frequencies,
    known_columns,
    known_zones,
    last_day_of,
    own_domains,
    statuses_of,
    tells_leavers,
)
from offboarding.rosters.workday._api.tenant import DATED
from offboarding.rosters.workday.client import WorkdayApi
from offboarding.rosters.workday.settings import WorkdaySettings


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Columns by their usual names, status words as they mean, zones of locations that are known.

    Raises ConfigError for what nobody says, FatalError and RetriableError where the report can't be had.
    """
    del where
    report = asker.choose("report", "The report, TENANT/OWNER/REPORT as in its URL after customreport2/")
    ahead = asker.choose(
        "effective_prompt", "The prompt that takes its effective date, empty for none", proposed="", confirm=True
    )
    header, rows = _look(_settings(report, ahead, connection), connection)
    columns = _columns(header, asker)
    settings: dict[str, object] = {"report": report, "coverage": "active", "columns": columns}
    if ahead:
        settings["effective_prompt"] = ahead
    zones: dict[str, str] = {}
    if "status" in columns:
        words = _values(header, rows, columns["status"])
        statuses = statuses_of(columns["status"], words, asker)
        settings["statuses"] = statuses
        settings["coverage"] = coverage_of(statuses, asker, untold="active")
        if tells_leavers(statuses):
            columns |= last_day_of(columns, _free_days(header, rows, columns), asker)
    if "location" in columns:
        zones = known_zones(frequencies(_values(header, rows, columns["location"])))
    if zones:
        settings["zones"] = zones
    note = f"Proposed from {report}, {counted(len(rows), 'row')}. Days are read as %Y-%m-%d: run doctor."
    late = "Without effective_prompt, whoever leaves east of the Pacific coast is told up to 21 hours late."
    notes = (note,) if ahead else (note, late)
    mails = _values(header, rows, columns["mail"]) if "mail" in columns else []
    return Proposal(
        settings=settings, notes=notes, mail_domains=own_domains(mails), zones=tuple(dict.fromkeys(zones.values()))
    )


def _settings(report: str, ahead: str, connection: ConnectionFields) -> WorkdaySettings:
    given = {"name": "init", "kind": "workday", "connection": connection.conn_id, "coverage": "active"}
    given |= {"report": report, "columns": {"worker_id": "?"}}
    return WorkdaySettings.model_validate(given | ({"effective_prompt": ahead} if ahead else {}))


def _look(settings: WorkdaySettings, connection: ConnectionFields) -> tuple[list[str], list[tuple[str, ...]]]:
    with tempfile.TemporaryFile() as file:
        WorkdayApi(settings, connection, "init").fetch(file, datetime.now(UTC))
        file.seek(0)
        with decoded(file, "utf-8") as text:
            read = [record.fields for record in records(lines(text), ",") if not record.flaw]
    if not read:
        raise ConfigError(f"init: report {settings.report} is empty, without even a first line: see who may see it")
    return list(read[0]), [row for row in read[1:] if len(row) == len(read[0])]


def _columns(header: list[str], asker: Chooser) -> dict[str, str]:
    known = known_columns(header)
    columns: dict[str, str] = {}
    for name in NAMES:
        if name in known or name not in JOINED:
            proposed = known.get(name, "")
            columns[name] = asker.choose(f"columns.{name}", f"Column for {name}", ["", *header], proposed=proposed)
    if not columns["worker_id"]:
        columns["worker_id"] = asker.choose("columns.worker_id", "Which column holds HR's number of the worker", header)
    return {name: column for name, column in columns.items() if column}


def _free_days(header: list[str], rows: list[tuple[str, ...]], columns: Mapping[str, str]) -> list[str]:
    """Columns of no use yet that hold days."""
    free = [column for column in dict.fromkeys(header) if column not in columns.values()]
    values = {column: _values(header, rows, column) for column in free}
    days = WrittenDays(formats=("%Y-%m-%d",), standing=DATED)
    return [column for column in free if values[column] and all(map(days.is_day, values[column]))]


def _values(header: list[str], rows: list[tuple[str, ...]], column: str) -> list[str]:
    place = header.index(column)
    return [row[place].strip() for row in rows if row[place].strip()]
