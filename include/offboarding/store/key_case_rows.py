"""Rows of a key's case."""

from dataclasses import dataclass

from offboarding.model import Access, Attested, CustodyEvidence, Holder, KeyCopy, Registered, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """A copy of a key, DEAD where it's gone; `own` is False for one of another key, which a verifier of this one began
    to publish since.
    """

    key_pk: int
    material: str
    key_kind: SubjectKind
    own: bool
    copy: KeyCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRow:
    """Somebody who left and may hold the key, without the reasons to think so."""

    key_pk: int
    holder: Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A reason, or a use."""

    key_pk: int
    person_uid: str
    told: CustodyEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """A way to use it today."""

    key_pk: int
    person_uid: str
    told: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRow:
    """What the register says, None where it says nothing; and how many at work hold it."""

    key_pk: int
    material: str
    kind: SubjectKind
    registered: Registered | None
    other_holders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedRow:
    """A person's word."""

    key_pk: int
    attested: Attested
