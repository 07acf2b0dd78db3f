"""Pages for decisions. They write nothing: each decision is a run of a DAG, begun by Airflow's REST API as the user who
is logged in, so that it is authorised, checked against its fields, signed and recorded as any other.
"""

import uuid
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from offboarding import wiring
from offboarding.decisions import submitting
from offboarding.decisions.forms import SEEN
from offboarding.decisions.grounds import grounds
from offboarding.model.errors import ChangedSinceError, FatalError
from offboarding_airflow.pages.acts import Act, acts, run_id
from offboarding_airflow.pages.asking_airflow import AskedAirflow
from offboarding_airflow.pages.controls import control, given
from offboarding_airflow.pages.posting import fields
from offboarding_airflow.pages.refusals import RefusedByAirflowError, SentBeforeError
from offboarding_airflow.pages.showing import led, shown
from offboarding_airflow.pages.viewers import Viewer
from offboarding_airflow.work import MOST_PEOPLE, PARAM

_UNSHOWN = ("reason", SEEN)
Endpoint = Callable[..., Coroutine[Any, Any, Response]]


def index(request: Request) -> Response:
    """What there is to decide: each that is whoever's who asks leads to its form."""
    viewer: Viewer = request.state.viewer
    every = [(act, viewer.may_trigger(act.dag)) for act in acts().values()]
    return shown("deciding.html", every=every, up="")


def asking(act: Act) -> Endpoint:
    """The form, with what the address fills in; never the reason."""

    async def ask(request: Request) -> Response:
        typed = {name: request.query_params.get(name, "") for name in act.schemas if name not in _UNSHOWN}
        return await run_in_threadpool(_form, act, typed)

    return ask


def doing(act: Act) -> Endpoint:
    """What is done with the form that is sent: a run begins, or the form is shown again, with what is wrong."""

    async def do(request: Request, sent: Annotated[Mapping[str, str], Depends(fields)]) -> Response:
        token, typed = sent.get("token", ""), {name: sent.get(name, "") for name in (*act.schemas, SEEN)}
        name = run_id(token, 0)
        try:
            conf = conf_of(act, typed)
            await run_in_threadpool(_check, act, conf)
            await AskedAirflow(request).trigger(act.dag, name, conf)
        except (ChangedSinceError, SentBeforeError) as error:
            return await run_in_threadpool(_form, act, typed, str(error), 409)
        except (FatalError, RefusedByAirflowError) as error:
            return await run_in_threadpool(_form, act, typed, str(error), 400)
        return led(f"../decided/{act.path}/{token}")

    return do


def conf_of(act: Act, typed: Mapping[str, str]) -> dict[str, object]:
    """Return the run's configuration: the filled fields by their types. Raises FatalError if no decision is chosen."""
    filled = {name: given(schema, typed[name]) for name, schema in act.schemas.items() if typed.get(name, "").strip()}
    seen = {SEEN: typed[SEEN]} if typed.get(SEEN) else {}
    return {PARAM: act.form.submission(filled | seen)} if act.form else filled


def _check(act: Act, conf: Mapping[str, object]) -> None:
    """Raises FatalError for what the run would refuse by itself, but for what is settled only as it's decided."""
    if act.form is None:
        _check_people(conf)
        return
    filled = submitting.read(cast("Mapping[str, object]", conf[PARAM]), act.form.right)
    with wiring.looking() as (_, session):
        filled.check_seen(session)


def _check_people(conf: Mapping[str, object]) -> None:
    people = conf.get("people")
    if not isinstance(people, list) or not people:
        raise FatalError("people names nobody: give worker ids, such as hr:10442, one a line.")
    if (several := len(cast("list[object]", people))) > MOST_PEOPLE:
        raise FatalError(f"people names {several}, and takes {MOST_PEOPLE} at most.")


def _form(act: Act, typed: Mapping[str, str], says: str = "", status: int = 200) -> Response:
    with wiring.looking() as (choice, session):
        seen = grounds(session, act.path, typed, choice.time_zone)
    filled = {name: typed.get(name) or seen.fills.get(name, "") for name in act.schemas}
    controls = [control(name, schema, filled[name]) for name, schema in act.schemas.items()]
    token = uuid.uuid4().hex
    values = {"act": act, "controls": controls, "grounds": seen, "token": token, "says": says, "up": "../"}
    return shown("decide.html", status=status, **values)
