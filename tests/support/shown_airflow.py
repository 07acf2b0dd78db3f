"""The demo company's nights in a whole Airflow, for a browser: what the pages show, beside what the store holds."""

import json
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, LiteralString
from urllib.parse import quote

from playwright.sync_api import FrameLocator, Locator

from demo.standalone import PROJECT, Standalone, standalone
from offboarding.store import embedded
from offboarding.store.connect import Session
from offboarding_airflow import pages, plugin
from tests.support.browser import Watched

NIGHTLY = "offboarding_nightly"
LEAVER = "hr:10452"
"""Of the demo's leavers the one with the most that still works: docs/demo.md."""
ROLES = {"viewer": "viewer"}
NO_STORE = "a_store_that_there_is_not"
_CONNECTION = "offboarding_store"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A store, and the Airflow that shows it."""

    airflow: Standalone
    server: embedded.EmbeddedServer
    store: Session = field(repr=False)
    """What the pages show unless they're told of another."""
    passwords: Mapping[str, str] = field(repr=False)

    def holds(self, question: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """What the store holds."""
        return self.store.execute(question, values).fetchall()

    def address(self, path: str) -> str:
        """Of one of the pages, without Airflow's frame."""
        return f"{self.airflow.url}{plugin.PREFIX}{path}"

    def shows(self, database: str) -> None:
        """From now on the pages show this store: they ask for the connection each time."""
        told = self.server.connection_kwargs(dbname=database)
        made = {
            "connection_id": _CONNECTION,
            "conn_type": "postgres",
            "host": told["host"],
            "port": int(told["port"]),
            "login": told["user"],
            "schema": told["dbname"],
        }
        client = self.airflow.admin.client
        client.delete(f"/api/v2/connections/{_CONNECTION}")
        client.post("/api/v2/connections", json=made).raise_for_status()

    def every_path(self) -> list[str]:
        """An address for each page that there is, by its route; and of one that isn't there. Files are no pages."""
        ((key,),) = self.holds("select finding_key from finding where rule = 'leaver-signing-key' order by 1 limit 1")
        ((run,),) = self.holds("select caller from run order by run_id desc limit 1")
        given = {"key": key, "worker": LEAVER, "material": self.material(), "dag": NIGHTLY, "run": run}
        given |= {"token": "0" * 32}
        routes = [str(getattr(each, "path", "")).replace(":path", "") for each in pages.app().routes]
        escaped = {name: quote(value, safe="") for name, value in given.items()}
        return [
            *dict.fromkeys(route.format(**escaped) for route in routes if not PurePath(route).suffix),
            "/findings/f-0000",
        ]

    def material(self) -> str:
        """A key that leavers may have held."""
        ((found,),) = self.holds(
            "select subject_native_id from finding where rule = 'leaver-signing-key' order by 1 limit 1"
        )
        return str(found)


@contextmanager
def shown_airflow(folder: Path, server: embedded.EmbeddedServer, store: Session) -> Generator[House]:
    """An Airflow with the committed configuration, but for where the store is."""
    config = folder / "offboarding.yaml"
    committed = (PROJECT / "include/offboarding.yaml").read_text("utf-8")
    config.write_text(committed.replace("\nstore: embedded\n", "\n"), encoding="utf-8")
    # Airflow starts a cron's last run at once if it was due less than a tenth of the interval ago: here a night of its
    # own, from 16:30 to 18:54 UTC.
    own = {"OFFBOARDING_CONFIG": str(config), "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False"}
    with standalone(folder / "airflow", own, roles=ROLES, dags=(NIGHTLY,)) as airflow:
        passwords = json.loads((airflow.home / "passwords.json").read_text("utf-8"))
        made = House(airflow=airflow, server=server, store=store, passwords=passwords)
        made.shows(store.info.dbname)
        # A page says of a paused DAG that nothing is checked.
        airflow.admin.pause(NIGHTLY, paused=False)
        yield made


def enter(house: House, by: Watched, name: str) -> None:
    """Log in by Airflow's own form. What its page said before that isn't ours."""
    by.page.goto(house.airflow.url)
    by.page.get_by_label("Username").fill(name)
    by.page.get_by_label("Password").first.fill(house.passwords[name])
    by.page.get_by_role("button", name="Sign in").click()
    by.page.get_by_role("button", name="Browse").wait_for()
    by.happened.clear()


def through_airflow(by: Watched) -> FrameLocator:
    """Airflow's navigation leads to the pages. Returns its frame."""
    by.page.get_by_role("button", name="Browse").click()
    by.page.get_by_role("menuitem", name="Offboarding").click()
    frame = by.page.frame_locator("iframe")
    frame.get_by_role("heading", level=1).wait_for()
    return frame


def keys(listed: Locator) -> list[str]:
    """The findings of a table, in its order.

    Its text is read as one: Airflow loads its frame anew once it has taken the frame's address for its own, and of
    several elements Chromium's driver doesn't look again.
    """
    return re.findall(r"^f-[0-9a-f]{8}", listed.inner_text(), re.MULTILINE)


def called(keys: list[tuple[Any, ...]]) -> set[str]:
    """How people are told of findings."""
    return {f"f-{key[:8]}" for (key,) in keys}
