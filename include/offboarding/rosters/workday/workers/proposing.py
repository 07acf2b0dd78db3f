"""A first configuration of a tenant's workers, from a look at all of them."""

from datetime import UTC, datetime

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import counted
from offboarding.rosters._records.listed import fields_of
from offboarding.rosters._records.proposing import frequencies, known_zones, own_domains
from offboarding.rosters._records.spoiled import RESTRICTED
from offboarding.rosters.workday._api.tenant import effective_date
from offboarding.rosters.workday.workers.client import WorkdayWorkersApi
from offboarding.rosters.workday.workers.settings import COLUMNS, STATUS, WorkdayWorkersSettings
from offboarding.rosters.workday.workers.soap import AsOf
from offboarding.rosters.workday.workers.workers import WorkerPaths, worker_in


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Zones of sites that are known, and whether statuses may be seen.

    Raises ConfigError for what nobody says, FatalError and RetriableError where it can't be had.
    """
    del where
    tenant = asker.choose("tenant", "The tenant's name, as it stands in Workday's URLs")
    given = {"name": "init", "kind": "workday_workers", "connection": connection.conn_id, "coverage": "full"}
    own = WorkdayWorkersSettings.model_validate({**given, "tenant": tenant})
    paths, now = WorkerPaths(fields_of(own)), datetime.now(UTC)
    as_of = AsOf(effective=effective_date(now), entered=now)
    found: list[dict[str, str]] = []
    for page in WorkdayWorkersApi(own, connection, "init").workers(as_of, personal=True):
        found += [paths.fields(worker_in(row), now.date()) for row in page]
    location, mail = str(COLUMNS["location"]), str(COLUMNS["mail"])
    zones = known_zones(frequencies(each[location] for each in found))
    hidden = sum(each[STATUS] == RESTRICTED for each in found)
    right = "give the user Get on Worker Data: Current Staffing Information"
    warning = f"The status of {counted(hidden, 'profile')} may not be seen: {right}."
    return Proposal(
        settings={"tenant": tenant, "coverage": "full", **({"zones": zones} if zones else {})},
        notes=(f"Proposed from {counted(len(found), 'profile')}.",),
        warnings=(warning,) if hidden else (),
        mail_domains=own_domains(each[mail] for each in found),
        zones=tuple(dict.fromkeys(zones.values())),
    )
