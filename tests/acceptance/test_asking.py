"""What a person is asked about whatever the guard holds, and what their answer needs."""

from collections.abc import Callable

import pytest

from offboarding.guard import releasing
from offboarding.guard.releasing import EXPECTED, Question
from offboarding.model.errors import ChangedSinceError, FatalError
from tests.acceptance.test_guard import PEOPLE, company, last_run, leave, three
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import Office, locked, login
from tests.support.small_company import LEFT, WORKS, mail, number, worker
from tests.support.variants import some_of

__all__ = ["company", "three"]  # fixtures

Answer = Callable[..., None]


@pytest.fixture
def first_read(office: Office) -> Office:
    """Three who left before the first night, whose findings wait by the policy's word."""
    office.policy = {"baseline": "hold"}
    office.hr.workers = [worker(each, LEFT) for each in PEOPLE[:3]]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE[:3]]
    office.night()
    return office


def asked(office: Office) -> Question:
    question = releasing.question(office.session)
    assert question is not None
    return question


def keys(office: Office) -> dict[str, str]:
    """Login -> its finding, as people call it."""
    found = office.session.execute("select subject_native_id, finding_key from finding").fetchall()
    return {str(login): f"f-{str(key)[:8]}" for login, key in found}


def answer(
    office: Office, *, approve: bool = True, reason: str = "", shown: Question | None = None, caller: str = ""
) -> None:
    """Kim answers what they are shown: what would be asked now, if nothing else is said."""
    trackers = office.readers().trackers(office.settings)
    shown = shown or asked(office)
    releasing.answered(
        office.session,
        office.settings,
        shown.of_run,
        trackers,
        approve=approve,
        reason=reason,
        author="kim",
        seen=shown.seen,
        caller=caller,
    )


def test_it_says_which_line_with_which_numbers_who_and_by_which_findings(three: Office) -> None:
    question = asked(three)

    hold = three.holds["roster", "hr"].hold_id
    assert (question.subject, question.holds) == ("Let through what waits? roster hr", (hold,))
    lines = question.details.splitlines()
    numbers = "3 new leavers by HR's word of 12, 2 at most go through in a day"
    assert f"- hold {hold}: roster hr: {numbers}. Waiting: 3 findings" in lines
    found = keys(three)
    for each in PEOPLE[:3]:
        (line,) = [line for line in lines if f"worker hr:{each}:" in line]
        assert line == f"    - worker hr:{each}: {found[f'u{each}']} leaver-account-works (high)"
    assert lines[0].startswith("- hold"), "what it's about comes first"
    assert "findings --state held" in lines[-1]
    assert "Reject: nothing of it is told, and the next night asks anew." in question.details


def test_it_names_nobody(three: Office) -> None:
    said = asked(three).subject + asked(three).details

    told = three.session.execute("select name from worker").fetchall()
    labels = three.session.execute("select label, native_id from account").fetchall()
    words = {str(word) for row in (*told, *labels) for word in row if word}
    assert words
    assert not [word for word in words if word in said]


def test_of_many_it_shows_some_and_how_many_more(company: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releasing, "SHOWN", 2)
    leave(company, *PEOPLE[:5])
    company.night()

    lines = asked(company).details.splitlines()

    assert len([line for line in lines if "    - worker " in line]) == 2
    assert "    - and 3 findings more" in lines


def test_what_would_close_is_told_as_such(company: Office) -> None:
    for each in PEOPLE[:2]:
        leave(company, each)
        company.night()
    for each in PEOPLE[:2]:
        company.hr.change(each, employments=(WORKS,))
    company.night()

    question = asked(company)

    assert f"    - worker hr:{PEOPLE[0]}: would close: {keys(company)[f'u{PEOPLE[0]}']}" in question.details


@pytest.mark.parametrize("approve", [True, False], ids=["approve", "reject"])
def test_a_line_beyond_its_limit_needs_a_reason(three: Office, people: ListedPeople, approve: bool) -> None:
    with pytest.raises(FatalError, match=r"Hold 1 went beyond its limit, and nothing is decided about it without"):
        answer(three, approve=approve, reason="  ")

    assert [hold.status for hold in three.holds.values()] == ["waiting"]
    answer(three, approve=approve, reason="asked HR")
    assert three.holds == {}


@some_of(1, "approve", [True, False], ids=["approve", "reject"])
def test_an_answer_applies_to_what_was_shown_and_to_nothing_else(
    three: Office, people: ListedPeople, monkeypatch: pytest.MonkeyPatch, approve: bool
) -> None:
    """Three people are shown; by the time of the answer a night has added seven, of whom the page shows no line."""
    monkeypatch.setattr(releasing, "SHOWN", 2)
    shown = asked(three)
    leave(three, *PEOPLE[3:10])
    three.night()

    with pytest.raises(ChangedSinceError):
        answer(three, approve=approve, reason="asked HR", shown=shown)

    assert [(hold.status, hold.findings) for hold in three.holds.values()] == [("waiting", 10)]
    assert tickets_of(people, three.queue) == []
    answer(three, approve=approve, reason="asked HR")
    assert three.holds == {}


def test_a_finding_that_is_not_shown_is_part_of_the_question(company: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text stays the same: a person who looked through the whole list has seen another one."""
    monkeypatch.setattr(releasing, "SHOWN", 1)
    leave(company, *PEOPLE[:4])
    company.night()
    shown = asked(company)
    company.session.execute(
        "update finding set severity = 'low' where state = 'held' and strpos(%s, left(finding_key, 8)) = 0",
        [shown.details],
    )

    now = asked(company)

    assert now.details == shown.details
    assert now.seen != shown.seen


def test_what_the_release_itself_finds_waits(company: Office) -> None:
    """The release evaluates afresh: an account that was opened since the question is part of no answer."""
    company.directory.accounts.append(login("second", number(PEOPLE[0]), **locked()))
    company.night()
    leave(company, *PEOPLE[:3])
    company.night()
    shown = asked(company)
    company.session.execute("update account set standing = 'works' where native_id = 'second'")

    answer(company, reason="asked HR", shown=shown)

    rows = company.session.execute("select subject_native_id, state from finding").fetchall()
    expected = {**{f"u{each}": "open" for each in PEOPLE[:3]}, "second": "held"}
    assert {str(subject): str(state) for subject, state in rows} == expected


def test_what_was_decided_is_not_asked_again(three: Office) -> None:
    answer(three, approve=False, reason="HR's mistake")

    assert releasing.question(three.session) is None


VENDORS = [f"V{each}" for each in range(1, 5)]


def with_vendors(company: Office) -> None:
    company.vendors.workers = [worker(each, mail=f"{each}@corp.example") for each in VENDORS]
    company.directory.accounts += [login(each, mail(f"{each}@corp.example")) for each in VENDORS]
    company.night()


def vendors_leave(company: Office) -> None:
    for each in VENDORS[:3]:
        company.vendors.change(each, employments=(LEFT,))


def test_an_answer_about_an_older_night_refuses_no_line_that_it_does_not_show(company: Office) -> None:
    with_vendors(company)
    leave(company, *PEOPLE[:3])
    older = company.night().run.run_id
    vendors_leave(company)
    company.night()
    shown = releasing.question(company.session, older)
    assert shown is not None
    assert "vendors" not in shown.text

    answer(company, approve=False, reason="HR's mistake", shown=shown)

    assert list(company.holds) == [("roster", "vendors")]


def test_of_an_older_night_nothing_is_let_through_that_was_rejected_since(three: Office, people: ListedPeople) -> None:
    """The same line waits again, by another number, for another answer."""
    older = last_run(three)
    answer(three, approve=False, reason="HR's mistake")
    three.night()

    assert releasing.question(three.session, older) is None
    with pytest.raises(FatalError, match="nothing waits since run"):
        three.release(older)

    assert tickets_of(people, three.queue) == []
    assert list(three.holds) == [("roster", "hr")]


@some_of(1, "again", [False, True], ids=["rejected", "waits again"])
def test_what_was_rejected_is_not_let_through_along_with_another_line(company: Office, *, again: bool) -> None:
    with_vendors(company)
    leave(company, *PEOPLE[:3])
    vendors_leave(company)
    older = company.night().run.run_id
    company.reject(company.holds["roster", "hr"].hold_id)
    if again:
        company.night()
    shown = releasing.question(company.session, older)
    assert shown is not None

    answer(company, reason="asked HR", shown=shown)

    rows = company.session.execute("select subject_native_id, state from finding").fetchall()
    expected = {**{f"u{each}": "held" for each in PEOPLE[:3]}, **dict.fromkeys(VENDORS[:3], "open")}
    assert {str(subject): str(state) for subject, state in rows} == expected


def test_a_first_read_needs_none(first_read: Office) -> None:
    question = asked(first_read)
    assert question.holds == ()
    assert "3 findings of a first read" in question.details
    assert f"worker hr:{PEOPLE[0]}: " in question.details
    assert "Reject" not in question.details

    answer(first_read)

    kept = first_read.session.execute("select author, reason from release").fetchall()
    assert kept == [("kim", EXPECTED)]


def test_a_reason_for_it_is_kept_all_the_same(first_read: Office) -> None:
    answer(first_read, reason=" looked through with HR ")

    kept = first_read.session.execute("select author, reason from release").fetchall()
    assert kept == [("kim", "looked through with HR")]
