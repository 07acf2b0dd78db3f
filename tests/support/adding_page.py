"""docs/adding.md and docs/adding/: their examples, each a file with its path above it."""

import re
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGES = (PROJECT / "docs" / "adding.md", *sorted((PROJECT / "docs" / "adding").glob("*.md")))
_BLOCK = re.compile(r"^`([^`\n]+)`\n\n```(?:python|markdown)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks() -> Mapping[str, str]:
    """By path below the project."""
    return {name: text for page in PAGES for name, text in _BLOCK.findall(page.read_text(encoding="utf-8"))}
