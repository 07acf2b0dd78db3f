"""Of many variants of one attack or accident `make test` plays a few, and `make test-slow` the others."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import pytest
from _pytest.mark import ParameterSet


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


def some_of(
    few: int,
    names: str | Sequence[str],
    cases: Iterable[object],
    *,
    ids: Iterable[str] | Callable[[Any], object] | None = None,
    indirect: Sequence[str] | bool = False,
) -> pytest.MarkDecorator:
    """Return `pytest.mark.parametrize` with these cases, all but `few` of them marked slow; the few are spread over
    their order, the first one included.
    """
    listed = list(cases)
    several = len(names.split(",") if isinstance(names, str) else names) > 1
    chosen = {_place(len(listed), number, few) for number in range(few)}
    marked: list[ParameterSet] = []
    for place, case in enumerate(listed):
        values = ParameterSet.extract_from(cast("Any", case), force_tuple=not several)
        marks = () if place in chosen else (pytest.mark.slow,)
        marked.append(values._replace(marks=(*values.marks, *marks)))
    return pytest.mark.parametrize(names, marked, ids=cast("Any", ids), indirect=indirect)


def _place(length: int, number: int, few: int) -> int:
    return number * length // few if length > few else number % length
