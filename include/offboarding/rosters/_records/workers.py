"""From a record's cells to a Worker."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from offboarding.model import Coverage, Employment, HrStatus, ScopedValue, Worker
from offboarding.rosters._records.columns import DAYS, Layout
from offboarding.rosters._records.days import DayReader, WrittenDays
from offboarding.rosters._records.problems import BadRecordError
from offboarding.rosters._records.settings import RecordSettings
from offboarding.rosters._records.spoiled import SHEET_ERROR, SpoiledValues, is_clean
from offboarding.rosters._records.words import composed, folded, hint, shown

_MARK = "\ufeff"
"""U+FEFF: the byte order mark, and within a text a space without width. Forms let people paste it into values of their
own, where it means nothing.
"""
_SPREADSHEET = {
    "a rounded number": re.compile(r"\d(?:[.,]\d+)?[Ee]\+\d+"),
    "a decimal": re.compile(r"\d+[.,]0+"),
    "an error's name": SHEET_ERROR,
    "a formula": re.compile(r"=.*", re.DOTALL),
}
"""What spreadsheets make of numbers, and which worker would be taken for another, or for a new one."""
_UNTOLD_STATUS = {Coverage.ACTIVE: HrStatus.ACTIVE, Coverage.LEAVERS: HrStatus.LEFT}
"""What it means to be in a roster that has no status column."""


class WorkerReader:
    """Makes Workers of records; `without_zone` counts those whose location has no zone in the settings."""

    def __init__(
        self,
        settings: RecordSettings,
        default_zone: str,
        where: Layout,
        spoiled: SpoiledValues,
        days: Mapping[str, DayReader] | None = None,
    ) -> None:
        written = WrittenDays(formats=settings.date_format)
        self._settings = settings
        self._default_zone = default_zone
        self._headers = where.headers
        self._header = {name: composed(value) for name, value in where.cells(where.header).items()}
        self._spoiled = spoiled
        self._days = {name: (days or {}).get(name, written) for name in DAYS}
        self._statuses = {folded(word): status for word, status in settings.statuses.items()}
        self._zones = {folded(word): zone for word, zone in settings.zones.items()}
        self.without_zone = 0

    def worker(self, cells: Mapping[str, str], record: str) -> Worker | None:
        """The worker of one record, with one employment; None where the record is left out, which is noted: its status
        or a day can't be read, and it's known whose it is. Raises BadRecordError where it isn't.

        Ids, status words, days and the parts of lists are stripped; everything else stays as HR writes it but for
        U+FEFF, and a value of blanks alone is "".
        """
        if any(_MARK in value for value in cells.values()):
            cells = self._without_marks(cells)
        self._check_header(cells)
        worker_id = self._worker_id(cells)
        if not is_clean(cells.values()):
            found = self._spoiled.found(cells, self._headers)
            if self._spoiled.leave_out(found, worker_id, record):
                return None
            cells = {name: "" if name in found else value for name, value in cells.items()}
        try:
            employment = self._employment(cells)
        except BadRecordError as error:
            self._spoiled.leave_out_garbled(worker_id, record, error)
            return None
        return Worker(
            worker_id=worker_id,
            previous_worker_ids=self._parts(cells, "previous_worker_ids"),
            name=_text(cells, "name"),
            mail=_text(cells, "mail"),
            former_mails=self._parts(cells, "former_mail"),
            logins=tuple(_scoped(cells, "login")),
            directory_ids=tuple(_scoped(cells, "directory_id")),
            manager=_text(cells, "manager").strip(),
            location=_text(cells, "location"),
            employments=(employment,),
            record=record,
        )

    def _check_header(self, cells: Mapping[str, str]) -> None:
        if composed(cells["worker_id"]) != self._header["worker_id"]:
            return
        if all(composed(value) == self._header[name] for name, value in cells.items() if name != "worker_id"):
            raise BadRecordError(
                "the header stands here again: several files were put together",
                "Deliver them apart (files: all), or without the later headers.",
            )

    def _without_marks(self, cells: Mapping[str, str]) -> Mapping[str, str]:
        """The cells without U+FEFF. Raises BadRecordError where one stands in the worker's number: systems write it, so
        that files were put together, or it is another number.
        """
        plain = {name: value.replace(_MARK, "") for name, value in cells.items()}
        if _MARK in cells["worker_id"]:
            self._check_header(plain)
            raise BadRecordError(
                "an invisible character (U+FEFF) stands in the worker's number",
                "Mend the number in the feed. Where files were put together, deliver them apart (files: all).",
                column=self._headers["worker_id"],
            )
        return plain

    def _worker_id(self, cells: Mapping[str, str]) -> str:
        worker_id = cells["worker_id"].strip()
        if not worker_id:
            raise BadRecordError(
                "the worker id is empty", "Give the worker's number in the feed.", column=self._headers["worker_id"]
            )
        made = next((what for what, form in _SPREADSHEET.items() if form.fullmatch(worker_id)), "")
        if made:
            raise BadRecordError(
                f"{shown(worker_id)} is {made}: a spreadsheet has changed the worker's number",
                "Have the export made without one, or its column formatted as text.",
                column=self._headers["worker_id"],
                plain=f"the value is {made}: a spreadsheet has changed the worker's number",
            )
        return worker_id

    def _employment(self, cells: Mapping[str, str]) -> Employment:
        zone, word = self._zone(cells), self._status(cells)
        return Employment(
            status=word.status,
            start_on=self._day(cells, "start", zone),
            last_working_on=self._day(cells, "last_working_day", zone),
            end_on=self._day(cells, "end", zone),
            zone=zone,
            type=_text(cells, "type"),
            circumstance=word.circumstance,
        )

    def _zone(self, cells: Mapping[str, str]) -> str | None:
        location = _text(cells, "location")
        zone = self._zones.get(folded(location))
        if zone is None and location:
            self.without_zone += 1
        return zone

    def _status(self, cells: Mapping[str, str]) -> HrStatus:
        if "status" not in cells:
            return _UNTOLD_STATUS[self._settings.coverage]
        word = cells["status"]
        status = self._statuses.get(folded(word))
        if status is None:
            near = hint(word, self._settings.statuses).strip()
            raise BadRecordError(
                f"{shown(word)} is no status we know" if word.strip() else "the status is empty",
                f"{near} Mend the row, or say in statuses of roster {self._settings.name} what it means.".strip(),
                column=self._headers["status"],
                plain="the value is no status we know" if word.strip() else "",
            )
        return status

    def _day(self, cells: Mapping[str, str], name: str, zone: str | None) -> date | None:
        text = cells.get(name, "").strip()
        if not text:
            return None
        try:
            return self._days[name](text, zone or self._default_zone)
        except ValueError as error:
            fix = f"Mend the row, or set date_format of roster {self._settings.name}."
            plain = f"the value is no date in {', '.join(self._settings.date_format)}"
            raise BadRecordError(str(error), fix, column=self._headers[name], plain=plain) from error

    def _parts(self, cells: Mapping[str, str], name: str) -> tuple[str, ...]:
        parts = (part.strip() for part in cells.get(name, "").split(self._settings.list_separator))
        return tuple(part for part in parts if part)


def _text(cells: Mapping[str, str], name: str) -> str:
    value = cells.get(name, "")
    return value if value.strip() else ""


def _scoped(cells: Mapping[str, str], scope: str) -> Iterator[ScopedValue]:
    """The values of `login` and of each `login:<source>`."""
    for name, value in cells.items():
        head, _, source = name.partition(":")
        if head == scope and value.strip():
            yield ScopedValue(value=value, source=source or None)
