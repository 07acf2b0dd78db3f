"""A form decides what the command decides, in the name of whoever triggered it, and is refused alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
import structlog
import yaml

from offboarding import wiring
from offboarding.config.policy import Policy
from offboarding.decisions import kinds, submitting
from offboarding.decisions.kinds import Right
from offboarding.model.errors import FatalError
from offboarding.store import exceptions
from offboarding.store.connect import Session
from offboarding.store.exceptions import ExceptionRow
from tests.integration.commands.conftest import Type, connected, reported_night
from tests.support import filled
from tests.support.deciding import submit as submitted
from tests.unit.test_config import GOOD

ANALYST = "soyeon.park"
REASON = "asked their team"
SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()

Submit = Callable[..., None]


def whole_configuration(path: Path) -> None:
    whole = {**GOOD, "trackers": [], "rosters": [GOOD["rosters"][0], {**GOOD["rosters"][0], "name": "vendors"}]}
    whole["sources"] = [GOOD["sources"][0], {**GOOD["sources"][1], "accounts": [filled.CLOUD, filled.CLOSED_CLOUD]}]
    del whole["store"]
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")


@pytest.fixture
def logged() -> Iterator[Sequence[Mapping[str, Any]]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def submit(deciding: Type, configured: Path) -> Iterator[Submit]:
    """Hands a form in, as the DAG does, over a store after one night."""
    del deciding
    whole_configuration(configured)
    with wiring.at_work() as (loaded, session):

        def hand_in(
            *, caller: str = "manual__1", author: str | None = ANALYST, is_retry: bool = False, **given: object
        ) -> None:
            submitted(session, loaded.settings, given, caller=caller, author=author, is_retry=is_retry)

        yield hand_in


def refusal(submit: Submit, **told: object) -> str:
    with pytest.raises(FatalError) as refused:
        submit(**told)
    return str(refused.value)


LINK = {"source": "corp-ldap", "account": filled.STRAY, "worker": "hr:E1043", "reason": REASON}
KEY = "f-00000000"


def test_whoever_triggered_it_has_decided(submit: Submit, deciding: Type) -> None:
    submit(name="link confirm", **LINK)

    (line,) = deciding("link", "list", "--format", "jsonl").lines
    assert (line["verdict"], line["account_native_id"], line["worker_id"]) == ("confirm", filled.STRAY, "E1043")
    assert (line["author"], line["reason"]) == (ANALYST, REASON)


@pytest.mark.parametrize("author", ["jdoe", "JDoe@corp.example"])
def test_nothing_is_decided_in_the_name_of_who_has_left(submit: Submit, deciding: Type, author: str) -> None:
    said = refusal(submit, name="link confirm", author=author, **LINK)

    assert said.startswith("This would be decided in the name of worker")
    assert deciding("link", "list", "--format", "jsonl").lines == []


def test_whom_a_notice_alone_tells_as_gone_decides(submit: Submit, deciding: Type) -> None:
    with wiring.at_work() as (_, session):
        session.execute("update departure set basis = 'notice'")

    submit(name="link confirm", author="jdoe", **LINK)

    (line,) = deciding("link", "list", "--format", "jsonl").lines
    assert line["author"] == "jdoe"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_meant_is_refused_in_a_sentence(submit: Submit, day: str) -> None:
    far = f"{day} is no day between 1900-01-01 and 2199-12-31"
    for last in (f"{day} Asia/Seoul", f"{day}T00:00+14:00", f"{day}T23:59-12:00"):
        told = {"name": "notice add", "who": "vendor:E1042", "last": last, "reason": REASON}
        assert far in refusal(submit, caller=last, **told)
    assert far in refusal(submit, name="attest", key="x", until=day, reason=REASON)


UNREADABLE = ["\u200b", "\u00ad\ufe0f", "\U000e0041", "hr:E1043\0", "\0", "hr:\ud800"]


@pytest.mark.parametrize("field", ["source", "account", "worker", "reason"])
@pytest.mark.parametrize("written", UNREADABLE, ids=ascii)
def test_what_nobody_sees_or_the_store_cannot_hold_is_refused_in_a_sentence(
    submit: Submit, deciding: Type, field: str, written: str
) -> None:
    assert f"{field}: it holds" in refusal(submit, name="link confirm", **{**LINK, field: written})
    assert deciding("link", "list").out == "Nobody has decided anything.\n"


@pytest.mark.parametrize("written", ["hr:\u200b", "\u200b@\u200b"])
def test_somebody_whom_nobody_sees_is_nobody(submit: Submit, written: str) -> None:
    said = refusal(submit, name="notice add", who=written, last="2026-11-25T15:00 Asia/Seoul", reason=REASON)

    assert "nobody's worker id, mail or login" in said


def test_a_command_refuses_what_a_form_refuses(deciding: Type) -> None:
    done = deciding("link", "confirm", "corp-ldap", "\u200b", "hr:E1043", "--reason", REASON)

    assert done.code != 0
    assert "account holds invisible characters only" in done.err


@pytest.mark.parametrize("author", [None, "", "  "])
def test_without_somebody_who_decides_nothing_is_decided(submit: Submit, deciding: Type, author: str | None) -> None:
    assert "doesn't say who triggered this run" in refusal(submit, author=author, name="link confirm", **LINK)
    assert deciding("link", "list").out == "Nobody has decided anything.\n"


def test_an_author_cannot_be_given(submit: Submit, deciding: Type) -> None:
    del submit
    with pytest.raises(FatalError, match="author is no field: who decides is whoever triggered this run"):
        wiring_submit({"name": "link confirm", **LINK, "author": "somebody.else"})
    assert deciding("link", "list").out == "Nobody has decided anything.\n"


def wiring_submit(told: Mapping[str, object], author: str = ANALYST, caller: str = "c") -> None:
    with wiring.at_work() as (loaded, session):
        submitted(session, loaded.settings, told, caller=caller, author=author)


def test_every_kind_of_decision_counts(submit: Submit, deciding: Type, store: Session) -> None:
    event = deciding("findings", "--rule", "used-after-departure", "--format", "jsonl").lines[0]["key"]
    hand_in = iter(range(100))

    def say(decision: str, **told: object) -> None:
        submit(caller=f"manual__{next(hand_in)}", name=decision, **told)

    say("link reject", **LINK)
    say("link revoke", number=1)
    say("verdict", finding=f"f-{event[:8]}", reason=REASON)
    say("acknowledge", source="aws", part=filled.CLOSED_CLOUD, until=SOON, reason=REASON)
    say("acknowledge withdraw", number=1, reason=REASON)
    say("notice add", who="vendor:E1042", last="2026-11-25T15:00 Asia/Seoul", reason=REASON)
    (notice,) = deciding("notice", "list", "--format", "jsonl").lines
    say("notice withdraw", notice=notice["notice"], reason=REASON)

    (link,) = deciding("link", "list", "--all", "--format", "jsonl").lines
    assert (link["verdict"], link["revoked_by"]) == ("reject", ANALYST)
    assert f"verdict by {ANALYST}: {REASON}" in deciding("explain", event).out
    (known,) = deciding("acknowledge", "list", "--all", "--format", "jsonl").lines
    assert (known["author"], known["ended_by"], known["ended_for"]) == (ANALYST, ANALYST, REASON)
    (notice,) = deciding("notice", "list", "--all", "--format", "jsonl").lines
    assert (notice["author"], notice["ended_by"], notice["worker_id"]) == (ANALYST, ANALYST, "E1042")


def test_a_short_read_is_accepted(submit: Submit, deciding: Type, store: Session) -> None:
    reported_night(store, caller="next", later=timedelta(days=1), seen=filled.Seen(people=filled.PEOPLE[:2]))

    submit(name="accept-read", run=2, roster="hr", reason=REASON)

    assert deciding("runs", "--format", "jsonl").lines[0]["rosters"][0]["status"] == "complete"


def test_what_waits_is_released(
    typed: Type,
    configured: Path,
    store_parameters: Mapping[str, str | int],
    store: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    whole_configuration(configured)
    reported_night(store, policy=Policy(baseline="hold"))
    assert typed("findings", "--format", "jsonl").out == ""
    told = {"name": "release", "run": 1, "reason": REASON}

    wiring_submit(told)
    wiring_submit(told)

    assert len(typed("findings", "--format", "jsonl").lines) == 6
    assert store.execute("select run_id, author, reason from release").fetchall() == [(1, ANALYST, REASON)]


class TestApprovers:
    """`guard.approvers` limits the answer to offboarding_release, and this door beside it, too."""

    @pytest.fixture
    def held(self, typed: Type, configured: Path, store_parameters: Any, store: Session, monkeypatch: Any) -> Type:
        """Something waits; and who may let it through."""
        monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
        whole_configuration(configured)
        told = yaml.safe_load(configured.read_text(encoding="utf-8"))
        told["guard"] = {"approvers": ["head.of.security", {"id": "7", "name": "jiho.lee"}]}
        configured.write_text(yaml.safe_dump(told), encoding="utf-8")
        reported_night(store, policy=Policy(baseline="hold"))
        return typed

    @pytest.mark.parametrize(
        "told", [{"name": "release", "run": 1}, {"name": "reject", "holds": [1]}], ids=["release", "reject"]
    )
    @pytest.mark.parametrize("author", [ANALYST, "7"])
    def test_nobody_else_decides_and_who_may_is_said(
        self, held: Type, store: Session, told: Mapping[str, object], author: str
    ) -> None:
        with pytest.raises(
            FatalError, match=f"^{author} may not take the decision .* that head.of.security, jiho.lee may$"
        ):
            wiring_submit({**told, "reason": REASON}, author)

        assert held("findings", "--format", "jsonl").out == ""
        assert store.execute("select count(*) from release").fetchall() == [(0,)]
        assert store.execute("select outcome from submission").fetchall() == [("refused",)]

    @pytest.mark.parametrize("author", ["head.of.security", "jiho.lee"])
    def test_one_of_them_does(self, held: Type, author: str) -> None:
        wiring_submit({"name": "release", "run": 1, "reason": REASON}, author)

        assert len(held("findings", "--format", "jsonl").lines) == 6

    def test_an_exception_that_waits_is_approved_by_one_of_them_alone(self, held: Type, store: Session) -> None:
        del held
        until = datetime.now(UTC) + timedelta(days=9)
        entry = ExceptionRow(kind="exception", finding="7c31a0b2", reason="r", approver="a", expires_at=until)
        exceptions.merge_exceptions(store, [entry], datetime.now(UTC), needs_decision=True)
        told: Mapping[str, object] = {"name": "exception approve", "entry": 1, "reason": REASON}

        with pytest.raises(FatalError, match=f"^{ANALYST} may not .* head.of.security, jiho.lee may$"):
            wiring_submit(told)
        assert store.execute("select count(*) from exception_decision").fetchall() == [(0,)]

        wiring_submit(told, "jiho.lee", caller="another")
        decided = store.execute("select exception_id, author, reason from exception_decision").fetchall()
        assert decided == [(1, "jiho.lee", REASON)]
        with pytest.raises(FatalError, match=r"approved by jiho\.lee already"):
            wiring_submit(told, "head.of.security", caller="again")

    def test_every_other_decision_is_whoevers_may_trigger_it(self, held: Type) -> None:
        wiring_submit({"name": "link confirm", **LINK})

        assert held("link", "list", "--format", "jsonl").lines[0]["author"] == ANALYST

    @pytest.mark.parametrize("verb", ["confirm", "reject", "revoke"])
    def test_nobody_else_takes_an_account_from_somebody_who_works_here(self, held: Type, verb: str) -> None:
        lees = LINK | {"account": filled.LEE}
        told: Mapping[str, object] = {
            "confirm": {"name": "link confirm", **lees},
            "reject": {"name": "link reject", **lees, "worker": "hr:E1044"},
            "revoke": {"name": "link revoke", "number": 1},
        }[verb]
        if verb == "revoke":
            wiring_submit({"name": "link confirm", **LINK, "worker": "hr:E1044"}, caller="before")
        before = held("link", "list", "--format", "jsonl").lines

        with pytest.raises(FatalError, match=f"^{ANALYST} may not take an account .* head.of.security, jiho.lee may$"):
            wiring_submit(told)

        assert held("link", "list", "--format", "jsonl").lines == before
        wiring_submit(told, "jiho.lee", caller="another")
        assert held("link", "list", "--format", "jsonl").lines != before

    def test_a_rejection_that_is_revoked_takes_it_from_somebody_who_works_here_as_well(self, held: Type) -> None:
        wiring_submit({"name": "link reject", **LINK, "account": filled.LEE}, caller="before")

        with pytest.raises(FatalError, match="may not take an account"):
            wiring_submit({"name": "link revoke", "number": 1})


class TestRefusedAlike:
    """The same words, the same sentence."""

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (
                ("link", "confirm", "awz", filled.STRAY, "hr:E1043", "--reason", REASON),
                {**LINK, "name": "link confirm", "source": "awz"},
            ),
            (
                ("link", "confirm", "corp-ldap", filled.STRAY, "E1042", "--reason", REASON),
                {**LINK, "name": "link confirm", "worker": "E1042"},
            ),
            (("link", "revoke", "7"), {"name": "link revoke", "number": 7}),
            (("verdict", KEY, "--reason", REASON), {"name": "verdict", "finding": KEY, "reason": REASON}),
            (
                ("accept-read", "1", "hr", "--reason", REASON),
                {"name": "accept-read", "run": 1, "roster": "hr", "reason": REASON},
            ),
            (
                ("accept-read", "1", "hrr", "--reason", REASON),
                {"name": "accept-read", "run": 1, "roster": "hrr", "reason": REASON},
            ),
            (
                ("attest", "payment-callback", "--reason", REASON),
                {"name": "attest", "key": "payment-callback", "reason": REASON},
            ),
            (
                ("attest", "x", "--until", "2020-01-01", "--reason", REASON),
                {"name": "attest", "key": "x", "until": "2020-01-01", "reason": REASON},
            ),
            (
                ("attest-people", "aws", "--listed-on", "2026-11-20", "--people", "1042", "--reason", REASON),
                {
                    "name": "attest-people",
                    "source": "aws",
                    "listed_on": "2026-11-20",
                    "people": "1042",
                    "reason": REASON,
                },
            ),
            (
                ("exception", "approve", "7", "--reason", REASON),
                {"name": "exception approve", "entry": 7, "reason": REASON},
            ),
            (
                ("acknowledge", "add", "--source", "awz", "--until", SOON, "--reason", REASON),
                {"name": "acknowledge", "source": "awz", "until": SOON, "reason": REASON},
            ),
            (
                ("acknowledge", "add", "--queue", "departures", "--until", SOON, "--reason", REASON),
                {"name": "acknowledge", "queue": "departures", "until": SOON, "reason": REASON},
            ),
            (
                ("acknowledge", "add", "--roster", "hr", "--until", "2040-01-01", "--reason", REASON),
                {"name": "acknowledge", "roster": "hr", "until": "2040-01-01", "reason": REASON},
            ),
            (
                ("acknowledge", "withdraw", "7", "--reason", REASON),
                {"name": "acknowledge withdraw", "number": 7, "reason": REASON},
            ),
            (
                ("notice", "add", "nobody@corp.example", "--last", "now", "--reason", REASON),
                {"name": "notice add", "who": "nobody@corp.example", "last": "now", "reason": REASON},
            ),
            (
                ("notice", "add", "hr:E1043", "--last", "2026-11-25T15:00", "--reason", REASON),
                {"name": "notice add", "who": "hr:E1043", "last": "2026-11-25T15:00", "reason": REASON},
            ),
            (
                ("notice", "withdraw", "n-000000", "--reason", REASON),
                {"name": "notice withdraw", "notice": "n-000000", "reason": REASON},
            ),
            (
                ("departure", "confirm", "d-999999", "--reason", REASON),
                {"name": "departure confirm", "departure": "d-999999", "reason": REASON},
            ),
            (
                ("departure", "deny", "hr:E1042", "--reason", REASON),
                {"name": "departure deny", "departure": "hr:E1042", "reason": REASON},
            ),
            (("release", "7", "--reason", REASON), {"name": "release", "run": 7, "reason": REASON}),
            (("reject", "7", "--reason", REASON), {"name": "reject", "holds": [7], "reason": REASON}),
        ],
        ids=lambda given: " ".join(given[:2]) if isinstance(given, tuple) else "",
    )
    def test_by_command_and_by_form(
        self, submit: Submit, deciding: Type, words: tuple[str, ...], told: dict[str, object]
    ) -> None:
        done = deciding(*words, "--author", ANALYST)

        assert (done.code, done.out) == (1, "")
        assert refusal(submit, **told) == done.err.strip()

    def test_every_decision_is_among_them(self) -> None:
        """A new one comes with its row above."""
        (rows,) = [mark for mark in self.test_by_command_and_by_form.pytestmark if mark.name == "parametrize"]  # pyrefly: ignore[missing-attribute]
        refused = {str(told["name"]) for _, told in rows.args[1]}
        assert refused | {"link reject"} == set(kinds.submitted())

    def test_what_stands_is_refused(self, submit: Submit, deciding: Type) -> None:
        submit(name="link confirm", **LINK)

        done = deciding("link", "reject", "corp-ldap", filled.STRAY, "hr:E1043", "--reason", REASON)

        assert refusal(submit, caller="manual__2", name="link reject", **LINK) == done.err.strip()

    @pytest.mark.parametrize(
        ("field", "word", "told"),
        [
            ("account", "jdoo", "aws has no account that is called so. Give its native id."),
            ("worker", "kim.lee@corp.example", "there is no such worker."),
        ],
    )
    def test_but_for_words_that_a_log_may_not_hold(
        self, submit: Submit, deciding: Type, field: str, word: str, told: str
    ) -> None:
        given = {**LINK, "source": "aws", "account": filled.DOE_USER, field: word}

        said = refusal(submit, name="link confirm", **given)
        done = deciding("link", "confirm", "aws", given["account"], given["worker"], "--reason", REASON)

        assert said.startswith(told)
        assert word not in said
        assert "jdoe" not in said
        assert word in done.err


class TestFields:
    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ({**LINK, "name": "link confrim"}, "name: 'link confrim' is none. Did you mean link confirm?"),
            (LINK, "name is missing."),
            (
                {**LINK, "name": "link confirm", "reason": None},
                "link confirm: reason is missing. It needs ",
            ),
            ({**LINK, "name": "link confirm", "reason": ""}, "link confirm: reason is missing."),
            ({**LINK, "name": "link confirm", "run": 4}, "run is nothing that it asks for: leave it empty."),
            ({**LINK, "name": "link confirm", "reson": "x"}, "reson is unknown. Did you mean reason?"),
            ({"name": "acknowledge", "source": "aws", "reason": REASON}, "acknowledge: until is missing."),
        ],
    )
    def test_what_is_missing_or_too_much_is_named(
        self, submit: Submit, deciding: Type, told: dict[str, object], said: str
    ) -> None:
        assert said in refusal(submit, **told)
        assert deciding("link", "list").out == "Nobody has decided anything.\n"

    def test_a_right_takes_its_own_decisions_alone(self, submit: Submit, deciding: Type) -> None:
        """Who may trigger one DAG may not take another's decision by it."""
        del submit
        given = {"name": "link confirm", **LINK}
        with pytest.raises(FatalError, match="name: 'link confirm' is none"):
            submitting.read(given, Right.DECIDE)
        assert deciding("link", "list").out == "Nobody has decided anything.\n"


class TestOnce:
    def test_a_task_that_is_begun_again_decides_nothing_twice(
        self, submit: Submit, deciding: Type, logged: Sequence[Mapping[str, Any]]
    ) -> None:
        submit(name="link confirm", **LINK)
        submit(name="link confirm", **LINK)

        assert len(deciding("link", "list", "--all", "--format", "jsonl").lines) == 1
        assert [line["event"] for line in logged if line["log_level"] == "warning"] == [
            "this run has decided already: nothing is done twice"
        ]

    def test_what_was_revoked_is_not_decided_again_by_clearing_a_task(self, submit: Submit, deciding: Type) -> None:
        submit(name="link confirm", **LINK)
        deciding("link", "revoke", "1", "--author", "lee")

        submit(name="link confirm", **LINK)

        assert deciding("link", "list").out == "Nobody has decided anything.\n"

    @pytest.mark.parametrize("other", [{"worker": "hr:E1042"}, {"author": "lee"}])
    def test_another_decision_under_the_same_name_is_refused(self, submit: Submit, other: dict[str, str]) -> None:
        submit(name="link confirm", **LINK)

        said = refusal(submit, **{"name": "link confirm", **LINK, **other})

        assert "a run of this name decided something else at" in said

    @pytest.mark.parametrize("is_retry", [False, True], ids=["task instance deleted", "further attempt"])
    def test_what_was_refused_is_not_decided_later_by_the_same_run(
        self, submit: Submit, deciding: Type, monkeypatch: pytest.MonkeyPatch, *, is_retry: bool
    ) -> None:
        """Airflow forgets a task instance that is deleted: its next attempt is a first one."""

        def refuses(*_: object, **__: object) -> NoReturn:
            raise FatalError

        with monkeypatch.context() as earlier:
            earlier.setattr("offboarding.decisions.links.decisions.decide", refuses)
            refusal(submit, name="link confirm", **LINK)

        said = refusal(submit, name="link confirm", is_retry=is_retry, **LINK)

        assert "This run was refused" in said
        assert deciding("link", "list").out == "Nobody has decided anything.\n"
        submit(caller="manual__2", name="link confirm", **LINK)
        assert len(deciding("link", "list", "--format", "jsonl").lines) == 1

    def test_what_a_form_lacked_is_not_decided_later_by_the_same_run(self, submit: Submit, deciding: Type) -> None:
        refusal(submit, **{**LINK, "name": "link confirm", "source": "awz"})

        assert "This run was refused" in refusal(submit, name="link confirm", **LINK)
        assert deciding("link", "list").out == "Nobody has decided anything.\n"

    @pytest.mark.parametrize("is_retry", [True, False], ids=["further attempt", "task instance deleted"])
    def test_what_broke_off_is_decided_by_airflow_s_next_attempt_alone(
        self, submit: Submit, deciding: Type, monkeypatch: pytest.MonkeyPatch, *, is_retry: bool
    ) -> None:
        def breaks(*_: object, **__: object) -> NoReturn:
            raise ConnectionResetError

        with monkeypatch.context() as broken:
            broken.setattr("offboarding.decisions.links.decisions.decide", breaks)
            with pytest.raises(ConnectionResetError):
                submit(name="link confirm", **LINK)
        if not is_retry:
            assert "its task instance was deleted" in refusal(submit, name="link confirm", **LINK)
            assert "This run was refused" in refusal(submit, name="link confirm", is_retry=True, **LINK)
            assert deciding("link", "list").out == "Nobody has decided anything.\n"
            return

        submit(name="link confirm", is_retry=True, **LINK)

        assert len(deciding("link", "list", "--format", "jsonl").lines) == 1


def test_logs_hold_ids_and_neither_reasons_nor_what_people_are_called(
    submit: Submit, logged: Sequence[Mapping[str, Any]]
) -> None:
    submit(name="link confirm", **{**LINK, "account": "scanner"})
    submit(caller="2", name="notice add", who="hr:E1044", last="now", reason="dismissed, told by legal")

    link, notice = [line for line in logged if line["event"] == "decided"]
    assert (link["decision"], link["number"], link["account"], link["worker"]) == (
        *("link confirm", 1, filled.STRAY),
        "hr:E1043",
    )
    assert notice["worker"] == "hr:E1044"
    told = str(logged)
    assert not [word for word in ("scanner", REASON, "dismissed", ANALYST, "uid=") if word in told]
