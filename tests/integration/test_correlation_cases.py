"""The SQL against the oracle's own hand-written cases.

They are collected here a second time; the fixture gives them the SQL's verdict to look at.
"""

import pytest

from offboarding.store.connect import Session
from tests.integration.test_correlation_oracle import agreed
from tests.support import small_company
from tests.unit import (
    test_oracle,
    test_oracle_decisions,
    test_oracle_departures,
    test_oracle_mistakes,
    test_oracle_notices,
)
from tests.unit.test_oracle import *  # noqa: F403 - its tests, run again
from tests.unit.test_oracle_decisions import *  # noqa: F403 - its tests, run again
from tests.unit.test_oracle_departures import *  # noqa: F403 - its tests, run again
from tests.unit.test_oracle_mistakes import *  # noqa: F403 - its tests, run again
from tests.unit.test_oracle_notices import *  # noqa: F403 - its tests, run again

pytestmark = pytest.mark.slow

JUDGES = (
    small_company,
    test_oracle,
    test_oracle_decisions,
    test_oracle_departures,
    test_oracle_mistakes,
    test_oracle_notices,
)


@pytest.fixture(autouse=True)
def sql_judges(monkeypatch: pytest.MonkeyPatch, lasting_store: Session) -> None:
    for module in JUDGES:
        monkeypatch.setattr(module, "judge", lambda company: agreed(lasting_store, company))
