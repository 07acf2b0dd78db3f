"""Pages of how things stand: the night and the findings."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from fastapi import Response

from offboarding import wiring
from offboarding.report.pages.finding import finding_page
from offboarding.report.pages.listing import OPEN, Asked, listing
from offboarding.report.pages.tonight import tonight
from offboarding_airflow.pages.showing import shown


def _tonight() -> Response:
    with wiring.looking() as (choice, session):
        page = tonight(session, choice.time_zone, datetime.now(UTC))
    return shown("tonight.html", page=page, up="")


def _findings(
    state: str = OPEN, severity: str = "", rule: str = "", source: str = "", worker: str = "", after: str = ""
) -> Response:
    asked = Asked(state=state, severity=severity, rule=rule, source=source, worker=worker.strip(), after=after)
    with wiring.looking() as (choice, session):
        page = listing(session, asked, choice.time_zone, datetime.now(UTC))
    return shown("findings.html", page=page, up="")


def _finding(key: str) -> Response:
    with wiring.looking() as (choice, session):
        page = finding_page(session, key, choice.time_zone, datetime.now(UTC))
    return shown("finding.html", page=page, up="../")


ROUTES: Mapping[str, Callable[..., Response]] = {
    "/": _tonight,
    "/findings": _findings,
    "/findings/{key}": _finding,
}
