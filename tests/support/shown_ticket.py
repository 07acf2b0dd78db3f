"""The README's ticket, cut short, as each tracker holds it: its page in docs/configuration shows what comes of it."""

from datetime import UTC, datetime

from offboarding.model import TicketDraft, TicketPriority
from tests.support.source_tree import PROJECT

_TOLD = (PROJECT / "README.md").read_text("utf-8").partition("## A ticket\n")[2].split("```\n")[1]
_TITLE, _, _BODY = _TOLD.partition("\n\n")
DRAFT = TicketDraft(
    key="offb-82ed255f7f11",
    queue="",
    title=_TITLE,
    # Without who it is, and what may be decided.
    body=_BODY.partition("\n\n")[2].partition("       - Sessions made with it")[0].rstrip(),
    priority=TicketPriority.HIGH,
    due_at=datetime(2026, 11, 24, 16, 30, tzinfo=UTC),
)


def assert_shown(page: str, title: str, text: str) -> None:
    """That page of docs/configuration shows it; where it doesn't, what it should show is said."""
    block = f"````\n{title}\n\n{text.strip()}\n````\n"
    shown = (PROJECT / "docs/configuration" / page).read_text("utf-8")
    assert block in shown, f"docs/configuration/{page} should show:\n\n{block}"
