"""Where processes are killed: as many as were asked for, all along each task, and the same again by the same seed."""

from collections import Counter
from itertools import pairwise

from tests.support.killing.drawing import PLACES, Kill, drawn, some
from tests.support.killing.relays import Place
from tests.support.killing.tasks import Task

LENGTHS: dict[Task, dict[Place, int]] = {
    "verify": {"store": 3000, "tracker": 120},
    "due": {"store": 3100, "tracker": 88},
    "ticket": {"store": 1900, "tracker": 177},
    "release": {"store": 2400, "tracker": 40},
}


def by_group(kills: list[Kill]) -> dict[tuple[str, str], list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for kill in kills:
        groups.setdefault((kill.task, kill.place), []).append(kill.nth)
    return {group: sorted(found) for group, found in groups.items()}


def test_each_part_of_each_task_has_its_kill() -> None:
    groups = by_group(drawn(7, LENGTHS, 400))

    assert {group: len(found) for group, found in groups.items()} == {
        (task, place): 50 for task in LENGTHS for place in PLACES
    }
    for (task, place), found in groups.items():
        length = LENGTHS[task][place]  # pyrefly: ignore[bad-index]
        ways = [after - before for before, after in pairwise([0, *found, length + 1])]
        assert min(found) >= 1
        assert max(found) <= length
        assert max(ways) <= 2 * (length / 50 + 1), "no longer way without one than twice its part"


def test_both_moments_and_all_ways_of_beginning_again_are_among_them() -> None:
    kills = drawn(7, LENGTHS, 400)

    assert min(Counter(kill.when for kill in kills).values()) > 100
    ways = Counter(kill.again for kill in kills)
    assert min(ways["where it was"], ways["afresh"]) > 130
    assert ways["an hour later"] > 20
    assert {kill.task for kill in kills if kill.again == "an hour later"} == {"due"}


def test_the_seed_says_which() -> None:
    assert drawn(7, LENGTHS, 400) == drawn(7, LENGTHS, 400)
    assert drawn(7, LENGTHS, 400) != drawn(8, LENGTHS, 400)


def test_some_of_them_are_some_of_each() -> None:
    kills = drawn(7, LENGTHS, 400)
    few = some(7, kills, 20)

    assert len(few) == len({str(kill) for kill in few}) == 20
    assert set(few) <= set(kills)
    assert set(by_group(few)) == set(by_group(kills))


def test_a_number_that_is_not_even_is_given_whole() -> None:
    assert len(drawn(7, LENGTHS, 401)) == 401
    assert len(drawn(7, LENGTHS, 4)) == 4
