"""Text as ServiceNow's fields hold it."""

import re
from typing import Final

MOST_OF_A_TITLE: Final = 160
"""Of a task's short description, as ServiceNow comes."""
_LIVE_IN_A_NOTE = re.compile(r"\[(?=\s*/?\s*code\b)|(?<=@)\[", re.IGNORECASE)
"""Between code tags a journal's text is HTML; `@[` begins a mention."""


def as_kept(text: str) -> str:
    """With plain line ends, nothing blank around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def as_note(text: str) -> str:
    """The same for a journal: a bracket that would make it HTML, or a mention, is a round one."""
    return _LIVE_IN_A_NOTE.sub("(", as_kept(text))
