"""Entries of a custody register, written by hand."""

from datetime import datetime
from typing import Any, Literal

from offboarding.store.custody_rows import CustodianKind, CustodianRow, RegisteredKeyRow


def custodian(
    holder: str,
    *,
    kind: CustodianKind = "worker",
    space: str = "hr",
    team: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> CustodianRow:
    return CustodianRow(kind=kind, space=space, holder=holder, team=team, since=since, until=until)


def entry(
    name: str,
    *custodians: CustodianRow,
    places: tuple[tuple[str, str], ...] = (),
    kind: Literal["signing_key", "shared_secret"] = "signing_key",
    **other: Any,
) -> RegisteredKeyRow:
    told: dict[str, Any] = {
        "carryable": "unknown",
        "carryable_reason": "",
        "signs_for": "",
        "owner": "",
        "queue": "",
        "threshold": 1,
    }
    return RegisteredKeyRow(name=name, kind=kind, places=places, custodians=custodians, **{**told, **other})
