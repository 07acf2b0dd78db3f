"""What HR's words for a status mean."""

from enum import StrEnum


class EmploymentStatus(StrEnum):
    """What HR's status word means; `leave` (of absence) is not leaving."""

    ACTIVE = "active"
    LEAVE = "leave"
    LEFT = "left"
    FUTURE = "future"


class Circumstance(StrEnum):
    """What HR's status says beside whether somebody works here: why, or that they are away meanwhile."""

    NONE = ""
    SUSPENDED = "suspended"
    """Employed, and to have no access meanwhile: an investigation, say."""
    GARDEN_LEAVE = "garden_leave"
    """Employed until their contract ends, and released from work."""
    RETIRED = "retired"
    DECEASED = "deceased"


class HrStatus(StrEnum):
    """What HR's word for a status may be said to mean, in the configuration."""

    ACTIVE = "active"
    LEAVE = "leave"
    SUSPENDED = "suspended"
    GARDEN_LEAVE = "garden_leave"
    LEFT = "left"
    RETIRED = "retired"
    DECEASED = "deceased"
    FUTURE = "future"

    @property
    def status(self) -> EmploymentStatus:
        """Whether somebody works here by it."""
        if self in {HrStatus.RETIRED, HrStatus.DECEASED}:
            return EmploymentStatus.LEFT
        return EmploymentStatus(self) if self.value in tuple(EmploymentStatus) else EmploymentStatus.ACTIVE

    @property
    def circumstance(self) -> Circumstance:
        """What it says beside that."""
        return Circumstance(self) if self.value in tuple(Circumstance) else Circumstance.NONE
