"""What a process of the tests keeps to its end isn't looked through for garbage.

Python would do so again and again while it grows: half of the time in which ten thousand tests are collected.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

import pytest


@contextmanager
def kept() -> Generator[None]:
    """Whatever is made within stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """The tests, and what their files import."""
    with kept():
        return (yield)
