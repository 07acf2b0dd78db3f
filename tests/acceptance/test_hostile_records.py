"""One record costs itself: whatever somebody writes where they may write, nobody else's findings change by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.report.coverage import gaps
from offboarding.store import embedded, reading
from offboarding.store.connect import Session, opened
from tests.support.begun import Begun
from tests.support.database import cloned
from tests.support.hostile import PREFIX, VALUES, Hostile, records
from tests.support.listed_tracker import ListedTracker
from tests.support.night import rows_of
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.red import why_red
from tests.support.small_company import LEFT, STAFF, WORKS, mail, number, worker
from tests.support.variants import some_of, variants

KIM = worker("1042", WORKS, mail="kim@corp.example", logins=("kim",))
VENDOR = worker("v7", mail="choi@vendor.example", logins=("choi",))
KIMS_USER = user("AIDAKIM", number("1042"))
Found = set[tuple[Any, ...]]
SHOWN = """select label from account union select display_name from account union select name from worker
    union select label from credential"""
LOST = """select count(*)::int from (
    select status from source_read union all select status from roster_read) told where status = 'failed'"""


def company(store: Session) -> Office:
    """Kim, who will leave, Lee, who stays, and a vendor's Choi, who will vanish from a list of who works here."""
    office = Office(session=store, tracker=HeardTracker(ListedTracker()))
    office.hr.workers = [KIM, STAFF]
    office.vendors.workers = [VENDOR, worker("v8"), worker("v9")]
    office.directory.accounts = [
        login("kim", number("1042"), mail("kim@corp.example"), login="kim"),
        login("lee", number("1043"), login="leeh"),
        login("choi", mail("choi@vendor.example"), login="choi"),
        login("nobody", mail("kim.dev@corp.example")),
    ]
    office.cloud.accounts = [KIMS_USER]
    office.cloud.credentials = [access_key("AKIAKIM", KIMS_USER)]
    office.cloud.lists_credentials = True
    return office


def somebody_leaves(office: Office) -> None:
    office.hr.change("1042", employments=(LEFT,))
    office.vendors.workers = [each for each in office.vendors.workers if each.worker_id != "v7"]


def harmless(hostile: Hostile) -> Hostile:
    (twin,) = (each for each in records("x") if each.place == hostile.place)
    return twin


def others(office: Office) -> Found:
    """Findings of everybody else, with how they stand."""
    found = rows_of(
        office.session,
        "select f.rule, f.subject_kind, f.subject_native_id, f.state, f.severity, f.standing, f.privileged,"
        " p.worker_id from finding f left join person p using (person_uid)",
    )
    return {row for row in found if PREFIX not in f"{row[2]} {row[7]}" and "AKIAcredential" not in str(row[2])}


@dataclass(frozen=True, slots=True)
class Played:
    """What came of some nights."""

    found: list[Found]
    lost_sources: int
    failed: list[tuple[str, ...]]
    red: tuple[str, ...]
    """Why the second one was."""
    gaps: list[str]


def played(server: embedded.EmbeddedServer, nights: Sequence[Sequence[Hostile]]) -> Played:
    """A night with each of these beside the company's own; Kim and Choi have left from the second on."""
    found, failed, screens = list[Found](), list[tuple[str, ...]](), list[reading.Night]()
    with cloned(server) as name, opened(server.connection_kwargs(dbname=name)) as session:
        office = company(session)
        own = (office.hr.workers, office.directory.accounts, office.cloud.accounts, office.cloud.credentials)
        workers, directory, cloud, credentials = own
        for number_, hostile in enumerate(nights):
            office.hr.workers = [*workers, *(each.worker for each in hostile)]
            office.directory.accounts = [*directory, *(e.account for e in hostile if e.account and not e.credential)]
            office.cloud.accounts = [*cloud, *(each.account for each in hostile if each.account and each.credential)]
            office.cloud.credentials = [*credentials, *(each.credential for each in hostile if each.credential)]
            if number_:
                somebody_leaves(office)
            told = office.night()
            found.append(others(office))
            failed.append(told.failed)
            screens.append(reading.night(session, told.run.run_id))
        ((lost,),) = rows_of(session, LOST)
        return Played(found, lost, failed, why_red(screens[1]), gaps(screens[1]))


@pytest.fixture(scope="module")
def plain(store_server: embedded.EmbeddedServer) -> Played:
    return played(store_server, [list(records("x"))] * 3)


@variants(1, value=VALUES, from_the_first={"later": False, "from the first": True})
def test_everybody_else_s_findings_are_those_of_the_company_without_it(
    store_server, plain, value, from_the_first, record_property
) -> None:
    # A system that never told its accounts whole has no digest of orphans yet: an id belongs to the second night.
    hostile = [each for each in records(value) if not (from_the_first and each.place == "account.native_id")]
    twins = list(records("x"))
    record_property("hostile values", len(hostile))
    record_property("nights_lost", 1)

    attacked = played(store_server, [hostile if from_the_first else twins, hostile, twins])

    record_property("nights_lost", -1)
    record_property("sources_lost", attacked.lost_sources)
    lost = [one - other for one, other in zip(plain.found, attacked.found, strict=True)]
    record_property("findings_lost", sum(map(len, lost)))
    assert attacked.failed == [(), (), ()]
    assert plain.found[1], "whoever left has findings"
    assert attacked.found == plain.found


# --- what is said of it -----------------------------------------------------------------------------------------------


def not_checked(seen: reading.Night) -> list[str]:
    return [text for text in gaps(seen) if "no verifier or source of keys" not in text]


def first_night(session: Session, _tracker: Tracker) -> Office:
    office = company(session)
    office.night()
    return office


def night_with(begun: Begun, place: str, value: str) -> tuple[Office, reading.Night]:
    """The company's second night, with one such record."""
    office = begun(first_night)
    (hostile,) = (each for each in records(value) if each.place == place)
    office.hr.workers = [*office.hr.workers, hostile.worker]
    if hostile.account:
        (office.cloud if hostile.credential else office.directory).accounts.append(hostile.account)
    office.cloud.credentials += [hostile.credential] if hostile.credential else []
    return office, reading.night(office.session, office.night().run.run_id)


@some_of(
    1,
    ("place", "said"),
    [
        ("account.login", f"corp-ldap: account {PREFIX}account.login: what the login holds can't be kept."),
        ("key.mail", f"corp-ldap: account {PREFIX}key.mail: what attribute mail holds can't be kept."),
        ("account.native_id", "corp-ldap: account 5 of this read has an id that can't be kept, since it holds a NUL"),
        ("credential.native_id", f"aws: account {PREFIX}credential.native_id: a credential (access_key) has an id"),
        ("worker.mail", f"row of {PREFIX}worker.mail, worker {PREFIX}worker.mail: mail can't be kept: the value is"),
        ("worker.worker_id", "it holds a NUL: the record is left out. Give the worker's number in the feed."),
    ],
)
def test_a_gap_names_the_record_and_neither_the_value_nor_a_name(begun: Begun, place: str, said: str) -> None:
    office, seen = night_with(begun, place, "secret\0value")

    (told,) = not_checked(seen)
    assert said in told
    assert "secret" not in told
    assert "Park" not in told
    assert len(why_red(seen)) == 1

    kind = {"roster": "hr"} if place.startswith("worker") else {"source": told.partition(":")[0]}
    known = {**kind, "reason": "known", "approver": "ciso", "expires": "2026-12-24"}
    office.let_stand = {"acknowledgements": [known]}
    assert why_red(reading.night(office.session, office.night().run.run_id)) == ()


@some_of(1, "place", ["account.label", "account.display_name", "worker.name", "credential.label"])
def test_what_is_only_shown_is_written_out_and_loses_nothing(begun: Begun, place: str) -> None:
    office, seen = night_with(begun, place, "a\0b")

    assert (not_checked(seen), why_red(seen)) == ([], ())
    told = rows_of(office.session, SHOWN)
    assert [text for (text,) in told if "\\x00" in text] == ["a\\x00b"]
