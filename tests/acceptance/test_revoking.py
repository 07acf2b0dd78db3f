"""What a person approves is shut by a second connection: that, and nothing else, and nothing that has changed since."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, LiteralString

import pytest

from offboarding.guard.revoking import proposing
from offboarding.interfaces import Tracker
from offboarding.model import (
    AccountKey,
    Before,
    IdentityKeyKind,
    LinkVerdict,
    Revocable,
    ScopeRead,
    Standing,
    TicketState,
)
from offboarding.model.errors import FatalError, RetriableError, UncertainError
from offboarding.model.keys import short_finding
from offboarding.report import explain
from offboarding.runs import pipeline
from offboarding.store import decisions, keyed, reading
from offboarding.store.connect import Session
from offboarding.store.events import broken_at
from offboarding.store.recorded import states_changed, troubles
from offboarding.tickets import moving
from tests.support import deciding
from tests.support.begun import Begun
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, System, access_key, login, user
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
from tests.support.small_company import LEFT, NIGHT, STAFF, WORKS, job, key, mail, number, owner, tag, worker
from tests.support.variants import variants

pytestmark = pytest.mark.slow


@pytest.fixture
def kim(begun: Begun) -> Shutting:
    return begun(of_kim)


@pytest.fixture
def shut(begun: Begun) -> Shutting:
    return begun(shut_for_kim)


@pytest.fixture
def many(begun: Begun) -> Shutting:
    return begun(of_many)


PEOPLE = tuple(str(each) for each in range(2001, 2013))


def of_many(session: Session, tracker: Tracker) -> Shutting:
    """All of these have left; a login and an access key of each still work, and are proposed."""
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(each, LEFT, mail=f"p{each}@corp.example") for each in PEOPLE] + [STAFF]
    office.directory.accounts = [login(f"p{each}", number(each), product="openldap") for each in PEOPLE]
    office.cloud.accounts = [user(f"AIDA{each}", tag(IdentityKeyKind.NUMBER, each)) for each in PEOPLE]
    office.cloud.credentials = [
        access_key(f"AKIA{each}", of) for each, of in zip(PEOPLE, office.cloud.accounts, strict=True)
    ]
    made = Shutting(office=office, policy=POLICY | {"most_a_day": 100})
    assert made.night() == 2 * len(PEOPLE)
    return made


def keys_of(many: Shutting, *people: str, rule: str = "leaver-") -> set[str]:
    """Short keys of the findings about what these people have."""
    found = many.session.execute(
        "select finding_key from finding where account_native_id = any(%s) and starts_with(rule, %s)",
        ([f"{of}{each}" for each in people for of in ("p", "AIDA")], rule),
    )
    return {short_finding(str(key)) for (key,) in found.fetchall()}


def proposed_again(kim: Shutting) -> list[str]:
    """What a person would be asked if the last night proposed under the settings of now."""
    proposing.propose(kim.session, kim.settings, kim.last, kim.logins)
    return kim.offered()


def told(kim: Shutting) -> None:
    """The tickets are told what they were yet to be."""
    pipeline.ticket(kim.session, kim.settings, kim.last, {"secops": lambda: kim.office.tracker})


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


def test_without_a_policy_nothing_is_proposed_or_asked(kim: Shutting) -> None:
    del kim.office.policy["revocation"]

    assert proposed_again(kim) == []
    assert proposing.waiting(kim.session, kim.settings) == 0
    with pytest.raises(FatalError, match=r"policy\.revocation isn't set: nothing is shut"):
        kim.answer("f-00000000")


def test_without_a_second_connection_nothing_is_proposed(kim: Shutting) -> None:
    kim.connected = False

    assert proposed_again(kim) == []
    assert set(kim.stages()) == {"lapsed"}


BOUNDS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a source": ({"sources": ["aws"]}, {"leaver-access-key"}),
    "a rule": ({"rules": ["leaver-account-works"]}, {"leaver-account-works"}),
    "what is never shut": ({"never": ["arn:*:user/aida*"]}, {"leaver-account-works"}),
    "a kind of thing": ({"subjects": ["account"]}, {"leaver-account-works"}),
    "a severity": ({"severities": ["low"]}, set()),
    "whoever's name it is": ({"never": ["*KIM*"]}, set()),
}


def test_the_policy_bounds_what_is_proposed(kim: Shutting) -> None:
    for policy, rules in BOUNDS.values():
        kim.policy.clear()
        kim.policy.update(POLICY | policy)

        assert sorted(proposed_again(kim)) == sorted(key_of(kim, rule) for rule in rules), policy


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


WRITTEN = (
    ("*émergence*", unicodedata.normalize("NFD", "émergence")),
    ("*break*glass*", "".join(chr(ord(letter) + 0xFEE0) for letter in "break-glass")),
    ("*fire*glass*", "fi\u00adre-glass"),
    ("[BG] *", "[BG] kim"),
    (" *sky*light* ", "sky-light"),
)
"""Decomposed, wide, with a soft hyphen, a bracket as itself, blanks around."""


def test_never_holds_however_a_name_is_written(many: Shutting) -> None:
    for each, (_, name) in zip(PEOPLE, WRITTEN, strict=False):
        many.office.directory.change(f"p{each}", display_name=name)
    many.night()
    everything = keys_of(many, *PEOPLE)

    for each, (pattern, _) in zip(PEOPLE, WRITTEN, strict=False):
        many.policy["never"] = [pattern]
        assert everything - {*proposed_again(many)} == keys_of(many, each, rule="leaver-account-works"), pattern


def test_ids_are_shown_to_the_letter_and_in_one_line(office: Office) -> None:
    """Whoever edits HR's feed writes no link, and no line of the question's own."""
    ids = ("1042](http://evil.example) **HR: yes**", "1042 - **f-00000000**: nothing", "1042` <b>x</b>")
    office.hr.workers = [*(worker(each, LEFT) for each in ids), STAFF]
    office.directory.accounts = [login(f"p{place}", number(each), product="openldap") for place, each in enumerate(ids)]
    made = Shutting(office=office)
    made.night()

    asked = proposing.question(office.session, made.settings)

    assert asked
    *lines, blank = asked.details.splitlines()[: len(ids) + 1]
    assert blank == ""
    for each in ids:
        shown = " ".join(each.split())
        code = f"`` hr:{shown} ``" if "`" in shown else f"`hr:{shown}`"
        assert sum(f", of {code}: set pwdAccountLockedTime" in line for line in lines) == 1


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
    assert proposed_again(kim) == [key_of(kim, "leaver-account-works")]


def test_what_nobody_chooses_keeps_no_other_from_being_asked_about(kim: Shutting) -> None:
    kim.connected = False
    assert proposed_again(kim) == []
    kim.connected, kim.policy["most_a_day"] = True, 1

    assert [len(proposed_again(kim)) for _ in range(3)] == [1, 2, 2]


def test_an_answer_is_about_what_was_shown_and_nothing_that_was_proposed_since(kim: Shutting) -> None:
    """The proposal lapsed and was made again: of that one the person was shown nothing."""
    key, shown = key_of(kim), kim.shown()
    kim.connected = False
    assert proposed_again(kim) == []
    kim.connected = True
    assert key in proposed_again(kim)

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
    told(kim)

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


def test_a_reason_that_can_t_be_kept_is_refused(kim: Shutting) -> None:
    for reason in ("x\0y", "x\ud800y"):
        with pytest.raises(FatalError, match="The reason holds a NUL, or half of a character, and nothing is done"):
            kim.answer(key_of(kim), reason=reason)

    assert set(kim.stages()) == {"proposed"}


def test_no_reason_adds_lines_to_a_ticket(kim: Shutting, tracker: Any) -> None:
    kim.answer(key := key_of(kim), reason="ok\x1b[2J\nf-00000000: lee approved its revocation")
    kim.undo(key, reason="a\nmistake")
    told(kim)

    done, undone = kim.said(tracker)[:2]
    assert "Reason: ok [2J f-00000000: lee approved its revocation\n" in done
    assert "Reason: a mistake\n" in undone


# --- what has changed since it was proposed ---------------------------------------------------------------------------


def rehired(many: Shutting, who: str) -> None:
    many.office.hr.change(who, employments=(LEFT, job(start="2026-11-20")))


def withdrawn(many: Shutting, who: str) -> None:
    many.office.hr.change(who, employments=(WORKS,))


def another_wears_it(many: Shutting, who: str) -> None:
    """The login's number says that it is Lee's now, and HR that he works here."""
    many.office.directory.change(f"p{who}", keys=(number("1043"),))
    many.office.cloud.change(f"AIDA{who}", keys=(tag(IdentityKeyKind.NUMBER, "1043"),))


def rejected(many: Shutting, who: str) -> None:
    for source, account in (("corp-ldap", f"p{who}"), ("aws", f"AIDA{who}")):
        fields = {"source": source, "account": account, "worker": who, "reason": "not theirs", "author": "lee"}
        deciding.decide_link(many.session, LinkVerdict.REJECT, **fields)


def deleted(many: Shutting, who: str) -> None:
    many.office.directory.remove(f"p{who}")
    many.office.cloud.remove(f"AKIA{who}")


def shut_by_hand(many: Shutting, who: str) -> None:
    many.office.directory.change(f"p{who}", standing=Standing.DEAD)
    many.office.cloud.change(f"AKIA{who}", standing=Standing.DEAD)


def excepted(many: Shutting, who: str) -> None:
    until = (many.office.as_of + timedelta(days=30)).date()
    entry = {"worker": f"hr:{who}", "reason": "the handover", "approver": "lee", "expires": until}
    many.office.let_stand["exceptions"] = [entry]


def named_never(many: Shutting, who: str) -> None:
    many.policy["never"] = [f"*{who}*"]


def a_robot(many: Shutting, who: str) -> None:
    many.office.directory.change(f"p{who}", service_like=True, last_used_at=many.office.as_of)
    many.office.cloud.change(f"AIDA{who}", service_like=True)


CHANGES: dict[Callable[[Shutting, str], None], str] = {
    rehired: r"the finding is resolved",
    withdrawn: r"the finding is resolved",
    another_wears_it: r"it isn't theirs for certain",
    rejected: r"the finding is resolved",
    deleted: r"(its account isn't there any more|the finding is resolved)",
    shut_by_hand: r"the finding is resolved",
    excepted: r"an exception lets it stand",
    named_never: r"policy.revocation.never names it \(\*20..\*\)",
    a_robot: r"it looks like a workload's, and .*",
}
UNCHANGED = PEOPLE[len(CHANGES) :]


def unreadable(kim: Shutting) -> None:
    kim.office.directory.look_error = kim.office.cloud.look_error = RetriableError("no answer")
    kim.office.directory.error = RetriableError("no answer")


def hr_is_away(kim: Shutting) -> None:
    kim.office.hr.error = RetriableError("HR's server is away")


def its_source_waits(kim: Shutting) -> None:
    for name in ("corp-ldap", "aws"):
        kim.session.execute(
            "insert into guard_hold (kind, name, opened_run, last_run, numbers, findings, closings, status)"
            " select 'source', %s, max(run_id), max(run_id), '[]', 0, 0, 'waiting' from run",
            (name,),
        )
    note_all(kim.session)


def not_done(tracker: ListedTracker, keys: Iterable[str]) -> bool:
    """Whether a ticket says of each, once, that it wasn't done."""
    said = "\n".join(text for ticket in tracker.tickets for _, text in ticket.said)
    return all(said.count(f"{key}: sam approved its revocation, and it was NOT done: ") == 1 for key in keys)


def test_what_changed_before_the_answer_is_not_shut_and_said(many: Shutting, tracker: ListedTracker) -> None:
    """Each has something else happen; the last ones nothing, and theirs is shut."""
    people = dict(zip(PEOPLE, CHANGES, strict=False))
    for each, happens in people.items():
        happens(many, each)

    with pytest.raises(FatalError, match=r"18 of 24 that were approved weren't shut: f-.*\. It stands") as error:
        many.answer(*many.offered())

    for each, happens in people.items():
        keys = keys_of(many, each)
        assert len(keys) == 2
        assert all(re.search(f"{key}: {CHANGES[happens]}[;.]", str(error.value)) for key in keys), happens
    assert many.changes() == ["revoke"] * 2 * len(UNCHANGED)
    assert {short_finding(row.finding_key) for row in many.rows() if row.status == "done"} == keys_of(many, *UNCHANGED)
    assert not_done(tracker, keys_of(many, *people))


WHOLE: dict[Callable[[Shutting], None], str] = {
    unreadable: r"it couldn't be looked at again",
    hr_is_away: "hr couldn't be read whole: whether they're back isn't known",
    its_source_waits: "the guard holds what it rests on",
}


@pytest.mark.parametrize("happens", WHOLE, ids=lambda happens: happens.__name__)
def test_what_can_t_be_looked_at_or_waits_is_not_shut(
    kim: Shutting, happens: Callable[[Shutting], None], tracker: ListedTracker
) -> None:
    chosen, why = kim.offered(), WHOLE[happens]
    happens(kim)

    with pytest.raises(
        FatalError, match=rf"2 of 2 that were approved weren't shut: f-.*: {why}; f-.*: {why}\. It stands"
    ):
        kim.answer(*chosen)

    assert kim.changes() == []
    assert kim.stages() == ["refused", "refused"]
    assert not_done(tracker, chosen)


def test_what_changed_before_the_next_night_is_proposed_no_more(many: Shutting) -> None:
    for each, happens in zip(PEOPLE, CHANGES, strict=False):
        happens(many, each)

    many.night()

    assert {*many.offered()} == keys_of(many, *UNCHANGED)
    assert many.stages().count("lapsed") == 2 * len(CHANGES)

    unreadable(many)
    many.night()

    assert many.offered() == []


def test_what_comes_up_after_the_look_counts_as_well(kim: Shutting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked once more in the transaction in which it's written down."""
    before = Hands.before

    def and_rejected(hands: Hands, thing: Revocable) -> Before:
        for source, account in (("corp-ldap", "kim"), ("aws", "AIDAKIM")):
            fields = {"source": source, "account": account, "worker": "1042", "reason": "x", "author": "lee"}
            deciding.decide_link(kim.session, LinkVerdict.REJECT, **fields)
        return before(hands, thing)

    monkeypatch.setattr(Hands, "before", and_rejected)
    key = key_of(kim)

    with pytest.raises(FatalError, match=r"1 of 1 that were approved weren't shut: .* it may be somebody else's"):
        kim.answer(key)

    assert kim.changes() == []


def test_who_said_that_somebody_left_or_owns_an_account_does_not_approve_what_follows(office: Office) -> None:
    """The question says on whose authority it is; another approver may."""
    ended = "Gone by HR, confirmed by `sam`."
    noticed = {
        "2001": (WORKS, "Gone by notice of `sam`; HR lists them as active."),
        # Their contract ended; HR doesn't say that they left.
        "2002": (job(end="2026-11-13"), ended),
        # Another record of theirs goes on.
        "2003": (LEFT, ended),
        # Only a decision says that the account is theirs.
        "2004": (LEFT, "Gone by HR. The account is theirs by decision of `sam`."),
    }
    office.hr.workers = [
        *(worker(each, job, mail=f"p{each}@corp.example", logins=(f"p{each}",)) for each, (job, _) in noticed.items()),
        worker("7777", WORKS, mail="p2003@corp.example", logins=("p2003",)),
        STAFF,
    ]
    office.directory.accounts = [
        login(f"p{each}", *(number(each) for _ in range(each != "2004")), product="openldap") for each in noticed
    ]
    made, by_sam = Shutting(office=office), {"reason": "told", "author": "sam"}
    office.guard["approvers"] = ["sam", "lee"]
    assert made.night() == 0
    last = "2026-11-25T10:00 Asia/Seoul"
    deciding.add_notice(office.session, office.settings, who="hr:2001", last=last, **by_sam)
    for each in ("2002", "2003"):
        deciding.confirm_departure(office.session, office.settings, departure=f"hr:{each}", **by_sam)
    fields = {"source": "corp-ldap", "account": "p2004", "worker": "hr:2004"}
    deciding.decide_link(office.session, LinkVerdict.CONFIRM, **fields, **by_sam)
    assert made.night() == len(noticed)

    asked = proposing.question(office.session, made.settings)
    assert asked
    for each, (_, said) in noticed.items():
        (line,) = (line for line in asked.details.splitlines() if f"`hr:{each}`" in line)
        assert said in line
    with pytest.raises(FatalError, match=r"4 of 4 .*(sam said .*: another approver must approve it.*){4}"):
        made.answer(*made.offered(), author="sam")
    assert made.changes() == []
    made.answer(*proposed_again(made), author="lee")
    assert made.changes() == ["revoke"] * len(noticed)


AUTHORITY = "when or on whose authority they left, or whose the account is, changed after it was shown"


def test_an_approval_by_hr_s_word_shuts_nothing_by_a_notice_that_was_given_since(
    many: Shutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HR takes its word back, and a user gives notice of the same day."""
    lasts = dict(zip(PEOPLE, ("2026-11-13T10:00 Asia/Seoul", "2026-11-13 Asia/Seoul"), strict=False))
    theirs, shown, notices = keys_of(many, *lasts), many.shown(), list[str]()
    for each, last in lasts.items():
        many.office.hr.change(each, employments=(WORKS,))
        notice = deciding.add_notice(
            many.session, many.office.settings, who=f"hr:{each}", last=last, reason="told", author="eve"
        )
        notices.append(notice.notice_id)

    with pytest.raises(FatalError, match=rf"4 of 4 .*({AUTHORITY}.*){{4}}"):
        many.answer(*theirs, shown=shown)
    assert many.changes() == []

    many.night()
    asked = proposing.question(many.session, many.settings)
    assert asked
    assert asked.details.count("Gone by notice of `eve`; HR lists them as active.") == 4
    before = Hands.before

    def and_withdrawn(hands: Hands, thing: Revocable) -> Before:
        if notices and thing.native_id.endswith(PEOPLE[0]):
            deciding.withdraw_notice(many.session, notices.pop(0), reason="a mistake", author="lee")
        return before(hands, thing)

    monkeypatch.setattr(Hands, "before", and_withdrawn)
    kept = keys_of(many, PEOPLE[1])
    with pytest.raises(FatalError, match=r"2 of 4 .*(they haven't left, or are back.*){2}"):
        many.answer(*theirs, shown=asked.offered)
    assert many.changes() == ["revoke", "revoke"]
    assert {short_finding(row.finding_key) for row in many.rows() if row.status == "done"} == kept


def test_an_approval_without_a_decision_shuts_nothing_that_only_a_decision_since_links(kim: Shutting) -> None:
    shown, key = kim.shown(), key_of(kim, "leaver-account-works")
    fields = {"source": "corp-ldap", "account": "kim", "worker": "hr:1042", "reason": "told"}
    deciding.decide_link(kim.session, LinkVerdict.CONFIRM, author="eve", **fields)
    kim.office.directory.accounts = [replace(LOGIN, keys=())]

    with pytest.raises(FatalError, match=AUTHORITY):
        kim.answer(key, shown=shown)

    assert kim.changes() == []


def test_who_takes_an_account_from_a_colleague_does_not_approve_what_follows(office: Office) -> None:
    """Sam revokes that an account is a colleague's, and rejects that of the second, too."""
    office.hr.workers = [worker("2001", LEFT), worker("2002", LEFT), STAFF]
    office.directory.accounts = [login(f"p{each}", number(each), product="openldap") for each in ("2001", "2002")]
    made = Shutting(office=office)
    office.guard["approvers"] = ["sam", "lee"]
    office.night()
    common = {"source": "corp-ldap", "worker": STAFF.worker_id, "reason": "the handover"}
    decided = [
        deciding.decide_link(office.session, LinkVerdict.CONFIRM, author="lee", account=f"p{each}", **common)
        for each in ("2001", "2002")
    ]
    assert made.night() == 0
    for each in decided:
        decisions.revoke(office.session, each.decision_id, author="sam")
    deciding.decide_link(office.session, LinkVerdict.REJECT, author="sam", account="p2002", **common)
    assert made.night() == 2

    with pytest.raises(
        FatalError, match=r"2 of 2 .*(sam said whose the account is: another approver must approve it.*){2}"
    ):
        made.answer(*made.offered(), author="sam")
    assert made.changes() == []
    made.answer(*proposed_again(made), author="lee")
    assert made.changes() == ["revoke", "revoke"]


def test_what_was_renamed_is_proposed_anew(kim: Shutting) -> None:
    kim.office.cloud.change("AIDAKIM", login="kim-old")

    kim.night()

    assert sorted(kim.stages()) == ["lapsed", "proposed", "proposed"]
    kim.answer(key_of(kim))
    assert kim.changes() == ["revoke"]


SINCE: tuple[tuple[dict[str, Any], str], ...] = (
    ({"login": "break-glass-1"}, "called otherwise than when it was proposed"),
    ({"keys": (tag(IdentityKeyKind.NUMBER, "1043"),)}, "isn't theirs for certain"),
    ({"service_like": True}, "looks like a workload's"),
    ({"label": "arn:aws:iam::111111111111:user/break-glass/aida"}, "never names it"),
)


def test_an_account_is_read_anew_before_anything_of_it_is_shut(many: Shutting) -> None:
    people = dict(zip(PEOPLE, SINCE, strict=False))
    for each, (changes, _) in people.items():
        many.office.cloud.change(f"AKIA{each}", last_used_at=None)
        many.office.cloud.change(f"AIDA{each}", **changes)

    with pytest.raises(FatalError, match=r"4 of 5") as error:
        many.answer(*keys_of(many, *PEOPLE[:5], rule="leaver-access-key"))

    for each, (_, why) in people.items():
        (key,) = keys_of(many, each, rule="leaver-access-key")
        assert re.search(f"{key}: [^;]*{why}", str(error.value)), why
    assert many.changes() == ["revoke"]


def test_where_a_look_tells_what_an_account_holds_and_not_the_account_nothing_is_shut(
    kim: Shutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(System, "collect_for", lambda *_: iter([ScopeRead(realm=USER.realm, scope="", kinds=())]))

    with pytest.raises(FatalError, match="its account couldn't be looked at again"):
        kim.answer(key_of(kim))

    assert kim.changes() == []


def test_what_the_second_connection_sees_it_called_counts_as_well(
    many: Shutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was renamed after the look."""
    called = Hands.called
    seen = {"AIDA2001": "renamed", "AIDA2002": "aida2002"}

    def since(hands: Hands, thing: Revocable) -> Sequence[str]:
        name = seen.get(thing.account_native_id)
        return (name, f"arn:aws:iam::1:user/admins/{name}") if name else called(hands, thing)

    monkeypatch.setattr(Hands, "called", since)
    many.policy["never"] = ["*:user/admins/*"]

    with pytest.raises(FatalError, match="2 of 3") as error:
        many.answer(*keys_of(many, *PEOPLE[:3], rule="leaver-access-key"))

    for each, why in (("2001", "called otherwise"), ("2002", r"never names it \(\*:user/admins/\*\)")):
        (key,) = keys_of(many, each, rule="leaver-access-key")
        assert re.search(f"{key}: [^;]*{why}", str(error.value)), why
    assert many.changes() == ["revoke"]


def test_somebody_who_is_here_by_their_mail_or_login_may_be_they(many: Shutting) -> None:
    """A vendor, one who is suspended, or somebody in another system of HR's."""
    hr, vendors = many.office.hr, many.office.vendors
    hr.workers = [*hr.workers, worker("3001", WORKS, mail="p2001@corp.example")]
    vendors.workers = [
        worker("3002", WORKS, mail="p2002@corp.example"),
        worker("3003", WORKS, logins=("p2003",)),
        worker("3004", job(circumstance="suspended"), mail="p2004@corp.example"),
    ]
    theirs = keys_of(many, *PEOPLE[:4])

    with pytest.raises(FatalError, match="8 of 10") as error:
        many.answer(*theirs, *keys_of(many, PEOPLE[4]))

    assert all(f"{key}: it may be somebody else's" in str(error.value) for key in theirs)
    assert many.changes() == ["revoke", "revoke"]
    many.night()
    assert {*many.offered()} == keys_of(many, *PEOPLE[5:])


def test_what_another_source_logs_in_by_is_not_shut(many: Shutting) -> None:
    """A tracker or another source uses a leaver's account."""
    own = {
        *keys_of(many, "2001", "2002", rule="leaver-access-key"),
        *keys_of(many, "2003", rule="leaver-account-works"),
    }
    other = keys_of(many, "2004", rule="leaver-access-key")
    many.logins = ("AKIA2001", "AIDA2002", "uid=p2003,dc=corp")

    with pytest.raises(FatalError, match=r"3 of 4 .*(the checker itself logs in by it.*){3}"):
        many.answer(*own, *other)

    assert many.changes() == ["revoke"]
    assert keys_of(many, *PEOPLE) - {*proposed_again(many)} == own | other


LEES = replace(USER, native_id="AIDALEE", label="arn:aws:iam::111111111111:user/ops", keys=(), login="ops")
IDENTIFIES: dict[str, tuple[AccountKey, ...]] = {
    "number of hr:9001": (tag(IdentityKeyKind.NUMBER, "9001"),),
    # In another form.
    "number of hr:9002": (tag(IdentityKeyKind.NUMBER, "E09002"),),
    "directory_id of hr:9003": (key(IdentityKeyKind.DIRECTORY_ID, "d-9003"),),
    "mail of hr:9004": (mail("c9004@corp.example"),),
    "mail of hr:9005": (owner(IdentityKeyKind.MAIL, "c9005@corp.example"),),
    # The mail's local part.
    "mail of hr:9006": (key(IdentityKeyKind.LOGIN, "c9006"),),
    "login of hr:9007": (key(IdentityKeyKind.LOGIN, "c.9007"),),
    # The login of another account of theirs.
    "login of hr:9008": (key(IdentityKeyKind.LOGIN, "h9008"),),
    # Their contract's end is to be confirmed.
    "mail of hr:9009": (mail("c9009@corp.example"),),
    "number of hr:9010": (tag(IdentityKeyKind.NUMBER, "9010"),),
}
ENDING = ("9009", "9010")


def test_what_identifies_somebody_who_works_here_is_not_offered_whatever_was_decided(office: Office) -> None:
    """Somebody decided that colleagues' accounts are leavers'. The last one's account identifies no one."""
    keys = [*IDENTIFIES.values(), ()]
    colleagues = [said[-4:] for said in IDENTIFIES]
    leavers = [str(2001 + place) for place in range(len(keys))]
    office.hr.workers = [worker(each, LEFT, mail=f"p{each}@corp.example") for each in leavers] + [
        worker(
            each,
            job(end="2026-11-20") if each in ENDING else WORKS,
            mail=f"c{each}@corp.example",
            logins=(f"c.{each}",),
            ids=(f"d-{each}",),
        )
        for each in colleagues
    ]
    office.directory.accounts = [
        replace(login(f"h{each}", number(each), product="openldap"), login=f"h{each}") for each in colleagues
    ]
    for each, borne in zip(leavers, keys, strict=True):
        logs_in = next((key.value for key in borne if key.value.startswith("h")), f"ops{each}")
        office.cloud.accounts.append(replace(user(f"AIDA{each}"), keys=borne, login=logs_in))
    office.cloud.credentials = [access_key(f"AKIA{of.native_id[4:]}", of) for of in office.cloud.accounts]
    made = Shutting(office=office, policy=POLICY | {"most_a_day": 100})
    made.night()
    for each in leavers:
        fields = {"source": "aws", "account": f"AIDA{each}", "worker": f"hr:{each}", "reason": "a mistake"}
        deciding.decide_link(office.session, LinkVerdict.CONFIRM, author="user", **fields)

    made.night()

    *_, last = leavers
    assert {*made.offered()} == keys_of(made, last)
    asked = proposing.question(office.session, made.settings)
    assert asked
    for each, said in zip(leavers, IDENTIFIES, strict=False):
        (ours,) = keys_of(made, each)
        (line,) = (line for line in asked.details.splitlines() if f"Not offered: **{ours}**" in line)
        assert f"`{said}`" in line


def test_what_identifies_somebody_whom_hr_lists_is_not_offered_though_a_notice_says_that_they_left(
    office: Office,
) -> None:
    office.hr.workers, office.directory.accounts = [KIM, worker("1043")], [LOGIN, login("lee", number("1043"))]
    made = Shutting(office=office)
    office.night()
    deciding.add_notice(
        office.session, office.settings, who="hr:1043", last="2026-11-25T10:00 Asia/Seoul", reason="told", author="eve"
    )
    fields = {"source": "corp-ldap", "account": "lee", "worker": "hr:1042", "reason": "a mistake"}
    deciding.decide_link(office.session, LinkVerdict.CONFIRM, author="sam", **fields)

    made.night()

    assert len(made.offered()) == 1
    asked = proposing.question(office.session, made.settings)
    assert asked
    assert "`number of hr:1043`" in asked.details


@pytest.mark.parametrize("keys", [(number("1043"),), ()], ids=["a colleague's number", "nothing"])
def test_who_decided_about_an_account_does_not_approve_what_it_vouches_for(
    office: Office, keys: tuple[AccountKey, ...]
) -> None:
    """An account elsewhere follows by its login. Where that one bears a colleague's number, it is not offered."""
    vouching = replace(login("lee", *keys, key(IdentityKeyKind.LOGIN, "lee")), login="lee")
    office.hr.workers, office.directory.accounts = [KIM, worker("1043")], [vouching]
    office.cloud.accounts = [replace(LEES, login="lee", keys=(key(IdentityKeyKind.LOGIN, "lee"),))]
    office.cloud.credentials = [access_key("AKIALEELEELEELEELEEL", LEES)]
    made = Shutting(office=office)
    office.guard["approvers"] = ["sam", "soo"]
    office.night()
    fields = {"source": "corp-ldap", "account": "lee", "worker": "hr:1042", "reason": "told"}
    deciding.decide_link(office.session, LinkVerdict.CONFIRM, author="sam", **fields)
    made.night()
    chosen = key_of(made)

    if keys:
        assert chosen not in made.offered()
    else:
        asked = proposing.question(office.session, made.settings)
        assert asked
        assert "The account is theirs by decision of `sam`." in asked.details
        with pytest.raises(FatalError, match="sam said whose the account is: another approver must approve it"):
            made.answer(chosen, author="sam")
    assert made.changes() == []


def test_one_that_can_t_be_shut_keeps_no_other_back_and_is_said_though_the_tracker_is_away(
    kim: Shutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim.office.directory.change("kim", standing=Standing.DEAD)

    def away(*_: object) -> None:
        raise RetriableError("the tracker is away")

    chosen = kim.offered()
    monkeypatch.setattr("offboarding.guard.revoking.approving.pipeline.ticket", away)

    with pytest.raises(FatalError, match=r"1 of 2 that .* weren't shut: .* couldn't be told that yet: the tracker is"):
        kim.answer(*chosen)

    assert kim.hands["aws"].calls == ["before", "revoke"]
    assert sorted(kim.stages()) == ["done", "refused"]


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

    assert kim.changes() == []
    told = [*troubles(kim.session), *states_changed(kim.session), *keyed.misfits(kim.session)]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What somebody who can write into the store makes of what was read of one person."""

    account: dict[str, Any] = field(default_factory=dict[str, Any])
    """By its directory's word."""
    sql: LiteralString
    """About the worker %(who)s, or their login."""
    why: str


REWRITTEN: dict[str, Rewritten] = {
    "2001": Rewritten(
        account={"display_name": "Break-glass Kim"},
        sql="update account set display_name = '' where native_id = 'p' || %(who)s",
        why="never names it",
    ),
    # As of years from now.
    "2002": Rewritten(
        account={"display_name": "Break-glass Kim"},
        sql="update account set display_name = '', observed_at = now() + interval '9 years'"
        " where native_id = 'p' || %(who)s",
        why="never names it",
    ),
    "2003": Rewritten(
        account={"service_like": True, "last_used_at": NIGHT},
        sql="with a as (update account set service_like = false where native_id = 'p' || %(who)s returning account_pk),"
        " u as (update account_use set last_used_at = '2020-01-01' from a where a.account_pk = account_use.account_pk)"
        " update finding set is_workload = false where account_native_id = 'p' || %(who)s",
        why="looks like a workload's",
    ),
    # HR lists them as working here.
    "2004": Rewritten(
        sql="update employment set status = 'left', last_working_on = '2026-11-13' where worker_pk in"
        " (select worker_pk from worker where worker_id = %(who)s)",
        why="the finding is resolved",
    ),
}


def test_what_was_read_is_read_and_compared_anew_and_no_row_of_it_believed(office: Office) -> None:
    """It stands in the store to the letter as it's told, by its digest: so the night didn't compare it."""
    people = [*REWRITTEN, "2005"]
    office.hr.workers = [
        *(worker(each, WORKS if each == "2004" else LEFT, mail=f"p{each}@corp.example") for each in people),
        STAFF,
    ]
    office.directory.accounts = [login(f"p{each}", number(each), product="openldap") for each in people]
    for each, rewritten in REWRITTEN.items():
        office.directory.change(f"p{each}", **rewritten.account)
    made = Shutting(office=office)

    def rewrite() -> None:
        for each, rewritten in REWRITTEN.items():
            office.session.execute(rewritten.sql, {"who": each})
        office.session.execute("update scope set observed_at = now() + interval '9 years' where scope = 'p2002'")

    made.night()
    rewrite()
    made.night()
    rewrite()
    chosen = proposed_again(made)
    assert {*chosen} == keys_of(made, *people)

    with pytest.raises(FatalError, match="4 of 5") as error:
        made.answer(*chosen)

    for each, rewritten in REWRITTEN.items():
        (key,) = keys_of(made, each)
        assert re.search(f"{key}: [^;]*{rewritten.why}", str(error.value)), each
    assert made.changes() == ["revoke"]


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
    assert (key in proposed_again(kim)) is not shut


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
    assert key in proposed_again(kim)


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
