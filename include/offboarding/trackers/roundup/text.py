"""Text as Roundup's pages show it: no name in it is a link.

Its pages make links of addresses, mail addresses and designators (`issue12`, `user 3`) wherever they stand, and have no
way to write them otherwise (cgi/templating.py, StringHTMLProperty.hyper_re). So something that nobody sees is put into
those of our prose. What is to be copied stays as it is, and so does an address that a sentence of ours leads to.
"""

import re
from collections.abc import Iterator

from offboarding.trackers._markup.blocks import Part, Prose, TicketStep, Verbatim, blocks

BREAK = "\u200b"
"""No blank to Roundup, as it is none to Python."""
CLASSES = ("file", "issue", "keyword", "msg", "priority", "query", "status", "user")
"""What a designator begins with, in a tracker that nobody gave others."""
_CLASS = rf"(?<![A-Za-z_])(?:{'|'.join(CLASSES)})"
_ADDRESS = re.compile(r"(?:ht|f)tps?(?=://)|www(?=\.)|(?<=[-+=%/\w.])(?=@[\w.-])", re.IGNORECASE)
_DESIGNATOR = re.compile(rf"{_CLASS}(?=\s*\d)", re.IGNORECASE)
_BEGUN = re.compile(rf"{_CLASS}(?=\s*$)", re.IGNORECASE)
_LED_TO = re.compile(r"(?<=: )https?://\S*[\w/]$")
"""By the end of a sentence of ours: a form, a ticket elsewhere."""


def as_kept(text: str) -> str:
    """As Roundup keeps it: plain line ends, nothing blank around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def unlinked(text: str) -> str:
    """The same, where nothing in prose is a link but what a sentence leads to."""
    text = as_kept(text)
    done, before = "", ""
    for piece in [*stays(text), ""]:
        at = text.index(piece) if piece else len(text)
        done += _broken(text[:at], before, piece) + piece
        text, before = text[at + len(piece) :], piece
    return done


def _broken(prose: str, before: str, after: str) -> str:
    prose = _DESIGNATOR.sub(_break, _ADDRESS.sub(_break, prose))
    # A designator may begin on one line and end on the next.
    if after.lstrip()[:1].isdigit():
        prose = _BEGUN.sub(_break, prose)
    own = prose.lstrip()
    return prose.removesuffix(own) + BREAK + own if own[:1].isdigit() and _BEGUN.search(before) else prose


def _break(match: re.Match[str]) -> str:
    return match[0] + BREAK


def stays(text: str) -> Iterator[str]:
    """Yield what is copied, or led to, in the text's order."""
    for block in blocks(text):
        for part in _flat(block.parts):
            if isinstance(part, Verbatim):
                yield from filter(None, part.lines)
            elif led_to := _LED_TO.search(part.text):
                yield led_to[0]


def _flat(parts: list[Part]) -> Iterator[Prose | Verbatim]:
    for part in parts:
        if isinstance(part, TicketStep):
            yield from part.parts
        else:
            yield part
