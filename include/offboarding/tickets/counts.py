"""How much trackers were told."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCounts:
    """What was told."""

    opened: int = 0
    updated: int = 0
    commented: int = 0
    closed: int = 0
    reopened: int = 0

    def plus(self, **more: int) -> "TicketCounts":
        """With one of them raised."""
        return replace(self, **{name: getattr(self, name) + count for name, count in more.items()})
