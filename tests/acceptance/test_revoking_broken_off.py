"""What was broken off, or answered with an error, is looked at until it's seen, and told as it was seen."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from offboarding.guard.revoking import proposing
from offboarding.interfaces import Tracker
from offboarding.model import Before, Revocable, Standing, StepSeen
from offboarding.model.errors import FatalError, OffboardingError, RetriableError, UncertainError
from offboarding.report.red import reasons
from offboarding.runs.troubles import troubles
from offboarding.store import locks, reading, recorded
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.office import HeardTracker, Office, access_key
from tests.support.shutting import (
    KEY,
    KIM,
    USER,
    Hands,
    KilledError,
    Shutting,
    killed_at,
    of_kim,
    opened_again_for_kim,
    shut_for_kim,
)
from tests.support.small_company import STAFF
from tests.support.variants import variants

pytestmark = pytest.mark.slow


@pytest.fixture
def kim(begun: Begun) -> Shutting:
    return begun(of_kim)


@pytest.fixture
def shut(begun: Begun) -> Shutting:
    return begun(shut_for_kim)


@pytest.fixture
def opened(begun: Begun) -> Shutting:
    return begun(opened_again_for_kim)


def of_a_key(session: Session, tracker: Tracker) -> Shutting:
    """An access key alone is proposed: nothing else begins a question."""
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers, office.cloud.accounts, office.cloud.credentials = [KIM, STAFF], [USER], [access_key(KEY, USER)]
    made = Shutting(office=office)
    assert made.night() == 1
    return made


@pytest.fixture
def one(begun: Begun) -> Shutting:
    return begun(of_a_key)


def key_of(kim: Shutting, rule: str = "leaver-access-key") -> str:
    return kim.finding(rule)[0]


def killed(kim: Shutting, place: str = "after revoke") -> None:
    """A task that shuts the key is killed."""
    hands = kim.hands["aws"]
    hands.at = killed_at(place)
    with pytest.raises(KilledError):
        kim.answer(key_of(kim))
    hands.at = lambda _: None


def refused(kim: Shutting, error: OffboardingError) -> None:
    """Its system didn't do it, or not yet."""
    hands = kim.hands["aws"]
    hands.error, hands.happens = error, False
    with pytest.raises(FatalError, match=str(error)):
        kim.answer(key_of(kim))
    hands.error = None


CLOSED = FatalError("the account was closed")


def blind(patch: pytest.MonkeyPatch, error: Exception = CLOSED) -> None:
    """Nobody can look by the second connections."""

    def away(_: Hands, __: Revocable, ___: Before) -> StepSeen:
        raise error

    patch.setattr(Hands, "seen", away)


def last_reasons(kim: Shutting) -> list[str]:
    """Why the last night is red, as far as it's about a revocation."""
    night = reading.night(kim.session, kim.last.run_id)
    return [each for each in reasons(troubles(night)) if "revocation" in each]


def standing(kim: Shutting, native_id: str = KEY) -> Standing:
    return {each.native_id: each.standing for each in kim.office.cloud.credentials}[native_id]


# --- written by hand --------------------------------------------------------------------------------------------------

FORGED = {
    "an approval": "update revocation set status = 'approved', approved_by = 'sam', caller = 'by answer x',"
    " approved_at = now(), reason = 'x' where source = 'aws'",
    "one that was begun": "update revocation set status = 'doing', approved_by = 'sam', caller = 'x',"
    " before = '{\"standing\": \"works\"}', taken_at = now(), reason = 'x' where source = 'aws'",
}


@variants(1, sql=FORGED)
def test_what_was_written_by_hand_is_neither_settled_nor_vouched_for(kim: Shutting, sql: Any, tracker: Any) -> None:
    """Sam never approved anything, and it was security who shut the key."""
    key = key_of(kim)
    kim.office.cloud.change(KEY, standing=Standing.DEAD)
    kim.office.session.execute(sql)

    for act in (kim.settle, lambda: kim.undo(key), lambda: kim.give_up(key)):
        with pytest.raises(FatalError, match="the store isn't as its record says"):
            act()

    assert recorded.troubles(kim.office.session) != []
    assert kim.said(tracker) == []
    assert standing(kim) is Standing.DEAD


REWRITTEN = {
    "another thing": "update revocation set subject_native_id = 'AKIASHUTBYSECURITY00' where status = 'done'",
    "another approver": "update revocation set approved_by = 'lee' where status = 'done'",
    "a revocation that was never": "insert into revocation (finding_key, reopened, status, proposed_run, source, part,"
    " realm, subject_kind, subject_native_id, account_native_id, login, product, step, before) select finding_key, 0,"
    " 'done', proposed_run, source, part, realm, 'access_key', 'AKIASHUTBYSECURITY00', account_native_id, login, '',"
    " step, before from revocation where status = 'done'",
}


@variants(2, sql=REWRITTEN)
def test_no_undo_goes_by_what_was_written_by_hand_or_vouches_for_it(kim: Shutting, sql: Any) -> None:
    other = "AKIASHUTBYSECURITY00"
    kim.office.cloud.credentials.append(access_key(other, USER, standing=Standing.DEAD))
    kim.answer(key := key_of(kim))
    kim.office.session.execute(sql)

    with pytest.raises(FatalError, match="the store isn't as its record says"):
        kim.undo(key)

    assert recorded.troubles(kim.office.session) != []
    assert (standing(kim), standing(kim, other)) == (Standing.DEAD, Standing.DEAD)
    kim.night()
    kim.undo(key)
    assert (standing(kim), standing(kim, other)) == (Standing.WORKS, Standing.DEAD)


# --- looked at until it's seen ----------------------------------------------------------------------------------------


def test_what_was_broken_off_is_looked_at_though_nothing_else_is_asked(one: Shutting) -> None:
    killed(one)

    one.night()
    (red,) = last_reasons(one)
    assert f"the revocation of {key_of(one)} was broken off" in red
    one.settle()

    one.nights(1)
    assert one.stages() == ["done"]
    assert last_reasons(one) == []
    assert one.finding("leaver-access-key")[1] == "resolved"


def test_an_error_after_which_nobody_could_look_is_looked_at_after_the_next_night(
    one: Shutting, monkeypatch: pytest.MonkeyPatch, tracker: Any
) -> None:
    one.hands["aws"].error = UncertainError("no answer")
    with monkeypatch.context() as patch:
        blind(patch)
        with pytest.raises(FatalError, match="Whether it was done can't be seen"):
            one.answer(key_of(one))
    assert one.stages() == ["doing"]
    assert "and it may have been done: no answer. Whether" in one.said(tracker)[0]

    one.nights(1)

    assert one.stages() == ["done"]


def test_where_nothing_could_be_looked_at_again_the_person_is_asked_anew(one: Shutting) -> None:
    """Somebody triggered a night as of later: today's look is refused."""
    key = key_of(one)
    with pytest.raises(OffboardingError):
        one.answer(key, as_of=one.office.as_of - timedelta(days=1))

    assert one.stages() == ["refused"]
    one.nights(1)
    assert key in one.offered()


@pytest.mark.parametrize(
    ("error", "why"),
    [(CLOSED, "the account was closed"), (ValueError("x"), "a defect of ours, whose trace stands in the log (Value")],
    ids=["its account is gone", "a defect of ours"],
)
def test_one_that_nobody_can_see_keeps_no_other_back_and_stays_red_until_a_person_ends_it(
    kim: Shutting, error: Exception, why: str, monkeypatch: pytest.MonkeyPatch, tracker: Any
) -> None:
    key = key_of(kim)
    for hands in kim.hands.values():
        hands.at = killed_at("after revoke")
    with pytest.raises(KilledError):
        kim.answer(*kim.offered())
    assert sorted(kim.stages()) == ["approved", "doing"]
    (doing,) = [row for row in kim.rows() if row.status == "doing"]
    blind(monkeypatch, error)

    (unseen,) = kim.settle()

    lost = f"f-{doing.finding_key[:8]}"
    assert str(unseen).startswith(f"What came of {lost}, which was broken off, can't be seen: {why}")
    assert sorted(kim.stages()) == ["doing", "refused"]
    kim.nights(2)
    assert len(last_reasons(kim)) == 1
    assert len(kim.offered()) == 1

    asked = proposing.question(kim.session, kim.settings, [unseen])
    assert asked
    assert f"`{unseen}`" in asked.details, "whoever is asked about the other is told"

    kim.give_up(lost)

    (ended,) = [row for row in kim.rows() if row.revocation_id == doing.revocation_id]
    assert (ended.status, ended.ended_by, ended.ended_for) == ("unseen", "lee", "the account was closed")
    kim.night()
    assert last_reasons(kim) == []
    (said,) = [text for text in kim.said(tracker) if "lee ended it so" in text]
    assert f"whether it was done can't be seen: {why}" in said
    assert recorded.troubles(kim.office.session) == []
    with pytest.raises(FatalError, match=f"no revocation of {key} was broken off"):
        kim.give_up(key)


def test_what_may_be_seen_in_a_minute_is_not_ended_as_unseen(kim: Shutting, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(kim)
    blind(monkeypatch, RetriableError("throttled"))

    with pytest.raises(RetriableError, match=r"throttled\. It may be seen in a minute, and nothing was ended"):
        kim.give_up(key_of(kim))

    assert sorted(kim.stages()) == ["doing", "proposed"]


def test_what_can_be_seen_is_never_ended_as_unseen(kim: Shutting) -> None:
    killed(kim)

    kim.give_up(key_of(kim))

    assert sorted(kim.stages()) == ["done", "proposed"]


@pytest.mark.parametrize("seen", [True, False], ids=["a task looks first", "an undo looks first"])
def test_what_lands_late_is_told_and_can_be_undone(kim: Shutting, seen: bool, tracker: Any) -> None:
    hands, key = kim.hands["aws"], key_of(kim)
    hands.error, hands.happens = UncertainError("no answer within a minute"), False
    with pytest.raises(FatalError, match="no answer"):
        kim.answer(key)
    kim.night()
    kim.office.cloud.change(KEY, standing=Standing.DEAD)

    if seen:
        kim.settle()
        assert key not in kim.offered()
        assert any("Either its system took the step late, or somebody took it by hand" in s for s in kim.said(tracker))
    kim.undo(key)

    assert standing(kim) is Standing.WORKS
    assert "undone" in kim.stages()


@pytest.mark.parametrize(
    "no", [FatalError("AccessDenied"), RetriableError("nobody logs in there now")], ids=["refused", "never told"]
)
def test_what_its_system_refused_is_final_and_no_undo_opens_what_a_person_shut(
    kim: Shutting, no: OffboardingError, tracker: Any
) -> None:
    """The ticket said that it's to be done by hand, and so it was."""
    refused(kim, no)
    kim.office.cloud.change(KEY, standing=Standing.DEAD)

    kim.settle()
    kim.night()
    with pytest.raises(FatalError, match="was shut: its revocation is refused"):
        kim.undo(key_of(kim))

    assert standing(kim) is Standing.DEAD
    assert sorted(kim.stages()) == ["proposed", "refused"]
    assert len(kim.said(tracker)) == 1
    assert kim.finding("leaver-access-key")[1] == "resolved"


def test_what_was_done_before_the_store_came_in_doubt_is_not_taken_for_refused(
    kim: Shutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its system did as it was told; only that couldn't be written down."""

    def in_doubt(*_: object) -> None:
        raise FatalError("the store isn't as its record says")

    with monkeypatch.context() as patch:
        patch.setattr("offboarding.guard.revoking.settling.done", in_doubt)
        with pytest.raises(FatalError, match="isn't as its record says"):
            kim.answer(key_of(kim))
    assert sorted(kim.stages()) == ["doing", "proposed"]

    kim.settle()

    assert sorted(kim.stages()) == ["done", "proposed"]


def test_after_a_day_no_step_comes_late_any_more(kim: Shutting) -> None:
    refused(kim, UncertainError("no answer within a minute"))
    with kim.session.transaction(), recorded.followed(kim.session, actor="a day passes"):
        kim.session.execute("update revocation set taken_at = taken_at - interval '25 hours'")
    kim.office.cloud.change(KEY, standing=Standing.DEAD)

    kim.settle()
    with pytest.raises(FatalError, match="was shut: its revocation is refused"):
        kim.undo(key_of(kim))

    assert standing(kim) is Standing.DEAD


def days_pass(kim: Shutting) -> None:
    """Nights then see whatever works there now."""
    with kim.session.transaction(), recorded.followed(kim.session, actor="days pass"):
        kim.session.execute("update revocation set taken_at = taken_at - interval '72 hours'")
    kim.night()
    assert standing(kim) is Standing.WORKS


def somebody_shuts(kim: Shutting, *, seen: bool) -> None:
    """As the ticket says."""
    kim.office.cloud.change(KEY, standing=Standing.DEAD)
    if seen:
        kim.night()


def opens_nothing(kim: Shutting) -> None:
    with pytest.raises(FatalError, match="or still worked a day later"):
        kim.undo(key_of(kim))
    assert standing(kim) is Standing.DEAD


@pytest.mark.parametrize(("ended", "seen"), [(False, True), (True, False)], ids=["broken off", "ended as unseen"])
def test_what_worked_days_after_it_was_told_is_nobody_s_of_ours(
    kim: Shutting, monkeypatch: pytest.MonkeyPatch, ended: bool, seen: bool
) -> None:
    """The task was killed before its system was told; nights saw the key working, and then somebody shut it."""
    killed(kim, "before revoke")
    if ended:
        with monkeypatch.context() as patch:
            blind(patch)
            kim.give_up(key_of(kim))
    days_pass(kim)
    somebody_shuts(kim, seen=seen)

    opens_nothing(kim)
    kim.settle()

    assert "done" not in kim.stages()


@pytest.mark.parametrize("ended", [False, True], ids=["broken off", "ended as unseen"])
def test_what_worked_days_after_an_undo_that_nobody_saw_is_nobody_s_of_ours(
    shut: Shutting, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    shut.hands["aws"].at = killed_at("after undo")
    with pytest.raises(KilledError):
        shut.undo(key_of(shut))
    shut.hands["aws"].at = lambda _: None
    if ended:
        with monkeypatch.context() as patch:
            blind(patch)
            shut.give_up(key_of(shut))
    days_pass(shut)
    somebody_shuts(shut, seen=False)

    opens_nothing(shut)


# --- undone -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("without_policy", [False, True], ids=["with a policy", "once it was taken out"])
def test_what_a_killed_task_did_can_be_undone(kim: Shutting, without_policy: bool) -> None:
    killed(kim)
    if without_policy:
        del kim.office.policy["revocation"]
        kim.night()

    kim.undo(key_of(kim))

    assert standing(kim) is Standing.WORKS
    assert "undone" in kim.stages()


def test_what_a_killed_task_didn_t_do_isn_t_undone_and_that_is_said(kim: Shutting) -> None:
    killed(kim, "before revoke")

    with pytest.raises(FatalError, match=r"doesn't stand as its revocation sets it, which is refused \(the task was"):
        kim.undo(key_of(kim))

    assert "undo" not in kim.changes()


@pytest.mark.parametrize("again", [False, True], ids=["by hand", "proposed again"])
def test_an_undo_leaves_what_somebody_else_set_since(opened: Shutting, again: bool) -> None:
    key = key_of(opened)
    if not again:
        opened.office.cloud.change(KEY, standing=Standing.DEAD)
        opened.night()

    with pytest.raises(FatalError, match="somebody else opened it"):
        opened.undo(key)

    assert "undo" not in opened.changes()


def test_a_second_undo_reaches_no_older_revocation(opened: Shutting) -> None:
    key = key_of(opened)
    opened.answer(key)
    opened.undo(key)
    opened.office.cloud.change(KEY, standing=Standing.DEAD)

    with pytest.raises(FatalError, match="was shut since lee undid its revocation"):
        opened.undo(key)

    assert standing(opened) is Standing.DEAD


@pytest.mark.parametrize("blinded", [False, True], ids=["seen", "not seen"])
def test_an_undo_that_landed_and_ended_in_an_error_is_undone(
    shut: Shutting, blinded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(shut)
    shut.night()
    real = Hands.undo

    def lost(hands: Hands, thing: Revocable, before: Before) -> None:
        real(hands, thing, before)
        if blinded:
            blind(monkeypatch)
        raise RetriableError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(Hands, "undo", lost)
        if blinded:
            with pytest.raises(OffboardingError):
                shut.undo(key)
        else:
            shut.undo(key)
    monkeypatch.undo()

    assert shut.stages().count("undoing" if blinded else "undone") == 1
    shut.night()
    assert key not in shut.offered()
    if blinded:
        shut.undo(key)
    assert "undone" in shut.stages()


@pytest.mark.parametrize(
    ("place", "stage", "says"),
    [
        ("after undo", "undone", "lee undid its revocation of sam's: it stands as before. Reason: a mistake"),
        ("before undo", "done", "lee began to undo its revocation of sam's, which was broken off. It still stands"),
    ],
)
def test_an_undo_that_was_broken_off_is_red_until_it_was_looked_at(
    shut: Shutting, place: str, stage: str, says: str, tracker: Any
) -> None:
    key, hands = key_of(shut), shut.hands["aws"]
    hands.at = killed_at(place)
    with pytest.raises(KilledError):
        shut.undo(key)
    hands.at = lambda _: None

    assert shut.night() == 2, "the other finding's proposal, and this"
    (red,) = last_reasons(shut)
    assert f"the undo of the revocation of {key} was broken off, and whether it was undone isn't known: see" in red
    assert shut.settle() == []

    assert stage in shut.stages()
    assert any(says in text for text in shut.said(tracker))
    shut.night()
    assert last_reasons(shut) == []
    assert key not in shut.offered()


def test_an_undo_that_nobody_can_see_is_ended_as_that_and_not_proposed_again(
    shut: Shutting, monkeypatch: pytest.MonkeyPatch, tracker: Any
) -> None:
    key, hands = key_of(shut), shut.hands["aws"]
    hands.at = killed_at("after undo")
    with pytest.raises(KilledError):
        shut.undo(key)
    hands.at = lambda _: None
    with monkeypatch.context() as patch:
        blind(patch)
        shut.give_up(key)
    shut.night()

    assert sorted(shut.stages()) == ["proposed", "undo_unseen"]
    assert key not in shut.offered()
    (said,) = [text for text in shut.said(tracker) if "lee ended it so" in text]
    assert "lee began to undo its revocation of sam's (set Inactive), and whether it stands as before can't" in said
    assert last_reasons(shut) == []
    # Somebody took it off again, by hand or late.
    shut.office.cloud.change(KEY, standing=Standing.DEAD)
    shut.undo(key)
    assert standing(shut) is Standing.WORKS


@pytest.mark.parametrize("happens", [True, False], ids=["it was undone", "it wasn't"])
def test_a_defect_of_ours_in_an_undo_says_nothing_of_what_was_done(
    shut: Shutting, happens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Hands.undo

    def broken(hands: Hands, thing: Revocable, before: Before) -> None:
        if happens:
            real(hands, thing, before)
        raise ValueError("x")

    monkeypatch.setattr(Hands, "undo", broken)
    if happens:
        shut.undo(key_of(shut))
    else:
        with pytest.raises(FatalError, match=r"a defect of ours, whose trace stands in the log \(ValueError\)"):
            shut.undo(key_of(shut))

    assert sorted(shut.stages()) == sorted(["undone" if happens else "done", "proposed"])


def test_a_source_may_be_called_otherwise_since(shut: Shutting) -> None:
    key = key_of(shut)
    shut.office.names["aws"] = "amazon"
    shut.hands["amazon"] = shut.hands.pop("aws")
    shut.policy["sources"] = ["corp-ldap", "amazon"]
    shut.night()

    shut.undo(key)

    assert standing(shut) is Standing.WORKS


def test_a_hung_task_isn_t_waited_for_without_end(shut: Shutting, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(shut)
    monkeypatch.setattr(locks, "PATIENCE", "50ms")
    info = shut.office.session.info

    with (
        psycopg.connect(info.dsn, password=info.password, autocommit=True) as other,
        locks.revocations_held(other),
        pytest.raises(RetriableError, match="something else is being shut or opened again, for longer than 50ms"),
    ):
        shut.undo(key)
    shut.undo(key)
