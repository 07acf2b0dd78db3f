"""What is proposed of a feed's status words."""

import pytest

from offboarding.model import HrStatus
from offboarding.rosters._records.proposing import lists_everyone, tells_leavers
from offboarding.rosters._records.usual_words import plain, usual


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("active", "left"), True),
        (("active", "retired"), True),
        (("active", "deceased"), True),
        (("active", "leave", "suspended", "garden_leave", "future"), False),
        ((), False),
    ],
)
def test_a_feed_lists_leavers_whatever_they_left_for(words: tuple[str, ...], told: bool) -> None:
    assert tells_leavers({f"HR's {word}": word for word in words}) is told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("active", "left"), True),
        (("leave", "retired"), True),
        (("left",), False),
        (("left", "future"), False),
        ((), False),
    ],
)
def test_a_feed_lists_everyone_where_some_work_here_and_some_have_left(words: tuple[str, ...], told: bool) -> None:
    assert lists_everyone({f"HR's {word}": word for word in words}) is told


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("Retired", "retired"), ("사망", "deceased"), ("Suspended", "suspended"), ("Garden Leave", "garden_leave")],
)
def test_usual_words_are_known(word: str, meaning: str) -> None:
    assert usual("statuses")[plain(word)][0] == HrStatus(meaning)
