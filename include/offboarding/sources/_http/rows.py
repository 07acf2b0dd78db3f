"""Rows of a list as models: one that can't be read costs itself, and is told."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from offboarding.model import Account, Credential, Fact, ScopeRead
from offboarding.model.errors import FatalError
from offboarding.sources._http.on_disk import DiskIndex

MOST_PASSES = 4
"""Over a list of more than a page, until nothing new is in it."""
_Row = TypeVar("_Row", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRows:
    """What couldn't be read, by now."""

    sentences: list[str] = field(default_factory=list[str])

    def rows(self, what: str, model: type[_Row], page: Iterable[object]) -> Iterator[_Row]:
        """Yield the rows of a page that can be read, and say of the others that there are some."""
        for row in page:
            try:
                yield model.model_validate(row)
            except ValidationError as error:
                loc = error.errors(include_input=False)[0]["loc"]
                self.sentences.append(f"{what}: one can't be read, whose {'.'.join(map(str, loc))} is wrong")

    @property
    def told(self) -> str:
        """In one sentence; "" for nothing."""
        if not self.sentences:
            return ""
        more = f" (and {len(self.sentences) - 1} more)" if len(self.sentences) > 1 else ""
        return self.sentences[0] + more


def settled(
    what: str,
    read: Callable[[], Iterator[list[object]]],
    model: type[_Row],
    key: Callable[[_Row], int],
    unread: UnreadRows,
) -> Iterator[_Row]:
    """Yield each row of a list whose pages go by numbers once, by its key.

    Whoever leaves such a list moves others onto a page that was read already: one of several pages is read until a pass
    finds nothing new. Raises FatalError for one that goes on changing.
    """
    seen = DiskIndex(what)
    for done in range(MOST_PASSES):
        pages, new, broken = 0, 0, UnreadRows()
        for page in read():
            pages += 1
            for row in broken.rows(what, model, page):
                if seen.is_new(str(key(row))):
                    new += 1
                    yield row
        if pages == 1 or (done and not new):
            unread.sentences.extend(broken.sentences)
            return
    raise FatalError(
        f"{what}: it changes as it's read: {MOST_PASSES} times something new was in it. Read it at a quieter time"
    )


def looked_at(
    scope: ScopeRead, look: Callable[[UnreadRows], tuple[Account, Sequence[Credential]] | None]
) -> Iterator[Fact]:
    """Yield an account with what lets it in, where all of that is read, and then how far it was."""
    unread, error, found = UnreadRows(), "", None
    try:
        found = look(unread)
        error = unread.told
    except FatalError as missing:
        error = str(missing)
    if found and not error:
        account, held = found
        yield account
        yield from held
    yield replace(scope, error=error)


def as_far_as_read(scope: ScopeRead, found: Iterable[Fact], unread: UnreadRows) -> Iterator[Fact]:
    """Yield what is found, and then how far that was read: what ends it early costs what this scope is about alone."""
    try:
        yield from found
    except FatalError as missing:
        unread.sentences.append(str(missing))
    yield replace(scope, error=unread.told)
