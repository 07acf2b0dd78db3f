"""What is told of a folder besides its keys: what was wrong, and whether it was read whole."""

from collections.abc import Iterator, Sequence

from offboarding.model import Gap, ScopeRead, SubjectKind, counted

_MOST_TOLD = 20
"""Sentences of one sort; a folder gone bad has thousands."""


def red_gaps(realm: str, where: str, sentences: Sequence[str]) -> Iterator[Gap]:
    """A red gap each, up to a number."""
    texts = list(dict.fromkeys(sentences))
    for text in texts[:_MOST_TOLD]:
        yield Gap(realm=realm, text=text, red=True)
    more = len(texts) - _MOST_TOLD
    if more > 0:
        yield Gap(realm=realm, text=f"{where}: and {more} more of the kind above.", red=True)


def scope(realm: str, where: str, problems: int) -> ScopeRead:
    """How complete the signing keys of this realm are."""
    error = (
        f"{where}: {counted(problems, 'thing')} couldn't be read whole, as told above: no key is taken to be gone."
        if problems
        else ""
    )
    return ScopeRead(realm=realm, scope="", kinds=(SubjectKind.SIGNING_KEY,), error=error)
