"""Named blocks of SQL, read from queries/*.sql.

A block begins at `-- name: some_name`; the comment line below says what it answers.
"""

import functools
import re
from collections.abc import Mapping
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@functools.cache
def blocks(file: str) -> Mapping[str, bytes]:
    """Every block of queries/FILE.sql by its name, in the file's order."""
    text = (files(__package__ or "") / "queries" / f"{file}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    if len(named) != len(parts) // 2:
        raise ValueError(f"queries/{file}.sql names a block twice")
    return {name: body.strip().encode() for name, body in named.items()}


def block(file: str, name: str) -> bytes:
    """One block."""
    return blocks(file)[name]


def statements(file: str, name: str) -> list[bytes]:
    """One block's statements: one at a time is what PostgreSQL takes with parameters. No block holds `;` elsewhere."""
    return [statement for part in block(file, name).split(b";\n") if (statement := part.strip().rstrip(b";"))]
