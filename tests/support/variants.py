"""Of many variants of one attack or accident `make test` plays a few, and `make test-slow` the others."""

import itertools
from collections.abc import Mapping, Sequence

import pytest


def variants(
    few: int, *, indirect: Sequence[str] = (), **parameters: Mapping[str, object] | Sequence[object]
) -> pytest.MarkDecorator:
    """`pytest.mark.parametrize` with every combination of these values, each named by its key or by itself; `indirect`
    are those that a fixture takes. All but so few are marked slow.

    The few are spread over each parameter's values: no value is left out that there is room for.
    """
    named = [
        [*given.items()] if isinstance(given, Mapping) else [(str(each), each) for each in given]
        for given in parameters.values()
    ]
    spread = {tuple(_place(len(values), number, few) for values in named) for number in range(few)}
    combinations = []
    for places in itertools.product(*(range(len(values)) for values in named)):
        names, values = zip(*(given[place] for given, place in zip(named, places, strict=True)), strict=True)
        marks = () if places in spread else (pytest.mark.slow,)
        combinations.append(pytest.param(*values, id="-".join(names), marks=marks))
    return pytest.mark.parametrize(",".join(parameters), combinations, indirect=indirect)


def _place(length: int, number: int, few: int) -> int:
    return number * length // few if length > few else number % length
