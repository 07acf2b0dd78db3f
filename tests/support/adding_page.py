"""docs/adding.md: its examples, each a file with its path above it."""

import re
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "adding.md"
_BLOCK = re.compile(r"^`([^`\n]+)`\n\n```(?:python|markdown)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks() -> Mapping[str, str]:
    """By path below the project."""
    return dict(_BLOCK.findall(PAGE.read_text(encoding="utf-8")))
