"""HR's file in two minds: whoever is said to have left, and to work here, is told, and a person can say which it is."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from offboarding.model import Employment, IdentityKeyKind, Worker
from offboarding.report import night as screen
from offboarding.store import reading
from tests.integration.test_departure import KIM, LEE, office, rows
from tests.support.deciding import confirm_departure, deny_departure
from tests.support.listed_tracker import tracker
from tests.support.office import Office, access_key, login, user
from tests.support.red import why_red
from tests.support.small_company import LEFT, WORKS, job, key, number, scoped, worker
from tests.support.variants import some_of, variants

__all__ = ["office", "tracker"]  # fixtures

GONE = replace(KIM, employments=(LEFT,))


def beside(worker_id: str, *jobs: Employment) -> Callable[[Office], None]:
    """A second row of Kim's, who left, with the same mail and login."""

    def add(office: Office) -> None:
        office.hr.workers = [GONE, LEE, replace(KIM, worker_id=worker_id, employments=jobs or (WORKS,), record="row 9")]

    return add


def the_old_number_named(office: Office) -> None:
    office.hr.workers = [GONE, LEE, replace(KIM, worker_id="7777", previous_worker_ids=("1042",), record="row 9")]


def first_beside_and_then_alone(office: Office) -> None:
    office.policy = {"min_roster_percent": 0}
    kim = replace(KIM, record="row 2")
    office.vendors.workers = [replace(kim, worker_id="v1"), worker("v8", WORKS)]
    office.hr.workers = [kim, LEE]
    office.night()
    office.vendors.workers = [worker("v8", WORKS)]


def another_roster(office: Office) -> None:
    office.hr.workers = [GONE, LEE]
    office.vendors.workers = [replace(KIM, worker_id="v1", record="row 2")]


ATTACKS = {
    "another number": beside("7777"),
    "leading zeros": beside("001042"),
    "full-width digits": beside("\uff11\uff10\uff14\uff12"),
    "a prefix": beside("E1042"),
    "the same number from another day": beside("1042", job(start="2019-05-01")),
    "begun shortly before": beside("7777", job(start="2026-11-10")),
    "begun on no day": beside("7777", job(start=None)),
    "on leave": beside("7777", job("leave")),
    "suspended": beside("7777", job(circumstance="suspended")),
    "with an end to come": beside("7777", job(end="2027-12-31")),
    "the old number named": the_old_number_named,
    "another roster": another_roster,
    "vanished from one of two rosters": first_beside_and_then_alone,
}


HIDDEN = "departure-hidden"


def report_of(office: Office, run_id: int) -> str:
    return screen.render(reading.night(office.session, run_id), "Asia/Seoul")


def red(office: Office, run_id: int) -> tuple[str, ...]:
    return why_red(reading.night(office.session, run_id))


def hidden(office: Office) -> list[tuple[str, str]]:
    """State and severity of what is told of it."""
    found = office.session.execute("select state, severity from finding where rule = %s", (HIDDEN,)).fetchall()
    return [(str(state), str(severity)) for state, severity in found]


@variants(3, attack=ATTACKS, known_before={"at once": False, "after they left": True})
def test_a_further_record_hides_nobody_silently(
    office: Office,
    record_property: Callable[[str, object], None],
    attack: Callable[[Office], None],
    *,
    known_before: bool,
) -> None:
    if known_before:
        office.hr.change("1042", employments=(LEFT,))
        office.night()
        assert "open" in rows(office, "1042").values()
    attack(office)

    told = office.night()

    on_screen = report_of(office, told.run.run_id)
    seen = bool(hidden(office)) and "Hidden" in on_screen
    record_property("attacks", 1)
    record_property("silent", int(not seen))
    assert [state for state, _ in hidden(office)] == ["open"]
    assert "works here as" in on_screen


EVERYDAY: dict[str, Callable[[Worker], list[Worker]]] = {
    "a rehire": lambda kim: [replace(kim, employments=(LEFT, job(start="2026-11-20")))],
    "a next contract from the next day on": lambda kim: [
        replace(kim, employments=(LEFT,)),
        replace(kim, worker_id=f"9{kim.worker_id}", employments=(job(start="2026-11-14"),)),
    ],
    "a next contract on the last day": lambda kim: [
        replace(kim, employments=(LEFT,)),
        replace(kim, worker_id=f"9{kim.worker_id}", employments=(job(start="2026-11-13"),)),
    ],
    "a weekend between two contracts": lambda kim: [
        replace(kim, employments=(job("left", last="2026-11-25"), job("future", start="2026-11-30")))
    ],
    "a number that was corrected, the old one named": lambda kim: [
        replace(kim, worker_id=f"9{kim.worker_id}", previous_worker_ids=(kim.worker_id,))
    ],
    "a number that was changed without a word": lambda kim: [replace(kim, worker_id=f"9{kim.worker_id}")],
    "a number like a leaver's, of somebody else": lambda kim: [
        replace(kim, employments=(LEFT,)),
        worker(f"0{kim.worker_id}", WORKS, mail="choi@corp.example", logins=("choi",)),
    ],
}
"""What becomes of one person's row."""


def one_each(cases: Iterable[str]) -> dict[str, Worker]:
    """Case -> the person whom it happens to. Their numbers begin with 3."""
    return {
        case: replace(
            KIM, worker_id=f"30{place}0", mail=f"m{place}@corp.example", logins=(scoped(f"m{place}"),), name=f"M {case}"
        )
        for place, case in enumerate(cases, 1)
    }


def test_what_happens_every_day_is_nothing_to_settle(office: Office) -> None:
    them = one_each(EVERYDAY)
    office.policy = {"min_roster_percent": 0}
    office.hr.workers = [KIM, LEE, *them.values()]
    office.night()
    beside("7777")(office)
    office.hr.workers += [row for case, kim in them.items() for row in EVERYDAY[case](kim)]

    office.night()
    office.night()

    asked = office.session.execute(
        "select worker_id from finding join worker using (person_uid) where rule = %s", (HIDDEN,)
    )
    assert {str(worker_id) for (worker_id,) in asked} == {"1042", "7777"}


@some_of(1, "other", (WORKS, job(circumstance="suspended")), ids=("works", "suspended"))
def test_a_number_like_a_leavers_is_told_and_merges_nobody(office: Office, other: Employment) -> None:
    office.hr.workers = [GONE, LEE, worker("01042", other, mail="choi@corp.example", logins=("choi",))]

    told = office.night()

    assert "hr:1042 has left, and hr:01042 works here: taken for two people" in report_of(office, told.run.run_id)
    assert not red(office, told.run.run_id)
    assert "open" in rows(office, "1042").values()
    office.hr.workers.pop()
    assert "Alike" not in report_of(office, office.night().run.run_id)


def test_one_number_written_in_two_ways_is_a_problem_of_the_read_each_night(office: Office) -> None:
    office.night()
    beside("\uff11\uff10\uff14\uff12")(office)

    assert red(office, office.night().run.run_id) == ("roster hr was read in part",)
    assert red(office, office.night().run.run_id) == ("roster hr was read in part",)


# --- settled by a person ----------------------------------------------------------------------------------------------


def test_several_employments_are_settled_once(office: Office) -> None:
    office.hr.change("1042", employments=(LEFT, WORKS))
    office.night()
    assert hidden(office) == []  # one read that tells an employment from one day twice is no word

    office.hr.change("1042", employments=(LEFT, job(start="2019-05-01")))
    office.night()
    assert hidden(office) == [("open", "medium")]

    deny_departure(office.session, office.settings, departure="1042", reason="half a post ended", author="analyst")
    told = office.night()

    assert [state for state, _ in hidden(office)] == ["resolved"]
    assert "1 of them settled by a person" in report_of(office, told.run.run_id)
    office.night(days=400)
    assert [state for state, _ in hidden(office)] == ["resolved"]


@some_of(1, "other", (WORKS, job(circumstance="suspended")), ids=("works", "suspended"))
def test_who_left_all_the_same_is_judged_as_a_leaver(office: Office, other: Employment) -> None:
    beside("7777", other)(office)
    office.night()
    assert hidden(office) == [("open", "high")]

    confirm_departure(office.session, office.settings, departure="1042", reason="HR was asked", author="analyst")
    office.night()

    assert [state for state, _ in hidden(office)] == ["resolved"]
    assert {state for (rule, _), state in rows(office, "1042").items() if rule != "departure-hidden"} == {"open"}
    assert office.session.execute("select basis from departure where valid_to is null").fetchall() == [("actual",)]


def contracts_have_passed(office: Office) -> None:
    office.hr.change("1042", employments=(job(end="2026-11-13"), job(start="2019-05-01", end="2026-11-14")))


def one_is_left(office: Office) -> None:
    office.hr.change("1042", employments=(job("left", last="2026-11-24"), job(start="2019-05-01", end="2026-11-14")))


def hr_lists_them_no_more(office: Office) -> None:
    office.policy = {"min_roster_percent": 0}
    office.night()
    office.hr.workers = [LEE]


def vendors_list_them_as_left(office: Office) -> None:
    office.vendors.workers = [replace(KIM, worker_id="v1", employments=(job("left", last="2026-11-24"),))]


@some_of(
    1,
    ("open_end", "later"),
    [(contracts_have_passed, one_is_left), (hr_lists_them_no_more, vendors_list_them_as_left)],
    ids=["planned end", "no longer listed"],
)
def test_a_denied_end_hides_no_other_that_hr_tells_later(
    office: Office, open_end: Callable[[Office], None], later: Callable[[Office], None]
) -> None:
    open_end(office)
    office.night()
    deny_departure(office.session, office.settings, departure="1042", reason="extended", author="analyst")
    office.night()
    assert (basis_now(office), hidden(office)) == ([], [])

    later(office)
    office.night()

    assert [state for state, _ in hidden(office)] == ["open"]
    (asked,) = office.session.execute("select departure_id, here_told from hidden_departure where valid_to is null")
    assert str(asked[1]).endswith(", as analyst said")
    confirm_departure(
        office.session, office.settings, departure=f"d-{asked[0]}", reason="HR was asked", author="analyst"
    )
    office.night()
    assert basis_now(office) == ["actual"]
    assert [state for state, _ in hidden(office)] == ["resolved"]


def test_who_is_denied_to_have_vanished_from_two_rosters_is_asked_about_once(office: Office) -> None:
    first_beside_and_then_alone(office)
    office.night()
    office.hr.workers = [LEE]
    office.night()
    assert basis_now(office) == ["inferred"]
    deny_departure(office.session, office.settings, departure="1042", reason="on a list of ours", author="analyst")

    office.night()

    assert (basis_now(office), [state for state, _ in hidden(office)]) == ([], ["resolved"])


def basis_now(office: Office) -> list[str]:
    """Return the bases of the present departures of worker 1042."""
    found = office.session.execute(
        "select distinct basis from departure d join worker w using (person_uid)"
        " where w.worker_id = '1042' and d.valid_to is null"
    )
    return [str(basis) for (basis,) in found]


@some_of(1, "start", ["2026-12-20", None])
def test_who_was_confirmed_to_have_left_and_is_hired_again_works_here(office: Office, start: str | None) -> None:
    office.policy = {"min_roster_percent": 0}
    office.hr.change("1042", employments=(job("leave", circumstance="suspended"),))
    office.night()
    office.hr.workers = [LEE]
    office.night()
    confirm_departure(office.session, office.settings, departure="1042", reason="HR was asked", author="analyst")
    office.night()
    assert basis_now(office) == ["inferred"]

    office.hr.workers = [replace(KIM, worker_id="5042", employments=(job(start=start),)), LEE]
    office.night(days=30)

    assert basis_now(office) == []


def test_a_run_about_somebody_else_leaves_it(office: Office) -> None:
    beside("7777")(office)
    office.night()
    office.hr.change("1043", employments=(LEFT,))

    office.night()

    assert [state for state, _ in hidden(office)] == ["open"]


# --- a login of two people --------------------------------------------------------------------------------------------


def test_the_key_of_a_leaver_whose_login_hr_gives_to_two_is_never_an_orphan(
    office: Office, record_property: Callable[[str, object], None]
) -> None:
    shared = user("AIDASHARED", key(IdentityKeyKind.LOGIN, "twins"))
    secret = access_key("AKIASHAREDSHAREDSHAR", shared)
    office.cloud.accounts.append(shared)
    office.cloud.credentials.append(secret)
    pair = [worker("3001", LEFT, logins=("twins",), name="A"), worker("3002", WORKS, logins=("twins",), name="B")]
    office.hr.workers += pair

    office.night()

    found = rows(office, "3001")
    record_property("attacks", 1)
    record_property("silent", int(not found))
    assert found == {("disputed-account", "AIDASHARED"): "open"}
    office.hr.change("3002", employments=(LEFT,))

    office.night()

    for each in ("3001", "3002"):
        assert rows(office, each)["leaver-access-key", secret.native_id] == "open"
    told = office.session.execute(
        "select evidence::text from finding f join worker w using (person_uid)"
        " where w.worker_id = '3001' and f.rule = 'leaver-access-key'"
    ).fetchone()
    assert "hr worker 3002" in str(told)


OVER = job("left", start="2010-01-01", last="2014-12-31")
BACK = job("future", start="2027-03-01")
TO_COME: dict[str, Callable[[Worker], tuple[Worker, Worker]]] = {
    "with the same number": lambda kim: (kim, replace(kim, employments=(BACK,))),
    "with the same number, on no day": lambda kim: (
        replace(kim, employments=(job(start=None),)),
        replace(kim, employments=(job("future", start=None),)),
    ),
    "with the same number, beside one that was over": lambda kim: (
        replace(kim, employments=(OVER, job())),
        replace(kim, employments=(OVER, BACK)),
    ),
    "without a first day, beside one that was over": lambda kim: (
        replace(kim, employments=(job(start=None),)),
        replace(kim, employments=(OVER, BACK)),
    ),
    "beside one whose last day is blanked": lambda kim: (
        replace(kim, employments=(OVER, job())),
        replace(kim, employments=(replace(OVER, last_working_on=None), BACK)),
    ),
    "with another number, on no day": lambda kim: (
        kim,
        replace(
            kim,
            worker_id=f"9{kim.worker_id}",
            previous_worker_ids=(kim.worker_id,),
            employments=(job("future", start=None),),
        ),
    ),
}
"""How a person's row was, and how it is as they are to come back."""


def test_who_had_vanished_and_is_to_come_back_has_left_until_then(office: Office) -> None:
    them = one_each(TO_COME)
    rows_then = {kim.worker_id: TO_COME[case](kim) for case, kim in them.items()}
    many = {"absolute": 50}
    office.policy = {"min_roster_percent": 0, "max_inferred": many}
    office.guard = dict.fromkeys(("leavers", "inferred", "withdrawn", "workers", "findings"), many)
    office.directory.accounts += [login(f"l{number_}", number(number_)) for number_ in rows_then]
    office.hr.workers = [LEE, *(had_been for had_been, _ in rows_then.values())]
    office.night()
    office.hr.workers = [LEE]
    office.night()
    before = {each: rows(office, each) for each in rows_then}
    assert {frozenset(found.values()) for found in before.values()} == {frozenset({"open"})}

    office.hr.workers = [LEE, *(to_come for _, to_come in rows_then.values())]
    office.night()
    office.night()
    assert {each: rows(office, each) for each in rows_then} == before

    back = (replace(had_been, worker_id=to_come.worker_id) for had_been, to_come in rows_then.values())
    office.hr.workers = [LEE, *back]
    office.night()
    # Beside an end a day without a first one is a question of its own.
    states = {each: {now for (rule, _), now in rows(office, each).items() if rule != HIDDEN} for each in rows_then}
    assert states == {each: {"resolved"} for each in rows_then}


@some_of(1, ("most", "meanwhile"), [(0, ()), (5, (("2042", "1042"),))], ids=["waits for a word", "has another number"])
def test_who_was_missing_otherwise_and_is_to_come_back_has_left_until_then(
    office: Office, most: int, meanwhile: tuple[tuple[str, str], ...]
) -> None:
    office.policy = {"min_roster_percent": 0, "max_inferred": {"absolute": most, "percent": 0}}
    to_come = (job("future", start="2027-03-01"),)
    office.hr.workers = [KIM, LEE]
    office.night()
    another = [replace(KIM, worker_id=new, previous_worker_ids=(old,), employments=to_come) for new, old in meanwhile]
    office.hr.workers = [*another, LEE]
    office.night()

    office.hr.workers = [replace(KIM, employments=to_come), LEE]
    office.night()
    office.night()

    assert {rule for (rule, _), state in rows(office, "1042").items() if state == "open"} == {"departure-inferred"}


@some_of(1, "ends", ["2026-11-26", None])
def test_a_next_contract_from_the_day_on_which_they_were_missing_is_work(office: Office, ends: str | None) -> None:
    """In Seoul that day has begun, and by UTC it's still to come."""
    office.policy = {"min_roster_percent": 0}
    office.hr.workers = [replace(KIM, employments=(job(last=ends),)), LEE]
    office.night()
    office.hr.workers = [LEE]
    office.night()
    assert set(rows(office, "1042").values()) == {"open"}
    day = str((office.as_of + timedelta(hours=9)).date())

    office.hr.workers = [replace(KIM, employments=(job(start=day),)), LEE]
    office.night()

    assert set(rows(office, "1042").values()) == {"resolved"}


@some_of(1, "start", ["2026-12-03", "2027-03-01", None])
def test_who_vanishes_once_more_after_a_denied_end_has_left(office: Office, start: str | None) -> None:
    office.policy = {"min_roster_percent": 0}
    office.hr.workers = [KIM, LEE]
    office.night()
    office.hr.workers = [LEE]
    office.as_of = datetime.now(UTC)
    office.night()
    deny_departure(office.session, office.settings, departure="1042", reason="on a list of ours", author="analyst")
    office.night()
    assert set(rows(office, "1042").values()) == {"resolved"}
    office.hr.workers = [replace(KIM, employments=(job("future", start=start),)), LEE]
    office.night()

    office.hr.workers = [LEE]
    office.night()

    assert "open" in rows(office, "1042").values()


def test_who_had_vanished_and_comes_back_within_a_fortnight_works_here(office: Office) -> None:
    office.policy = {"min_roster_percent": 0}
    office.hr.workers = [KIM, LEE]
    office.night()
    office.hr.workers = [LEE]
    office.night()
    start = str((office.as_of + timedelta(days=10)).date())
    office.hr.workers = [replace(KIM, employments=(job("future", start=start),)), LEE]
    office.night()

    assert set(rows(office, "1042").values()) == {"resolved"}
