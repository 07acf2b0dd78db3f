"""How much of a population is looked at, and what: as published, and the same for everybody."""

import random

import pytest

from offboarding.report.evidence.sampling import Draw, size


@pytest.mark.parametrize(
    ("population", "sample"),
    [(0, 0), (1, 1), (19, 19), (20, 19), (25, 19), (26, 20), (40, 20), (41, 25), (65, 25), (66, 29), (100_000, 29)],
)
def test_sizes_are_those_of_the_regulation(population: int, sample: int) -> None:
    assert size(population) == sample


def test_the_largest_is_the_first_that_leaves_less_than_five_percent_at_ten_percent_deviations() -> None:
    assert 0.9 ** size(100_000) <= 0.05 < 0.9 ** (size(100_000) - 1)


def drawn(items: list[str], seed: str = "a1", control: str = "") -> list[str]:
    draw = Draw(seed, "findings", control)
    draw.add(items)
    return list(draw.drawn())


def test_the_order_in_which_a_population_comes_changes_nothing() -> None:
    items = [f"f{number}" for number in range(5000)]
    mixed = random.Random(7).sample(items, len(items))  # noqa: S311 - no secret

    assert drawn(items) == drawn(mixed)
    assert len(set(drawn(items))) == 29


def test_another_seed_or_control_draws_others() -> None:
    items = [f"f{number}" for number in range(500)]

    assert len({tuple(drawn(items)), tuple(drawn(items, "a2")), tuple(drawn(items, control="PS-4"))}) == 3
