"""What no error, report or log of ours repeats of what a server says: our secrets, and what we told it of people."""

import html
import json
import re
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

SHORTEST_SECRET = 5
"""Characters. A shorter one keeps nobody out, and to look for it would take words apart."""

SHORTEST_RUN = 12
"""Characters in a row of what we sent, by which it's known again in what a server says."""

_SHORTEST_NAME = 3
_secrets: set[str] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Confided:
    """What we tell of people: no report and no log repeats it where a server says it back."""

    texts: Collection[str]
    """Titles, bodies, comments: any run of them is left out."""
    names: Collection[str]
    """Names, mails and labels: left out whole, and word for word."""


_confided: ContextVar[Callable[[], Confided] | None] = ContextVar("confided", default=None)


@contextmanager
def confiding(confided: Callable[[], Confided]) -> Generator[None]:
    """Within the block that is what we tell; it's worked out where a server's words are to be repeated."""
    before = _confided.set(confided)
    try:
        yield
    finally:
        _confided.reset(before)


def repeatable(text: str) -> str:
    """A server's words, without our secrets and what it was told of people. Whoever cuts them does so afterwards."""
    confided = _confided.get()
    plain = without_secrets(text)
    return _without(plain, confided()) if confided else plain


def _without(text: str, confided: Confided) -> str:
    hidden, small = bytearray(len(text)), _small(text)
    runs = set(_runs(confided.texts))
    spans = [(at, at + SHORTEST_RUN) for at in range(len(text)) if small[at : at + SHORTEST_RUN] in runs]
    spans += [found.span() for name in _words(confided.names) for found in name.finditer(text)]
    for start, end in spans:
        hidden[start:end] = b"\x01" * (end - start)
    shown, end_of_last = list[str](), 0
    for run in re.finditer(b"\x01+", bytes(hidden)):
        shown += [text[end_of_last : run.start()], "(what was sent)"]
        end_of_last = run.end()
    return "".join(shown) + text[end_of_last:]


def _runs(texts: Collection[str]) -> Iterator[str]:
    for whole in texts:
        for each in _spellings(_small(" ".join(whole.split()))):
            yield from (each[at : at + SHORTEST_RUN] for at in range(len(each) - SHORTEST_RUN + 1))


def _words(names: Collection[str]) -> Iterator[re.Pattern[str]]:
    """Names, and what they are made of."""
    for each in {spelled for name in names for word in (name, *name.split()) for spelled in _spellings(word)}:
        if not each.isascii():
            # Written without blanks between words, maybe: it has no edges.
            yield re.compile(re.escape(each), re.IGNORECASE)
        elif len(each) >= _SHORTEST_NAME:
            yield re.compile(rf"(?<!\w){re.escape(each)}(?!\w)", re.IGNORECASE)


def _small(text: str) -> str:
    """In small letters, each where it was."""
    return "".join(low if len(low := each.lower()) == 1 else each for each in text)


def _spellings(text: str) -> Iterator[str]:
    """As it is, and as JSON and HTML write it."""
    yield text
    yield json.dumps(text)[1:-1]
    yield html.escape(text)


def keep_out(*secrets: str) -> None:
    """From here on none of these stands in an error of ours: a server that refuses us may say back what it was told."""
    _secrets.update(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)


def without_secrets(text: str) -> str:
    """With "(a secret)" in the place of each: whoever cuts a text does so afterwards."""
    # The longest first, so that nothing is left of one that holds another.
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "(a secret)")
    return text
