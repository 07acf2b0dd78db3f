"""Which fields of a record are columns of its table, in their order: said once, by the record itself.

A column bears the name of its field. A new field needs a migration that adds the column, and nothing here: whatever
copies, compares or reads such records goes by these lists, in Python and in SQL (see sql.py).
"""

from dataclasses import fields

from offboarding.model import Account, AuditEvent, Credential, Departure, Employment, Key, KeyAccess, Registered, Trust


def _of(record: type, *but: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.name not in but)


# Keys stand beside, in their normal form; of the last use less is kept than is told.
ACCOUNT = _of(Account, "realm", "keys", "last_used_at")
CREDENTIAL = _of(Credential, "realm", "account_native_id")
# Of a departure, where they worked is its worker's.
# A copy's material is a row of its own; whether its id lasts is for the read alone.
_KEY_SAID = _of(Key, "realm", "native_id", "material", "lasting_id")

LISTS = {
    "account": ACCOUNT,
    "account_said": tuple(name for name in ACCOUNT if name != "native_id"),
    "credential": CREDENTIAL,
    "credential_said": tuple(name for name in CREDENTIAL if name not in ("kind", "native_id")),
    "departure": _of(Departure, "location"),
    "employment": _of(Employment),
    "employment_said": _of(Employment, "start_on"),
    "event": _of(AuditEvent, "realm", "actor_keys"),
    "key": _of(Key, "realm"),
    "key_access": _of(KeyAccess, "realm"),
    "key_said": _KEY_SAID,
    "key_but_standing": tuple(name for name in _KEY_SAID if name not in ("standing", "standing_reason")),
    "registered": _of(Registered, "custodians"),
    "trust": _of(Trust, "realm"),
    "trust_said": _of(Trust, "realm", "native_id", "principal"),
}
"""By the name that SQL has for it. `_said`: what a read may say otherwise of the same thing."""
