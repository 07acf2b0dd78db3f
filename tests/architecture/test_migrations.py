"""Migrations are applied by their numbers, so that two of one number would be one."""

from collections import Counter
from importlib.resources import files


def test_each_migration_has_a_number_of_its_own() -> None:
    folder = files("offboarding.store") / "migrations"
    numbers = Counter(file.name.partition("_")[0] for file in folder.iterdir() if file.name.endswith(".sql"))

    assert {number: many for number, many in numbers.items() if many > 1} == {}
