"""The stores of older releases, as they were left: what is kept of one, how it's written, and how it comes back.

python -m tests.upgrades.kept    # of the version that the code has; a step of a release (docs/wheel.md)
"""

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from offboarding.cli import VERSION
from offboarding.model import TicketDraft, TicketPriority, TicketRef, TicketState
from offboarding.store.cluster import binaries
from offboarding.store.connect import SCHEMA, Session, opened
from offboarding.store.embedded import EmbeddedServer
from offboarding.store.migrate import checksum, migrations
from tests.support.database import cloned, stores
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.upgrades.house import QUEUE, House, as_it_ended, live, newly_built

FOLDER = Path(__file__).parent / "dumps"
SILENT = frozenset({"crowded", "bulk_load", "queue_look", "succession", "uncorrelated", "use_told"})
"""Tables in which this company has left nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A release's store, and what else is to be known of it."""

    tag: str
    as_of: datetime
    """Its last night's."""
    migrations: Mapping[int, str]
    """Number -> checksum, of all that the release came with."""
    tickets: Sequence[Mapping[str, Any]]
    """What stood in its tracker: title, state and who opened or closed it."""
    findings: Mapping[str, str]
    """Key -> state."""
    dump: Path
    """What pg_dump wrote."""

    def house(self, session: Session) -> tuple[House, ListedTracker]:
        """The company, as it stood after the last of its nights."""
        tracker = ListedTracker()
        for number, each in enumerate(self.tickets, start=1):
            draft = TicketDraft(
                key="", queue=QUEUE, title=each["title"], body="", priority=TicketPriority.HIGH, due_at=None
            )
            ref = TicketRef(ref=str(number), url=f"list:{number}")
            tracker.tickets.append(
                ListedTicket(ref=ref, draft=draft, state=TicketState(each["state"]), by=str(each["by"]))
            )
        house = newly_built(session, tracker)
        as_it_ended(house)
        house.as_of = self.as_of
        return house, tracker


def kept() -> list[Kept]:
    """Of each release, the oldest first."""
    return [_read(path) for path in sorted(FOLDER.glob("*.json"), key=_number)]


def restore(server: EmbeddedServer, dump: Path, database: str) -> None:
    """Into an empty database."""
    text = gzip.decompress(dump.read_bytes())
    command = _psql(server, database, "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    subprocess.run(command, input=text, check=True, capture_output=True)


def write(server: EmbeddedServer, tag: str, folder: Path) -> Kept:
    """Let the company live its nights by today's code, and keep what it leaves."""
    with cloned(server) as database:
        with opened(server.connection_kwargs(dbname=database)) as session:
            tracker = ListedTracker()
            house = newly_built(session, tracker)
            live(house)
            empty = _empty_tables(session) - SILENT
            if empty:
                raise SystemExit(f"The company leaves nothing in {', '.join(sorted(empty))}: let it (tests/upgrades).")
            states = session.execute("select finding_key, state from finding").fetchall()
        told = {
            "as_of": house.as_of.isoformat(),
            "migrations": {str(number): checksum(text) for number, text in migrations().items()},
            "tickets": [
                {"title": each.draft.title, "state": each.state.value, "by": each.by} for each in tracker.tickets
            ],
            "findings": {str(key): str(state) for key, state in states},
        }
        options = (f"--schema={SCHEMA}", "--no-owner", "--no-privileges")
        dumped = subprocess.run(_psql(server, database, "pg_dump", *options), check=True, capture_output=True).stdout
    # Without a time in it, so that the same dump is the same file.
    (folder / f"{tag}.sql.gz").write_bytes(gzip.compress(dumped, mtime=0))
    path = folder / f"{tag}.json"
    path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return _read(path)


def _read(path: Path) -> Kept:
    told = json.loads(path.read_text("utf-8"))
    return Kept(
        tag=path.stem,
        as_of=datetime.fromisoformat(told["as_of"]),
        migrations={int(number): str(mark) for number, mark in told["migrations"].items()},
        tickets=told["tickets"],
        findings=told["findings"],
        dump=path.with_name(f"{path.stem}.sql.gz"),
    )


def _number(path: Path) -> list[int]:
    return [int(part) for part in path.stem.removeprefix("v").split(".")]


def _empty_tables(session: Session) -> set[str]:
    tables = session.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace"
    ).fetchall()
    ask = sql.SQL("select 1 from {} limit 1")
    return {str(name) for (name,) in tables if not session.execute(ask.format(sql.Identifier(str(name)))).fetchone()}


def _psql(server: EmbeddedServer, database: str, program: str, *options: str) -> list[str]:
    return [str(binaries() / program), *options, "--dbname", server.conninfo(dbname=database)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch, stores(Path(scratch) / "server") as one:
        made = write(one, f"v{VERSION}", FOLDER)
    sys.stdout.write(f"{made.dump.relative_to(Path.cwd())}: commit it with its .json\n")
