"""The end of a file: its trailer, and the notes below it."""

from collections import deque
from collections.abc import Iterator

from offboarding.rosters._records.delimited import Record
from offboarding.rosters._records.titles import Totals
from offboarding.rosters.csv.proof import Trailer

MOST_BELOW = 5
"""The trailer and the notes below it, at most."""


class Ending:
    """A file's records without its trailer, which is the last but for notes such as "Confidential".

    `counted` is what the trailer tells, once the records are through.
    """

    def __init__(self, feed: Iterator[Record], trailer: Trailer | None, delimiter: str, totals: Totals) -> None:
        self._feed = feed
        self._trailer = trailer
        self._delimiter = delimiter
        self._totals = totals
        self.counted: int | None = None

    def __iter__(self) -> Iterator[Record]:
        """Yield each record once those that may be the file's end are known."""
        if self._trailer is None:
            yield from self._feed
            return
        last = deque[Record]()
        for record in self._feed:
            last.append(record)
            if len(last) > MOST_BELOW:
                yield last.popleft()
        yield from self._rows(last, self._trailer)

    def _rows(self, last: deque[Record], trailer: Trailer) -> Iterator[Record]:
        """Yield the file's last records without the trailer and the notes below it."""
        ending: list[Record] = []
        for record in last:
            count = None if record.flaw else trailer.rows(self._delimiter.join(record.fields))
            if count is None and ending and self._totals.is_note(record):
                ending.append(record)
                continue
            yield from ending
            self.counted, ending = count, [] if count is None else [record]
            if count is None:
                yield record
