"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

from datetime import date

import pytest

from demo.slapd import Tls
from tests.support.described.server import description_of
from tests.support.second_caller import seen_by, working
from tests.systems.successfactors import service as successfactors_service
from tests.systems.successfactors.service import successfactors_place

pytestmark = pytest.mark.slow

LAST, NEXT = date(2026, 11, 13), date(2026, 12, 1)
TODAY = "2026-11-25"
ACTIVE = [True, "2020-03-02", None]
FEW = 7
"""More than two pages of three."""


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
            "successfactors/client.py",
            address=f"https://127.0.0.1:{place.service.port}/odata/v2",
            trusted=str(tls.authority),
            described=str(description_of("successfactors")),
            token=successfactors_service.TOKEN,
            on=TODAY,
        )

        assert working(place.roster()) == seen
        assert len(seen["1043"]) == 2
        assert (len(seen), seen["0"], seen["1042"][0][2]) == (FEW + 2, [ACTIVE], LAST.isoformat())
        assert place.service.wrong == []
