"""How the tests are spread over processes, with `-n` (pytest-xdist).

A file's tests stay together, and so do files that share what takes long to make. Each process has servers, ports,
folders and an Airflow of its own; nothing is shared between them.
"""

import functools
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

PROJECT = Path(__file__).parents[2]
DIRECTORIES = "pytest.mark.directories"
"""Two servers that need seconds to begin; each file that needs them says so."""
SHORT = "tests/unit/"
ARCHITECTURE = "tests/architecture/"
"""Every file of ours, parsed: two pages are held against the names of all tests, too."""
NAMES_OF_TESTS = "import functions_of_tests"
WHOLE_AIRFLOW = ("from demo.standalone import ", "from demo.up import ")
"""Six processes, which are busy while they wait, too: beside another one, each waits for the other. Each file that
begins one says so.
"""
DEMO_COMPANY = "from tests.support.demo_company import "
"""Two whole nights; each file that asks for it says so."""


class FilesTogether(LoadFileScheduling):
    """In the order of the folders; what shares something is one file to it."""

    def _split_scope(self, nodeid: str) -> str:
        return _shared(super()._split_scope(nodeid))


@functools.cache
def _shared(file: str) -> str:
    text = (PROJECT / file).read_text(encoding="utf-8")
    if DIRECTORIES in text:
        return DIRECTORIES
    if any(each in text for each in WHOLE_AIRFLOW):
        return WHOLE_AIRFLOW[0]
    if file.startswith(ARCHITECTURE) or NAMES_OF_TESTS in text:
        return ARCHITECTURE
    return DEMO_COMPANY if DEMO_COMPANY in text else file


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The short ones come last, where they fill the gaps: a long file begun at the end is waited for by one process."""
    items.sort(key=lambda item: item.nodeid.startswith(SHORT))


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesTogether | None:
    """Ours, unless the command line says otherwise."""
    return FilesTogether(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl
def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Of bytes that are no text, none: an archive holds the time, and each process must give a test the same name."""
    return argname if isinstance(val, bytes) and not val.isascii() else None
