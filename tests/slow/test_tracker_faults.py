"""The faults in telling a tracker notice one that tells twice, and one that loses what it's told."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.support.tracker_faults import Bench, begun
from tests.systems.roundup.tracker import bench, people, roundup

__all__ = ["bench", "people", "roundup"]  # fixtures


def never_finds(tracker: Tracker, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tracker, "find", lambda key: None)


def says_nothing(tracker: Tracker, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tracker, "comment", lambda ref, event_key, text: None)


@pytest.mark.parametrize(("broken", "word"), [(never_finds, "duplicates"), (says_nothing, "lost")])
def test_control_a_broken_tracker_is_noticed(
    bench: Bench,
    store: Session,
    store_parameters: dict[str, str | int],
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[Tracker, pytest.MonkeyPatch], None],
    word: str,
) -> None:
    def through(port: int) -> Tracker:
        tracker = bench.through(port)
        broken(tracker, monkeypatch)
        return tracker

    life = begun(replace(bench, through=through), store, store_parameters, seed=1)

    life.live()

    assert life.counts()[word] > 0
