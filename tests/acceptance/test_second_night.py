"""A night without change changes nothing: no ticket, no comment, no row but the run's and the scopes' own."""

from dataclasses import replace
from datetime import UTC, datetime

from offboarding.model import IdentityKeyKind, Standing
from tests.support.office import Office, access_key, login, switched_off, user
from tests.support.rows import changed, versions
from tests.support.small_company import LEFT, STAFF, WORKS, job, mail, number, owner, tag, worker

OWN_ROWS = {"run", "roster_read", "source_read", "scope", "guard_accepted", "finding_event"}


def test_every_kind_of_finding_unchanged_on_a_later_night(office: Office) -> None:
    office.policy = {"unverified_nights": 2}
    office.hr.workers = [
        worker("1042", LEFT, mail="kim@corp.example", logins=("kim",), name="Kim Minjun"),
        worker("1044", LEFT, job("active", start="2026-11-20"), mail="park@corp.example"),
        worker("1045", LEFT, mail="choi@corp.example"),
        worker("1046", job(end="2026-11-20"), mail="jung@corp.example"),
        STAFF,
    ]
    office.vendors.workers = [worker("V1", WORKS), worker("V2", WORKS)]
    kim = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
    choi = user("AIDACHOI", tag(IdentityKeyKind.NUMBER, "1045"))
    used = datetime(2026, 11, 20, 3, tzinfo=UTC)
    office.cloud.accounts = [kim, choi]
    office.cloud.credentials = [
        access_key("AKIAAAAAAAAAAAAAAAAA", kim, last_used_at=used, last_used_service="s3"),
        access_key("AKIABBBBBBBBBBBBBBBB", kim, **switched_off()),
        access_key("AKIACCCCCCCCCCCCCCCC", choi, standing=Standing.UNKNOWN, standing_reason="denied"),
    ]
    office.directory.accounts = [
        login("kim", number("1042"), last_used_at=used),
        login("park", number("1044"), created_at=datetime(2019, 1, 1, tzinfo=UTC)),
        login("relay", number("01042")),
        login("torn", number("1042"), mail(STAFF.mail)),
        login("kiosk"),
        replace(login("svc-build", owner(IdentityKeyKind.NUMBER, "1042")), service_like=True),
    ]
    for _ in range(3):
        office.night()
    before = versions(office.session)

    office.night()

    assert set(changed(before, versions(office.session))) == OWN_ROWS
    ended = office.session.execute(
        "select about = 'run:' || run_id from finding_event where run_id = (select max(run_id) from run)"
    ).fetchall()
    assert ended == [(True,)], "how the run ended, and nothing else"
    assert office.tracker.calls == []
    rules = office.session.execute("select distinct rule from finding").fetchall()
    assert len(rules) >= 9
