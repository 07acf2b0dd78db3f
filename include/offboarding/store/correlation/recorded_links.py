"""Links, and who came back, held against the record: the last correlation wrote down how many stand, and their sums.

They change by the thousand, so that an event each would be most of the chain; one of all that stand, wherever a
correlation changed any, shows what somebody else changed since.
"""

from collections.abc import Collection

from psycopg.rows import scalar_row

from offboarding.store.connect import Session
from offboarding.store.events import Saying, append_sayings
from offboarding.store.locks import lock_findings
from offboarding.store.recorded import fields
from offboarding.store.sql import block

_ABOUT = "links"


LINKS, DEPARTURES = "links", "departures"


def changed(session: Session) -> Collection[str]:
    """Which of the two stand otherwise than the last correlation left them; neither where there was none."""
    with session.cursor(row_factory=scalar_row) as cursor:
        recorded = cursor.execute(block("recorded", "links_recorded")).fetchone()
    if recorded is None:
        return ()
    stand = fields(_stand(session))
    # What an older event doesn't tell of isn't compared.
    differs = {name for name, value in fields(str(recorded)).items() if stand[name] != value}
    return {DEPARTURES if name == DEPARTURES else LINKS for name in differs}


def put_back_returned(session: Session) -> None:
    """Who has left and who came back is as it is worked out now, with no new episode. Needs the people's states."""
    session.execute(block("recorded", "put_back_returned"))


def look_at_all(session: Session) -> None:
    """The correlation that follows makes every link anew, whatever stands."""
    session.execute(block("recorded", "look_at_all_links"))


def note(session: Session) -> None:
    """Write down those that stand. Needs the transaction that wrote them."""
    lock_findings(session)
    append_sayings(
        session, [Saying(about=_ABOUT, act="written", text=_stand(session))], run_id=None, actor="correlation"
    )


def _stand(session: Session) -> str:
    with session.cursor(row_factory=scalar_row) as cursor:
        return str(cursor.execute(block("recorded", "links")).fetchone())
