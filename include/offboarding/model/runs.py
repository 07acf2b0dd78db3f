"""What a run is about, and how far its reads came."""

from enum import StrEnum


class RunKind(StrEnum):
    """What a run is about: everyone, what another one held, some people, or what is open."""

    NIGHTLY = "nightly"
    RELEASE = "release"
    DEPARTURE = "departure"
    VERIFY = "verify"


class NobodyChecked(StrEnum):
    """Why a run about some people checked nobody, asked no system and concluded nothing."""

    SEEN_TO = "seen to"
    """All the messages that began it had come before."""
    REFUSED = "refused"
    """Whom it was to be about was refused."""


ABOUT_SOME = (RunKind.DEPARTURE, RunKind.VERIFY)
"""The kinds of a run that is about some people alone."""


class ReadStatus(StrEnum):
    """How far a read of a roster or of a source's part came."""

    READING = "reading"
    """It began, and hasn't ended."""
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    STALE = "stale"
    """Failed while an earlier read stands."""


READ = (ReadStatus.COMPLETE, ReadStatus.PARTIAL)
"""The statuses of a read that told something."""


class ReadPhase(StrEnum):
    """The whole inventory, or leavers' accounts alone, live."""

    COLLECT = "collect"
    DETAIL = "detail"
