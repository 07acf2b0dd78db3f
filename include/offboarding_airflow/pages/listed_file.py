"""Findings of the list as a file: its columns, by ids alone as it is, for a spreadsheet or a program."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from offboarding.decisions import spreadsheet
from offboarding.report.pages.rows import FindingRow

COLUMNS = (
    "finding",
    "severity",
    "state",
    "rule",
    "worker",
    "gone_days",
    "what",
    "privileged",
    "due",
    "past_due",
    "ticket",
    "ticket_url",
)


def as_csv(rows: Sequence[FindingRow]) -> str:
    """A line each, in which a spreadsheet runs nothing (offboarding.decisions.spreadsheet)."""
    return "".join(spreadsheet.written(COLUMNS, ([_cell(value) for value in _values(row, row.due)] for row in rows)))


def as_jsonl(rows: Sequence[FindingRow]) -> str:
    """An object a line, in ASCII, so that nothing in it moves a terminal; moments as in the commands' lines."""
    return "".join(f"{json.dumps(dict(zip(COLUMNS, _values(row, _utc(row.due_at)), strict=True)))}\n" for row in rows)


FORMS: Mapping[str, tuple[Callable[[Sequence[FindingRow]], str], str]] = {
    spreadsheet.FORMAT: (as_csv, f"text/{spreadsheet.FORMAT}"),
    "jsonl": (as_jsonl, "application/jsonl"),
}
"""How a file's name ends -> what makes it, and its media type."""


def _utc(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _values(row: FindingRow, due: str) -> tuple[object, ...]:
    """What its columns hold; null where there is nothing. `due`: as who reads it takes a moment."""
    called = ""
    if row.ticket is not None:
        called = f"{row.ticket.text} in {row.ticket.tracker}" if row.ticket.tracker else row.ticket.text
    return (
        row.key,
        row.severity.value,
        row.state.value,
        row.rule,
        row.worker or None,
        row.gone_days,
        row.whole or None,
        row.privileged,
        due or None,
        row.late,
        called or None,
        (row.ticket.url if row.ticket else "") or None,
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
