"""Whatever check-config takes, a night takes: the furthest days and numbers end none."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from offboarding.config.policy import DueHours, Policy
from offboarding.config.strict import MOST_NUMBER
from offboarding.custody.register import Register
from offboarding.model.days import FIRST_DAY, LAST_DAY
from offboarding.runs import opening
from offboarding.store import reading
from offboarding.store.register import merge_register
from tests.acceptance.test_exceptions import kim_left, screen
from tests.support.office import Office, login
from tests.support.red import why_red
from tests.support.small_company import job, number, worker
from tests.support.variants import some_of


def numbers(model: type[BaseModel], *, most: bool) -> Iterator[tuple[str, float]]:
    """The furthest value of each of its numbers."""
    for name, field in model.model_fields.items():
        if str(field.annotation) not in (str(int), str(float)):
            continue
        limits: dict[str, float] = {}
        for limit in field.metadata:
            limits |= {key: getattr(limit, key) for key in ("ge", "gt", "le") if hasattr(limit, key)}
        least = limits.get("ge", limits.get("gt", -MOST_NUMBER) + 1)
        yield name, limits.get("le", MOST_NUMBER) if most else least


@pytest.mark.parametrize("most", [True, False], ids=["most", "least"])
def test_a_night_takes_the_furthest_numbers_of_the_policy(office: Office, *, most: bool) -> None:
    kim_left(office)
    policy: dict[str, Any] = dict(numbers(Policy, most=most))
    office.policy = {**policy, "due_hours": dict(numbers(DueHours, most=most))}
    assert len(office.policy) > 12

    office.night()
    told = office.night()

    assert why_red(reading.night(office.session, told.run.run_id)) == ()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Seoul"])
def test_a_night_takes_the_furthest_days_and_numbers_of_the_register(office: Office, zone: str) -> None:
    held = {"worker": "hr:1042", "since": FIRST_DAY, "until": LAST_DAY}
    key = {
        "name": "k" * 100,
        "kind": "signing_key",
        "places": [{"material": f"ref:a/{'é' * 490}"}],
        "verifiers": [{"name": "corp-ldap", "cache_hours": MOST_NUMBER}],
        "custodians": [{"team": "가" * 300}, {"principal": "가" * 333}],
        "threshold": MOST_NUMBER,
    }
    register = Register.model_validate({"teams": {"가" * 300: [held]}, "keys": [key]})
    settings = office.settings.with_register(register)
    company = settings.company.model_copy(update={"time_zone": zone})

    rows, _ = opening.rows_of_files(settings.model_copy(update={"company": company}).with_register(register))
    merge_register(office.session, rows, office.as_of)

    stored = office.session.execute("select count(*) from custodian where valid_to is null").fetchone()
    assert stored == (2,)


@some_of(1, "day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_of_hr_that_cannot_be_meant_ends_no_night(office: Office, day: str) -> None:
    kim_left(office)
    gone = worker("1044", job("left", last=day, end=day), name="Lee Haneul")
    here = worker("1045", job("active", start=day, last=day), name="Park")
    office.hr.workers = [*office.hr.workers, gone, here]
    office.directory.accounts += [login("lee", number("1044")), login("park", number("1045"))]

    office.night()
    told = office.night()

    works = "select account_native_id from finding where rule = 'leaver-account-works' and state = 'open' order by 1"
    assert office.session.execute(works.encode()).fetchall()[:2] == [("kim",), ("lee",)]
    assert told.failed == ()
    assert "gone" in screen(office, told.run.run_id)
