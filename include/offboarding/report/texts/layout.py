"""How a ticket's plain text is laid out: prose is broken at the margin, commands never are."""

import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 100
"""Prose is broken there."""
INDENT = 7
"""Of what is said below a thing's own line."""


def on_one_line(text: str) -> str:
    """Whoever chose a label or name may have put line ends into it, and whole lines of a checklist after them."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def flowed(text: str, *, hang: int = 0) -> str:
    """Prose over as many lines as it needs, the later ones indented; its own indentation is kept, no word is torn."""
    start = text[: len(text) - len(text.lstrip(" "))]
    return textwrap.fill(
        on_one_line(text),
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def written(step: str, indent: str) -> Iterator[str]:
    """Yield a step's lines: prose first, the command below it.

    A command with a here-document stands at the very left, since its end must (POSIX Shell Command Language, 2.7.4).
    """
    first, *command = step.splitlines()
    yield flowed(f"{indent}- {first}", hang=len(indent) + 2)
    before = "" if any("<<" in line for line in command) else f"{indent}  "
    yield from (f"{before}{line}" for line in command)


def numbered(numbers: Sequence[int]) -> list[str]:
    """Such as "1" and "3-5"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [part for run in runs for part in (map(str, run) if len(run) < 3 else [f"{run[0]}-{run[-1]}"])]
