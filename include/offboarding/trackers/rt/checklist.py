"""The checklist as RT keeps it: HTML, which shows the text as it's written. RT adds a line after <pre>."""

import html

_BEGIN, _END = "<pre>", "</pre>"


def as_written(text: str) -> str:
    """What to send: nothing of the text is markup, and blanks at a line's start stay."""
    return f"{_BEGIN}{html.escape(_lines(text), quote=False)}{_END}"


def as_shown(kept: str) -> str:
    """The text, of what RT tells; of a field that somebody else wrote, what a browser shows of it."""
    return _lines(html.unescape(kept.strip().removeprefix(_BEGIN).removesuffix(_END)))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
