"""Clients that know nothing of ours ask the same stand-ins as our rosters do, and must see the same people.
scripts/clients.sh
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from demo.slapd import Tls
from offboarding.interfaces import Roster
from offboarding.model import EmploymentStatus
from tests.support import bamboo_service, personio_service, successfactors_service, workday_service, workers_service
from tests.support.bamboo_service import BambooPlace, bamboo_place
from tests.support.described.server import FOLDER
from tests.support.personio_service import personio_place
from tests.support.second_caller import seen_by
from tests.support.successfactors_service import successfactors_place
from tests.support.workday_service import PROMPT, WorkdayPlace, workday_place
from tests.support.workers_service import workers_place

pytestmark = pytest.mark.slow

LAST, NEXT = date(2026, 11, 13), date(2026, 12, 1)
TODAY = "2026-11-25"
ACTIVE = [True, "2020-03-02", None]
FEW = 7
"""More than two pages of three."""


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(Path(tmp_path_factory.mktemp("tls")))


def working(roster: Roster) -> dict[str, list[list[Any]]]:
    """Of each of a worker's employments: whether it's active, its first and its last day."""
    found: dict[str, list[list[Any]]] = {}
    for worker in roster.read():
        for job in worker.employments:
            days = (day and day.isoformat() for day in (job.start_on, job.end_on))
            found.setdefault(worker.worker_id, []).append([job.status is EmploymentStatus.ACTIVE, *days])
    return found


def list_of_employees(place: BambooPlace, *more: str) -> Any:
    """As mcparmory-bamboohr has it, three on a page."""
    assert place.tls
    return seen_by(
        "bamboohr",
        address=f"https://127.0.0.1:{place.service.port}",
        trusted=str(place.tls.authority),
        key=bamboo_service.KEY,
        fields=["employeeNumber", "hireDate", "terminationDate", *more],
    )


def test_a_client_of_bamboohr_s_sees_the_same_employees(tls: Tls) -> None:
    with bamboo_place(tls) as place:
        kept = place.kept
        kept.most = 4
        for number in range(FEW):
            kept.add(str(number))
        kept.add("1042", status="Inactive", terminationDate=LAST.isoformat())
        kept.add("1043", status="Inactive", hireDate=NEXT.isoformat())

        seen = list_of_employees(place)

        assert working(place.roster()) == seen
        assert (len(seen), seen["0"], seen["1042"][0][2]) == (FEW + 2, [ACTIVE], LAST.isoformat())
        assert place.service.asked == ["GET /api/v1/employees"] * 6, "three pages each"
        assert place.service.wrong == []

        with pytest.raises(AssertionError, match="refused: 422"):
            list_of_employees(place, "terminatedOn")


def test_a_client_of_personio_s_sees_the_same_employees(tls: Tls) -> None:
    with personio_place(tls) as place:
        for number in range(1000, 1120):
            place.kept.add(number)
        place.kept.add(1200, status="inactive", termination_date=LAST.isoformat())
        place.kept.add(1201, status="onboarding", hire_date=NEXT.isoformat())

        seen = seen_by(
            "personio",
            address=f"https://127.0.0.1:{place.service.port}/v1/",
            trusted=str(tls.authority),
            client=personio_service.CLIENT,
            secret=personio_service.SECRET,
        )

        assert working(place.roster()) == seen
        assert (len(seen), seen["1000"], seen["1200"][0][2]) == (122, [ACTIVE], LAST.isoformat())
        assert place.service.wrong == []


def rows_of_the_report(place: WorkdayPlace, prompt: str) -> Any:
    """As workday-tools has them, which asks for CSV by the address alone."""
    assert place.tls
    place.kept.accepts = "*/*"
    _, owner, report = workday_service.REPORT.split("/")
    try:
        return seen_by(
            "workday",
            base_url=f"https://127.0.0.1:{place.service.port}",
            trusted=str(place.tls.authority),
            tenant="acme",
            account=owner,
            password=workday_service.PASSWORD,
            report=report,
            prompts={prompt: f"{TODAY}-08:00"},
        )
    finally:
        place.kept.accepts = "text/csv"


def test_a_client_of_workday_s_reports_sees_the_same_profiles(tls: Tls) -> None:
    with workday_place(tls) as place:
        kept = place.kept
        for number in range(FEW):
            kept.add(str(number))
        kept.add("1042", name='Kim, "Minjun"\n김민준', terminated_on=date(2026, 11, 24))
        kept.add("1043", kind="Contingent Worker", terminated_on=LAST)
        kept.add("1043")

        seen = rows_of_the_report(place, PROMPT)

        assert working(place.roster({"effective_prompt": PROMPT})) == seen
        assert (len(seen), seen["0"], seen["1042"][0][2]) == (FEW + 2, [ACTIVE], "2026-11-24")
        assert seen["1043"] == [[False, "2020-03-02", LAST.isoformat()], ACTIVE]
        assert kept.wrong == []

        with pytest.raises(AssertionError, match="400 Client Error"):
            rows_of_the_report(place, "No_Such_Prompt")
        assert len(kept.wrong) == 1
        kept.wrong.clear()


def test_zeep_by_the_schema_alone_sees_the_same_workers(tls: Tls) -> None:
    with workers_place(tls) as place:
        kept = place.kept
        kept.most = 4
        for number in range(FEW):
            kept.add(str(number))
        kept.add("1042", terminated_on=LAST)
        kept.add("1043", hired_on=NEXT)
        kept.add("1044", is_contingent=True)

        seen = seen_by(
            "workday_workers",
            address=f"https://127.0.0.1:{place.service.port}/ccx/service/acme/Human_Resources/v43.0",
            trusted=str(tls.authority),
            schema=str(FOLDER / "workday.xsd"),
            user=f"{workday_service.USER}@acme",
            password=workday_service.PASSWORD,
            on=TODAY,
            entered=workers_service.NIGHT.isoformat(),
        )

        assert working(place.roster()) == seen
        assert (len(seen), seen["0"], seen["1042"][0][2]) == (FEW + 3, [ACTIVE], LAST.isoformat())
        assert kept.wrong == []


def test_sap_s_own_client_sees_the_same_employments(tls: Tls) -> None:
    with successfactors_place(tls) as place:
        kept = place.kept
        kept.most = 4
        for number in range(FEW):
            kept.add(str(number))
        kept.add("1042").terminate(LAST)
        kept.add("1043", contingent=True, ends=NEXT)
        kept.another("1043", "1043-2", starts=date(2026, 2, 1))

        seen = seen_by(
            "successfactors",
            address=f"https://127.0.0.1:{place.service.port}/odata/v2",
            trusted=str(tls.authority),
            described=str(FOLDER / "successfactors.json"),
            token=successfactors_service.TOKEN,
            on=TODAY,
        )

        assert working(place.roster()) == seen
        assert len(seen["1043"]) == 2
        assert (len(seen), seen["0"], seen["1042"][0][2]) == (FEW + 2, [ACTIVE], LAST.isoformat())
        assert place.service.wrong == []
