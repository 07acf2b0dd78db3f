"""Who may have held which key, decided set by set: temporary tables that cases are made of."""

from collections.abc import Mapping, Sequence

from offboarding.store import temporary
from offboarding.store.connect import Session


def join_custody(session: Session, given: Mapping[str, object], *, besides: Sequence[bytes] = ()) -> None:
    """Make `custody_held`, `custody_access`, `custody_use` and `custody_holder` of everyone who has left.

    `given`: as_of, since (what a read that began then or later told is fresh), zone (of days in sentences), reserved
    (logins that say nothing), and only (uids: of these people alone) where that isn't everyone. Needs an open
    transaction for one picture of it all. `besides`: statements that put others into `leaver`, to ask of them as if
    they had left.
    """
    values = {"only": None, **given}
    temporary.forget(session, "custody")
    # These tables are read once or twice: a sample of 3,000 rows does, and ten times that took a tenth of the time.
    session.execute("set local default_statistics_target = 10")
    temporary.make(session, "custody", values, "leaver")
    for statement in besides:
        session.execute(statement, values)
    temporary.make(session, "custody", values)
