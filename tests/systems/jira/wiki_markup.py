"""Wiki markup as Jira Data Center makes a page of it: what is seen, and what of it lives (a link, a mention, a macro).

Written after what Atlassian's renderer does, part by part in its order, and wider where that is unsure: macros, blocks,
links, addresses, issues' keys, escapes, dashes, smileys, pictures, phrases. References to characters are made
characters last, as by a browser. Mentions are looked for in the text as it's stored, wherever they stand.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, field

_MENTION = re.compile(r"\[[~@][^\\,]+?\]")
_ANCHOR = re.compile(r"\{anchor:offb-[0-9a-f]+(-end)?\}")
_NOFORMAT = re.compile(r"\{noformat\}\n?(.*?)\{noformat\}", re.DOTALL)
_TOKEN = re.compile(r"(inl|blk|ibl)tokxyzkdtnhgnsbdf\d*\1tok|tokxyzkdtnhgnsbdf", re.IGNORECASE)
_TICK = re.compile(r"\((/|!|-)\) ")
BOXES = {"/": "[x]", "!": "[ ]", "-": "[-]"}
_LINES = {
    "heading": re.compile(r"\s*h[1-6]\."),
    "quote": re.compile(r"\s*bq\."),
    "rule": re.compile(r"\s*-{4,5}\s*$"),
    "table": re.compile(r"\s*\|"),
    "list": re.compile(r"\s*[*#-]+\s+"),
}
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"
_PHRASES = {
    "cited": r"\?\?",
    "strong": r"\*",
    "raised": r"\^",
    "lowered": "~",
    "emphasis": "_",
    "deleted": "-",
    "inserted": r"\+",
}
_INLINE = {
    "macro": re.compile(r"(?<!\\)\{(?![{*?^_+~-])[^{}\n]*\}|(?<!\\)\{[a-zA-Z]"),
    "link": re.compile(r"(?<!\\)\[[^\s\[\]][^\[\]\n]*\]"),
    "address": re.compile(
        r"(?<![0-9A-Za-z])(?:(?:mailto|file|javascript|skype|callto|sip|xmpp|notes|news|tel):|[a-z][a-z0-9+.-]*:/)\S",
        re.IGNORECASE,
    ),
    "host": re.compile(r"\bwww\.\w", re.IGNORECASE),
    "mail": re.compile(r"\w@\w"),
    "issue": re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9_]*-\d"),
    "escape": re.compile(r"\\"),
    "dash": re.compile(r"(?:^|\s)-{2,3}(?:\s|$)"),
    "smiley": re.compile(
        r"(?::-?[()DPp]|;-?\)|\((?:y|n|i|x|/|!|\+|-|\?|on|off|yes|no|\*[rgby]?|flag|flagoff)\)|</?3)" + _AFTER,
        re.IGNORECASE,
    ),
    "picture": re.compile(_BEFORE + r"!\S[^!\n]*!"),
    "parameter": re.compile(r"[@$]\w+[@$]"),
} | {
    name: re.compile(
        rf"(?:{_BEFORE}(?<!\\){sign}|\{{{sign}\}})(?!\s|{sign})(?:(?!{sign})[^\n])*?"
        rf"(?<![\s\\])(?:{sign}{_AFTER}|\{{{sign}\}})"
    )
    for name, sign in _PHRASES.items()
}
_CODE = re.compile(r"^\{\{([^{}\n]+)\}\}$")


@dataclass
class Page:
    """What a reader sees."""

    text: list[str] = field(default_factory=list[str])
    live: Counter[str] = field(default_factory=Counter[str])
    """How often each kind of markup; of ours there are list, code and tick."""
    boxes: list[str] = field(default_factory=list[str])

    @property
    def words(self) -> str:
        """As they're read, without regard to where lines break; a list's dashes are dots to be seen, and left out."""
        return " ".join(" ".join(self.text).split())


def page_of(markup: str) -> Page:
    """The page; our own anchors are nothing to be seen."""
    page = Page()
    page.live["mention"] += len(_MENTION.findall(markup))
    page.live["token"] += len(_TOKEN.findall(markup))
    rest = markup
    while match := _NOFORMAT.search(rest):
        _paragraphs(page, rest[: match.start()])
        page.live["code"] += 1
        page.text.append(match[1])
        rest = rest[match.end() :]
    _paragraphs(page, rest)
    page.live = +page.live
    return page


def _paragraphs(page: Page, text: str) -> None:
    for line in _ANCHOR.sub("", text).split("\n"):
        _line(page, line)


def _line(page: Page, line: str) -> None:
    if match := _TICK.match(line):
        page.boxes.append(match[1])
        page.live["tick"] += 1
        page.text.append(BOXES[match[1]])
        line = line[match.end() :]
    for name, pattern in _LINES.items():
        if match := pattern.match(line):
            page.live[name] += 1
            line = line[match.end() :]
    if match := _CODE.match(line):
        page.live["code"] += 1
        line = match[1]
    for name, pattern in _INLINE.items():
        page.live[name] += len(pattern.findall(line))
    page.text.append(html.unescape(line))
