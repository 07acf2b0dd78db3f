"""A first configuration of a company's BambooHR, from a look at everybody in it."""

from typing import cast

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import counted
from offboarding.rosters._records.listed import fields_of
from offboarding.rosters._records.proposing import frequencies, known_zones, own_domains
from offboarding.rosters.bamboohr.client import BambooApi, hidden_fields
from offboarding.rosters.bamboohr.settings import COLUMNS, BambooSettings

_NUMBERS = ("employeeNumber", "employeeId")


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """The number that everybody has, zones of locations that are known, and which fields the key may not see.

    Raises ConfigError for what nobody says, FatalError and RetriableError where it can't be had.
    """
    del where
    given = {"name": "init", "kind": "bamboohr", "connection": connection.conn_id, "coverage": "full"}
    own = BambooSettings.model_validate(given)
    pages = BambooApi(own, connection, "init").employees(fields_of(own))
    people = [cast("dict[str, object]", row) for page in pages for row in page if isinstance(row, dict)]
    numbered = all(employee.get("employeeNumber") for employee in people)
    question = "Which number is a worker's: the one that HR gives and may edit, or BambooHR's own"
    number = asker.choose("columns.worker_id", question, _NUMBERS, proposed=_NUMBERS[0] if numbered else _NUMBERS[1])
    settings: dict[str, object] = {"coverage": "full"}
    if number != _NUMBERS[0]:
        columns = {name: field if isinstance(field, str) else list(field) for name, field in COLUMNS.items()}
        settings["columns"] = {**columns, "worker_id": number}
    places = frequencies(str(employee.get("locationName") or "") for employee in people)
    zones = known_zones(places)
    if zones:
        settings["zones"] = zones
    hidden = frequencies(name for employee in people for name in hidden_fields(employee))
    missing = ", ".join(name for name in fields_of(own) if name in hidden)
    warnings = (f"The key's user may not see of everybody: {missing}. Give it an access level that may.",)
    return Proposal(
        settings=settings,
        notes=(f"Proposed from {counted(len(people), 'employee')}.",),
        warnings=warnings if missing else (),
        mail_domains=own_domains(str(employee.get("workEmail") or "") for employee in people),
        zones=tuple(dict.fromkeys(zones.values())),
    )
