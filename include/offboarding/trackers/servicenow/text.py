"""Text as ServiceNow's fields hold it."""

TITLE_CHARACTERS = 160
"""Of a task's short description, as ServiceNow comes."""


def as_kept(text: str) -> str:
    """With plain line ends, nothing blank around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
