"""Text as Redmine shows it to the letter, in either of its formats."""

import re
from typing import Literal

BREAK = "\u200b"
"""Nothing to see: between marks that are markup together."""
_FENCE = re.compile("(?<=``)(?=`)|(?<=~~)(?=~)")
Formatting = Literal["common_mark", "textile"]


def verbatim(text: str, formatting: Formatting) -> str:
    """In a block in which nothing makes a link, a mention, a macro or markup."""
    text = lines(text).strip("\n")
    if formatting == "textile":
        # The only thing that ends it.
        return f"<pre>\n{re.sub('</(?=pre)', '< /', text, flags=re.IGNORECASE)}\n</pre>"
    # Redmine looks for whom a text mentions outside of whatever stands between two fences, of any length, in any line.
    return f"```text\n{_FENCE.sub(BREAK, text)}\n```"


def mark(word: str, formatting: Formatting) -> str:
    """By which we know a note again; unseen where Redmine has a way for that."""
    return f"\n{word}" if formatting == "textile" else f"<!-- {word} -->"


def lines(text: str) -> str:
    """With plain line ends: Redmine keeps descriptions with others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
