"""What is proposed to be shut, and what became of what a person approved."""

from typing import Annotated

from offboarding.cli.lines.line import At, By, JsonLine


class RevocationLine(JsonLine):
    """Newest first; without `--all` not what lapsed."""

    revocation_id: int
    """Its number."""
    finding: Annotated[str, By("finding_key")]
    """The finding's whole key."""
    status: str
    """`proposed`, `approved`, `doing`, `done`, `undoing`, `undone`, `refused`, `unseen`, `undo_unseen` or
    `lapsed`.
    """
    source: str
    """The source's name."""
    part: str
    """Which part of it; "" for a source of one."""
    realm: Annotated[str, By("thing.realm")]
    """The system itself."""
    subject_kind: Annotated[str, By("thing.kind")]
    """What it is: `account`, `access_key` or `console_password`."""
    native_id: Annotated[str, By("thing.native_id")]
    """The system's own id of it."""
    account_native_id: Annotated[str, By("thing.account_native_id")]
    """Of the account that it's on."""
    id_space: str
    """Whose it is: within which the worker id is unique."""
    worker_id: str
    """And the worker id."""
    step: str
    """What is set, as a clause."""
    proposed_at: At
    """Since when a person could approve it."""
    approved_by: str | None
    """Who did; null where nobody has."""
    approved_at: At | None
    """When."""
    reason: str | None
    """Why."""
    before: dict[str, str] | None
    """What stood there before, by the system's own names; null where it wasn't begun."""
    taken_at: At | None
    """When it was begun."""
    done_at: At | None
    """When it was done."""
    ended_at: At | None
    """When it was undone, refused or lapsed, or a person ended it as unseen."""
    ended_by: str | None
    """Who undid it, or ended it as unseen; else null."""
    ended_for: str | None
    """Why."""
