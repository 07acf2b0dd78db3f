"""Keys that outlive names: of findings and of tickets. They can't change without opening every ticket again.

Hashes of stable ids alone: no count, date, label or name of ours goes in, so that renaming a source, an ARN, a DN or a
worker's number makes no second ticket.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

_SEPARATOR = "\x1f"

TICKET_KEY = re.compile("offb-[0-9a-f]+")
"""Any ticket's."""
_LOOKS_LIKE_A_KEY = re.compile("(?<=offb)-(?=[0-9a-f])", re.IGNORECASE)
NO_TICKET = "offb-000000000000"
"""A key that no ticket bears, to see whether a tracker can be searched."""


def without_keys(text: str) -> str:
    """With nothing in it that looks like a ticket's key: whoever chose a label may have known one, and written it."""
    return _LOOKS_LIKE_A_KEY.sub("_", text)


def finding_key(
    rule: str, realm: str, kind: str, account_native_id: str, native_id: str, person_uid: str, episode: int
) -> str:
    """32 hexadecimal digits. `person_uid` and ids are "" where there is none."""
    return _digest("finding", rule, realm, kind, account_native_id, native_id, person_uid, str(episode))[:32]


def ticket_key(kind: str, holder: str, queue: str, episode: int, generation: int) -> str:
    """What a ticket's title bears: "offb-" and 12 hexadecimal digits."""
    return f"offb-{_digest('ticket', kind, holder, queue, str(episode), str(generation))[:12]}"


def short_finding(key: str) -> str:
    """What people read and type: "f-" and 8 digits; any longer or shorter beginning that is unique is accepted too."""
    return f"f-{key[:8]}"


def short_findings(keys: Iterable[str]) -> Mapping[str, str]:
    """Return the name of each key for a choice among them: its beginning, as long as it takes to be no other's."""
    every = set(keys)
    digits = next(digits for digits in range(8, 33) if len({key[:digits] for key in every}) == len(every))
    return {key: f"f-{key[:digits]}" for key in every}


def no_finding_key(word: str) -> str:
    """Why a word is no finding's key."""
    return f"{word!r} is no finding's key. One is f-7c31a0b2, or any beginning of at least 4 digits."


def digest_of(text: str) -> str:
    """By which it's known again whether a ticket system was told the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()
