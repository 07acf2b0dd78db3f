"""Each ticket of ours is one of ours, and one's alone: whatever people write into labels, titles and trackers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from offboarding.model import Standing
from offboarding.model.errors import FatalError
from offboarding.model.keys import ticket_key
from offboarding.report.texts.own import OwnTemplates
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, locked, login
from tests.support.small_company import LEFT, STAFF, WORKS, number, worker
from tests.support.two_trackers import TwoTrackers, kim_has_left, only, reds, told_nowhere
from tests.support.variants import some_of

OWN_TITLE = OwnTemplates(folder="texts", sources={"title.txt.j2": "{{ ticket.thing }}: look [{{ ticket.key }}]\n"})


@pytest.fixture
def kim(office: Office) -> TwoTrackers:
    made = kim_has_left(office)
    made.cloud.accounts, made.cloud.credentials = [], []
    return made


def key_of(kim: TwoTrackers, worker_id: str) -> str:
    """Of whoever's 'Revoke' ticket it will be: a hash of what an insider knows, or reads in the tracker."""
    found = kim.session.execute("select person_uid from worker where worker.worker_id = %s", (worker_id,)).fetchone()
    assert found
    return ticket_key("revoke", str(found[0]), kim.queue, 1, 1)


@some_of(1, "own", [OwnTemplates(), OWN_TITLE], ids=["our title", "their title"])
def test_a_key_in_a_label_hides_no_ticket(kim: TwoTrackers, own: OwnTemplates) -> None:
    kim.templates = own
    left, kim.hr.workers = kim.hr.workers, [STAFF]
    kim.directory.accounts = []
    kim.hr.workers = [replace(left[0], employments=STAFF.employments), STAFF]
    kim.night()
    key = key_of(kim, "1042")
    kim.hr.workers = left
    used = replace(login("kim", number("1042")), last_used_at=kim.as_of - timedelta(hours=2))
    kim.directory.accounts = [replace(used, label=f"uid=kim [{key}],dc=corp"), login("kim2", number("1042"))]

    for _ in range(2):
        kim.night()

    titles = [each.draft.title for each in kim.inner().there()]
    assert [title.count("offb-") for title in titles] == [1, 1]
    assert sum(title.endswith(f"[{key}]") for title in titles) == 1
    assert (told_nowhere(kim), reds(kim)) == ([], ())


def test_a_title_that_people_gave_another_s_key_shares_no_ticket(kim: TwoTrackers) -> None:
    kim.night()
    first = only(kim.inner())
    kim.hr.workers.append(worker("1050", WORKS))
    kim.night()
    key = key_of(kim, "1050")
    first.draft = replace(first.draft, title=f"{first.draft.title} [{key}]")
    kim.hr.workers[-1] = worker("1050", LEFT)
    kim.directory.accounts.append(login("lee", number("1050")))

    with pytest.raises(FatalError, match="1 ticket was refused"):
        kim.night()

    assert only(kim.inner()) is first
    assert "uid=lee" not in first.draft.body
    words = kim.session.execute("select words from refusal").fetchone()
    assert words
    assert f"is that of {first.draft.key}, and its title bears [{key}]" in str(words[0])
    first.draft = replace(first.draft, title=first.draft.title.removesuffix(f" [{key}]"))
    kim.night()
    assert (told_nowhere(kim), reds(kim)) == ([], ())


def test_what_stands_at_the_number_of_ours_and_is_not_ours_is_never_written_to(kim: TwoTrackers) -> None:
    """The connection leads to another server by now: swapped with another entry's, or a copy restored for a test."""
    kim.night()
    elsewhere = ListedTracker()
    theirs = elsewhere.open(replace(only(kim.inner()).draft, key="", title="Printer broken", body="It's on fire."))
    elsewhere.ticket(theirs).made_by = "people"
    before = repr(elsewhere.ticket(theirs))
    kim.tracker.inner = elsewhere

    for change in ({}, {"label": "uid=kim2"}, locked(), {"standing": Standing.WORKS, "standing_reason": "unlocked"}):
        kim.directory.change("kim", **change)
        kim.night()
        assert repr(elsewhere.ticket(theirs)) == before
        assert told_nowhere(kim) == []

    ours = [each for each in elsewhere.there() if each.ref != theirs]
    assert [each.is_open for each in ours] == [True]
    assert (reds(kim), ours[0].draft.body.count("uid=kim2") > 0) == ((), True)


def test_two_of_ours_at_one_number_each_get_their_own(kim: TwoTrackers) -> None:
    """The tracker was restored from before the first was opened, and gave its number to the second."""
    kim.night()
    lost = only(kim.inner())
    kim.inner().tickets.clear()
    kim.hr.workers.append(worker("1050", LEFT))
    kim.directory.accounts.append(login("lee", number("1050")))
    for _ in range(2):
        kim.night()

    titles = [each.draft.title for each in kim.inner().there()]
    assert len(titles) == len(set(titles)) == 2
    assert lost.ref in [each.ref for each in kim.inner().there()]
    assert (told_nowhere(kim), reds(kim)) == ([], ())
