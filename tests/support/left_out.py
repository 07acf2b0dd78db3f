"""Somebody leaves after settings were narrowed: what a system's reads leave out since isn't gone."""

from collections.abc import Callable
from dataclasses import replace

from offboarding.model import Standing
from offboarding.store import reading
from tests.support.night import rows_of
from tests.support.office import Office
from tests.support.small_company import worker


def found_after(company: Office, narrow: Callable[[], None], begins: str) -> set[tuple[str, Standing]]:
    """State and standing of what is found of a leaver's accounts whose ids begin so, where they left after that. Nobody
    finds any of them gone before.
    """
    leaver, *others = company.hr.workers
    company.hr.workers = [replace(leaver, employments=worker(leaver.worker_id).employments), *others]
    assert company.night().failed == ()
    there = _of(company, begins)
    assert there

    narrow()
    for _ in range(2):
        assert company.night().failed == ()
    assert _of(company, begins) == there

    company.hr.workers = [leaver, *others]
    assert company.night().failed == ()
    found = reading.findings(company.session)
    return {(each.state, each.standing) for each in found if each.account_native_id.startswith(begins)}


def _of(company: Office, begins: str) -> set[str]:
    asked = "select native_id from account where starts_with(native_id, %s) and gone_at is null"
    return {native_id for (native_id,) in rows_of(company.session, asked, begins)}
