"""Whether a record can be held just as it is: one look at all its texts together, since nearly every record can.

Millions pass, so nothing is asked of a text by itself here.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from include.offboarding.texts import LONGEST_ID, is_storable

texts_of_account: "attrgetter[tuple[str, ...]]" = attrgetter(
    *("realm", "native_id", "label", "login", "display_name", "created_by", "standing_reason", "product"),
    "privileged_by",
)
texts_of_credential: "attrgetter[tuple[str, ...]]" = attrgetter(
    *("realm", "account_native_id", "native_id", "label", "standing_reason", "fingerprint", "last_used_service"),
    "last_used_region",
)
texts_of_worker: "attrgetter[tuple[str, ...]]" = attrgetter("worker_id", "name", "mail", "manager", "location")


def fits(told: Iterable[str], valued: Sequence[Any] = (), more: Sequence[str] = ()) -> bool:
    """Whether each of these, with the values of others, is short enough, and text: certain where all together are."""
    texts = "".join(told)
    if valued:
        texts += "".join([each.value for each in valued])
    if more:
        texts += "".join(more)
    if len(texts) > LONGEST_ID or "\0" in texts:
        return False
    return texts.isascii() or (is_storable(texts) and len(texts.encode()) <= LONGEST_ID)
