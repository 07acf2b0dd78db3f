"""What a case asks the oracle, the SQL is asked as well: a verdict is one that both have."""

import pytest

from offboarding.store.connect import Session
from tests.integration.correlation.test_correlation_oracle import agreed
from tests.support import small_company


@pytest.fixture(autouse=True)
def sql_judges(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, lasting_store: Session) -> None:
    for module in (small_company, request.module):
        monkeypatch.setattr(module, "judge", lambda company: agreed(lasting_store, company), raising=False)
