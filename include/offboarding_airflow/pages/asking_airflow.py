"""Airflow's own REST API, asked within this process as whoever asks the page: with their token, and no right of ours.

So Airflow itself says whether they may, holds what is given against the DAG's fields, and writes down who it was.
"""

import json
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from fastapi import HTTPException, Request, status

from offboarding_airflow.pages.refusals import AirflowAwayError, RefusedByAirflowError, SentBeforeError
from offboarding_airflow.pages.within import Answer, ask

AIRFLOW = "offboarding.airflow"
"""In a request: Airflow's own app, in which ours is mounted."""
_THEIRS = ("authorization", "cookie")
"""By which Airflow knows who somebody is."""
_LOGGER, _LEVEL = "offboarding.wiring", "error"
"""Of the line in which a task says why it ends red."""
SUCCESS, FAILED = "success", "failed"
"""Of a run that has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """A run, as Airflow tells it."""

    dag: str
    run_id: str
    state: str
    """"" where there is none."""
    conf: dict[str, Any]


class AskedAirflow:
    """Airflow's API, as whoever made a request."""

    def __init__(self, request: Request) -> None:
        scope, headers = request.scope, request.headers
        self._app, self._scope = scope.get(AIRFLOW), scope
        root = str(scope.get("app_root_path", "")).rstrip("/")
        self._base = f"{root}/api/v2" if root and scope["path"].startswith(f"{root}/") else "/api/v2"
        self._headers = {name: headers[name] for name in _THEIRS if name in headers} | {"accept": "application/json"}

    async def trigger(self, dag: str, run_id: str, conf: dict[str, object]) -> None:
        """Begin a run, unless one of this name was. Raises RefusedByAirflowError for what the DAG doesn't take, and
        SentBeforeError where that one was begun with something else.
        """
        body: dict[str, object] = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        answer = await self._ask("POST", f"/dags/{dag}/dagRuns", body)
        if answer.status == status.HTTP_400_BAD_REQUEST:
            raise RefusedByAirflowError(str(answer.read().get("detail", "")))
        if answer.status != status.HTTP_409_CONFLICT:
            _expect(answer, dag)
        elif (await self.run(dag, run_id)).conf != conf:
            raise SentBeforeError

    async def run(self, dag: str, run_id: str) -> RunSeen:
        """A run, as it stands."""
        answer = await self._ask("GET", f"/dags/{dag}/dagRuns/{quote(run_id, safe='')}")
        if answer.status == status.HTTP_404_NOT_FOUND:
            return RunSeen(dag=dag, run_id=run_id, state="", conf={})
        told = _expect(answer, dag)
        return RunSeen(dag=dag, run_id=run_id, state=told["state"], conf=told.get("conf") or {})

    async def is_paused(self, dag: str) -> bool | None:
        """Whether no run of a DAG begins by itself; None where Airflow doesn't tell."""
        answer = await self._ask("GET", f"/dags/{dag}") if self._app else None
        return answer.read().get("is_paused") if answer and answer.is_success else None

    async def why_red(self, run: RunSeen, task: str) -> str:
        """The sentence with which a task ended; "" where its log can't be read, or holds none."""
        path = f"/dags/{run.dag}/dagRuns/{quote(run.run_id, safe='')}/taskInstances/{task}"
        answer = await self._ask("GET", path)
        tries = answer.read().get("try_number") if answer.is_success else None
        if not tries:
            return ""
        answer = await self._ask("GET", f"{path}/logs/{tries}?full_content=true")
        lines = answer.read().get("content") if answer.is_success else None
        said = [cast("dict[str, Any]", each) for each in lines or () if isinstance(each, dict)]
        ours = [each for each in said if (each.get("logger"), each.get("level")) == (_LOGGER, _LEVEL)]
        return str(ours[-1].get("event", "")) if ours else ""

    async def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> Answer:
        if self._app is None:
            raise AirflowAwayError("Airflow's own API can't be reached from here, and nothing is begun.")
        content, kind = (b"", {}) if body is None else (json.dumps(body).encode(), {"content-type": "application/json"})
        return await ask(self._app, self._scope, method, f"{self._base}{path}", self._headers | kind, content)


def _expect(answer: Answer, dag: str) -> dict[str, Any]:
    if answer.is_success:
        return answer.read()
    if answer.status in (status.HTTP_401_UNAUTHORIZED, status.HTTP_403_FORBIDDEN):
        raise HTTPException(answer.status, f"Airflow doesn't let you: {dag}")
    if answer.status == status.HTTP_404_NOT_FOUND:
        raise AirflowAwayError(f"Airflow knows no DAG {dag}: has it read the DAGs' files, without an error?")
    raise AirflowAwayError(f"Airflow answers {answer.status} about {dag}, and nothing more is begun.")
