"""Links, held against the record: the last correlation wrote down how many stand, and what sum they make.

They change by the thousand, so that an event each would be most of the chain; one of all that stand, wherever a
correlation changed any, shows what somebody else changed since.
"""

from psycopg.rows import scalar_row

from include.offboarding.store.connect import Session
from include.offboarding.store.events import Saying, append_sayings
from include.offboarding.store.locks import lock_findings
from include.offboarding.store.sql import block

_ABOUT = "links"


def are_as_recorded(session: Session) -> bool:
    """Whether the links that stand are those that the last correlation left; True where there was none."""
    with session.cursor(row_factory=scalar_row) as cursor:
        told = cursor.execute(block("recorded", "links_recorded")).fetchone()
    return told is None or told == _stand(session)


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
