"""The part of Airflow's REST API that the pages ask, over forms that decide on a real store.

Requests are held against Airflow's own model of the body and each DAG's own Params, and answers are of its shape: what
a whole Airflow makes of the same is tried in tests/slow/test_standalone.py.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from airflow.api_fastapi.core_api.datamodels.dag_run import TriggerDAGRunPostBody
from airflow.sdk.exceptions import ParamValidationError
from fastapi import APIRouter, FastAPI, HTTPException, Request

from offboarding.decisions import submitting
from offboarding.model.errors import FatalError
from offboarding.store.connect import opened
from offboarding_airflow import decide, departure
from offboarding_airflow.work import DECIDING, PARAM
from tests.support import filled

AUTHOR = "somebody.who.decides"
RIGHTS = {dag: right for right, dag in DECIDING.items()}


@dataclass(kw_only=True)
class AirflowSide:
    """One Airflow, and the runs that it was asked to begin."""

    store: Mapping[str, str | int]
    runs: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict[tuple[str, str], dict[str, Any]])
    logs: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    is_away: bool = False
    """Its scheduler: runs begin and nothing of them is done."""
    paused: tuple[str, ...] = ()
    """DAGs of which no run begins by itself."""
    refuses: int = 0
    """The status with which it answers whoever wants to begin a run; 0: none."""

    def app(self) -> FastAPI:
        made, router = FastAPI(), APIRouter(prefix="/api/v2/dags/{dag_id}")
        router.add_api_route("", self._dag, methods=["GET"])
        router.add_api_route("/dagRuns", self._begin, methods=["POST"])
        router.add_api_route("/dagRuns/{run_id}", self._run, methods=["GET"])
        router.add_api_route("/dagRuns/{run_id}/taskInstances/{task}", self._task, methods=["GET"])
        router.add_api_route("/dagRuns/{run_id}/taskInstances/{task}/logs/1", self._log, methods=["GET"])
        made.include_router(router)
        return made

    def _begin(self, dag_id: str, body: TriggerDAGRunPostBody, request: Request) -> dict[str, Any]:
        _authorised(request)
        if self.refuses:
            raise HTTPException(self.refuses, "no")
        run_id, conf = str(body.dag_run_id), dict(body.conf or {})
        _hold(dag_id, conf)
        if (dag_id, run_id) in self.runs:
            raise HTTPException(409, "there is one")
        self.runs[dag_id, run_id] = conf
        if not self.is_away:
            self._decide(dag_id, run_id)
        return self._run(dag_id, run_id, request)

    def _dag(self, dag_id: str, request: Request) -> dict[str, Any]:
        _authorised(request)
        return {"dag_id": dag_id, "is_paused": dag_id in self.paused}

    def carry_out(self) -> None:
        """Do what runs were begun for."""
        for dag_id, run_id in self.runs:
            self._decide(dag_id, run_id)

    def _decide(self, dag_id: str, run_id: str) -> None:
        right = RIGHTS.get(dag_id)
        if right is None:
            return
        settings = filled.settings()
        with opened(self.store) as session:
            try:
                submitting.submit(
                    session,
                    settings,
                    self.runs[dag_id, run_id][PARAM],
                    right=right,
                    caller=f"{dag_id} {run_id}",
                    author=AUTHOR,
                    trackers=dict,
                )
            except FatalError as error:
                self.logs[dag_id, run_id] = str(error)

    def _run(self, dag_id: str, run_id: str, request: Request) -> dict[str, Any]:
        _authorised(request)
        if (dag_id, run_id) not in self.runs:
            raise HTTPException(404, "no such run")
        state = "queued" if self.is_away else "failed" if (dag_id, run_id) in self.logs else "success"
        return {"dag_run_id": run_id, "state": state, "conf": self.runs[dag_id, run_id]}

    def _task(self, dag_id: str, run_id: str, task: str) -> dict[str, Any]:
        return {"dag_run_id": run_id, "task_id": task, "try_number": 1}

    def _log(self, dag_id: str, run_id: str, task: str) -> dict[str, Any]:
        said = {"level": "error", "logger": "offboarding.wiring", "event": self.logs[dag_id, run_id]}
        after = {"level": "info", "logger": "task", "event": "Task exited"}
        return {"content": [{"event": "::group::"}, said, after], "continuation_token": None}


def _authorised(request: Request) -> None:
    if not {"authorization", "cookie"} & set(request.headers):
        raise HTTPException(401, "Not authenticated")


def _hold(dag_id: str, conf: Mapping[str, object]) -> None:
    """As Airflow does: each field against its own schema; what no field is called isn't looked at."""
    if dag_id == "offboarding_departure":
        params: dict[str, Any] = {"people": departure.PEOPLE, "notices": departure.NOTICES}
    elif right := RIGHTS.get(dag_id):
        params = decide.params(right)
    else:
        raise HTTPException(404, f"Dag with dag_id: '{dag_id}' not found")
    try:
        for name, param in params.items():
            # A Param keeps what it was given last, and the departure's are the DAG's own.
            copy.deepcopy(param).resolve(**cast("Any", {"value": conf[name]} if name in conf else {}))
    except ParamValidationError as error:
        raise HTTPException(400, str(error)) from error
