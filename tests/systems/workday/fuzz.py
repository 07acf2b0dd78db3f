"""Its parsers of outside data, and what each may raise."""

from pathlib import Path

from offboarding.rosters._records.listed import fields_of
from offboarding.rosters.workday.workers import Settings as WorkersSettings
from offboarding.rosters.workday.workers.soap import AsOf, NotAnXmlAnswerError, fault, workers_page
from offboarding.rosters.workday.workers.workers import WorkerPaths, number_of
from tests.fuzz.parsing import NIGHT, Target

HERE = Path(__file__).parent / "corpus"


def _workers(data: bytes) -> None:
    as_of = AsOf(effective="2026-11-25-08:00", entered=NIGHT)
    paths = WorkerPaths(fields_of(_WORKERS))
    for worker in workers_page(data, as_of).workers:
        assert isinstance(number_of(worker), str)
        paths.fields(worker, NIGHT.date())
    fault(data)


_WORKERS = WorkersSettings.model_validate(
    {"name": "hr", "kind": "workday_workers", "connection": "c", "coverage": "full", "tenant": "acme"}
)


TARGETS = (Target(folder=HERE / "workers", read=_workers, raises=(NotAnXmlAnswerError,)),)
