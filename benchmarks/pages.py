"""The pages of a company of 500,000: what each takes one reader, and fifty at once.

    .venv/bin/python benchmarks/pages.py [--workers 500000]

A night is run on a PostgreSQL of our own, as in scale.py: a million accounts, and more than 20,000 findings that stand
open. The pages' app is served by uvicorn in one process, with a route beside them that answers nothing through the same
checks. Each page is asked for ten times by one reader; then fifty readers, who never pause, each go through all of them
and the empty one in an order of their own. Compared is the time within which 95 of 100 answers came, with the empty
page's in the same run: what is waited for the others is in both. Who may look is Airflow's to say, and left out.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import structlog
import uvicorn
from fastapi import Request, Response
from records.company import DIRECTORY, NIGHT, Company, Feed, System
from scale import configuration, store, told

from offboarding.config.policy import Policy
from offboarding.guard.limits import Guard, Limit
from offboarding.runs.whole import Readers, whole_night
from offboarding.store.connect import Session
from offboarding_airflow import pages
from offboarding_airflow.pages.guard import Viewer

FULL = 500_000
WORKS_OF = 150
READERS, ROUNDS, ALONE = 50, 4, 10
GOAL_SECONDS = 0.3
EMPTY = "empty"
Times = Mapping[str, Sequence[float]]


def night(session: Session, workers: int) -> None:
    """One night of the company, none of which waits."""
    policy = Policy(baseline="ticket", max_new_tickets=workers)
    company = Company(workers=workers, night=1, works_of=WORKS_OF)
    readers = Readers(
        roster=lambda _settings, _name, _as_of: Feed(company=company),
        source=lambda _settings, _name, part, _as_of: System(company=company, realm=part or DIRECTORY),
        parts=lambda _settings, _as_of: lambda source: source.parts(),
        trackers=lambda _: {},
    )
    guard = Guard(findings=Limit(), leavers=Limit())
    settings = configuration().model_copy(update={"policy": policy, "guard": guard})
    whole_night(session, settings, readers, caller="a night", as_of=NIGHT, show=lambda _: None)
    ((accounts, findings),) = session.execute(
        "select (select count(*) from account), (select count(*) from finding where state = 'open')"
    )
    told(f"{accounts:,} accounts, {findings:,} findings open")


def paths(session: Session) -> dict[str, str]:
    """An address of each page; of a finding, a leaver and the search whoever comes first."""
    ((finding, worker),) = session.execute(
        "select 'f-' || left(f.finding_key, 8), w.worker_id from finding f join person p using (person_uid)"
        " join worker w on w.worker_pk = p.shown_worker_pk where f.rule = 'leaver-account-works' order by 1 limit 1"
    )
    return {
        EMPTY: "/empty",
        "tonight": "/",
        "findings": "/findings",
        "findings_all": "/findings?state=all",
        "findings_source": f"/findings?source=aws&severity=high&worker=hr:{worker}",
        "finding": f"/findings/{finding}",
        "leaver": f"/leaver/hr:{worker}",
        "review": "/review",
        "decide": "/decide",
        "sources": "/sources",
        "waivers": "/waivers",
        "record": "/record",
        "search": "/search",
    }


def serve(port: int) -> None:
    """The app, for whoever asks, who may see names."""
    app = pages.app()

    def viewer(request: Request) -> None:
        request.state.viewer = Viewer(name="reader", may_decide=True, may_trigger=lambda _: True)

    may_look = app.router.dependencies[0].dependency
    assert may_look is not None
    app.dependency_overrides[may_look] = lambda: None
    for route in app.routes:
        for each in getattr(route, "dependencies", ()):
            if each.dependency.__name__ == "viewer":
                app.dependency_overrides[each.dependency] = viewer
    app.add_api_route("/empty", lambda: Response("", media_type="text/html"), methods=["GET"])
    uvicorn.run(app, port=port, log_level="warning")


@contextmanager
def served(parameters: Mapping[str, str | int], folder: Path) -> Generator[str]:
    """The address of the app, in a process of its own on that store."""
    (folder / "offboarding.yaml").write_text("company: {time_zone: Asia/Seoul}\n", encoding="utf-8")
    words = {"host": "host", "port": "port", "login": "user", "schema": "dbname"}
    connection = json.dumps({name: parameters[word] for name, word in words.items()})
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {"OFFBOARDING_CONFIG": str(folder / "offboarding.yaml"), "AIRFLOW_CONN_OFFBOARDING_STORE": connection}
    server = subprocess.Popen([sys.executable, __file__, "--serve", str(port)], env={**os.environ, **own})
    try:
        for _ in range(600):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


async def read(address: str, every: Mapping[str, str], readers: int, rounds: int) -> Times:
    """How long each answer took, by page."""
    took: dict[str, list[float]] = defaultdict(list)

    async def reader(number: int, client: aiohttp.ClientSession) -> None:
        order = random.Random(number)  # noqa: S311 - an order
        for _ in range(rounds):
            for name in order.sample(sorted(every), len(every)):
                began = time.perf_counter()
                async with client.get(address + every[name]) as answer:
                    await answer.read()
                took[name].append(time.perf_counter() - began)
                assert answer.status == 200, (name, answer.status)

    limits = aiohttp.TCPConnector(limit=readers)
    async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(600)) as client:
        await asyncio.gather(*(reader(number, client) for number in range(readers)))
    return took


def within(times: Sequence[float]) -> float:
    """So long 95 of 100 took at the most."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def compared(alone: Times, together: Times) -> None:
    """Both against what they are held to."""
    for name, times in together.items():
        told(
            f"  {name:16} alone {statistics.median(alone[name]) * 1000:7.0f} ms;"
            f" {READERS} readers: median {statistics.median(times):6.2f} s, 95 of 100 within {within(times):6.2f} s"
        )
    pages_alone = {name: statistics.median(times) for name, times in alone.items() if name != EMPTY}
    slowest = max(pages_alone, key=lambda name: pages_alone[name])
    told(f"bench pages_one_reader_slowest ratio={pages_alone[slowest] / GOAL_SECONDS:.2f} goal=1 ({slowest})")
    for name, times in together.items():
        if name != EMPTY:
            told(f"bench pages_{READERS}_readers_{name}_vs_empty ratio={within(times) / within(together[EMPTY]):.2f}")


def main(workers: int) -> None:
    """A night, one reader, and fifty."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as name, store(Path(name) / "store") as session:
        night(session, workers)
        session.execute("vacuum analyze")
        every = paths(session)
        parameters = {each: getattr(session.info, each) for each in ("host", "port", "user", "dbname")}
        with served(parameters, Path(name)) as address:
            alone = asyncio.run(read(address, every, 1, ALONE))
            together = asyncio.run(read(address, every, READERS, ROUNDS))
    compared(alone, together)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=FULL)
    parser.add_argument("--serve", type=int)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
    else:
        main(given.workers)
