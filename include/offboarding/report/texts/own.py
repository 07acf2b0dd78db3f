"""A company's own templates: a folder of files that are called as ours, in place of which they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTemplates:
    """A company's own, in place of ours of the same name."""

    folder: str = ""
    """Where they lie, for what is said of them."""
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    """File name -> source."""
