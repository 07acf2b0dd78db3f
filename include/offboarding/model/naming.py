"""A worker as people name one: the number alone, or its id space before it, as in hr:10442."""

from collections.abc import Mapping, Sequence


def space_and_number(word: str) -> tuple[str | None, str]:
    """(id space, worker id) of what was typed, each without white space around it; None where no space is named.

    Cut at the first colon: HR's number may hold one.
    """
    space, colon, number = word.partition(":")
    return (space.strip(), number.strip()) if colon else (None, word.strip())


def space_names(rosters: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Word -> the id space that it names: itself, or its only roster. `rosters`: their names and id spaces."""
    spaces = [space for _, space in rosters]
    return {name: space for name, space in rosters if spaces.count(space) == 1} | {space: space for space in spaces}


def worker_of(word: str, id_spaces: Mapping[str, str]) -> tuple[str, str]:
    """(id space, worker id); without a space the only one that there is, else "". `id_spaces`: as `space_names`."""
    space, number = space_and_number(word)
    if space is not None:
        return id_spaces.get(space, space), number
    spaces = set(id_spaces.values())
    return (spaces.pop() if len(spaces) == 1 else ""), number
