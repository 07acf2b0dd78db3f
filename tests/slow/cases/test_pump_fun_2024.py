"""pump.fun, 2024: somebody whom the company called a former employee used the key with which money is withdrawn.

Public: on 16 May 2024, from 15:21 to 17:00 UTC, 12,300 SOL were withdrawn by the protocol's own authority; the company
says by a former employee, who had come by the key through their position. Whether they still worked there on that day
isn't public. It's played both ways: a leaver's key is told, and of whoever still works there nothing is.
"""

from collections.abc import Callable
from datetime import date, timedelta

from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay
from tests.support.small_company import job, worker

CASE = PublicCase(
    name="pump.fun 2024",
    worked="a copy of the key with which money is withdrawn",
    zone="Europe/London",
    left_on=date(2024, 5, 15),
    found="1",
    rules=("signing-key-unverifiable",),
    dead_on=date(2024, 5, 17),
    assumed=(
        "The last day is 15 May 2024, the day before the misuse: whether there was one before it isn't public.",
        "It's a key that signs on a blockchain, which nothing here asks: the custody register names who could copy it.",
        "Another key gets the right to withdraw on 17 May, and a person attests that the old one is refused.",
    ),
)
MISUSED, DAY = date(2024, 5, 16), timedelta(days=1)
HELD = {("signing-key-unverifiable", "301", "withdraw-authority")}
REGISTER = {
    "keys": [
        {
            "name": "withdraw-authority",
            "kind": "signing_key",
            "places": [{"material": "ref:wallets/withdraw"}],
            "custodians": [{"worker": "hr:301"}, {"worker": "hr:302"}],
            "carryable": "yes",
            "because": "Developers deploy with it.",
            "signs_for": "Withdrawals from every bonding curve.",
        }
    ]
}


def company_of(company: Callable[[str], Replay]) -> Replay:
    """Two developers who can copy the key, and no source that could be asked about it."""
    protocol = company(CASE.zone)
    protocol.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("301", "302")]
    protocol.register = REGISTER
    return protocol


def test_the_key_is_told_hours_before_its_misuse(company: Callable[[str], Replay]) -> None:
    protocol = company_of(company)
    protocol.night(CASE.left_on - DAY)
    assert protocol.all() == NOTHING

    protocol.hr.change("301", employments=(CASE.ended(),))
    for day in (CASE.left_on, MISUSED):
        protocol.night(day)
        assert protocol.open() == HELD

    protocol.attest("withdraw-authority", until=CASE.dead_on + 90 * DAY)
    protocol.night(CASE.dead_on)
    assert protocol.open() == NOTHING
    assert CASE.row(protocol.measured(CASE.rules)) == documented(CASE)


def test_who_still_works_there_is_never_flagged(company: Callable[[str], Replay]) -> None:
    protocol = company_of(company)

    for day in (CASE.left_on - DAY, MISUSED, MISUSED + DAY):
        protocol.night(day)

    assert protocol.all() == NOTHING
