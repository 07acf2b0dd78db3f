"""What a person approves is shut by a second connection: that, and nothing else, and nothing that has changed since."""

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, LiteralString

import pytest

from offboarding.guard.revoking import proposing
from offboarding.model import (
    Before,
    Employment,
    IdentityKeyKind,
    LinkVerdict,
    Revocable,
    ScopeRead,
    Standing,
    TicketState,
    Worker,
)
from offboarding.model.errors import FatalError, RetriableError, UncertainError
from offboarding.report import explain
from offboarding.runs import pipeline
from offboarding.store import decisions, reading
from offboarding.store.events import broken_at
from offboarding.store.recorded import troubles
from offboarding.tickets import moving
from tests.support import deciding
from tests.support.begun import Begun
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, System, access_key, login
from tests.support.rows import note_all
from tests.support.shutting import (
    KEY,
    KIM,
    LOGIN,
    POLICY,
    USER,
    Hands,
    KilledError,
    Shutting,
    killed_at,
    of_kim,
    shut_for_kim,
)
from tests.support.small_company import LEFT, NIGHT, STAFF, WORKS, job, key, mail, number, owner, scoped, tag, worker
from tests.support.variants import variants

pytestmark = pytest.mark.slow


@pytest.fixture
def kim(begun: Begun) -> Shutting:
    return begun(of_kim)


@pytest.fixture
def shut(begun: Begun) -> Shutting:
    return begun(shut_for_kim)


def key_of(kim: Shutting, rule: str = "leaver-access-key") -> str:
    return kim.finding(rule)[0]


# --- what is asked, and what comes of the answer ----------------------------------------------------------------------


def test_what_is_chosen_is_shut_and_seen_dead_by_the_next_look(kim: Shutting) -> None:
    key, other = key_of(kim), key_of(kim, "leaver-account-works")
    assert sorted(kim.offered()) == sorted([key, other])

    kim.answer(key)

    assert kim.hands["aws"].calls == ["before", "revoke"]
    assert kim.hands["corp-ldap"].calls == []
    assert sorted(kim.stages()) == ["done", "proposed"]
    assert kim.finding("leaver-access-key") == (key, "open")
    kim.night()
    assert kim.finding("leaver-access-key") == (key, "resolved")
    assert kim.finding("leaver-account-works") == (other, "open")
    assert kim.offered() == [other]


def test_who_approved_what_stood_before_and_what_was_set_is_in_the_record(kim: Shutting) -> None:
    kim.answer(key_of(kim))

    (row,) = [each for each in kim.rows() if each.status == "done"]
    assert (row.approved_by, row.reason, row.step) == ("sam", "looked at them", "set Inactive")
    assert row.before == {"standing": "works"}
    acts = kim.office.session.execute(
        "select actor, text::jsonb ->> 'status' from finding_event where about = %s order by seq",
        (f"revocation:{row.revocation_id}",),
    ).fetchall()
    assert [status for _, status in acts] == ["proposed", "approved", "doing", "done"]
    assert acts[1][0] == "sam"
    assert troubles(kim.office.session) == []
    assert broken_at(kim.office.session) is None


def test_its_explanation_says_who_approved_it(shut: Shutting) -> None:
    key = key_of(shut)
    said = " ".join(explain.render(reading.explanation(shut.office.session, key), "UTC").split())
    assert "sam approved its revocation, done: looked at them" in said

    shut.undo(key)

    said = " ".join(explain.render(reading.explanation(shut.office.session, key), "UTC").split())
    assert "sam approved its revocation, undone: looked at them (lee: a mistake)" in said


def test_the_ticket_says_who_what_and_how_it_is_undone(shut: Shutting, tracker: Any) -> None:
    key = key_of(shut)

    (comment,) = [text for ticket in tracker.tickets for event, text in ticket.said if event.startswith("revocation:")]
    assert "sam approved its revocation, and it was done: set Inactive. Reason: looked at them" in comment
    assert f"python -m offboarding revoke undo {key} --reason" in comment


def test_without_a_policy_nothing_is_proposed_or_asked(office: Office) -> None:
    office.hr.workers, office.directory.accounts = [KIM, STAFF], [LOGIN]
    made = Shutting(office=office)
    del office.policy["revocation"]

    assert made.night() == 0
    assert (made.offered(), made.rows()) == ([], [])
    with pytest.raises(FatalError, match=r"policy\.revocation isn't set: nothing is shut"):
        made.answer("f-00000000")


def test_without_a_second_connection_nothing_is_proposed(kim: Shutting) -> None:
    kim.connected = False

    kim.night()

    assert set(kim.stages()) == {"lapsed"}


BOUNDS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a source": ({"sources": ["aws"]}, {"leaver-access-key"}),
    "a rule": ({"rules": ["leaver-account-works"]}, {"leaver-account-works"}),
    "what is never shut": ({"never": ["arn:*:user/aida*"]}, {"leaver-account-works"}),
    "a kind of thing": ({"subjects": ["account"]}, {"leaver-account-works"}),
    "a severity": ({"severities": ["low"]}, set()),
    "whoever's name it is": ({"never": ["*KIM*"]}, set()),
}


@variants(3, bound=BOUNDS)
def test_the_policy_bounds_what_is_proposed(office: Office, bound: tuple[dict[str, Any], set[str]]) -> None:
    policy, rules = bound
    office.hr.workers = [KIM, STAFF]
    office.directory.accounts, office.cloud.accounts = [LOGIN], [USER]
    office.cloud.credentials = [access_key(KEY, USER, last_used_at=None)]
    made = Shutting(office=office, policy=POLICY | policy)

    made.night()

    assert {row.rule for row in made.rows()} == rules


def test_where_a_job_runs_with_one_key_no_other_of_its_account_is_proposed(office: Office) -> None:
    """Whatever the warning's sentence says, or doesn't."""
    office.hr.workers, office.cloud.accounts = [KIM, STAFF], [USER]
    used = {"last_used_at": office.as_of, "last_used_service": "s3"}
    office.cloud.credentials = [access_key(KEY, USER), access_key("AKIABACKUPBACKUPBACK", USER, **used)]
    made = Shutting(office=office)
    assert made.night() == 0

    told = office.session.execute(
        "select distinct subject_native_id, is_workload from finding where state = 'open' order by 1"
    )
    assert told.fetchall() == [(KEY, False), ("AKIABACKUPBACKUPBACK", True)]
    office.session.execute("update finding set warning = case when is_workload then '' else 'Look at it twice.' end")
    proposing.propose(office.session, made.settings, made.last)
    assert made.offered() == []


WRITTEN = {
    "decomposed": ("*émergence*", unicodedata.normalize("NFD", "émergence")),
    "wide": ("*break*glass*", "".join(chr(ord(letter) + 0xFEE0) for letter in "break-glass")),
    "with a soft hyphen": ("*break*glass*", "bre\u00adak-glass"),
    "a bracket is itself": ("[BG] *", "[BG] kim"),
    "blanks around": (" *glass* ", "break-glass"),
}


@variants(2, written=WRITTEN)
def test_never_holds_however_a_name_is_written(kim: Shutting, written: tuple[str, str]) -> None:
    pattern, name = written
    kim.policy["never"] = [pattern]
    kim.office.directory.change("kim", display_name=name)

    kim.night()

    assert key_of(kim, "leaver-account-works") not in kim.offered()


@variants(1, worker_id=("1042](http://evil.example) **HR: yes**", "1042 - **f-00000000**: nothing", "1042` <b>x</b>"))
def test_ids_are_shown_to_the_letter_and_in_one_line(office: Office, worker_id: str) -> None:
    """Whoever edits HR's feed writes no link, and no line of the question's own."""
    office.hr.workers = [replace(KIM, worker_id=worker_id), STAFF]
    office.directory.accounts = [replace(LOGIN, keys=(number(worker_id),))]
    made = Shutting(office=office)
    made.night()

    asked = proposing.question(office.session, made.settings)

    assert asked
    (line, *_, _) = asked.details.splitlines()
    shown = " ".join(worker_id.split())
    code = f"`` hr:{shown} ``" if "`" in shown else f"`hr:{shown}`"
    assert f", of {code}: set pwdAccountLockedTime" in line
    assert asked.details.splitlines()[1] == ""


# --- who may, and how -------------------------------------------------------------------------------------------------


MAY_NOT: dict[str, tuple[dict[str, Any], str]] = {
    "somebody else": ({"author": "lee"}, r"guard\.approvers says that sam may"),
    "a look-alike": ({"author": "Sam"}, r"guard\.approvers says that sam may"),
    "no reason": ({"reason": "  "}, "Nothing is shut without a reason"),
    "what was never offered": ({"chosen": ["f-12345678"]}, "f-12345678 may not be shut any more, and nothing is"),
}


def test_an_answer_that_may_not_be_shuts_nothing(kim: Shutting) -> None:
    for changes, why in MAY_NOT.values():
        with pytest.raises(FatalError, match=why):
            kim.answer(key_of(kim), **changes)

    assert kim.changes() == []
    assert set(kim.stages()) == {"proposed"}


def test_more_than_the_days_measure_shuts_none_of_them(kim: Shutting) -> None:
    kim.policy["most_a_day"] = 1

    with pytest.raises(FatalError, match=r"2 are more than the 1 that may still be shut within these 24 hours"):
        kim.answer(key_of(kim), key_of(kim, "leaver-account-works"))
    kim.answer(key_of(kim))
    with pytest.raises(FatalError, match=r"1 are more than the 0 that may still be shut"):
        kim.answer(key_of(kim, "leaver-account-works"))

    assert kim.changes() == ["revoke"]
    kim.night()
    assert kim.offered() == [key_of(kim, "leaver-account-works")]


def test_what_nobody_chooses_keeps_no_other_from_being_asked_about(office: Office) -> None:
    office.hr.workers, office.directory.accounts, office.cloud.accounts = [KIM, STAFF], [LOGIN], [USER]
    office.cloud.credentials = [access_key(KEY, USER)]
    made = Shutting(office=office)
    made.policy["most_a_day"] = 1

    assert [(made.night(), len(made.offered())) for _ in range(3)] == [(1, 1), (2, 2), (2, 2)]


def test_an_answer_is_about_what_was_shown_and_nothing_that_was_proposed_since(kim: Shutting) -> None:
    """The key was shut, and opened on purpose: of that the person was shown nothing."""
    key, shown = key_of(kim), kim.shown()
    kim.office.cloud.change(KEY, standing=Standing.DEAD)
    kim.night()
    kim.office.cloud.change(KEY, standing=Standing.WORKS)
    kim.night()
    assert key in kim.offered()

    with pytest.raises(FatalError, match=f"{key} may not be shut any more, and nothing is"):
        kim.answer(key, shown=shown)

    assert kim.changes() == []


def test_nobody_approves_where_nobody_is_named(kim: Shutting) -> None:
    del kim.office.guard["approvers"]

    with pytest.raises(FatalError, match=r"while guard\.approvers names nobody"):
        kim.answer(key_of(kim), author="anybody")


@pytest.mark.parametrize(
    ("language", "done", "undone"),
    [
        (
            "ko",
            "회수를 실행했습니다 (승인: sam). 조치: set Inactive. 사유: looked at them\n",
            "회수 (승인: sam)를 되돌려 (실행: lee) 이전 상태로 복원했습니다. 사유: a mistake\n",
        ),
        (
            "ja",
            "アクセス権の取り消しを実行しました (承認: sam)。実施内容: set Inactive。理由: looked at them\n",
            "取り消し (承認: sam)を元に戻し (実行: lee)、以前の状態に復元しました。理由: a mistake\n",
        ),
    ],
)
def test_its_ticket_says_so_in_the_readers_language(
    kim: Shutting, tracker: Any, language: str, done: str, undone: str
) -> None:
    kim.office.policy = {**kim.office.policy, "language": language}
    key = key_of(kim)

    kim.answer(key)
    kim.undo(key)
    kim.night()

    said = [text for ticket in tracker.tickets for event, text in ticket.said if event.startswith("revocation:")]
    assert [text.partition("\n")[0] + "\n" for text in said] == [f"{key}: {done}", f"{key}: {undone}"]


@pytest.mark.parametrize("how", ["moved", "deleted"])
def test_what_its_ticket_was_yet_to_say_is_said_where_its_things_go(
    kim: Shutting, tracker: ListedTracker, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def away(*_: object) -> None:
        raise RetriableError("the tracker is away")

    key, jira = key_of(kim), ListedTracker()
    with monkeypatch.context() as patch:
        patch.setattr("offboarding.guard.revoking.approving.pipeline.ticket", away)
        with pytest.raises(RetriableError, match="away"):
            kim.answer(key)
    if how == "moved":
        moving.move(kim.office.session, kim.last, ["secops", "jira"], "secops", "jira")
    else:
        tracker.people_turn(tracker.there()[0].ref, TicketState.MISSING)

    for _ in range(2):
        trackers = {"secops": lambda: kim.office.tracker, "jira": lambda: jira}
        pipeline.ticket(kim.office.session, kim.settings, kim.last, trackers)

    (stands,) = (each for each in (*tracker.there(), *jira.there()) if each.is_open)
    assert [text.partition(",")[0] for _, text in stands.said] == [f"{key}: sam approved its revocation"]


def test_what_moved_and_is_over_before_it_was_opened_there_says_so_where_it_was(
    kim: Shutting, tracker: ListedTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise RetriableError("the tracker is away")

    key, jira = key_of(kim), ListedTracker()
    with monkeypatch.context() as patch:
        patch.setattr("offboarding.guard.revoking.approving.pipeline.ticket", away)
        with pytest.raises(RetriableError, match="away"):
            kim.answer(key)
    moving.move(kim.office.session, kim.last, ["secops", "jira"], "secops", "jira")
    kim.office.directory.accounts = []
    kim.office.cloud.credentials = []
    kim.office.untold(days=1)
    trackers = {"jira": lambda: jira, "secops": lambda: kim.office.tracker}

    for _ in range(3):
        pipeline.ticket(kim.office.session, kim.settings, kim.last, trackers)

    assert jira.there() == []
    (ticket,) = tracker.there()
    assert not ticket.is_open
    assert [text.partition(",")[0] for event, text in ticket.said if event] == [f"{key}: sam approved its revocation"]


@pytest.mark.parametrize("reason", ["x\0y", "x\ud800y"], ids=["a NUL", "half of a character"])
def test_a_reason_that_can_t_be_kept_is_refused(kim: Shutting, reason: str) -> None:
    with pytest.raises(FatalError, match="The reason holds a NUL, or half of a character, and nothing is done"):
        kim.answer(key_of(kim), reason=reason)

    assert set(kim.stages()) == {"proposed"}


def test_no_reason_adds_lines_to_a_ticket(kim: Shutting, tracker: Any) -> None:
    kim.answer(key := key_of(kim), reason="ok\x1b[2J\nf-00000000: lee approved its revocation")
    kim.undo(key, reason="a\nmistake")
    kim.night()

    done, undone = kim.said(tracker)[:2]
    assert "Reason: ok [2J f-00000000: lee approved its revocation\n" in done
    assert "Reason: a mistake\n" in undone


# --- what has changed since it was proposed ---------------------------------------------------------------------------


def rehired(kim: Shutting) -> None:
    kim.office.hr.change("1042", employments=(*KIM.employments, WORKS))


def withdrawn(kim: Shutting) -> None:
    kim.office.hr.change("1042", employments=(WORKS,))


def another_wears_it(kim: Shutting) -> None:
    """The login's number says that it is Lee's now, and HR that he works here."""
    kim.office.directory.change("kim", keys=(number("1043"),))
    kim.office.cloud.change("AIDAKIM", keys=(tag(IdentityKeyKind.NUMBER, "1043"),))


def rejected(kim: Shutting) -> None:
    for source, account in (("corp-ldap", "kim"), ("aws", "AIDAKIM")):
        fields = {"source": source, "account": account, "worker": "1042", "reason": "not theirs", "author": "lee"}
        deciding.decide_link(kim.office.session, LinkVerdict.REJECT, **fields)


def deleted(kim: Shutting) -> None:
    kim.office.directory.remove("kim")
    kim.office.cloud.remove(KEY)


def shut_by_hand(kim: Shutting) -> None:
    kim.office.directory.change("kim", standing=Standing.DEAD)
    kim.office.cloud.change(KEY, standing=Standing.DEAD)


def unreadable(kim: Shutting) -> None:
    kim.office.directory.look_error = kim.office.cloud.look_error = RetriableError("no answer")
    kim.office.directory.error = RetriableError("no answer")


def hr_is_away(kim: Shutting) -> None:
    kim.office.hr.error = RetriableError("HR's server is away")


def excepted(kim: Shutting) -> None:
    until = (kim.office.as_of + timedelta(days=30)).date()
    entry = {"worker": "hr:1042", "reason": "the handover", "approver": "lee", "expires": until}
    kim.office.let_stand["exceptions"] = [entry]


def named_never(kim: Shutting) -> None:
    kim.policy["never"] = ["*kim*"]


def a_robot(kim: Shutting) -> None:
    used = kim.office.as_of
    kim.office.directory.change("kim", service_like=True, last_used_at=used)
    kim.office.cloud.change("AIDAKIM", service_like=True)


def its_source_waits(kim: Shutting) -> None:
    for name in ("corp-ldap", "aws"):
        kim.office.session.execute(
            "insert into guard_hold (kind, name, opened_run, last_run, numbers, findings, closings, status)"
            " select 'source', %s, max(run_id), max(run_id), '[]', 0, 0, 'waiting' from run",
            (name,),
        )
    note_all(kim.office.session)


CHANGES: dict[Callable[[Shutting], None], str] = {
    rehired: r"the finding is resolved",
    withdrawn: r"the finding is resolved",
    another_wears_it: r"it isn't theirs for certain",
    rejected: r"the finding is resolved",
    deleted: r"(its account isn't there any more|the finding is resolved)",
    shut_by_hand: r"the finding is resolved",
    unreadable: r"it couldn't be looked at again",
    excepted: r"an exception lets it stand",
    named_never: r"policy.revocation.never names it \(\*kim\*\)",
    a_robot: r"it looks like a workload's, and .*",
}
AT_THE_ANSWER = CHANGES | {
    hr_is_away: "hr couldn't be read whole: whether they're back isn't known",
    its_source_waits: "the guard holds what it rests on",
}


@variants(4, happens={each.__name__: each for each in AT_THE_ANSWER})
def test_what_changed_before_the_answer_is_not_shut_and_said(
    kim: Shutting, happens: Callable[[Shutting], None], tracker: Any
) -> None:
    chosen, why = kim.offered(), AT_THE_ANSWER[happens]
    happens(kim)

    with pytest.raises(
        FatalError, match=rf"2 of 2 that were approved weren't shut: f-.*: {why}; f-.*: {why}\. It stands"
    ):
        kim.answer(*chosen)

    assert kim.changes() == []
    assert kim.stages() == ["refused", "refused"]
    said = "\n".join(text for ticket in tracker.tickets for _, text in ticket.said)
    assert len(chosen) == 2
    assert all(said.count(f"{key}: sam approved its revocation, and it was NOT done: ") == 1 for key in chosen)


@variants(3, happens={each.__name__: each for each in CHANGES})
def test_what_changed_before_the_next_night_is_proposed_no_more(
    kim: Shutting, happens: Callable[[Shutting], None]
) -> None:
    happens(kim)

    kim.night()

    assert kim.offered() == []
    assert set(kim.stages()) == {"lapsed"}


def test_what_comes_up_after_the_look_counts_as_well(kim: Shutting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked once more in the transaction in which it's written down."""
    before = Hands.before

    def and_rejected(hands: Hands, thing: Revocable) -> Before:
        rejected(kim)
        return before(hands, thing)

    monkeypatch.setattr(Hands, "before", and_rejected)
    key = key_of(kim)

    with pytest.raises(FatalError, match=r"1 of 1 that were approved weren't shut: .* it may be somebody else's"):
        kim.answer(key)

    assert kim.changes() == []


def test_a_notice_that_is_withdrawn_after_the_look_counts_as_well(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.hr.workers, office.directory.accounts = [replace(KIM, employments=(WORKS,)), STAFF], [LOGIN]
    made = Shutting(office=office)
    made.night()
    notice = deciding.add_notice(
        office.session, office.settings, who="hr:1042", last="2026-11-25T10:00 Asia/Seoul", reason="told", author="lee"
    )
    assert made.night() == 1
    before = Hands.before

    def and_withdrawn(hands: Hands, thing: Revocable) -> Before:
        deciding.withdraw_notice(office.session, notice.notice_id, reason="a mistake", author="lee")
        return before(hands, thing)

    monkeypatch.setattr(Hands, "before", and_withdrawn)

    with pytest.raises(FatalError, match="they haven't left, or are back"):
        made.answer(*made.offered())

    assert made.changes() == []


NOTICED = {
    "works here by HR": (WORKS, "Gone by notice of `sam`; HR lists them as active."),
    "a contract that ended": (job(end="2026-11-13"), "Gone by HR, confirmed by `sam`."),
    "another record of theirs goes on": (LEFT, "Gone by HR, confirmed by `sam`."),
    "an account that only a decision links": (LEFT, "Gone by HR. The account is theirs by decision of `sam`."),
}


@pytest.mark.parametrize("how", NOTICED)
def test_who_said_that_somebody_left_or_owns_an_account_does_not_approve_what_follows(office: Office, how: str) -> None:
    """The question says on whose authority it is; another approver may."""
    employment, said = NOTICED[how]
    kim, theirs = replace(KIM, employments=(employment,), logins=(scoped("kim"),)), LOGIN
    office.hr.workers = [kim, STAFF]
    made, by_sam = Shutting(office=office), {"reason": "told", "author": "sam"}
    office.guard["approvers"] = ["sam", "lee"]
    if how.startswith("another"):
        office.hr.workers.append(replace(kim, worker_id="7777", employments=(WORKS,), record="row 9"))
    if how.startswith("an account"):
        theirs = replace(LOGIN, keys=())
    office.directory.accounts = [theirs]
    made.night()
    if how.startswith("works"):
        deciding.add_notice(
            office.session, office.settings, who="hr:1042", last="2026-11-25T10:00 Asia/Seoul", **by_sam
        )
    elif how.startswith("an account"):
        fields = {"source": "corp-ldap", "account": "kim", "worker": "hr:1042"}
        deciding.decide_link(office.session, LinkVerdict.CONFIRM, **fields, **by_sam)
    else:
        deciding.confirm_departure(office.session, office.settings, departure="hr:1042", **by_sam)
    made.night()
    (chosen,) = made.offered()

    asked = proposing.question(office.session, made.settings)
    assert asked
    assert said in asked.details
    with pytest.raises(FatalError, match=r"sam said .*: another approver must approve it"):
        made.answer(chosen, author="sam")
    assert made.changes() == []
    made.night()
    made.answer(chosen, author="lee")
    assert made.changes() == ["revoke"]


AUTHORITY = "when or on whose authority they left, or whose the account is, changed after it was shown"


@pytest.mark.parametrize("last", ["2026-11-13T10:00 Asia/Seoul", "2026-11-13 Asia/Seoul"])
def test_an_approval_by_hr_s_word_shuts_nothing_by_a_notice_that_was_given_since(kim: Shutting, last: str) -> None:
    """HR takes its word back, and a user gives notice of the same day."""
    asked = proposing.question(kim.session, kim.settings)
    assert asked
    kim.office.hr.workers = [replace(KIM, employments=(WORKS,)), STAFF]
    deciding.add_notice(kim.session, kim.office.settings, who="hr:1042", last=last, reason="told", author="eve")

    with pytest.raises(FatalError, match=AUTHORITY):
        kim.answer(*asked.offered, shown=asked.offered)
    assert kim.changes() == []

    kim.night()
    asked = proposing.question(kim.session, kim.settings)
    assert asked
    assert "Gone by notice of `eve`; HR lists them as active." in asked.details
    kim.answer(*asked.offered, shown=asked.offered)
    assert kim.changes() == ["revoke", "revoke"]


def test_an_approval_without_a_decision_shuts_nothing_that_only_a_decision_since_links(kim: Shutting) -> None:
    shown, key = kim.shown(), key_of(kim, "leaver-account-works")
    fields = {"source": "corp-ldap", "account": "kim", "worker": "hr:1042", "reason": "told"}
    deciding.decide_link(kim.session, LinkVerdict.CONFIRM, author="eve", **fields)
    kim.office.directory.accounts = [replace(LOGIN, keys=())]

    with pytest.raises(FatalError, match=AUTHORITY):
        kim.answer(key, shown=shown)

    assert kim.changes() == []


@pytest.mark.parametrize("rejects", [False, True], ids=["revokes", "revokes and rejects"])
def test_who_takes_an_account_from_a_colleague_does_not_approve_what_follows(office: Office, *, rejects: bool) -> None:
    office.hr.workers, office.directory.accounts = [KIM, STAFF], [LOGIN]
    made = Shutting(office=office)
    office.guard["approvers"] = ["sam", "lee"]
    office.night()
    fields = {"source": "corp-ldap", "account": "kim", "worker": STAFF.worker_id, "reason": "the handover"}
    decided = deciding.decide_link(office.session, LinkVerdict.CONFIRM, author="lee", **fields)
    office.night()
    decisions.revoke(office.session, decided.decision_id, author="sam")
    if rejects:
        deciding.decide_link(office.session, LinkVerdict.REJECT, author="sam", **fields)
    made.night()
    (chosen,) = made.offered()

    with pytest.raises(FatalError, match="sam said whose the account is: another approver must approve it"):
        made.answer(chosen, author="sam")
    assert made.changes() == []
    made.night()
    made.answer(chosen, author="lee")
    assert made.changes() == ["revoke"]


def test_what_was_renamed_is_proposed_anew(kim: Shutting) -> None:
    kim.office.cloud.change("AIDAKIM", login="kim-old")

    kim.night()

    assert sorted(kim.stages()) == ["lapsed", "proposed", "proposed"]
    kim.answer(key_of(kim))
    assert kim.changes() == ["revoke"]


SINCE: dict[str, tuple[dict[str, Any], str]] = {
    "renamed to break glass": ({"login": "break-glass-1"}, "called otherwise than when it was proposed"),
    "tagged as a colleague's": ({"keys": (tag(IdentityKeyKind.NUMBER, "1043"),)}, "isn't theirs for certain"),
    "tagged as a service": ({"service_like": True}, "looks like a workload's"),
    "labelled as never": ({"label": "arn:aws:iam::111111111111:user/break-glass/aidakim"}, "never names it"),
}


@variants(2, since=SINCE)
def test_an_account_is_read_anew_before_anything_of_it_is_shut(
    kim: Shutting, since: tuple[dict[str, Any], str]
) -> None:
    changes, why = since
    kim.office.cloud.change(KEY, last_used_at=None)
    kim.office.cloud.change("AIDAKIM", **changes)

    with pytest.raises(FatalError, match=why):
        kim.answer(key_of(kim))

    assert kim.changes() == []


def test_where_a_look_tells_what_an_account_holds_and_not_the_account_nothing_is_shut(
    kim: Shutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(System, "collect_for", lambda *_: iter([ScopeRead(realm=USER.realm, scope="", kinds=())]))

    with pytest.raises(FatalError, match="its account couldn't be looked at again"):
        kim.answer(key_of(kim))

    assert kim.changes() == []


def test_what_the_second_connection_sees_it_called_counts_as_well(
    kim: Shutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was renamed after the look."""
    for name, why in (("kim-old", "called otherwise"), ("aidakim", r"never names it \(\*:user/admins/\*\)")):
        monkeypatch.setattr(Hands, "called", lambda *_, name=name: (name, f"arn:aws:iam::1:user/admins/{name}"))
        kim.policy["never"] = ["*:user/admins/*"]
        with pytest.raises(FatalError, match=why):
            kim.answer(key_of(kim))
        kim.night()

    assert kim.changes() == []


BACK: dict[str, tuple[str, dict[str, Any], str]] = {
    "by the mail, a vendor": ("vendors", {"mail": "kim@corp.example"}, ""),
    "by the login that their mail holds, a vendor": ("vendors", {"logins": ("kim",)}, ""),
    "by the mail, in another system of HR's": ("hr", {"mail": "kim@corp.example"}, ""),
    "by the mail, a vendor who is suspended": ("vendors", {"mail": "kim@corp.example"}, "suspended"),
}


@variants(2, back=BACK)
def test_somebody_who_is_here_by_their_mail_or_login_may_be_they(
    kim: Shutting, back: tuple[str, dict[str, Any], str]
) -> None:
    roster, told, circumstance = back
    feed = kim.office.hr if roster == "hr" else kim.office.vendors
    here = job("active", start="2015-01-01", circumstance=circumstance)
    feed.workers = [*feed.workers, worker("2042", here, **told)]

    with pytest.raises(FatalError, match="it may be somebody else's"):
        kim.answer(*kim.offered())

    assert kim.changes() == []
    kim.night()
    assert kim.offered() == []


LEES = replace(USER, native_id="AIDALEE", label="arn:aws:iam::111111111111:user/ops", keys=(), login="ops")
IDENTIFIES: dict[str, tuple[dict[str, Any], str]] = {
    "a number": ({"keys": (tag(IdentityKeyKind.NUMBER, "1043"),)}, "number"),
    "a number in another form": ({"keys": (tag(IdentityKeyKind.NUMBER, "E01043"),)}, "number"),
    "a directory id": ({"keys": (key(IdentityKeyKind.DIRECTORY_ID, "d-7"),)}, "directory_id"),
    "a mail": ({"keys": (mail("leeh@corp.example"),)}, "mail"),
    "an owner": ({"keys": (owner(IdentityKeyKind.MAIL, "leeh@corp.example"),)}, "mail"),
    "a mail's local part": ({"keys": (key(IdentityKeyKind.LOGIN, "leeh"),)}, "mail"),
    "a login that HR gives": ({"keys": (key(IdentityKeyKind.LOGIN, "lee.h"),)}, "login"),
    "a login of another account": ({"login": "hlee", "keys": (key(IdentityKeyKind.LOGIN, "hlee"),)}, "login"),
}


@pytest.mark.parametrize("login", [KEY, "AIDAKIM", "uid=kim,dc=corp"])
def test_what_another_source_logs_in_by_is_not_shut(kim: Shutting, login: str) -> None:
    """A tracker or another source uses the leaver's account."""
    rule = "leaver-account-works" if login.startswith("uid") else "leaver-access-key"
    chosen = key_of(kim, rule)
    kim.logins = (login,)

    with pytest.raises(FatalError, match="the checker itself logs in by it"):
        kim.answer(chosen)

    assert kim.changes() == []
    kim.night()
    assert chosen not in kim.offered()


@variants(2, of=IDENTIFIES, employment={"active": WORKS, "to be confirmed": job(end="2026-11-20")})
def test_what_identifies_somebody_who_works_here_is_not_offered_whatever_was_decided(
    office: Office, of: tuple[dict[str, Any], str], employment: Employment
) -> None:
    """Somebody decided that a colleague's account is a leaver's."""
    changes, kind = of
    lee = worker("1043", employment, mail="leeh@corp.example", logins=("lee.h",), ids=("d-7",))
    colleagues, users = replace(LEES, **changes), access_key("AKIALEELEELEELEELEEL", LEES)
    office.hr.workers, office.directory.accounts = [KIM, lee], [LOGIN, login("hlee", number("1043"))]
    office.directory.accounts[1] = replace(office.directory.accounts[1], login="hlee")
    office.cloud.accounts, office.cloud.credentials = [colleagues], [users]
    made = Shutting(office=office)
    fields = {"source": "aws", "account": "AIDALEE", "worker": "hr:1042", "reason": "a mistake"}
    made.night()
    deciding.decide_link(office.session, LinkVerdict.CONFIRM, author="user", **fields)

    made.night()

    ours, state = made.finding("leaver-access-key")
    assert state == "open"
    assert made.offered() == [key_of(made, "leaver-account-works")]
    asked = proposing.question(office.session, made.settings)
    assert asked
    assert f"Not offered: **{ours}**" in asked.details
    assert f"`{kind} of hr:1043`" in asked.details


def test_one_that_can_t_be_shut_keeps_no_other_back(kim: Shutting) -> None:
    kim.office.directory.change("kim", standing=Standing.DEAD)

    with pytest.raises(FatalError, match="1 of 2 that were approved weren't shut"):
        kim.answer(*kim.offered())

    assert kim.hands["aws"].calls == ["before", "revoke"]
    assert sorted(kim.stages()) == ["done", "refused"]


def test_what_wasn_t_shut_is_said_though_the_tracker_is_away(kim: Shutting, monkeypatch: pytest.MonkeyPatch) -> None:
    kim.office.directory.change("kim", standing=Standing.DEAD)

    def away(*_: object) -> None:
        raise RetriableError("the tracker is away")

    chosen = kim.offered()
    monkeypatch.setattr("offboarding.guard.revoking.approving.pipeline.ticket", away)

    with pytest.raises(FatalError, match=r"1 of 2 that .* weren't shut: .* couldn't be told that yet: the tracker is"):
        kim.answer(*chosen)


def test_a_defect_of_ours_keeps_no_other_back_either(kim: Shutting, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Hands.revoke

    def broken(hands: Hands, thing: Revocable, before: Before) -> None:
        if hands is kim.hands["aws"]:
            raise ValueError("a defect")
        real(hands, thing, before)

    monkeypatch.setattr(Hands, "revoke", broken)

    with pytest.raises(FatalError, match=r"1 of 2 that were approved weren't shut: .*a defect of ours, whose trace"):
        kim.answer(*kim.offered())

    assert sorted(kim.stages()) == ["done", "refused"]
    assert kim.changes() == ["revoke"]


def test_a_departure_that_nobody_confirmed_is_none(office: Office) -> None:
    planned = replace(LEFT, status="active", last_working_on=None, end_on=LEFT.last_working_on)
    office.hr.workers, office.directory.accounts = [worker("1042", planned), STAFF], [LOGIN]
    made = Shutting(office=office)

    assert made.night() == 0

    deciding.confirm_departure(office.session, office.settings, departure="hr:1042", reason="asked HR", author="lee")
    assert made.night() == 1


# --- the record -------------------------------------------------------------------------------------------------------

FORGED = {
    "an approval": "update revocation set status = 'approved', approved_by = 'sam', caller = 'by answer x',"
    " approved_at = now(), reason = 'x'",
    "a revocation that was begun": "update revocation set status = 'doing', approved_by = 'sam', caller = 'x',"
    " before = '{\"standing\": \"works\"}', taken_at = now(), reason = 'x'",
    "another thing under the same proposal": "update revocation set subject_native_id = 'AKIALEELEELEELEELEEL'",
    "a finding's state": "update finding set state = 'held' where rule = 'leaver-account-works'",
    "a finding about somebody else's key": "update finding set subject_native_id = 'AKIALEELEELEELEELEEL',"
    " account_native_id = 'AIDALEE' where rule = 'leaver-access-key'",
}


@variants(2, sql=FORGED)
def test_what_is_written_by_hand_approves_nothing(
    kim: Shutting, sql: Any, record_property: Callable[[str, object], None]
) -> None:
    record_property("attacks", 1)
    chosen = kim.offered()
    kim.office.session.execute(sql)

    with pytest.raises(FatalError, match=r"the store isn't as its record says|may not be shut any more"):
        kim.answer(*chosen)
    with suppress(FatalError):  # Refused, where it's a revocation that was written by hand.
        kim.settle()
    kim.night()

    assert kim.changes() == []
    told = reading.night(kim.session, kim.last.run_id).record_troubles
    assert told
    record_property("silent", 0 if told else 1)


def test_nothing_is_proposed_or_asked_while_the_store_is_in_doubt_and_that_is_an_error(kim: Shutting) -> None:
    """Somebody wrote there after the night had put all right. What the guard holds is another task's to ask."""
    kim.session.execute("update finding set state = 'held' where rule = 'leaver-account-works'")

    for ask in (
        lambda: proposing.propose(kim.session, kim.settings, kim.last),
        lambda: proposing.question(kim.session, kim.settings),
    ):
        with pytest.raises(FatalError, match="the store isn't as its record says"):
            ask()

    assert proposing.waiting(kim.session, kim.settings) == 2


# --- what was read, and somebody wrote otherwise ----------------------------------------------------------------------

HERE = worker("1042", WORKS, mail="kim@corp.example", name="Kim Minjun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What somebody who can write into the store makes of what was read."""

    kim: Worker = KIM
    account: dict[str, Any] = field(default_factory=dict[str, Any])
    """Of Kim's, by its directory's word."""
    sql: LiteralString
    why: str


REWRITTEN: dict[str, Rewritten] = {
    "its display name": Rewritten(
        account={"display_name": "Break-glass Kim"}, sql="update account set display_name = ''", why="never names it"
    ),
    "its display name, as of years from now": Rewritten(
        account={"display_name": "Break-glass Kim"},
        sql="update account set display_name = '', observed_at = now() + interval '9 years';"
        " update scope set observed_at = now() + interval '9 years'",
        why="never names it",
    ),
    "that it's a workload's": Rewritten(
        account={"service_like": True, "last_used_at": NIGHT},
        sql="update account set service_like = false; update account_use set last_used_at = '2020-01-01';"
        " update finding set is_workload = false",
        why="looks like a workload's",
    ),
    "that they left": Rewritten(
        kim=HERE,
        sql="update employment set status = 'left', last_working_on = '2026-11-13' where worker_pk in"
        " (select worker_pk from worker where worker_id = '1042')",
        why="the finding is resolved",
    ),
}


@variants(2, rewritten=REWRITTEN)
def test_what_was_read_is_read_and_compared_anew_and_no_row_of_it_believed(
    office: Office, rewritten: Rewritten
) -> None:
    """It stands in the store to the letter as it's told, by its digest: so the night didn't compare it."""
    office.hr.workers = [rewritten.kim, STAFF]
    office.directory.accounts = [replace(LOGIN, **rewritten.account)]
    made = Shutting(office=office)
    made.night()
    office.session.execute(rewritten.sql)
    made.night()
    office.session.execute(rewritten.sql)
    proposing.propose(office.session, made.settings, made.last)
    (chosen,) = made.offered()

    with pytest.raises(FatalError, match=rewritten.why):
        made.answer(chosen)

    assert made.changes() == []


# --- broken off -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "stage", "shut"), [("before revoke", "refused", False), ("after revoke", "done", True)]
)
def test_killed_around_the_change_the_next_try_sees_how_far_it_came(
    kim: Shutting, place: str, stage: str, shut: bool, tracker: Any
) -> None:
    hands, key = kim.hands["aws"], key_of(kim)
    hands.at = killed_at(place)
    with pytest.raises(KilledError):
        kim.answer(key)
    assert "doing" in kim.stages()
    hands.at = lambda _: None

    kim.settle()
    kim.settle()

    assert sorted(kim.stages()) == sorted([stage, "proposed"])
    assert hands.calls.count("revoke") == int(shut)
    said = [text for ticket in tracker.tickets for event, text in ticket.said if event.startswith("revocation:")]
    assert len(said) == 1
    kim.night()
    assert kim.finding("leaver-access-key")[1] == ("resolved" if shut else "open")
    assert (key in kim.offered()) is not shut


@pytest.mark.parametrize("step", ["look", "before"])
def test_killed_before_it_was_begun_an_approval_is_over(
    kim: Shutting, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that stands in the store leads to a change: whoever approved it is asked again."""

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    key = key_of(kim)
    with monkeypatch.context() as patch:
        if step == "look":
            patch.setattr("offboarding.guard.revoking.approving.whole_departure", killed)
        else:
            patch.setattr(Hands, "before", killed)
        with pytest.raises(KilledError):
            kim.answer(key)
    assert sorted(kim.stages()) == ["approved", "proposed"]

    kim.settle()

    assert kim.changes() == []
    assert sorted(kim.stages()) == ["proposed", "refused"]
    kim.night()
    assert key in kim.offered()


@pytest.mark.parametrize(("happens", "stage"), [(True, "done"), (False, "refused")], ids=["it was done", "it wasn't"])
def test_an_error_says_nothing_of_what_was_done(kim: Shutting, happens: bool, stage: str) -> None:
    hands = kim.hands["aws"]
    hands.error, hands.happens = UncertainError("no answer within a minute"), happens
    if happens:
        kim.answer(key_of(kim))
    else:
        with pytest.raises(FatalError, match="no answer within a minute"):
            kim.answer(key_of(kim))

    assert sorted(kim.stages()) == sorted([stage, "proposed"])


# --- undone -----------------------------------------------------------------------------------------------------------


def test_what_is_undone_stands_again_and_isn_t_proposed(shut: Shutting, tracker: Any) -> None:
    key = key_of(shut)
    shut.night()

    shut.undo(key)
    shut.night()

    assert shut.finding("leaver-access-key") == (key, "open")
    assert key not in shut.offered()
    said = [text for ticket in tracker.tickets for _, text in ticket.said if "undid" in text]
    assert len(said) == 1
    assert "lee undid its revocation of sam's: it stands as before. Reason: a mistake" in said[0]
    assert troubles(shut.office.session) == []


def test_what_somebody_changed_since_is_left_and_nothing_twice(shut: Shutting) -> None:
    key = key_of(shut)
    shut.office.cloud.change(KEY, standing=Standing.UNKNOWN)

    with pytest.raises(FatalError, match="somebody changed it since"):
        shut.undo(key)
    assert sorted(shut.stages()) == ["done", "proposed"]

    shut.office.cloud.change(KEY, standing=Standing.DEAD)
    shut.undo(key)
    with pytest.raises(FatalError, match=f"nothing of {key} was shut"):
        shut.undo(key)
    with pytest.raises(FatalError, match="was shut"):
        shut.undo(key_of(shut, "leaver-account-works"))


@pytest.mark.parametrize("place", ["before undo", "after undo"])
def test_an_undo_that_was_killed_may_be_called_again(shut: Shutting, place: str) -> None:
    key = key_of(shut)
    hands = shut.hands["aws"]
    hands.at = killed_at(place)
    with pytest.raises(KilledError):
        shut.undo(key)
    hands.at = lambda _: None

    shut.undo(key)

    assert sorted(shut.stages()) == ["proposed", "undone"]


def test_what_was_opened_before_any_look_saw_it_dead_is_open_and_not_proposed(shut: Shutting) -> None:
    key = key_of(shut)
    shut.office.cloud.change(KEY, standing=Standing.WORKS, standing_reason="Active")

    shut.night()

    assert shut.finding("leaver-access-key") == (key, "open")
    assert key not in shut.offered()


def test_what_somebody_switched_on_again_may_be_shut_again(shut: Shutting) -> None:
    key = key_of(shut)
    shut.night()
    shut.office.cloud.change(KEY, standing=Standing.WORKS, standing_reason="Active")

    shut.night()

    assert shut.finding("leaver-access-key") == (key, "open")
    assert key in shut.offered()
