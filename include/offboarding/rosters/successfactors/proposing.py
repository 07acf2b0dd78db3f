"""A first configuration of a company's SuccessFactors, from a look at everybody in it."""

from datetime import UTC, datetime
from typing import cast

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import counted
from offboarding.rosters._records.listed import fields_of
from offboarding.rosters._records.proposing import frequencies, known_zones, own_domains, statuses_of
from offboarding.rosters.successfactors.client import SuccessFactorsApi
from offboarding.rosters.successfactors.paths import Thing, thing_in, value_at
from offboarding.rosters.successfactors.settings import COLUMNS, STATUSES, SuccessFactorsSettings


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What statuses of the company's own mean, and zones of locations that are known.

    Raises ConfigError for what nobody says, FatalError and RetriableError where it can't be had.
    """
    del where
    given = {"name": "init", "kind": "successfactors", "connection": connection.conn_id, "coverage": "full"}
    own = SuccessFactorsSettings.model_validate(given)
    api = SuccessFactorsApi(own, connection, "init")
    seen: dict[str, list[str]] = {"status": [], "location": [], "mail": []}
    for page in api.employments(fields_of(own), datetime.now(UTC).date()):
        for row in page:
            for name in seen:
                seen[name] += filter(None, (_value(row, name, own),))
    settings: dict[str, object] = {"coverage": "full"}
    if {*seen["status"]} - {*STATUSES}:
        others = [word for word in seen["status"] if word not in STATUSES]
        settings["statuses"] = {**STATUSES, **statuses_of(str(COLUMNS["status"]), others, asker)}
    zones = known_zones(frequencies(seen["location"]))
    if zones:
        settings["zones"] = zones
    note = f"Proposed from {counted(api.rows, 'employment')} of {counted(api.came, 'person', 'people')}."
    untold = "The status of no employment may be seen: let the API user see Job Information."
    return Proposal(
        settings=settings,
        notes=(note,),
        warnings=() if seen["status"] or not api.rows else (untold,),
        mail_domains=own_domains(seen["mail"]),
        zones=tuple(dict.fromkeys(zones.values())),
    )


def _value(row: object, name: str, own: SuccessFactorsSettings) -> str:
    if not isinstance(row, dict):
        return ""
    about, path = cast("Thing", row), str(COLUMNS[name])
    return value_at(thing_in(about, "person"), thing_in(about, "employment"), path, own.mail_type) or ""
