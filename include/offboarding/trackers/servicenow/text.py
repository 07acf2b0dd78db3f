"""Text as ServiceNow's fields hold it."""

TITLE_CHARACTERS = 160
"""Of a task's short description, as ServiceNow comes."""
REST = "python -m offboarding findings --state all"
"""What shows everything."""


def short_title(title: str, key: str) -> str:
    """The key stays at its end, whatever has to go."""
    title = " ".join(title.split())
    if len(title) <= TITLE_CHARACTERS:
        return title
    end = f"... [{key}]"
    return title.removesuffix(f"[{key}]").rstrip()[: TITLE_CHARACTERS - len(end)] + end


def fitting(text: str, most: int) -> str:
    """The text, in at most so many characters: what is left out from its end is counted, and by what it's shown."""
    text = as_kept(text)
    if len(text) <= most:
        return text
    lines = text.split("\n")
    note = "\n\n{} more lines don't fit into this field. All of it: " + REST
    room = most - len(note.format(len(lines)))
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept) + note.format(len(lines) - len(kept))


def as_kept(text: str) -> str:
    """With plain line ends, nothing blank around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
