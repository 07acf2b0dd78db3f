"""A person, with all that is known of them."""

from datetime import date
from typing import Annotated

from offboarding.cli.lines.departures import PersonDeparture
from offboarding.cli.lines.findings import FindingLine
from offboarding.cli.lines.line import At, By, Inner, JsonLine
from offboarding.cli.lines.links import LinkLine


class PersonRecord(Inner):
    """What one roster tells of a person."""

    roster: str
    id_space: str
    worker_id: str
    name: str
    manager: str
    location: str
    missing_since: At | None
    vanished_at: At | None


class PersonEmployment(Inner):
    """An employment, as HR tells it."""

    roster: str
    worker_id: str
    status: str
    start_on: date | None
    last_working_on: date | None
    end_on: date | None
    zone: str | None
    type: str


class PersonLine(JsonLine):
    """One line."""

    id_space: Annotated[str, By("found.id_space")]
    """Where the worker id means this person."""
    worker_id: Annotated[str, By("found.worker_id")]
    """The worker id that people know the person by."""
    records: list[PersonRecord]
    """What each roster tells: `roster`, `id_space`, `worker_id`, `name`, `manager`, `location`, `missing_since`,
    `vanished_at`.
    """
    employments: list[PersonEmployment]
    """`roster`, `worker_id`, `status`, `start_on`, `last_working_on`, `end_on`, `zone`, `type`."""
    departures: list[PersonDeparture]
    """Newest first: `episode`, `left_at`, `left_on`, `zone`, `basis`, `confirmed`, `returned`, `roster`, `told`,
    `valid_from`, `valid_to` (null: it stands).
    """
    links: list[LinkLine]
    """As lines of `links`, without `schema_version`."""
    findings: list[FindingLine]
    """As lines of `findings`, in every state, without `schema_version`."""
