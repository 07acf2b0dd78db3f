"""Every system asked, live, before a night has to."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from offboarding import wiring
from offboarding.cli import DONE, REFUSED
from offboarding.cli.lines.systems import CheckedLine
from offboarding.cli.options import Format, command
from offboarding.cli.output import Column, note, records, say, table, width
from offboarding.cli.stores import UnreachableError, trial_on
from offboarding.cli.terminal import at_the_terminal
from offboarding.config import loading
from offboarding.config.loading import Loaded
from offboarding.model import counted
from offboarding.model.errors import OffboardingError
from offboarding.report import printed
from offboarding.report.wording import wrapped
from offboarding.runs.doctor.systems import FAILED, GOOD, IN_PART, CheckedSystem, Doctor
from offboarding.runs.whole import Readers
from offboarding.store.connect import Session

_READERS = Readers(
    roster=wiring.roster,
    source=wiring.source,
    parts=wiring.asker_of_parts,
    trackers=wiring.trackers,
    queue=wiring.queue,
)
_WIDEST = 104
_NARROWEST = 40
_WORDS = {GOOD: "good", IN_PART: "IN PART", FAILED: "FAILED"}


@command("doctor")
def doctor(*, output: Format = "table") -> int:
    """Ask every roster, source and tracker, live: what can be read, which right is missing, how much would link. Writes
    nothing.

    A line for each system, and a sentence for each thing that is missing; anything missing makes the exit code 1.
    """
    loaded = loading.load()
    with at_the_terminal(silent=True), _store(loaded) as (session, of_store):
        look = Doctor(
            settings=loaded.settings,
            readers=_READERS,
            as_of=datetime.now(UTC),
            session=session,
            revokers=wiring.revoker,
            print_trial=printed.trial,
        )
        found = [of_store, *look.run()]
    if output == "jsonl":
        records(map(CheckedLine.read, found))
    else:
        _show(found, loaded.settings.untested(), loaded.warnings)
    return DONE if all(checked.state == GOOD for checked in found) else REFUSED


@contextmanager
def _store(loaded: Loaded) -> Generator[tuple[Session | None, CheckedSystem]]:
    """A schema on trial; without a store the systems are asked all the same, and nothing is linked."""
    with ExitStack() as stack:
        try:
            session = stack.enter_context(trial_on(loaded))
        except (UnreachableError, OffboardingError) as error:
            yield None, CheckedSystem(room="store", name="store", state=FAILED, missing=(str(error),))
            return
        version = session.info.server_version
        readable = f"PostgreSQL {version // 10000}.{version % 10000}, a schema can be made"
        yield session, CheckedSystem(room="store", name="store", state=GOOD, readable=readable)


def _show(found: Sequence[CheckedSystem], untested: Sequence[str], warnings: Sequence[str]) -> None:
    columns = [
        Column(name="What", whole=True),
        Column(name="Name"),
        Column(name="State", whole=True),
        Column(name="Linked", right=True, whole=True),
        Column(name="Can be read"),
    ]
    table(columns, ([c.room, f"{c.name} {c.part}".strip(), _WORDS[c.state], _share(c), c.readable] for c in found))
    missing = [text for checked in found for text in checked.missing]
    limits = list(dict.fromkeys(text for checked in found for text in checked.limits))
    _list("MISSING", missing)
    _list("NEVER LOOKED AT, and said each night", limits)
    _list("BEFORE YOU RELY ON IT", untested)
    _list("LIKELY NOT MEANT, in the configuration", warnings)
    ill = sum(checked.state != GOOD for checked in found)
    say("", f"{ill} of {len(found)} need something." if ill else f"All {counted(len(found), 'system')} can be read.")
    if any(checked.linked and checked.linked[0] < checked.linked[1] for checked in found):
        note("An account that can't be linked can't be found when its holder leaves: docs/first-hour.md, Linked.")


def _list(title: str, texts: Sequence[str]) -> None:
    if not texts:
        return
    say("", title)
    room = max(_NARROWEST, min(width() - 2, _WIDEST))
    for text in texts:
        first, *rest = wrapped(text, room)
        say(f"- {first}", *(f"  {line}" for line in rest))


def _share(checked: CheckedSystem) -> str:
    if checked.linked is None:
        return ""
    linked, working = checked.linked
    return f"{linked:,} of {working:,}"
