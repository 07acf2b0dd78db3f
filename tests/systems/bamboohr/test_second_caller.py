"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

from datetime import date
from typing import Any

import pytest

from demo.slapd import Tls
from tests.support.second_caller import seen_by, working
from tests.systems.bamboohr import service as bamboo_service
from tests.systems.bamboohr.service import BambooPlace, bamboo_place

pytestmark = pytest.mark.slow

LAST, NEXT = date(2026, 11, 13), date(2026, 12, 1)
ACTIVE = [True, "2020-03-02", None]
FEW = 7
"""More than two pages of three."""


def list_of_employees(place: BambooPlace, *more: str) -> Any:
    """As mcparmory-bamboohr has it, three on a page."""
    assert place.tls
    return seen_by(
        "bamboohr/client.py",
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
