"""What a ticket says that was meant for somebody who can't have it: it's opened all the same."""

from offboarding.model import Language, say
from offboarding.report.texts.languages import told


def unknown_assignee(name: str, language: Language) -> tuple[str, str]:
    """The comment's event, and its text."""
    text = say("Meant for {name}, whom this tracker doesn't know or gives no tickets: it's nobody's yet.", name=name)
    return "assignee", told(text, language)
