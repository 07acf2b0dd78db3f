"""nightly, on trial and for real, over a company of two on real systems."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from psycopg import sql

from offboarding import wiring
from offboarding.config import loading
from offboarding.model import TicketPriority
from offboarding.runs import pipeline
from offboarding.store import trial
from tests.integration.commands.conftest import Type, trial_schemas
from tests.support.source_tree import PROJECT
from tests.support.tiny_company import LEAVER, NAMES, REFUSES, TinyCompany

pytestmark = pytest.mark.slow

NIGHT = "2026-11-25T01:30:00+09:00"


def rows(table: str) -> int:
    with wiring.store(loading.load()) as session:
        found = session.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    return int(str(found[0])) if found else 0


class TestOnTrial:
    def test_it_prints_the_tickets_that_it_would_open_and_the_report_and_keeps_nothing(
        self, tiny: TinyCompany, at_work: Type
    ) -> None:
        tickets = tiny.tickets()

        done = at_work("nightly", "--dry-run", "--as-of", NIGHT)

        assert done.code == 0, done.err
        assert f"Revoke what still works of worker {LEAVER} (left 2026-11-13) [offb-" in done.out
        assert "aws iam update-access-key" in done.out
        assert "GREEN" in done.out
        assert "A real first night would hold them" not in done.out, "policy.baseline is ticket here"
        assert not [name for name in NAMES if name in done.err], "the log's"
        order = list(TicketPriority)
        priorities = [order.index(TicketPriority(found)) for found in re.findall(r"(?m)^priority (\w+)", done.out)]
        assert len(set(priorities)) > 1
        assert priorities == sorted(priorities), "the worst comes first"
        assert (tiny.tickets(), rows("run"), rows("account"), trial_schemas()) == (tickets, 0, 0, [])

    def test_what_could_not_be_read_makes_it_red(self, tiny: TinyCompany, at_work: Type) -> None:
        tiny.aws.deny(REFUSES, "AssumeRole")

        done = at_work("nightly", "--dry-run", "--as-of", NIGHT)

        assert done.code == 1
        assert f"The night is red: aws {REFUSES} couldn't be read" in done.err
        assert "acknowledge" not in done.err, "what can't be read at all is to be mended"
        assert "would be opened" in done.out, "the rest is told all the same"
        assert trial_schemas() == []

    def test_a_defect_makes_it_red_shows_no_local_variables_and_keeps_nothing_else_back(
        self, at_work: Type, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object) -> None:
            name = NAMES[0]
            raise KeyError(name)

        monkeypatch.setattr(pipeline, "alert", broken)

        done = at_work("nightly", "--dry-run", "--as-of", NIGHT)

        assert done.code == 1
        assert "The night is red: alert ended by a defect of ours: its trace stands in the log." in done.err
        assert "RED         alert ended by a defect of ours" in done.out
        assert "acknowledge" not in done.err, "nobody can acknowledge that"
        assert "builtins.KeyError" in done.err
        assert "in broken" in done.err
        assert not [name for name in NAMES if name in done.err]
        assert "would be opened" in done.out, "the rest is told all the same"

    def test_what_a_killed_trial_left_is_removed_once_it_is_a_day_old(self, at_work: Type) -> None:
        now = time.strftime("%Y%m%d%H%M%S", time.gmtime())
        old, young = "offboarding_trial_20200101000000_0a1b2c3d", f"offboarding_trial_{now}_0a1b2c3d"
        with wiring.store(loading.load()) as session:
            for name in (old, young):
                session.execute(sql.SQL("create schema {}").format(sql.Identifier(name)))

        at_work("nightly", "--dry-run", "--as-of", NIGHT)

        assert trial_schemas() == [young]
        with wiring.store(loading.load()) as session:
            session.execute(sql.SQL("drop schema {}").format(sql.Identifier(young)))

    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
    def test_one_that_is_broken_off_leaves_nothing(
        self, tiny: TinyCompany, at_work: Type, ending: signal.Signals
    ) -> None:
        tiny.aws.throttle(REFUSES, "GetAccountAuthorizationDetails", 50)  # it waits between its attempts
        process = subprocess.Popen(
            [sys.executable, "-m", "offboarding", "nightly", "--dry-run"],
            cwd=PROJECT,
            env={**os.environ, **tiny.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Whoever runs the tests in the background has Ctrl-C ignored, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads there
        )
        try:
            with wiring.store(loading.load()) as session:
                _until(lambda: session.execute(trial.block("trial", "trial_schemas")).fetchone() is not None)
                process.send_signal(ending)
                assert process.wait(30) == 128 + ending
        finally:
            process.kill()
            process.wait()

        assert trial_schemas() == []


class TestForReal:
    def test_it_is_a_night(self, tiny: TinyCompany, at_work: Type) -> None:
        done = at_work("nightly", "--as-of", NIGHT)

        assert done.code == 0, done.err
        assert any(LEAVER in title for title in tiny.tickets())
        assert at_work("runs", "--newest-within", "1h").code == 0


def _until(condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
