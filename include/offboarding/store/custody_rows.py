"""The custody register as the store takes it: whoever reads the file makes these rows, days turned into instants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CustodianKind = Literal["worker", "group", "principal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodianRow:
    """Somebody who is, or was, a custodian of a key; an entry that ended stays in the register and here."""

    kind: CustodianKind
    space: str
    """A worker's id space; of a group the source's name in the configuration; "" for a principal."""
    holder: str
    """A worker id in its normal form (`correlation.keys.normal`), a group's label or native id, a principal's ARN."""
    team: str = ""
    """Through which team; "" for none."""
    since: datetime | None
    """Where its first day begins in the company's zone; None: ever since."""
    until: datetime | None
    """Where its last day ends in the company's zone (the next day's beginning); None: still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKeyRow:
    """An entry of the register: a key, where it's found, and who may hold it."""

    name: str
    """Unique in the register."""
    kind: Literal["signing_key", "shared_secret"]
    carryable: Literal["yes", "no", "unknown"]
    carryable_reason: str
    signs_for: str
    """What it can sign for, a sentence; "" where the register doesn't say."""
    owner: str
    queue: str
    """Ticket queue; "" for the reader's, else the policy's."""
    threshold: int
    """How many holders must come together to use it; 1: each alone."""
    places: tuple[tuple[str, str], ...]
    """How it's recognised: (a source's or verifier's name, a copy's native id or name), or ("", the material)."""
    custodians: tuple[CustodianRow, ...]
