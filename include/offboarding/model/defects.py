"""A defect of ours: where it happened and of what kind each error was, and no value that it spoke of.

An error of a library's may repeat a whole row, and a trace with local variables repeats everything: names and mails.
"""

import traceback
from collections.abc import Iterator


def trace(error: BaseException) -> str:
    """Each error of the chain with its frames, the first cause first."""
    return "\n".join(line for each in _chain(error) for line in _frames(each))


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.insert(0, each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return chain


def _frames(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
    yield f"{type(error).__module__}.{type(error).__qualname__}"
