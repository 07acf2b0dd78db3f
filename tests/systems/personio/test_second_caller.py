"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

from datetime import date

import pytest

from demo.slapd import Tls
from tests.support.second_caller import seen_by, working
from tests.systems.personio import service as personio_service
from tests.systems.personio.service import personio_place

pytestmark = pytest.mark.slow

LAST, NEXT = date(2026, 11, 13), date(2026, 12, 1)
ACTIVE = [True, "2020-03-02", None]


def test_a_client_of_personio_s_sees_the_same_employees(tls: Tls) -> None:
    with personio_place(tls) as place:
        for number in range(1000, 1120):
            place.kept.add(number)
        place.kept.add(1200, status="inactive", termination_date=LAST.isoformat())
        place.kept.add(1201, status="onboarding", hire_date=NEXT.isoformat())

        seen = seen_by(
            "personio/client.py",
            address=f"https://127.0.0.1:{place.service.port}/v1/",
            trusted=str(tls.authority),
            client=personio_service.CLIENT,
            secret=personio_service.SECRET,
        )

        assert working(place.roster()) == seen
        assert (len(seen), seen["1000"], seen["1200"][0][2]) == (122, [ACTIVE], LAST.isoformat())
        assert place.service.wrong == []
