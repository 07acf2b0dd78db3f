"""A desk at which a newcomer types, with systems that nobody prepared (demo/newcomer.py)."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

from demo.newcomer import Systems, systems
from offboarding.cli.entry import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Office:
    """What runs, and the desk."""

    systems: Systems

    @property
    def folder(self) -> Path:
        return self.systems.folder

    @property
    def config(self) -> Path:
        """The file that `init` writes."""
        return self.systems.config

    def type(self, *words: str) -> Typed:
        """Type a command in a pipe, where nobody can be asked."""
        out, err = StringIO(), StringIO()
        with (
            mock.patch.dict(os.environ, {**self.systems.environment, "COLUMNS": "160"}),
            mock.patch("sys.stdin", StringIO()),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                code = main(words)
            except SystemExit as ended:
                code = int(str(ended.code))
        return Typed(code=code, out=out.getvalue(), err=err.getvalue())


@contextmanager
def office(folder: Path) -> Generator[Office]:
    """Its servers, for as long as the block runs."""
    with systems(folder) as running:
        yield Office(running)
