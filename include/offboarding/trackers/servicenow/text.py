"""Text as ServiceNow's fields hold it."""

import re
from typing import Final

MOST_OF_A_TITLE: Final = 160
"""Of a task's short description, as ServiceNow comes."""
_CODE_TAG = re.compile(r"\[(?=\s*/?\s*code\b)", re.IGNORECASE)
"""Between code tags a text may be HTML, in journals and forms, where glide.ui.security.allow_codetag is as it comes."""
_MENTION = re.compile(r"(?<=@)\[")
"""In a journal."""
_LIKE_A_MARK = re.compile(r"\((?=offb-[0-9a-f])")
"""A note of ours ends in such a one, by which it's known."""


def as_kept(text: str) -> str:
    """With plain line ends, nothing blank around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def as_shown(text: str) -> str:
    """The same for a field: a bracket that would make HTML of it is a round one."""
    return _CODE_TAG.sub("(", as_kept(text))


def as_note(text: str) -> str:
    """The same for a journal: one that would mention somebody is round as well, and nothing looks like our mark."""
    return _LIKE_A_MARK.sub("( ", _MENTION.sub("(", as_shown(text)))
