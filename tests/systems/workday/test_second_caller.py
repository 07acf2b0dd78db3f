"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

from datetime import date
from typing import Any

import pytest

from demo.slapd import Tls
from tests.support.second_caller import seen_by, working
from tests.systems.workday import service as workday_service
from tests.systems.workday import workers_service
from tests.systems.workday.service import PROMPT, WorkdayPlace, workday_place
from tests.systems.workday.workers_service import workers_place

pytestmark = pytest.mark.slow

LAST, NEXT = date(2026, 11, 13), date(2026, 12, 1)
TODAY = "2026-11-25"
ACTIVE = [True, "2020-03-02", None]
FEW = 7
"""More than two pages of three."""


def rows_of_the_report(place: WorkdayPlace, prompt: str) -> Any:
    """As workday-tools has them, which asks for CSV by the address alone."""
    assert place.tls
    place.kept.accepts = "*/*"
    _, owner, report = workday_service.REPORT.split("/")
    try:
        return seen_by(
            "workday/client.py",
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
            "workday/workers_client.py",
            address=f"https://127.0.0.1:{place.service.port}/ccx/service/acme/Human_Resources/v43.0",
            trusted=str(tls.authority),
            schema=str(workers_service.SCHEMA),
            user=f"{workday_service.USER}@acme",
            password=workday_service.PASSWORD,
            on=TODAY,
            entered=workers_service.NIGHT.isoformat(),
        )

        assert working(place.roster()) == seen
        assert (len(seen), seen["0"], seen["1042"][0][2]) == (FEW + 3, [ACTIVE], LAST.isoformat())
        assert kept.wrong == []
