"""A worker as people name one: the number alone, or its id space before it, as in hr:10442."""

from collections.abc import Sequence


def space_and_number(word: str) -> tuple[str | None, str]:
    """(id space, worker id) of what was typed, each without white space around it; None where no space is named.

    Cut at the first colon: HR's number may hold one.
    """
    space, colon, number = word.partition(":")
    return (space.strip(), number.strip()) if colon else (None, word.strip())


def worker_of(word: str, id_spaces: Sequence[str]) -> tuple[str, str]:
    """The same; without a space the only one that there is, else ""."""
    space, number = space_and_number(word)
    only = id_spaces[0] if len(set(id_spaces)) == 1 else ""
    return (only if space is None else space), number
