"""Our part of a description that people write into as well, between two comments that nobody sees.

What stands around it is theirs. Without our marks (somebody emptied the description, or wrote it anew) our part comes
back, before what they wrote.
"""

import hashlib
import re

_LINE_ENDS = re.compile(r"\r\n?")


def with_part(description: str, key: str, part: str) -> str:
    """The description with this as our part, whatever that was; as it is where it says so already."""
    begin, end = _marks(key)
    own = f"{begin}\n{part}\n{end}"
    text = _LINE_ENDS.sub("\n", description)
    start, stop = text.find(begin), text.rfind(end)
    if 0 <= start < stop:
        around = text[:start], text[stop + len(end) :]
        return description if text[start : stop + len(end)] == own else own.join(around)
    # One mark alone was left over.
    theirs = text.replace(begin, "").replace(end, "").strip("\n")
    return f"{own}\n\n{theirs}" if theirs else own


def has_part(description: str, key: str) -> bool:
    """Whether our part is in it."""
    return _marks(key)[0] in description


def room_for_part(description: str, key: str, most: int) -> int:
    """How long our part may be beside what people wrote, in a description of so many characters."""
    return most - len(with_part(description, key, ""))


def event_mark(event: str) -> str:
    """What a comment of ours ends in, by which it's known and not said again: a comment that nobody sees."""
    return f"<!-- offb-{hashlib.sha256(event.encode()).hexdigest()[:32]} -->"


def _marks(key: str) -> tuple[str, str]:
    return (
        f"<!-- {key}: written by the offboarding check, and written anew when something changes -->",
        f"<!-- /{key} -->",
    )
