"""The review's form: whose accounts are, one or many at once, with one reason. Each is a decision by itself."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from offboarding import wiring
from offboarding.decisions import submitting
from offboarding.decisions.kinds import Right
from offboarding.decisions.links import check_standing
from offboarding.model.errors import ChangedSinceError, FatalError
from offboarding.report.pages import Onlooker
from offboarding.report.pages.review import review
from offboarding_airflow.pages.acts import MOST, acts, run_id
from offboarding_airflow.pages.asking_airflow import AskedAirflow
from offboarding_airflow.pages.chosen import Chosen, Sent, choices, read
from offboarding_airflow.pages.posting import fields
from offboarding_airflow.pages.refusals import RefusedByAirflowError, SentBeforeError
from offboarding_airflow.pages.showing import led, shown
from offboarding_airflow.pages.viewers import Viewer
from offboarding_airflow.work import PARAM

_LINK = "link"


def shown_review(request: Request, after: str = "", finding: str = "") -> Response:
    """The accounts, and the form for whoever may decide."""
    return _page(request, Sent(after=after, finding=finding))


async def decide_links(request: Request, sent: Annotated[Mapping[str, str], Depends(fields)]) -> Response:
    """Begin a run for each that was chosen; none where any of them can't be decided so."""
    token, page = sent.get("token", ""), read(sent)
    run_id(token, 0)
    try:
        chosen = choices(page)
        await run_in_threadpool(_check, chosen)
        await _begin(AskedAirflow(request), token, chosen)
    except (ChangedSinceError, SentBeforeError) as error:
        return await run_in_threadpool(_page, request, page, str(error), 409)
    except (FatalError, RefusedByAirflowError) as error:
        return await run_in_threadpool(_page, request, page, str(error), 400)
    return led(f"decided/{_LINK}/{token}?of={len(chosen)}")


async def _begin(airflow: AskedAirflow, token: str, chosen: Sequence[Chosen]) -> None:
    """A run of each, in their order: those that were begun come first, so that nothing new is where one is another's.

    Raises SentBeforeError where one is, and where more were begun than are chosen now.
    """
    dag = acts()[_LINK].dag
    for number, each in enumerate(chosen):
        await airflow.trigger(dag, run_id(token, number), {PARAM: each.given})
    if len(chosen) < MOST and (await airflow.run(dag, run_id(token, len(chosen)))).state:
        raise SentBeforeError


def onlooker(request: Request, choice: wiring.StoreChoice) -> Onlooker:
    """Who asks for a page, and how."""
    viewer: Viewer = request.state.viewer
    return Onlooker(
        name=viewer.name,
        named=viewer.may_decide,
        zone=choice.time_zone,
        now=datetime.now(UTC),
        reserved=choice.reserved_logins,
    )


def _page(request: Request, sent: Sent, says: str = "", status: int = 200) -> Response:
    with wiring.looking() as (choice, session):
        page = review(session, onlooker(request, choice), after=sent.after, finding=sent.finding)
    token = uuid.uuid4().hex
    return shown("review.html", status=status, page=page, sent=sent, says=says, token=token, most=MOST, up="")


def _check(chosen: Sequence[Chosen]) -> None:
    """Raises FatalError as the run would, and ChangedSinceError where anything else was shown than there is now."""
    filled = [submitting.read(each.given, Right.LINK) for each in chosen]
    with wiring.looking() as (_, session):
        for each, held in zip(chosen, filled, strict=True):
            held.check_seen(session)
            check_standing(session, str(each.given["source"]), str(each.given["account"]), each.standing)
