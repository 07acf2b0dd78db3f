"""What a ticket says that was meant for somebody who can't have it: it's opened all the same."""


def unknown_assignee(name: str) -> tuple[str, str]:
    """The comment's event, and its text."""
    return "assignee", f"Meant for {name!r}, whom this tracker doesn't know or gives no tickets: it's nobody's yet."
