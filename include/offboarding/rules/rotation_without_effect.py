"""A key was rotated, or seems to have been, and what a leaver may hold is trusted as before."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from offboarding.model import (
    Case,
    Exportable,
    Finding,
    Grade,
    KeyCase,
    KeyCopy,
    RuleWords,
    Severity,
    Standing,
    TicketKind,
    say,
)
from offboarding.rules._cases import counts
from offboarding.rules._controls import HELD_KEY
from offboarding.rules._key_closings import HELD
from offboarding.rules._keys import exportable, key_finding, same_since, trusted, verdict
from offboarding.rules._rotation import rotation
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import at


class RotationWithoutEffect(Rule):
    """A new key is published and the old one still trusted, or the old material goes on under a new name.

    One a key: whoever follows the rotation believes it done.
    """

    id = "rotation-without-effect"
    default_severity = Severity.HIGH
    controls = HELD_KEY
    ticket = TicketKind.ROTATE
    words = RuleWords(
        what=(
            "A key that a leaver may hold seems to have been replaced since, and is trusted as before: a new key "
            "stands beside it, or the same material goes on under a new kid, or a kid names other material."
        ),
        why="Whoever asked for the rotation believes it done.",
        closes="The old material is trusted no more, seen twice as above.",
        runbook="The remaining steps of the rotation.",
    )
    ends = HELD

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield a key that a leaver may hold, that is trusted, and that seems to have been replaced since."""
        if not isinstance(case, KeyCase) or exportable(case)[0] is Exportable.NO:
            return
        judged = verdict(case)
        since = _departed_at(case, as_of)
        if since is None or judged.standing is not Standing.WORKS:
            return
        reasons = (*_renamed(case, since), *_succeeded(case))
        if reasons:
            yield key_finding(
                self.id,
                case,
                None,
                judged=judged,
                severity=self.default_severity,
                evidence=(*reasons, *trusted(judged), *same_since(case)),
                steps=rotation(case),
            )


def _departed_at(case: KeyCase, as_of: datetime) -> datetime | None:
    """When the first of those left who may hold it; None where nobody has who surely or possibly holds it."""
    held = [
        holder.departure.left_at
        for holder in case.holders
        if holder.grade not in (None, Grade.INFERRED) and not holder.newer and counts(holder.departure, as_of)
    ]
    return min(held, default=None)


def _renamed(case: KeyCase, since: datetime) -> Iterator[str]:
    """The same material under a name that came up after a departure, where it had another name before."""
    by_realm = groupby(
        sorted((copy for copy in case.copies if copy.key.verifies), key=_realm_and_first), key=lambda c: c.key.realm
    )
    for _, group in by_realm:
        first, *later = group
        for copy in later:
            if copy.first_seen_at > since and copy.key.native_id != first.key.native_id:
                yield (
                    say(
                        "{source} shows the same material as {id} since {moment}, and as {id2} before: a new "
                        "name is no "
                        "rotation.",
                        source=copy.source,
                        id=copy.key.native_id,
                        moment=at(copy.first_seen_at),
                        id2=first.key.native_id,
                    )
                )


def _realm_and_first(copy: KeyCopy) -> tuple[str, datetime, str]:
    return copy.key.realm, copy.first_seen_at, copy.key.native_id


def _succeeded(case: KeyCase) -> Iterator[str]:
    names = {(copy.key.realm, copy.key.native_id) for copy in case.copies}
    for new in case.successors:
        if (new.key.realm, new.key.native_id) in names:
            yield (
                say(
                    "{source} shows other material under the same name {id} since {moment}: whoever tells keys by "
                    "name alone takes one for the other.",
                    source=new.source,
                    id=new.key.native_id,
                    moment=at(new.first_seen_at),
                )
            )
        else:
            yield (
                say(
                    "{source} shows a new key, {id}, since {moment}, and this one is trusted beside it.",
                    source=new.source,
                    id=new.key.native_id,
                    moment=at(new.first_seen_at),
                )
            )


RULE = RotationWithoutEffect()
