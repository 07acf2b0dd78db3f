"""Named blocks of SQL, read from queries/*.sql.

A block begins at `-- name: some_name`; the comment line below says what it answers. What is known elsewhere isn't
written again in it, but put in where it is read:

    {credential}              the columns of a credential (columns.py): kind, native_id, ...
    {c.credential}            of a table or its alias: c.kind, c.native_id, ...
    {c.credential as found}   as `record_row` makes a record of them: c.kind as found__kind, ...
    {held}                    another block of the file
    {guard:held}              one of another file
"""

import functools
import re
from collections.abc import Mapping
from importlib.resources import files

from offboarding.store.columns import LISTS

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_PUT_IN = re.compile(r"\{(?:(?P<file>[a-z_]+):)?(?:(?P<table>\w+)\.)?(?P<name>[a-z]\w*)(?: as (?P<record>\w+))?\}")


@functools.cache
def blocks(file: str) -> Mapping[str, bytes]:
    """Every block of queries/FILE.sql by its name, in the file's order."""
    text = (files(__package__ or "") / "queries" / f"{file}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)
    named = {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    if len(named) != len(parts) // 2:
        raise ValueError(f"queries/{file}.sql names a block twice")
    return {name: _whole(body, named).encode() for name, body in named.items()}


def block(file: str, name: str) -> bytes:
    """One block."""
    return blocks(file)[name]


def statements(file: str, name: str) -> list[bytes]:
    """One block's statements: one at a time is what PostgreSQL takes with parameters. No block holds `;` elsewhere."""
    return [statement for part in block(file, name).split(b";\n") if (statement := part.strip().rstrip(b";"))]


def _whole(body: str, named: Mapping[str, str]) -> str:
    def put_in(found: re.Match[str]) -> str:
        table, name, record = found["table"], found["name"], found["record"]
        if found["file"]:
            return block(found["file"], name).decode().rstrip(";")
        if name not in LISTS:
            return _whole(named[name], named).rstrip(";")
        of = f"{table}." if table else ""
        return ", ".join(f"{of}{column}" + (f" as {record}__{column}" if record else "") for column in LISTS[name])

    return _PUT_IN.sub(put_in, body)
