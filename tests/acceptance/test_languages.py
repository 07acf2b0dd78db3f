"""Tickets in the reader's language, night after night."""

import pytest

from offboarding.report.red import reasons
from offboarding.report.texts.own import OwnTemplates
from offboarding.runs import whole
from offboarding.runs.troubles import troubles
from offboarding.store import reading, runs
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, locked, login
from tests.support.small_company import LEFT, STAFF, number, worker

pytestmark = pytest.mark.slow


@pytest.fixture
def kim(office: Office) -> Office:
    """Kim has left, and two logins of theirs still work."""
    made = Office(session=office.session, tracker=HeardTracker(ListedTracker()), policy={"language": "ko"})
    made.hr.workers = [worker("1042", LEFT, mail="kim@corp.example", name="김민준"), STAFF]
    made.directory.accounts = [login("kim", number("1042")), login("adm-kim", number("1042"))]
    return made


def there(office: Office) -> ListedTracker:
    assert isinstance(office.tracker.inner, ListedTracker)
    return office.tracker.inner


def test_a_ticket_is_worded_anew_once_where_the_language_changes_and_no_comment_is_made_again(kim: Office) -> None:
    kim.night()
    (ticket,) = there(kim).there()
    assert "김민준 님의 마지막 근무일은 2026년" in " ".join(ticket.draft.body.split())
    kim.directory.accounts = [login("kim", number("1042"), **locked()), login("adm-kim", number("1042"))]
    kim.night()
    ((_, said),) = ticket.said
    assert said.startswith("이 목록에서 바뀐 내용:\n- ")

    kim.policy = {"language": "ja", "names": "id"}
    kim.night()
    assert kim.tracker.calls == ["update"]
    kim.night()

    assert kim.tracker.calls == []
    assert ticket.draft.title.startswith("社員番号 1042 の退職者に残るアクセス権の取り消し (退職日 2026年")
    assert "김민준" not in ticket.draft.body
    assert [text for _, text in ticket.said] == [said]


def test_what_rules_and_remedies_say_comes_from_the_store_in_the_readers_language(kim: Office) -> None:
    kim.night()

    (ticket,) = there(kim).there()
    body = " ".join(ticket.draft.body.split())
    assert "사용할 수 있습니다: " in body
    assert "관리자가 해제할 때까지 잠그십시오: ldapmodify" in body
    assert "이 사람의 것이 아니라면 회수하지 말고 그 사실을 알려 주십시오: 선택할 값은 reject." in body
    assert "점검 도구가" not in body


def test_a_template_that_fails_costs_no_ticket_and_the_night_is_red_for_it(kim: Office) -> None:
    failing = {
        "title.txt.j2": "Security [offb-3fa9c1d2e4b7]",
        "body.txt.j2": "{% if things | length > 1 %}{{ 1 / 0 }}{% endif %}",
    }
    kim.templates = OwnTemplates(folder="texts", sources=failing)
    said: list[str] = []

    run = whole.whole_night(
        kim.session, kim.settings, kim.readers(), caller="failing", as_of=kim.as_of, show=said.append
    )

    seen = reading.night(kim.session, run.run_id)
    of_title, of_body = (text for text in reasons(troubles(seen)) if text.startswith("policy.texts: "))
    assert of_title.startswith("policy.texts: texts/title.txt.j2: the title doesn't end in [{{ ticket.key }}]")
    assert of_body.startswith("policy.texts: texts/body.txt.j2:1: ZeroDivisionError: division by zero. Our text stood")
    assert runs.run(kim.session, run.run_id).status == "red"
    assert "policy.texts: texts/title.txt.j2" in said[0]

    (ticket,) = there(kim).there()
    assert "김민준 님의 마지막 근무일은" in ticket.draft.body
