"""What somebody may know that outlives their accounts."""

from typing import Annotated

from offboarding.cli.lines.line import At, By, JsonLine, OrNull
from offboarding.model import Grade, Standing, SubjectKind
from offboarding.store.reading.exposure import ExposureRemedy


class ExposureLine(JsonLine):
    """What is to be replaced first comes first. What couldn't be looked at stands on the error output."""

    place: int
    """In this order, from 1."""
    remedy: ExposureRemedy
    """`rotate`, `cut access` (it can't leave where it lies) or `nothing` (it's refused already, or newer than the
    departure).
    """
    grade: Grade
    """How sure it is: `proved`, `registered`, `could` or `inferred`."""
    standing: Standing
    """`works`, `dead` or `unknown` (not checked, or nobody can be asked)."""
    standing_reason: str
    """By what."""
    kind: SubjectKind
    """What it is; `account` for the password of an account, or one of which no secret has been read."""
    native_id: str
    """A key's material; else its own id."""
    label: str
    """What people call it."""
    sources: list[str]
    """Where it lies or is accepted."""
    account: Annotated[OrNull, By("account_label")]
    """The account that it's on; null for a key."""
    opens: OrNull
    """What it's good for, by the register; what makes its account privileged; else null."""
    privileged: bool | None
    """Whether it's on a privileged account; null where that couldn't be told."""
    last_used_at: At | None
    """By whomever; null where nothing tells."""
    why: list[str]
    """Why they may know it, the surest reason first."""
    as_of: At
    """The night's moment that all of this is told by."""
