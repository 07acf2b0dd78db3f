"""Its parsers of outside data, and what each may raise."""

from pathlib import Path
from tempfile import TemporaryDirectory

from offboarding.interfaces import ReadContext
from offboarding.model.errors import OffboardingError
from offboarding.rosters import csv as csv_roster
from tests.fuzz.parsing import NIGHT, Target
from tests.systems.csv.workbooks import Worksheet, workbook

HERE = Path(__file__).parent / "corpus"


def _feed(data: bytes) -> None:
    with TemporaryDirectory(prefix="offboarding-fuzz-") as folder:
        path = Path(folder) / "hr.csv"
        path.write_bytes(data)
        columns = {name: name for name in ("worker_id", "name", "mail", "login", "status", "last_working_day")}
        settings = csv_roster.Settings.model_validate(
            {"name": "hr", "kind": "csv", "path": str(path), "coverage": "full", "columns": columns}
        )
        roster = csv_roster.build(settings, None, ReadContext(as_of=NIGHT, default_zone="Asia/Seoul"))
        list(roster.read())


def _sheet(data: bytes) -> None:
    """A workbook whose one sheet is this XML: of a packed one hardly a change would come through."""
    parts = {"xl/worksheets/sheet1.xml": data}
    _feed(workbook({"Staff": Worksheet([[name, "Ada", "a@corp.example"] for name in ("worker_id", "7")])}, parts=parts))


TARGETS = (
    Target(folder=HERE / "feed", read=_feed, raises=(OffboardingError,)),
    Target(folder=HERE / "sheet", read=_sheet, raises=(OffboardingError,)),
)
