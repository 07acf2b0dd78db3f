"""A person's word on what was seen: a use after the departure, and a read that looks wrong."""

from include.offboarding.deciding.signing import signed
from include.offboarding.errors import FatalError
from include.offboarding.spelling import nearest
from include.offboarding.store import accepted_reads, findings
from include.offboarding.store.connect import Session
from include.offboarding.store.reading.reads import roster_reads
from include.offboarding.store.reading.told_findings import whole_key


def give_verdict(session: Session, key: str, *, reason: str, author: str) -> str:
    """What a use after the departure was: it resolves. Returns the finding's whole key.

    Raises FatalError where the key is unknown, not one finding's alone, or of something that closes by being seen dead.
    """
    reason, author = signed(reason, author)
    return findings.give_verdict(session, whole_key(session, key), reason=reason, author=author)


def accept_read(session: Session, run_id: int, roster: str, *, reason: str, author: str) -> accepted_reads.AcceptedRead:
    """A short read is the truth, those who vanished have left, or an older file delivered again is right.

    Raises FatalError where there is nothing to accept, or a newer read has come since.
    """
    reason, author = signed(reason, author)
    names = [told.name for told in roster_reads(session, [run_id])]
    if names and roster not in names:
        raise FatalError(f"run {run_id} read no roster {roster}.{nearest(roster, names)}")
    return accepted_reads.accept_read(session, run_id, roster, reason=reason, author=author)
