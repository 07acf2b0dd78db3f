"""What docs/limits.md says of it."""

from offboarding.sources.attested import lists

BOUNDS: dict[str, tuple[float, str]] = {
    "Systems that nobody can ask: a list": (lists.LARGEST, ""),
}
