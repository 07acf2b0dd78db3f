"""How far an account's regions were read, from what wasn't answered."""

from types import SimpleNamespace

import pytest

from offboarding.model import SubjectKind
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.regional import RegionsRead
from tests.systems.aws.cloud import CORE
from tests.systems.aws.keyring import SEOUL, US


class Unanswered(Refusals):
    """So many calls, whatever they are."""

    def __init__(self) -> None:
        self.calls = 0

    def __len__(self) -> int:
        return self.calls

    def sentences(self) -> tuple[str, ...]:
        return ("denied",) if self.calls else ()


@pytest.mark.parametrize(
    ("in_seoul", "beside", "others", "expected"),
    [
        pytest.param(0, 0, (), ("", ""), id="all told"),
        pytest.param(1, 0, (), ("", "denied"), id="one region refuses"),
        pytest.param(0, 1, (), ("denied", "denied"), id="who has access isn't told"),
        pytest.param(0, 0, ("unread",), ("unread", "unread"), id="a policy wasn't read, and nothing refused"),
        pytest.param(1, 0, ("unread",), ("denied. unread", "denied. unread"), id="both"),
    ],
)
def test_what_concerns_one_region_costs_that_one(
    in_seoul: int, beside: int, others: tuple[str, ...], expected: tuple[str, str]
) -> None:
    refusals, client = Unanswered(), SimpleNamespace(meta=SimpleNamespace(partition="aws-cn"))
    read = RegionsRead(account_id=CORE, refusals=refusals)
    with read.reading(client, "kms", US):
        pass
    refusals.calls += beside
    with read.reading(client, "kms", SEOUL):
        refusals.calls += in_seoul

    scopes = list(read.scopes((SubjectKind.SIGNING_KEY,), others=others))

    assert tuple(scope.error for scope in scopes) == expected
    assert [scope.scope for scope in scopes] == [f"arn:aws-cn:kms:{US}:{CORE}:", f"arn:aws-cn:kms:{SEOUL}:{CORE}:"]
