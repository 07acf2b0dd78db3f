"""Text as ServiceNow's fields hold it."""

TITLE_CHARACTERS = 160
"""Of a task's short description, as ServiceNow comes."""


def short_title(title: str, key: str) -> str:
    """The key stays at its end, whatever has to go."""
    title = " ".join(title.split())
    if len(title) <= TITLE_CHARACTERS:
        return title
    end = f"... [{key}]"
    return title.removesuffix(f"[{key}]").rstrip()[: TITLE_CHARACTERS - len(end)] + end


def as_kept(text: str) -> str:
    """With plain line ends, nothing blank around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
