"""What people are to be told at once, and who has been told."""

import json

from psycopg.rows import class_row

from offboarding.model import Alert
from offboarding.store.connect import Session
from offboarding.store.events import Saying, append_sayings
from offboarding.store.locks import lock_findings
from offboarding.store.sql import block


def note(session: Session, alert: Alert, *, run_id: int | None) -> None:
    """Write an alert down, in the transaction of what it is about and in the record; the same key twice is one."""
    values = {"alert_key": alert.key, "run_id": run_id, "subject": alert.subject, "body": alert.body}
    with session.transaction():
        lock_findings(session)
        if session.execute(block("alerts", "note"), values).fetchone() is None:
            return
        session.execute(block("alerts", "forget_told"), {"alert_key": alert.key})
        saying = Saying(about=f"alert:{alert.key}", act="written", text=json.dumps({"subject": alert.subject}))
        append_sayings(session, [saying], run_id=run_id, actor=f"run {run_id}" if run_id else "offboarding")


def untold(session: Session, notifier: str) -> list[Alert]:
    """What this notifier has yet to tell, the oldest first; nothing older than two days, which is no news."""
    with session.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(block("alerts", "untold"), {"notifier": notifier}).fetchall()


def note_told(session: Session, key: str, notifier: str) -> None:
    """It has been told."""
    session.execute(block("alerts", "note_told"), {"alert_key": key, "notifier": notifier})


def note_untold(session: Session, key: str, notifier: str) -> None:
    """It couldn't be told; the report says so, until it has been."""
    session.execute(block("alerts", "note_untold"), {"alert_key": key, "notifier": notifier})
