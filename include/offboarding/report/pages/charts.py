"""What a chart shows, as data: how it's drawn is the page's to know. What isn't known is None, which is a gap."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a series stands out from the others, besides by colour."""

    LINE = "line"
    DASHED = "dashed"
    POINTS = "points"
    """Marks on another series."""
    BAND = "band"
    """From top to bottom, and no amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A value for each label."""

    name: str
    shape: Shape
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Several series over the same labels, from zero on."""

    unit: str
    """Of all values, in the plural."""
    labels: tuple[str, ...]
    series: tuple[Series, ...]


def unknown(name: str, found: Sequence[bool]) -> Series:
    """Where nothing is known, so that a gap is no oversight."""
    return Series(name=name, shape=Shape.BAND, values=tuple(1 if each else None for each in found))
