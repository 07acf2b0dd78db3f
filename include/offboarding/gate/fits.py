"""Whether a record can be held just as it is: one look at all its texts together, since nearly every record can."""

from operator import attrgetter
from typing import Any

from include.offboarding.model import Account, Credential, Worker
from include.offboarding.texts import LONGEST_ID, is_storable

_texts_of_account: "attrgetter[tuple[str, ...]]" = attrgetter(
    *("realm", "native_id", "label", "login", "display_name", "created_by", "standing_reason", "product"),
    "privileged_by",
)
_texts_of_credential: "attrgetter[tuple[str, ...]]" = attrgetter(
    *("realm", "account_native_id", "native_id", "label", "standing_reason", "fingerprint", "last_used_service"),
    "last_used_region",
)
_texts_of_worker: "attrgetter[tuple[str, ...]]" = attrgetter("worker_id", "name", "mail", "manager", "location")
_value: "attrgetter[Any]" = attrgetter("value")


def fits(texts: str) -> bool:
    """Whether each part of these is short enough, and text: certain where all of them together are."""
    return len(texts) <= LONGEST_ID and "\0" not in texts and (texts.isascii() or _fits_in_bytes(texts))


def _fits_in_bytes(texts: str) -> bool:
    return is_storable(texts) and len(texts.encode()) <= LONGEST_ID


def account_fits(told: Account) -> bool:
    """Whether an account can be held as it is told."""
    texts = "".join(_texts_of_account(told)) + "".join(map(_value, told.keys))
    return fits(texts + "".join(told.owner_labels) if told.owner_labels else texts)


def credential_fits(told: Credential) -> bool:
    """Whether a credential can be held as it is told."""
    return fits("".join(_texts_of_credential(told)))


def worker_fits(told: Worker) -> bool:
    """Whether a worker can be held as it is told."""
    texts = "".join(_texts_of_worker(told)) + "".join(map(_value, told.logins))
    if told.directory_ids or told.former_mails or told.previous_worker_ids:
        texts += "".join((*map(_value, told.directory_ids), *told.former_mails, *told.previous_worker_ids))
    return fits(texts + "".join([each.type for each in told.employments]))
