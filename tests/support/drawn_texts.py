"""Tickets' texts drawn at random, in which names hold whatever a tracker may act on."""

import re
from collections.abc import Sequence

from hypothesis import strategies as st

FOREIGN = ["", "가", "の", "é"]
"""Letters that stand right beside one: a particle, or a part of a name."""
PLACES = [
    "{}",
    "a {} b",
    "({}),",
    *(f"{letter}{{}} {{}}{letter} ({{}}){letter} {letter}{{}}{letter}" for letter in FOREIGN if letter),
    "[ ] 1. Account {}\n       It works, {}.\n       - Lock {}:\n         lock {}",
]
"""Where one may stand."""
_STARTS = st.sampled_from(
    ["", "", "[ ] 1. ", "[x] 2. ", "[-] 3. ", "       ", "       - ", "         ", "- ", "  ", "    "]
)


def drawn_texts(acted_on: Sequence[str]) -> st.SearchStrategy[str]:
    """Of these, two of them in one word, others, and the layout that our texts have."""
    words = st.one_of(
        st.sampled_from(acted_on),
        st.sampled_from(acted_on).flatmap(lambda a: st.sampled_from(acted_on).map(lambda b: a + b)),
        st.tuples(st.sampled_from(FOREIGN), st.sampled_from(acted_on), st.sampled_from(FOREIGN)).map("".join),
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=12),
    )
    lines = st.lists(words, min_size=1, max_size=14).map(" ".join)
    return st.lists(st.tuples(_STARTS, lines).map("".join) | st.just(""), min_size=1, max_size=12).map("\n".join)


def letters(text: str) -> str:
    """Everything to be seen of it. A dash may be a list's dot, or stand as it is: that depends on the layout."""
    return re.sub(r"[\s-]", "", text)
