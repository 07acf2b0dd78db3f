"""Whether a record can be held just as it is: one look at all its texts together, since nearly every record can.

Millions pass, so nothing is asked of a text by itself here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from offboarding.model import Account, Credential, Worker
from offboarding.model.texts import INVISIBLE, LONGEST_ID, is_storable


def text_fields(record: type, *but: str) -> tuple[str, ...]:
    """The fields of a record that are texts, but for these; enums are ours, and always fit."""
    return tuple(field.name for field in fields(record) if field.type is str and field.name not in but)


texts_of_account: "attrgetter[tuple[str, ...]]" = attrgetter(*text_fields(Account))
texts_of_credential: "attrgetter[tuple[str, ...]]" = attrgetter(*text_fields(Credential))
texts_of_worker: "attrgetter[tuple[str, ...]]" = attrgetter(*text_fields(Worker, "record"))


def fits(given: Iterable[str], valued: Sequence[Any] = (), more: Sequence[str] = ()) -> bool:
    """Whether each of these, with the values of others, is short, text, and all visible: certain where all together
    are.
    """
    texts = "".join(given)
    if valued:
        texts += "".join([each.value for each in valued])
    if more:
        texts += "".join(more)
    if len(texts) > LONGEST_ID or "\0" in texts:
        return False
    if texts.isascii():
        return True
    return is_storable(texts) and len(texts.encode()) <= LONGEST_ID and INVISIBLE.search(texts) is None
