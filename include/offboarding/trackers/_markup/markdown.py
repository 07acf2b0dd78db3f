"""A ticket's text in GitHub's and GitLab's Markdown (https://github.github.com/gfm, https://docs.gitlab.com/user/markdown).

Words of letters and plain numbers are written as they are. Whatever else there is, a login, a mail address, a path, a
key's id, stands in a code span: there neither makes a mention, a reference, a link or a picture of it, and it's copied
to the letter. Escapes alone wouldn't do: both look for `@kim`, `#1`, hashes and addresses in what was rendered.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence

from offboarding.model import Language, say
from offboarding.report.texts.languages import told
from offboarding.trackers._markup.blocks import Block, Part, Prose, TicketStep, TicketThing, Verbatim, printable
from offboarding.trackers._markup.fitting import fitted

FOLDED_FROM = 25
"""Of more things the rest is folded away."""
_OURS = re.compile(r"python -m offboarding .*")
"""A command of ours within a sentence goes to its end."""
_TOKEN = re.compile(
    r"(?P<before>[(\"'\u201c\u2018]*)(?P<word>.*?)(?P<after>[)\"'\u201d\u2019.,;:!?\u3001\u3002]*)", re.DOTALL
)
_NUMBER = re.compile(r"\d{1,6}(?:[-.:,]\d{1,4}){0,3}")
"""Counts, days, times; a longer one may be a commit's."""
_AMONG_FOREIGN = re.compile(r"(?:[^\x00-\x7f]|[(),.]|(?<=\w):(?=[^\x00-\x7f\w])|(?<=\d):(?=\d\d(?!\d))|\d{1,6}(?!\d))+")
"""Words of another script with counts, days and times in them: 2026年11月13日(金), 2,900건, 16:30까지."""
_ENDED = re.compile(r"(?P<word>.*[0-9A-Za-z)\"'])(?P<end>[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+)", re.DOTALL)
_COUNTING = re.compile(r"\d{1,6}[.)]")
"""At a line's start it would begin a list."""
_TICK = re.compile(r"\[x\]", re.IGNORECASE)
_ACTED_ON = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-f]{7,40}(?![0-9A-Za-z])|www\.|:[\w+-]+:",
    re.IGNORECASE,
)
"""A commit, a link, a picture: of letters, digits and marks that are a word's own alone."""


def markdown(text: str, most: int, language: Language) -> str:
    """The text as Markdown of at most so many characters; what is left out is counted, with the command for it."""
    return fitted(text, most, lambda found: _written(found, language), len, language)[: max(most, 0)]


def _written(found: Sequence[Block], language: Language) -> str:
    chunks: list[str] = []
    folded = sum(isinstance(each, TicketThing) for each in found) - FOLDED_FROM
    things, open_fold = 0, False
    before: Block | None = None
    for each in found:
        is_thing = isinstance(each, TicketThing)
        if open_fold and not is_thing:
            chunks.append("\n</details>\n")
            open_fold = False
        things += is_thing
        if is_thing and folded > 0 and things == FOLDED_FROM + 1:
            more = told(say("And {count} more", count=folded), language)
            chunks.append(f"\n<details><summary>{more}</summary>\n")
            open_fold = True
        elif chunks and not (is_thing and isinstance(before, TicketThing)):
            chunks.append("")
        chunks.extend(_thing(each) if isinstance(each, TicketThing) else _parts(each.parts, ""))
        before = each
    return "\n".join([*chunks, "\n</details>"] if open_fold else chunks)


def _thing(thing: TicketThing) -> Iterator[str]:
    """Yield a task's lines. What may stand has no box: there is none for it."""
    parts = _ticked_by_its_box(thing.parts)
    escaped = "\\" if thing.box == "-" or parts is None else ""
    first, *rest = _parts(thing.parts if parts is None else parts, "")
    yield f"- {escaped}[{thing.box}{escaped}] {first}"
    yield from (f"  {line}" if line else "" for line in rest)


def _ticked_by_its_box(parts: Sequence[Part]) -> Sequence[Part] | None:
    """The parts, with what looks like a tick on a later line; None where that is its very number.

    cmark-gfm ticks a box whose line holds `[x]` anywhere (extensions/tasklist.c).
    """
    first, *rest = parts
    if not isinstance(first, Prose) or not _TICK.search(first.text):
        return parts
    words = first.text.split()
    place = next(number for number, word in enumerate(words) if _TICK.search(word))
    return [Prose(" ".join(words[:place])), Prose(" ".join(words[place:])), *rest] if place else None


def _parts(parts: Sequence[Part], indent: str) -> Iterator[str]:
    """Yield lines; those of one paragraph end in a backslash, which breaks them for everybody."""
    for number, part in enumerate(parts):
        following = parts[number + 1] if number + 1 < len(parts) else None
        before = parts[number - 1] if number else None
        if isinstance(part, Prose):
            if isinstance(before, TicketStep):
                yield ""  # else it would be the step's
            yield f"{indent}{prose(part.text)}" + ("\\" if isinstance(following, Prose) else "")
        elif isinstance(part, Verbatim):
            yield from (f"{indent}{line}" for line in fenced(part))
        else:
            first, *rest = _parts(part.parts, "")
            yield f"{indent}- {first}"
            yield from (f"{indent}  {line}" for line in rest)


def fenced(part: Verbatim) -> Iterator[str]:
    """Yield a block of code."""
    longest = max((len(run) for line in part.lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *part.shown, fence)


def prose(text: str) -> str:
    """A sentence, in which nothing is markup but what we made code."""
    match = _OURS.search(text)
    command = _code(match[0]) if match else ""
    words = [
        _word(word, first=number == 0) for number, word in enumerate(text[: match.start() if match else None].split())
    ]
    return " ".join([*words, command] if command else words)


def _word(word: str, *, first: bool) -> str:
    if first and _COUNTING.fullmatch(word):
        return f"{word[:-1]}\\{word[-1]}"
    if len(word) == 1 and word in string.punctuation:
        return f"\\{word}"
    match = _TOKEN.fullmatch(word)
    acted_on = _ACTED_ON.search(word)
    if match and not acted_on and _is_plain(match["word"]):
        return word
    # Korean and Japanese end a word with what belongs to the sentence: a login's particle isn't the login's.
    if match and (ended := _ENDED.fullmatch(match["word"])):
        within = _word(ended["word"], first=False)
        if not acted_on or within != ended["word"]:
            return f"{match['before']}{within}{ended['end']}{match['after']}"
    if match and match["word"] and "`" not in word:
        return f"{match['before']}{_code(match['word'])}{match['after']}"
    return _code(word)


def _is_plain(word: str) -> bool:
    if _NUMBER.fullmatch(word):
        return True
    if not word.isascii() and _AMONG_FOREIGN.fullmatch(word):
        return all(c.isascii() or c.isalpha() or _is_foreign(c) for c in word)
    return bool(word) and all(
        c.isalpha() or (c in "'-" and 0 < n < len(word) - 1) or _is_foreign(c) for n, c in enumerate(word)
    )


def _is_foreign(character: str) -> bool:
    """Marks and signs of other scripts, of which Markdown makes nothing; its spaces are ASCII's and a few more."""
    return not character.isascii() and unicodedata.category(character)[0] in "MPSN"


def _code(text: str) -> str:
    """A code span, whatever it holds (GFM 6.3: a space at both ends is taken off)."""
    text = printable(text)
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") or (text.startswith(" ") and text.endswith(" ")) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
