"""What came of a form that was sent: as Airflow has its runs, and as the store has what they decided."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from offboarding import wiring
from offboarding.decisions import submitting
from offboarding.decisions.forms import SEEN
from offboarding_airflow.pages.acts import Act, run_id
from offboarding_airflow.pages.asking_airflow import FAILED, SUCCESS, AskedAirflow, RunSeen
from offboarding_airflow.pages.scripts import IN_PLACE
from offboarding_airflow.pages.showing import shown
from offboarding_airflow.work import PARAM

SECONDS, PAUSE = 8.0, 0.4
"""So long the page waits for what comes of it, and so long between two looks."""
AGAIN, LOOKS = 10, 60
"""Seconds after which a page that waits is asked for again, and how often at most."""
_UNSHOWN = ("reason", SEEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one run."""

    run_id: str
    about: tuple[str, ...]
    """What it decides, by its fields; without the reason."""
    state: str
    """decided, done, refused, waiting, none where nothing of it began, or unseen where the store has nothing of it."""
    says: str


def outcome(act: Act) -> Callable[..., Coroutine[Any, Any, Response]]:
    """What came of it, as soon as it's known; until then that it isn't."""

    async def tell(request: Request, token: str, of: int = 1, looked: int = 0) -> Response:
        names = [run_id(token, number) for number in range(max(1, of))]
        airflow, until = AskedAirflow(request), time.monotonic() + SECONDS
        while True:
            runs = [await airflow.run(act.dag, name) for name in names]
            if (
                all(each.state in (SUCCESS, FAILED, "") for each in runs)
                or act.form is None
                or time.monotonic() > until
            ):
                break
            await asyncio.sleep(PAUSE)
        red = {each.run_id: await airflow.why_red(each, act.task) for each in runs if each.state == FAILED}
        came = await run_in_threadpool(_came, act, runs, red)
        waits = any(each.state == "waiting" for each in came)
        return shown(
            "decided.html",
            IN_PLACE,
            act=act,
            came=came,
            of=len(names),
            waits=waits,
            again=waits and 0 <= looked < LOOKS,
            looked=looked,
            seconds=AGAIN,
            looks=LOOKS,
            up="../../",
        )

    return tell


def _came(act: Act, runs: Sequence[RunSeen], red: Mapping[str, str]) -> list[Outcome]:
    with wiring.looking() as (_, session):
        decided = {each.run_id for each in runs if submitting.has_decided(session, f"{each.dag} {each.run_id}")}
    return [
        Outcome(
            run_id=each.run_id,
            about=tuple(f"{name}: {_shown(value)}" for name, value in _submitted(each).items() if name not in _UNSHOWN),
            state="decided" if each.run_id in decided else _state(act, each),
            says=red.get(each.run_id, ""),
        )
        for each in runs
    ]


def _submitted(run: RunSeen) -> Mapping[str, object]:
    return run.conf[PARAM] if isinstance(run.conf.get(PARAM), dict) else run.conf


def _shown(value: object) -> str:
    return ", ".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)


def _state(act: Act, run: RunSeen) -> str:
    if act.form is None and run.state == SUCCESS:
        return "done"
    return {"": "none", FAILED: "refused", SUCCESS: "unseen"}.get(run.state, "waiting")
