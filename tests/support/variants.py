"""Of many variants of one attack or accident `make test` plays a few, and `make test-slow` every one (VARIANTS=all)."""

import itertools
import os
from collections.abc import Mapping, Sequence

import pytest

ALL = os.environ.get("VARIANTS") == "all"


def variants(
    few: int, *, indirect: Sequence[str] = (), **parameters: Mapping[str, object] | Sequence[object]
) -> pytest.MarkDecorator:
    """`pytest.mark.parametrize` with every combination of these values, each named by its key or by itself; `indirect`
    are those that a fixture takes.

    Where only so few are played, they are spread over each parameter's values: no value is left out that there is
    room for.
    """
    named = [
        [*given.items()] if isinstance(given, Mapping) else [(str(each), each) for each in given]
        for given in parameters.values()
    ]
    places = [*itertools.product(*(range(len(values)) for values in named))]
    if not ALL:
        spread = ([_place(len(values), number, few) for values in named] for number in range(few))
        places = [*dict.fromkeys(tuple(each) for each in spread)]
    chosen = [[values[place] for values, place in zip(named, each, strict=True)] for each in places]
    return pytest.mark.parametrize(
        ",".join(parameters),
        [pytest.param(*(value for _, value in each), id="-".join(name for name, _ in each)) for each in chosen],
        indirect=indirect,
    )


def _place(length: int, number: int, few: int) -> int:
    return number * length // few if length > few else number % length
