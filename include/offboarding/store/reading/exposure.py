"""What somebody who leaves takes along in their head or on a disk: keys and secrets that outlive their accounts.

Everything on their own accounts is shut with these; what several may know has to be replaced, and here is said in which
order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby

from offboarding.model import Exportable, Grade, Standing, SubjectKind
from offboarding.store.connect import Session
from offboarding.store.reading import holder_views, key_views
from offboarding.store.reading.holder_views import HolderQuery, HolderView
from offboarding.store.reading.key_views import KeyView
from offboarding.store.reading.nights import Night
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

MOST = 20
"""Of so many people who leave soon a report says what they may know; in more lines nobody would read it."""


class ExposureRemedy(StrEnum):
    """What is to be done about a secret that somebody may know, in the order in which it's done."""

    ROTATE = "rotate"
    """Replace it, so that the old one is refused."""
    CUT = "cut access"
    """It can't leave where it lies: whoever can't reach it there has nothing."""
    NOTHING = "nothing"
    """It's refused already, or newer than their departure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A key or secret that somebody may know."""

    remedy: ExposureRemedy
    grade: Grade
    standing: Standing
    """WORKS: something trusts it; UNKNOWN: not checked, or nobody can be asked."""
    standing_reason: str
    kind: SubjectKind
    native_id: str
    """A key's material; a credential's or account's own id."""
    label: str
    sources: tuple[str, ...]
    """Where it lies or is accepted; none for what the register alone knows."""
    realm: str
    account_native_id: str
    """With `realm` the account that it's on, by id; "" for a key."""
    account_label: str
    """The account that it's on; "" for a key."""
    opens: str
    """What it's good for, as far as anything says so; else ""."""
    privileged: bool | None
    """On a privileged account; None where that couldn't be told."""
    last_used_at: datetime | None
    """By whomever; None where nothing tells."""
    why: tuple[str, ...]
    """Sentences, the surest reason first."""

    @property
    def place(self) -> tuple[object, ...]:
        """What is sooner to be replaced comes before: how sure it is, whether it works, what it opens, its last use."""
        used = self.last_used_at or datetime.fromtimestamp(0, UTC)
        order = (list(ExposureRemedy).index(self.remedy), self.grade.order, _WORST_FIRST.index(self.standing))
        return *order, _reach(self), -len(self.sources), -used.timestamp(), self.label, self.native_id


_WORST_FIRST = (Standing.WORKS, Standing.UNKNOWN, Standing.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SecretRow:
    source: str
    realm: str
    account_native_id: str
    account_label: str
    kind: SubjectKind
    native_id: str
    label: str
    standing: Standing
    standing_reason: str
    privileged: bool | None
    privileged_by: str
    last_used_at: datetime | None
    grade: Grade
    why: str

    @property
    def of(self) -> tuple[str, ...]:
        """Which secret it is."""
        return self.source, self.realm, self.account_native_id, self.kind, self.native_id


def exposure(session: Session, person_uid: str, asked: HolderQuery, *, since: datetime) -> list[Exposure]:
    """All that a person may know by a moment, or when they left, what is to be replaced first before the rest.

    `since`: what no read that began then or later has told of isn't known to work.
    """
    with holder_views.as_if_gone(session, asked, [person_uid]):
        return _known(session, person_uid, asked, since, _keys(session))


def _keys(session: Session) -> dict[str, KeyView]:
    return {key.material: key for key in key_views.keys(session)}


def _known(
    session: Session, person_uid: str, asked: HolderQuery, since: datetime, keys: Mapping[str, KeyView]
) -> list[Exposure]:
    """The same, where custody's tables stand for them."""
    held = holder_views.holders(session, asked, person_uid=person_uid)
    with session.cursor(row_factory=record_row(_SecretRow)) as cursor:
        values = {"person_uid": person_uid, "zone": asked.zone, "since": since}
        rows = cursor.execute(block("exposure", "secrets_known"), values).fetchall()
    found = [_of_key(keys[each.material], each, asked.as_of, since) for each in held]
    return sorted([*found, *_of_secrets(rows)], key=lambda each: each.place)


def ahead(session: Session, night: Night, asked: HolderQuery) -> Night:
    """A night that tells of the first `MOST` who leave soon how much they may know by then that is to be rotated."""
    first, rest = night.upcoming[:MOST], night.upcoming[MOST:]
    if not first:
        return night
    since = night.run.reads_since
    # Custody's tables are made once for all of them: that takes a look through every trail.
    with holder_views.as_if_gone(session, asked, [each.person_uid for each in first]):
        keys = _keys(session)
        looked_at = [
            replace(each, rotate=_to_rotate(_known(session, each.person_uid, asked, since, keys))) for each in first
        ]
    return replace(night, upcoming=(*looked_at, *rest))


def _to_rotate(known: Sequence[Exposure]) -> int:
    return sum(each.remedy is ExposureRemedy.ROTATE for each in known)


def _of_key(key: KeyView, holder: HolderView, now: datetime, since: datetime) -> Exposure:
    remedy, standing, reason = _remedied(key, holder, now, since)
    used = [copy.key.last_used_at for copy in key.copies if copy.key.last_used_at]
    return Exposure(
        remedy=remedy,
        grade=holder.grade,
        standing=standing,
        standing_reason=reason,
        kind=key.kind,
        native_id=key.material,
        label=key.label,
        sources=tuple(dict.fromkeys(copy.source for copy in key.copies if copy.untrusted_since is None)),
        realm="",
        account_native_id="",
        account_label="",
        opens=key.registered.signs_for if key.registered else "",
        privileged=False,
        last_used_at=max(used, default=None),
        why=tuple(each.text for each in holder.held),
    )


def _remedied(key: KeyView, holder: HolderView, now: datetime, since: datetime) -> tuple[ExposureRemedy, Standing, str]:
    """What is to be done about a key, whether it works, and why that is thought."""
    standing, reason = _trusted(key, since)
    if not key.verifying and key.attested and key.attested.until > now:
        return ExposureRemedy.NOTHING, Standing.UNKNOWN, f"dead by the word of {key.attested.author}"
    if holder.newer:
        return ExposureRemedy.NOTHING, standing, "its material is newer than the departure"
    if standing is Standing.DEAD:
        return ExposureRemedy.NOTHING, standing, reason
    return ExposureRemedy.CUT if key.carryable[0] is Exportable.NO else ExposureRemedy.ROTATE, standing, reason


def _trusted(key: KeyView, since: datetime) -> tuple[Standing, str]:
    """Whether anything trusts it, and by whose word."""
    if not key.verifying:
        return Standing.UNKNOWN, "nobody can be asked" if key.copies else "no source or verifier shows it"
    if key.standing is Standing.DEAD:
        return Standing.DEAD, "refused, seen twice"
    trusting = [copy for copy in key.verifying if copy.last_seen_at >= since and copy.key.standing is Standing.WORKS]
    if key.standing is Standing.WORKS and trusting:
        return Standing.WORKS, trusting[0].key.standing_reason
    return Standing.UNKNOWN, "could not be told by the last read"


def _of_secrets(rows: Sequence[_SecretRow]) -> Iterator[Exposure]:
    """Yield one of all rows of each secret, which stand beside each other."""
    for _, several in groupby(rows, key=lambda row: row.of):
        every = list(several)
        best = min(every, key=lambda row: row.grade.order)
        yield Exposure(
            remedy=ExposureRemedy.NOTHING if best.standing is Standing.DEAD else ExposureRemedy.ROTATE,
            grade=best.grade,
            standing=best.standing,
            standing_reason=best.standing_reason,
            kind=best.kind,
            native_id=best.native_id,
            label=best.label,
            sources=(best.source,),
            realm=best.realm,
            account_native_id=best.account_native_id,
            account_label=best.account_label,
            opens=best.privileged_by if best.privileged else "",
            privileged=best.privileged,
            last_used_at=best.last_used_at,
            why=tuple(dict.fromkeys(row.why for row in sorted(every, key=lambda row: row.grade.order))),
        )


def _reach(each: Exposure) -> int:
    """How far it reaches: whoever has a signing key is whoever it signs for; then what rules a system."""
    if each.kind is SubjectKind.SIGNING_KEY:
        return 0
    if each.privileged:
        return 1
    return 2 if each.kind is SubjectKind.SHARED_SECRET else 3
