"""Kind `csv`: a file that HR delivers, or the newest in a folder.

A file has no end but its end: the read is presumed complete, never proved.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TextIO

import structlog
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from include.offboarding.errors import IncompleteReadError, RetriableError
from include.offboarding.interfaces import ConnectionFields, ReadContext
from include.offboarding.model import Coverage, Problem, RosterSummary, Worker
from include.offboarding.rosters._records.columns import Layout, MissingColumnsError, layout, missing
from include.offboarding.rosters._records.decoding import checked_encoding, decoded, undecodable, without_mark
from include.offboarding.rosters._records.delimited import Record, records
from include.offboarding.rosters._records.durations import Duration, told
from include.offboarding.rosters._records.feed_files import Stamp, newest, opened, stamp
from include.offboarding.rosters._records.problems import BadRecordError, ProblemList
from include.offboarding.rosters._records.settings import Columns, RecordSettings
from include.offboarding.rosters._records.workers import WorkerReader

_log = structlog.get_logger("offboarding.rosters")
_NOTHING_CONCLUDED = "Nothing was concluded from this read; what is known stands, marked stale"
_DECLARE = 'declare the encoding that it is in (Korean Excel writes cp949, its "Unicode text" utf-16)'


class Settings(RecordSettings):
    """What a user may write for a CSV roster."""

    path: str = Field(
        min_length=1,
        description="A file; a folder, of which the newest *.csv counts; or a pattern, of which the newest match does. "
        "Relative to the project's folder.",
    )
    encoding: Annotated[str, AfterValidator(checked_encoding)] = Field(
        default="utf-8", description="As declared, never guessed; a byte order mark is fine."
    )
    delimiter: Annotated[str, StringConstraints(strip_whitespace=False)] = Field(
        default=",", description='One character; a tab is "\\t".'
    )
    columns: Columns = Field(min_length=1, description="Our name -> the header's name of the column.")
    max_age: Duration | None = Field(
        default=None, description="36h, 2d or seconds: a file last changed longer ago makes the read partial."
    )

    @field_validator("columns")
    @classmethod
    def _required_columns(cls, columns: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        coverage = info.data.get("coverage")
        sentence = missing(columns, coverage) if coverage else ""
        if sentence:
            raise ValueError(sentence)
        return columns

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        if len(delimiter) != 1 or delimiter in '"\r\n\0':
            raise ValueError('one character is needed, and no quotation mark or line end: ",", ";", "|" or "\\t"')
        return delimiter


def build(settings: Settings, connection: ConnectionFields | None, context: ReadContext) -> "CsvRoster":
    """The ready roster; a file needs no connection, and is looked for by `read`."""
    del connection
    return CsvRoster(settings, context)


class CsvRoster:
    """A roster in a file of delimited text, header first."""

    def __init__(self, settings: Settings, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self.problems: Sequence[Problem] = ()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield the worker of each row that can be read, in the file's order, one line's memory at a time.

        Raises FatalError where there is no such file, RetriableError where it can't be read to its end, and
        IncompleteReadError where its header can't be read, a column isn't there, or (unless it lists leavers only) no
        worker is.
        """
        self.problems, self.summary = (), None
        path = newest(self._settings.path, self._settings.name)
        problems = ProblemList(path.name)
        with opened(path, self._settings.name) as file:
            begun = stamp(file)
            text = decoded(file, self._settings.encoding)
            rows = yield from self._workers(text, path, problems)
            for problem in self._file_problems(path, begun, stamp(file)):
                problems.add(problem)
        self.problems = problems.all()
        self.summary = RosterSummary(origin=path.name, proved=False, dated_at=begun.modified_at, rows=rows)

    def _workers(self, text: TextIO, path: Path, problems: ProblemList) -> Generator[Worker, None, int]:
        """Yield the workers, note bad rows among the problems, and return how many rows there are."""
        feed = records(self._lines(text, path), self._settings.delimiter)
        where = self._layout(next(feed, None), path)
        reader = WorkerReader(self._settings, self._context.default_zone, where.headers)
        rows = 0
        for record in feed:
            rows += 1
            label = f"{path.name} row {record.row}"
            try:
                worker = reader.worker(self._cells(record, where), label)
            except BadRecordError as error:
                problems.add_record(label, error)
            else:
                yield worker
        if not rows and self._settings.coverage is not Coverage.LEAVERS:
            raise self._incomplete(f"{path.name} row 2: no worker stands below the header", "Ask HR for the whole file")
        if reader.without_zone:
            _log.info("locations without a time zone", roster=self._settings.name, rows=reader.without_zone)
        return rows

    def _lines(self, text: TextIO, path: Path) -> Iterator[str]:
        try:
            for number, line in enumerate(text):
                yield line if number else without_mark(line)
        except UnicodeError as error:
            raise self._incomplete(f"{path.name} is not {self._settings.encoding} ({error})", _DECLARE) from error
        except OSError as error:
            raise RetriableError(
                f"rosters.{self._settings.name}: {path.name} can't be read to its end ({error.strerror}). "
                f"{_NOTHING_CONCLUDED}."
            ) from error

    def _layout(self, header: Record | None, path: Path) -> Layout:
        where = f"{path.name} row {header.row if header else 1}"
        if header is None:
            raise self._incomplete(f"{where}: the file is empty, without even a header", "Ask HR for the whole file")
        if header.flaw:
            raise self._incomplete(
                f"{where}: the header's quotation marks don't pair up ({header.flaw})", "Mend the header"
            )
        joined = "".join(header.fields)
        bad = undecodable(joined) or ("0x00" if "\0" in joined else "")
        if bad:
            raise self._incomplete(f"{where}: the header is not {self._settings.encoding} (at {bad})", _DECLARE)
        try:
            return layout(self._settings.columns, header.fields)
        except MissingColumnsError as error:
            fix = "Mend the header, or set columns, delimiter or encoding of the roster"
            raise self._incomplete(f"{where}: {error}", fix) from error

    def _cells(self, record: Record, where: Layout) -> dict[str, str]:
        cells = where.cells(record.checked(where.width))
        for name, value in cells.items():
            bad = undecodable(value)
            if bad:
                raise BadRecordError(
                    f"the value is not {self._settings.encoding} (at {bad})",
                    f"Mend the row. If there are many: {_DECLARE}.",
                    column=where.headers[name],
                )
        return cells

    def _file_problems(self, path: Path, begun: Stamp, ended: Stamp) -> Iterator[Problem]:
        age, limit = self._context.as_of - begun.modified_at, self._settings.max_age
        if limit is not None and age > limit:
            yield Problem(
                record=path.name,
                text=f"last changed {told(age)} before this night's moment; max_age is {told(limit)}",
                fix="See why HR's delivery didn't come. What the file tells of leavers still counts.",
            )
        if ended != begun:
            yield Problem(
                record=path.name,
                text="somebody wrote to the file while it was read",
                fix="Have it delivered under another name and renamed when it is whole.",
            )

    def _incomplete(self, what: str, fix: str) -> IncompleteReadError:
        return IncompleteReadError(
            f"rosters.{self._settings.name}: {what}. {_NOTHING_CONCLUDED}. {fix[0].upper()}{fix[1:]}."
        )
