"""Revocation: what may be shut reversibly once a person has approved it, and how far that has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from offboarding.model.words import SubjectKind

Before = Mapping[str, str]
"""What stood before a revocation, by names of the system's own, with nothing secret: what an undo goes back to."""


class RevocationStage(StrEnum):
    """How far a revocation has come."""

    PROPOSED = "proposed"
    """A person may approve it; nothing is done."""
    APPROVED = "approved"
    DOING = "doing"
    """What stood before is written down, and the step is being taken."""
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    REFUSED = "refused"
    """A person approved it, and it wasn't done."""
    UNSEEN = "unseen"
    """It may have been done: nobody could look, and a person ended it."""
    UNDO_UNSEEN = "undo_unseen"
    """It was done, and may have been undone: nobody could look, and a person ended it."""
    LAPSED = "lapsed"
    """Nobody approved it while it could be proposed."""


class StepSeen(StrEnum):
    """How a thing stands, by what stood there before its revocation."""

    BEFORE = "before"
    """As it was before."""
    SET = "set"
    """As the revocation sets it."""
    CHANGED = "changed"
    """Otherwise: somebody changed it since, or it's gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocable:
    """A thing in a system, to be shut or opened again."""

    realm: str
    kind: SubjectKind
    native_id: str
    account_native_id: str
    login: str
    """The account's, as it was last seen."""
    product: str = ""
    """As `Account.product`."""
