"""Reads a search to its true end, page by page (RFC 2696), or fails.

ldap3's own paging ends silently at a size limit, which would read as "no such account".
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from offboarding.model import counted
from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.results import NO_SUCH_OBJECT, STANDS, SUCCESS, Refusal, error_for, referral_error

EMPTY_PAGES = 20
"""So many in a row are no end in sight. A server may send some, where it filters what it has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What one search request gave."""

    entries: list[Entry]
    references: tuple[str, ...]
    """URLs of parts of the tree that lie on other servers."""
    refusal: Refusal
    """The result; success is a code of 0."""
    cookie: bytes | None
    """Where the next page begins; b"" at the end, None where the server answered without the paging control."""


def read_pages(
    ask: Callable[[bytes], SearchPage], *, where: str, reader: str, limits_fix: str = ""
) -> Iterator[list[Entry]]:
    """Yield each page's entries, and end only where the server said that this was all.

    `ask` gets the last page's cookie, b"" for the first. Raises IncompleteReadError for a limit, a referral, a server
    that pages in circles or forgets to; RetriableError where it's busy.
    """
    cookie, count, empty = b"", 0, 0
    cookies: set[bytes] = set()
    beginnings: set[str] = set()
    while True:
        page = ask(cookie)
        count += len(page.entries)
        if page.refusal.code != SUCCESS:
            raise error_for(page.refusal, where=where, reader=reader, entries=count, limits_fix=limits_fix)
        if page.references:
            raise referral_error(page.references, where=where)
        yield page.entries
        if page.cookie == b"":
            return
        if page.cookie is None and not count:
            # How 389-ds answers whoever names a base that isn't there, or that it hides.
            refusal = Refusal(code=NO_SUCH_OBJECT, description="noSuchObject", text="", referrals=())
            raise error_for(refusal, where=where, reader=reader, entries=0)
        empty = 0 if page.entries else empty + 1
        beginning = page.entries[0].dn if page.entries else None
        if page.cookie is None or _digest(page.cookie) in cookies or beginning in beginnings or empty > EMPTY_PAGES:
            raise IncompleteReadError(
                f"{where}: the server's paging doesn't come to an end: {_trouble(page)} after "
                f"{counted(count, 'entry', 'entries')}. {STANDS}\n"
                "  Ask whether a proxy stands before the directory; name the directory itself."
            )
        cookie = page.cookie
        cookies.add(_digest(cookie))
        beginnings |= {beginning} if beginning is not None else set()


def _digest(cookie: bytes) -> bytes:
    """A cookie may be long, and all of them are remembered."""
    return hashlib.sha256(cookie).digest()


def _trouble(page: SearchPage) -> str:
    if page.cookie is None:
        return "the paging control is missing from its answer"
    return "a page came again, or stayed empty"
