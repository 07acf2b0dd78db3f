"""Time goes by in the store: what a read saw last it saw so much earlier."""

from datetime import timedelta

from offboarding.store.connect import Session


def pass_by(session: Session, *, hours: float) -> None:
    """Of accounts and what is on them."""
    by = {"by": timedelta(hours=hours)}
    session.execute("update account set observed_at = observed_at - %(by)s, gone_at = gone_at - %(by)s", by)
    session.execute("update credential set observed_at = observed_at - %(by)s, gone_at = gone_at - %(by)s", by)
