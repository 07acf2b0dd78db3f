"""A company of a thousand whose HR delivers a file: the real csv roster, store and guard, and a tracker in a list."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from offboarding import wiring
from offboarding.config.settings import Settings
from offboarding.model import Coverage
from offboarding.model.errors import FatalError
from offboarding.report import night as screen
from offboarding.rosters import csv as csv_roster
from offboarding.runs import pipeline
from offboarding.store import reading
from tests.support.alerts import HeardNotifier
from tests.support.office import Office, login
from tests.support.red import why_red
from tests.support.small_company import mail, number
from tests.support.whole_night import NightTold, Readers, whole_night

HEADER: tuple[str, ...] = ("No", "Name", "Mail", "Login", "Boss", "Where", "State", "First day", "Last day")
COLUMNS = {
    "worker_id": "No",
    "name": "Name",
    "mail": "Mail",
    "login": "Login",
    "manager": "Boss",
    "location": "Where",
    "status": "State",
    "start": "First day",
    "last_working_day": "Last day",
}
PEOPLE = 1000
FIRST = 10_001
"""The first worker's number."""
WITH_LOGIN = 150
"""The first so many have an account each, which works."""
TRAILER = {"pattern": r"TRL,(?P<rows>\d+).*"}

Row = dict[str, str]
Rows = Sequence[Row]


def person(place: int, *, first: int = FIRST, domain: str = "corp.example") -> Row:
    """One who works here; each has one of twenty bosses, and lives in one of three cities."""
    worker_id = str(first + place)
    hired = date(2005, 1, 3) + timedelta(days=7 * place)
    return {
        "No": worker_id,
        "Name": f"Person {_letters(place)}",
        "Mail": f"w{worker_id}@{domain}",
        "Login": f"w{worker_id}",
        "Boss": str(first + place % 20),
        "Where": ("Seoul", "Berlin", "Austin")[place % 3],
        "State": "active",
        "First day": hired.isoformat(),
        "Last day": "",
    }


def company(people: int = PEOPLE, **given: Any) -> list[Row]:
    """Everybody, at work."""
    return [person(place, **given) for place in range(people)]


def gone(rows: Rows, places: Sequence[int], day: str) -> list[Row]:
    """The same, and these have left on a day."""
    return [
        {**row, "State": "left", "Last day": day} if place in places else dict(row) for place, row in enumerate(rows)
    ]


def swapped(rows: Rows, one: str, other: str) -> list[Row]:
    """Two columns under each other's name."""
    return [{**row, one: row[other], other: row[one]} for row in rows]


def written(rows: Rows, *, trailer: bool = False) -> str:
    """As HR delivers it."""
    made = io.StringIO()
    out = csv.DictWriter(made, HEADER, lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    return made.getvalue() + (f"TRL,{len(rows)},,,,,,,\n" if trailer else "")


def _letters(place: int) -> str:
    return "".join(chr(ord("a") + place // 26**power % 26) for power in (2, 1, 0)).title()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledNight:
    """What came of a night."""

    told: NightTold
    red: tuple[str, ...]
    last_line: str
    """Of the task that says whether the night was red; "" where it was green."""
    screen: str
    warnings: tuple[str, ...]
    """The log's, of the feed."""
    alerts: tuple[str, ...]
    """What people were told at once."""


@dataclass(slots=True, kw_only=True)
class FiledCompany:
    """Its nights, a day apart."""

    office: Office
    path: Path
    coverage: Coverage = Coverage.FULL
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """More of the roster's settings."""

    @property
    def settings(self) -> Settings:
        """The office's, with a file for its roster."""
        roster = csv_roster.Settings.model_validate(
            {"name": "hr", "kind": "csv", "coverage": self.coverage, "id_space": "hr", "login_realm": "corp"}
            | {"path": str(self.path), "columns": COLUMNS}
            | {"zones": {"Seoul": "Asia/Seoul", "Berlin": "Europe/Berlin", "Austin": "America/Chicago"}}
            | dict(self.given)
        )
        return self.office.settings.model_copy(update={"rosters": (roster,)})

    def everybody_has_a_login(self, rows: Rows) -> None:
        """The first hundred and fifty; every second one by a number, the others by a mail address."""
        self.office.directory.accounts = [
            login(f"u{row['No']}", number(row["No"]) if place % 2 else mail(row["Mail"]))
            for place, row in enumerate(rows[:WITH_LOGIN])
        ]

    def night(self, content: str | None) -> FiledNight:
        """With this file; None: with none. "\\udcb1" stands for a byte that isn't UTF-8."""
        if content is None:
            self.path.unlink(missing_ok=True)
        else:
            self.path.write_bytes(content.encode(errors="surrogateescape"))
        office = self.office
        office.tracker.calls.clear()
        office.as_of += timedelta(days=1)
        session, settings, own = office.session, self.settings, office.readers()
        readers = Readers(roster=wiring.roster, source=own.source, trackers=own.trackers)
        heard = HeardNotifier()
        with capture_logs() as logs:
            told = whole_night(session, settings, readers, caller=f"night {office.as_of}", as_of=office.as_of)
            pipeline.alert(session, [heard])
        seen = reading.night(session, told.run.run_id)
        return FiledNight(
            told=told,
            red=why_red(seen),
            last_line=_said(lambda: pipeline.end(session, told.run)),
            screen=screen.render(seen, "Asia/Seoul"),
            warnings=tuple(line["event"] for line in logs if line["log_level"] in ("warning", "error")),
            alerts=tuple(f"{alert.subject}\n{alert.body}" for alert in heard.alerts),
        )


def _said(work: Callable[[], None]) -> str:
    try:
        work()
    except FatalError as error:
        return str(error)
    return ""
