"""Titles that bear a key: within a tracker's limit, and as far as a list of them was read."""

import re
from collections.abc import Callable, Iterable

from offboarding.model import TicketDraft
from offboarding.model.keys import TICKET_KEY

_BORNE = re.compile(rf"\[({TICKET_KEY.pattern})\]")


def units(text: str) -> int:
    """Its length in UTF-16, as Java counts it: never less than its characters, as others do."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def within(draft: TicketDraft, most: int, size: Callable[[str], int] = units) -> str:
    """A draft's title in at most that size, with its key at the end. Raises ValueError without one.

    What is too long goes from its middle, where a label stands that somebody chose: what is wrong stands before it, and
    whose it is behind it.
    """
    key, title = f"[{draft.key}]", draft.title.strip()
    if not title.endswith(key):
        raise ValueError(f"the title must bear {key} at its end, or the ticket is never found again")
    if size(title) <= most:
        return title
    said = title.removesuffix(key).rstrip()
    lengths = range(min(len(said), most), -1, -1)
    return next(shorter for length in lengths if size(shorter := f"{_shortened(said, length)} {key}") <= most)


def _shortened(text: str, length: int) -> str:
    """Its beginning and its end, which is the shorter one."""
    end = length // 3
    return f"{text[: length - end].rstrip()} ... {text[len(text) - end :].lstrip()}"


def keys_in(title: str) -> list[str]:
    """Whichever stand in it: where there are several, people wrote the others."""
    return _BORNE.findall(title)


def key_in(title: str) -> str:
    """The one that it bears: the last, since we write it at the end; "" where it bears none."""
    return next(reversed(keys_in(title)), "")


class ListedTitles:
    """By number, of a list that shows the newest first: what was read once is read no more."""

    def __init__(self) -> None:
        self._by_number: dict[int, str] = {}

    def read(self, newest: Iterable[tuple[int, str]]) -> None:
        """Take what is new of it: numbers and titles."""
        known, new = max(self._by_number, default=0), dict[int, str]()
        for number, title in newest:
            if number <= known:
                break
            new[number] = title
        # Once it was read to its end: what is left out by an error would never be asked for again.
        self._by_number |= new

    def bearing(self, key: str) -> list[int]:
        """Numbers of those whose title bears the key, the oldest first."""
        return sorted(number for number, title in self._by_number.items() if key_in(title) == key)

    def forget(self, number: int) -> None:
        """One that bears its key no more."""
        self._by_number.pop(number, None)
