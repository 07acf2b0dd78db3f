"""Markdown as GitHub makes HTML of it (cmark-gfm, by cmarkgfm), and what a person sees of that."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

_EXTENSIONS = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
_OURS = re.compile(r"<!-- /?offb-[^<>]*-->|<details><summary>(And \d+ more)</summary>|</details>")
_FENCE = re.compile(r"`{3,}")
_REFERENCE = r"""(?<![\w`])@\w          # a person
    | (?<![\w&])(?:[\w./-]+)?[#!$%~]\d   # an issue, a merge request and so on
    | \bGH-\d
    | \b[0-9a-f]{7,40}\b       # a commit
    | :[\w+-]+:                # an emoji
    | \b\w+://\w | \bwww\. | \w@\w"""
_REFERENCES = [
    re.compile(_REFERENCE, flags | re.VERBOSE | re.IGNORECASE)
    for flags in (re.UNICODE, re.ASCII)  # by which a letter of another script is a word's, or ends it
]


@dataclass
class Seen(HTMLParser):
    """What a page shows."""

    tags: Counter[str] = field(default_factory=Counter[str])
    text: list[str] = field(default_factory=list[str])
    uncoded: list[str] = field(default_factory=list[str])
    """Text outside of code, where GitHub and GitLab look for references."""
    boxes: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._code += tag == "code"
        if tag == "input":
            self.boxes.append("x" if "checked" in dict(attrs) else " ")
            self.text.append(f"[{self.boxes[-1]}]")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if not self._code:
            self.uncoded.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags["a comment"] += 1

    @property
    def words(self) -> str:
        """As they're read, without regard to where lines break; a list's dashes are dots to be seen, and left out."""
        return " ".join("".join(self.text).split())

    @property
    def references(self) -> list[str]:
        """Whatever GitHub or GitLab would make a link of, once it's HTML."""
        return [found for each in _REFERENCES for found in each.findall("\0".join(self.uncoded))]


def seen(markdown: str) -> Seen:
    """What a reader sees; our own comments and folds are taken off before."""
    html = cmarkgfm.markdown_to_html_with_extensions(
        "\n".join(_without_ours(markdown.split("\n"))),
        options=Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES,
        extensions=_EXTENSIONS,
    )
    page = Seen()
    page.feed(html)
    page.close()
    return page


def _without_ours(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without our own marks; within a block of code a line that looks like one isn't ours."""
    fence = ""
    for line in lines:
        if fence:
            fence = "" if line.strip() == fence else fence
        elif _FENCE.fullmatch(line.strip()):
            fence = line.strip()
        elif ours := _OURS.fullmatch(line):
            yield ours[1] or ""
            continue
        yield line


def shown(text: str) -> str:
    """How a text of ours reads once it's rendered: lines break elsewhere, and a list's dashes are dots."""
    return " ".join(re.sub(r"^ *- (?=\S)", "", text, flags=re.MULTILINE).split())
