"""Pages of how things stand: the night, the findings and what is read."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response

from offboarding import wiring
from offboarding.report.pages import AskedInVainError
from offboarding.report.pages.finding import finding_page
from offboarding.report.pages.listing import OPEN, Asked, TooManyError, listing, refused_listing, whole_list
from offboarding.report.pages.sources import sources
from offboarding.report.pages.tonight import night_page, tonight
from offboarding_airflow.pages.asking_airflow import AskedAirflow
from offboarding_airflow.pages.guard import DAG
from offboarding_airflow.pages.listed_file import FORMS
from offboarding_airflow.pages.scripts import CHARTS, IN_PLACE
from offboarding_airflow.pages.showing import saved, shown, way_up


async def is_paused(request: Request) -> bool | None:
    """Whether the nightly DAG is paused, which a role User may do."""
    return await AskedAirflow(request).is_paused(DAG)


def _tonight(paused: Annotated[bool | None, Depends(is_paused)]) -> Response:
    with wiring.looking() as (choice, session):
        page = tonight(session, choice.time_zone, datetime.now(UTC))
    return shown("tonight.html", CHARTS, page=page, paused=paused, up="")


def _findings(
    state: str = OPEN,
    severity: str = "",
    rule: str = "",
    source: str = "",
    due: str = "",
    worker: str = "",
    after: str = "",
) -> Response:
    asked = Asked(state=state, severity=severity, rule=rule, source=source, due=due, worker=worker.strip(), after=after)
    with wiring.looking() as (choice, session):
        try:
            page = listing(session, asked, choice.time_zone, datetime.now(UTC))
        except AskedInVainError as error:
            page = refused_listing(session, asked, error)
    return shown("findings.html", IN_PLACE, status=404 if page.refusal else 200, page=page, up="")


def _file(ending: str) -> Callable[..., Response]:
    """The same findings as a file, all pages of them."""
    made, media = FORMS[ending]

    def give(
        state: str = OPEN, severity: str = "", rule: str = "", source: str = "", due: str = "", worker: str = ""
    ) -> Response:
        asked = Asked(state=state, severity=severity, rule=rule, source=source, due=due, worker=worker.strip())
        with wiring.looking() as (choice, session):
            try:
                rows = whole_list(session, asked, choice.time_zone, datetime.now(UTC))
            except TooManyError as error:
                raise HTTPException(413, str(error)) from error
        return saved(made(rows), media, f"findings.{ending}")

    return give


def _run(dag: str, run: str, request: Request) -> Response:
    """A tab of each run in Airflow: of whichever DAG, since Airflow shows a tab on all of them or on none."""
    with wiring.looking() as (choice, session):
        page = night_page(session, run if dag == DAG else "", choice.time_zone, datetime.now(UTC))
    if page is None:
        return shown("run.html", up=way_up(request))
    return shown("tonight.html", CHARTS, page=page, up=way_up(request))


def _finding(key: str) -> Response:
    with wiring.looking() as (choice, session):
        page = finding_page(session, key, choice.time_zone, datetime.now(UTC))
    return shown("finding.html", page=page, up="../")


def _sources(after: str = "") -> Response:
    with wiring.looking() as (choice, session):
        page = sources(session, choice.time_zone, after)
    return shown("sources.html", CHARTS, page=page, up="")


ROUTES: Mapping[str, Callable[..., Response]] = {
    "/": _tonight,
    "/findings": _findings,
    **{f"/findings.{ending}": _file(ending) for ending in FORMS},
    "/findings/{key}": _finding,
    "/sources": _sources,
    "/runs/{dag}/{run:path}": _run,
}
