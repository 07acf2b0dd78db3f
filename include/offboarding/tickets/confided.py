"""What a ticket says of people, which whoever refuses it may say back."""

from collections.abc import Callable

from offboarding.model import Language, TicketDraft
from offboarding.model.redaction import Confided
from offboarding.report.texts.languages import told
from offboarding.store import outbox, tickets
from offboarding.store.connect import Session
from offboarding.store.tickets import TicketRow


def confided(session: Session, key: str, draft: Callable[[TicketRow], TicketDraft]) -> Confided:
    """All that it says, and is yet to say. `draft`: its text as it's wanted."""
    row = tickets.ticket(session, key)
    wanted = draft(row)
    items = tickets.items(session, row)
    return Confided(
        # The key says nothing of anybody, and stands in every title.
        texts=[
            wanted.title.replace(f"[{key}]", ""),
            wanted.body,
            *(told(each.text, language) for each in outbox.pending(session, key) for language in Language),
        ],
        names={name for item in items for name in (item.name, item.subject_label, item.account_label) if name},
    )
