"""Attributes that arrive in pieces: `member;range=0-1499` (MS-ADTS 3.1.1.3.1.3.3). Half a group is no group."""

import re
from collections.abc import Callable

from offboarding.model import counted
from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.results import STANDS

_RANGE = re.compile(r"(?P<name>[^;]+);range=(?P<first>\d+)-(?P<last>\d+|\*)", re.ASCII | re.IGNORECASE)


def is_cut(entry: Entry) -> bool:
    """Whether any attribute came with a range, be it the last piece."""
    return ";range=" in "".join(entry.attributes)


def completed(entry: Entry, ask: Callable[[str, str], Entry | None], *, where: str) -> Entry:
    """The same with whole attributes. `ask` reads one attribute (`member;range=1500-*`) of a DN.

    Raises IncompleteReadError where the pieces don't join, or the entry went away in between.
    """
    attributes: dict[str, list[bytes]] = {}
    for name, values in entry.attributes.items():
        piece = _RANGE.fullmatch(name)
        if piece is None:
            attributes.setdefault(name, []).extend(values)
        else:
            attributes.setdefault(piece["name"], []).extend(_whole(entry, piece, values, ask, where))
    return Entry(entry.dn, attributes)


def _whole(
    entry: Entry, piece: re.Match[str], values: list[bytes], ask: Callable[[str, str], Entry | None], where: str
) -> list[bytes]:
    """All values, from the first piece on."""
    found = list(values)
    expected = 0
    while True:
        if int(piece["first"]) != expected:
            raise IncompleteReadError(f"{where}: the pieces of {piece['name']} don't join. {STANDS}")
        if piece["last"] == "*":
            return found
        expected = int(piece["last"]) + 1
        more = ask(entry.dn, f"{piece['name']};range={expected}-*")
        pieces = {name: _RANGE.fullmatch(name) for name in more.attributes} if more else {}
        name, following = next(((name, match) for name, match in pieces.items() if match), ("", None))
        if more is None or following is None or not more.attributes[name]:
            raise IncompleteReadError(
                f"{where}: {piece['name']} ends after {counted(expected, 'value')}, unfinished. {STANDS}"
            )
        found += more.attributes[name]
        piece = following
