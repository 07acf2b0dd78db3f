"""Markdown as GitHub makes HTML of it (cmark-gfm, by cmarkgfm), and what a person sees of that."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

_EXTENSIONS = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
OURS = re.compile(r"^(?:<!-- /?offb-[^<>]*-->|<details><summary>(And \d+ more)</summary>|</details>)$", re.MULTILINE)
_REFERENCE = re.compile(
    r"""(?<![\w`])@\w          # a person
    | (?<![\w&])(?:[\w./-]+)?[#!$%~]\d   # an issue, a merge request and so on
    | \bGH-\d
    | \b[0-9a-f]{7,40}\b       # a commit
    | :[\w+-]+:                # an emoji
    | \b\w+://\w | \bwww\. | \w@\w""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,  # names of people, emoji and issues are ASCII at both
)


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
        return _REFERENCE.findall("\0".join(self.uncoded))


def seen(markdown: str) -> Seen:
    """What a reader sees; our own comments and folds are taken off before."""
    html = cmarkgfm.markdown_to_html_with_extensions(
        OURS.sub(r"\1", markdown),
        options=Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES,
        extensions=_EXTENSIONS,
    )
    page = Seen()
    page.feed(html)
    page.close()
    return page


def shown(text: str) -> str:
    """How a text of ours reads once it's rendered: lines break elsewhere, and a list's dashes are dots."""
    return " ".join(re.sub(r"^ *- (?=\S)", "", text, flags=re.MULTILINE).split())
