"""Servers that the tests of a process share: whoever asks first begins one, and it ends with the session.

A fixture that a file imports is that file's own, whatever its scope; so `scope="session"` alone gives each file another
server.
"""

import functools
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol, TypeVar

import pytest

from tests.support.memory import Folder

_Server = TypeVar("_Server")


class Lasting(Protocol):
    """Gives the server of that name, begun where there is none yet. Each test leaves it as it may find it."""

    def __call__(self, name: str, begin: Callable[[], AbstractContextManager[_Server]], /) -> _Server: ...


@pytest.fixture(scope="session")
def lasting(in_memory: Folder) -> Generator[Lasting]:
    """Asks for the folders in memory, since it ends before they do."""
    del in_memory
    running: dict[str, Any] = {}
    with ExitStack() as stack:

        def server(name: str, begin: Callable[[], AbstractContextManager[Any]]) -> Any:
            if name not in running:
                running[name] = stack.enter_context(begin())
            return running[name]

        yield server


@contextmanager
def descriptions_read_once() -> Generator[None]:
    """botocore reads its descriptions of the services once a process, not once a session: half of the tests' time."""
    from botocore import session  # who asks for no AWS has no time for it

    with pytest.MonkeyPatch.context() as patch:
        # By the name that sessions know it by.
        patch.setattr(session, "create_loader", functools.cache(session.create_loader))
        yield
