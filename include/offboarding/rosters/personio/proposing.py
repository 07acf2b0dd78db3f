"""A first configuration of a company's Personio, from a look at everybody in it."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import counted
from offboarding.rosters._records.listed import fields_of
from offboarding.rosters._records.proposing import frequencies, known_zones, own_domains
from offboarding.rosters.personio.client import PersonioApi, attributes_of
from offboarding.rosters.personio.settings import PersonioSettings


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Zones of offices that are known, and which attributes weren't granted.

    Raises ConfigError for a connection that can't be right, FatalError and RetriableError where it can't be had.
    """
    del where, asker
    given = {"name": "init", "kind": "personio", "connection": connection.conn_id, "coverage": "full"}
    own = PersonioSettings.model_validate(given)
    pages = PersonioApi(own, connection, "init").employees(fields_of(own))
    people = [attributes_of(row) for page in pages for row in page]
    places = frequencies(_office(employee.get("office")) for employee in people)
    zones = known_zones(places)
    granted = {name for employee in people for name in employee}
    missing = ", ".join(name for name in fields_of(own) if name not in granted)
    warning = f"The credential wasn't granted: {missing}. Grant them, or leave them out of columns."
    return Proposal(
        settings={"coverage": "full", **({"zones": zones} if zones else {})},
        notes=(f"Proposed from {counted(len(people), 'employee')}.",),
        warnings=(warning,) if missing and people else (),
        mail_domains=own_domains(str(employee.get("email") or "") for employee in people),
        zones=tuple(dict.fromkeys(zones.values())),
    )


def _office(value: object) -> str:
    match value:
        case {"attributes": {"name": str() as name}}:  # pyrefly: ignore[not-callable]
            return name
        case _:
            return ""
