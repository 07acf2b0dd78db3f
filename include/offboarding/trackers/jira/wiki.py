r"""A ticket's text in the wiki markup of Jira Data Center.

https://confluence.atlassian.com/adminjiraserver/configuring-renderers-938847270.html

A character that could be markup is written as a character reference (`&#91;`): Jira's renderer keeps those, and only a
browser makes characters of them, when nothing looks for markup any more. Backslashes wouldn't do, since what they
escape is a character again while markup is still looked for: `\{\{x\}\}` becomes code. What is copied stands in
`{noformat}`, where references are none; but Jira looks for mentions in the text as it's stored, there too. So lines in
which it would find one are written with references.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from offboarding.model import Language
from offboarding.trackers._markup.blocks import Block, Part, Prose, TicketStep, TicketThing, Verbatim, printable
from offboarding.trackers._markup.fitting import fitted

TICKS: Final = {"x": "(/)", " ": "(!)", "-": "(-)"}
"""By a thing's box: a tick, a warning, a minus. There are no boxes."""
_MAYBE_MARKUP = re.compile(
    r"""
      (?<![0-9A-Za-z_]) \d+ (?:[-.:]\d+)+             # days, times and other numbers are themselves
    | (?<=[0-9A-Za-z]) _ (?=[0-9A-Za-z])              # within a word; a number after a dash may make it an issue's
    | (?<=[0-9A-Za-z]) - (?=[A-Za-z])
    | (?<!h[1-6]) (?<!bq) \. \Z
    | [:;] \Z
    | (?<=[^\W_]) \? \Z
    | \( (?=[^\W_]) (?! [0-9A-Za-z_]{1,8} \) )        # else it may be an icon
    | (?<=[^\W_]) \)
    | (?P<markup> [!#$%&*+<>@\[\\\]^{|}~()._:;?\t-]
        | (?<=tok) x (?=yz) )                          # a mark of the renderer's own, for what it has rendered
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOT_IN_NOFORMAT = re.compile(r"\{noformat|\[[~@]|tokxyz", re.IGNORECASE)


def wiki(text: str, language: Language, most: int) -> str:
    """The text as wiki markup of at most so many characters; what is left out is counted, with the command for it."""
    return fitted(text, most, _written, len, language)[: max(most, 0)]


def _written(found: Sequence[Block]) -> str:
    return "\n\n".join("\n".join(_block(each)) for each in found)


def _block(block: Block) -> Iterator[str]:
    tick = f"{TICKS[block.box]} " if isinstance(block, TicketThing) else ""
    for number, line in enumerate(_parts(block.parts)):
        yield line if number else f"{tick}{line}"


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    """Yield lines; a line's end is seen as one."""
    before: Part | None = None
    for part in parts:
        if isinstance(part, TicketStep):
            first, *rest = _parts(part.parts)
            yield f"- {first}"
            yield from rest
        elif isinstance(part, Prose):
            if isinstance(before, TicketStep):
                yield ""  # else it would be the step's
            yield " ".join(_word(each) for each in printable(part.text).split())
        else:
            yield from _copied(part)
        before = part


def _copied(part: Verbatim) -> Iterator[str]:
    lines = part.shown
    if _NOT_IN_NOFORMAT.search("\n".join(lines)):
        yield from (f"{{{{{_word(line)}}}}}" if line.strip() else "" for line in map(str.strip, lines))
    else:
        yield from ("{noformat}", *lines, "{noformat}")


def _word(word: str) -> str:
    """What may be markup as references; between words there is only a space, or they are a line to be copied."""
    return _MAYBE_MARKUP.sub(lambda match: f"&#{ord(match[0])};" if match["markup"] else match[0], word)
