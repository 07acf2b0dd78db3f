"""Whose accounts are, by evidence and by people's word."""

from typing import Annotated

from offboarding.cli.lines.line import At, By, JsonLine, OrNull
from offboarding.store.reading.link_views import Claim, LinkView


def hundredths(link: LinkView | Claim) -> float | None:
    """The store's whole hundredths as a score from 0 to 1."""
    return None if link.score is None else link.score / 100


class LinkLine(JsonLine):
    """A row for each account, relation and worker; by source and label. Accounts that are gone are left out, dead ones
    are not.
    """

    source: str
    """The source's name in the configuration today."""
    account_native_id: str
    """The account's own immutable id."""
    account_label: str
    """What people call it: a DN, an ARN."""
    decision: str
    """`linked`, `disputed`, `probable`, `candidate`, or `orphan`: nobody's."""
    id_space: str | None
    """Where the worker id means this person; null for an orphan."""
    worker_id: str | None
    """The worker id that people know the person by; null for an orphan."""
    relation: str | None
    """`is`, `owns` or `created`; null for an orphan."""
    score: Annotated[float | None, By(hundredths)]
    """From 0 to 1; null for an orphan."""
    evidence: list[str]
    """What speaks for it, a sentence each."""


class LinkDecidedLine(JsonLine):
    """Newest first."""

    decision_id: int
    """Its number, for `link revoke`."""
    verdict: str
    """`confirm` or `reject`."""
    source: OrNull
    """The source's name today; null where its system is no longer known."""
    realm: str
    """The system itself."""
    account_native_id: Annotated[str, By("native_id")]
    """The account's own immutable id."""
    account_label: OrNull
    """What people call it."""
    id_space: str
    """Where the worker id means this person."""
    worker_id: str
    """The worker id that people know the person by."""
    reason: str
    """Why."""
    author: str
    """Who."""
    decided_at: At
    """When."""
    revoked_at: At | None
    """When it was taken back; null where it stands."""
    revoked_by: str | None
    """By whom."""
