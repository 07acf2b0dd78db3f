"""Five people, a directory, a tracker and a queue, with a configuration file: for DAGs under a whole Airflow.

All of them have worked here for years. `leave` says in HR's feed who doesn't any more, from yesterday on; more than one
at once is more than the guard lets through.
"""

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import ldap3
import yaml

from demo import plain_moto, slapd
from demo.roundup import RoundupServer, roundup_server
from offboarding import wiring
from offboarding.config import loading
from offboarding.interfaces import ConnectionFields
from offboarding.store import embedded
from offboarding.store.connect import Session
from tests.support import alerts
from tests.support.tiny_company import variable
from tests.support.whole_night import NightTold, Readers, whole_night
from tests.systems.ldap import directory
from tests.systems.roundup.tracker import client
from tests.systems.sqs import queue_server
from tests.systems.sqs.queue_server import Mailbox

PEOPLE = ("10442", "10057", "10103", "10218", "10361")
"""Worker ids, as HR and the directory have them."""
SALARY = "canary-84,310,442"
"""What HR's file says beside what is asked of it."""
COLUMNS = ("worker_id", "name", "mail", "login", "location", "status", "start", "last_working_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCompany:
    """What runs, and how a task reaches it."""

    folder: Path
    mailbox: Mailbox
    tracker: RoundupServer
    slapd: slapd.Server
    post: alerts.Mailbox
    """Where mails to those who are told at once arrive."""
    environment: Mapping[str, str]
    """The configuration's file, the store's folder and the connections."""

    @property
    def secrets(self) -> dict[str, str]:
        """What nobody may find afterwards, whatever it is -> where it was planted."""
        people = {f"the directory's password of {number}": f"{_login(number)}'s own" for number in PEOPLE}
        return people | {
            "the directory's reader's password": directory.READER_PASSWORD,
            "the tracker's password": self.tracker.passwords["offboarding"],
            "the queue's key": queue_server.SECRET,
            "the mail server's password": alerts.MAIL_PASSWORD,
            "a salary": SALARY,
        }

    def change_passwords(self) -> None:
        """Every system refuses its connection from now on, as it does the night after a password has ended."""
        with directory.as_admin(self.slapd) as admin:
            admin.modify(directory.READER, {"userPassword": [(ldap3.MODIFY_REPLACE, ["another"])]})
        with client(self.tracker, "admin") as admin:
            (user,) = (
                admin.get("user", params={"username": "offboarding"}).raise_for_status().json()["data"]["collection"]
            )
            etag = admin.get(f"user/{user['id']}").raise_for_status().json()["data"]["@etag"]
            admin.patch(
                f"user/{user['id']}", json={"password": "another"}, headers={"If-Match": etag}
            ).raise_for_status()

    def leave(self, *gone: str) -> None:
        """HR's feed, from now on: these left yesterday, everybody else works here."""
        _write_feed(self.folder / "hr.csv", gone)

    def night(self, caller: str) -> NightTold:
        """A night by functions, here and now."""
        with self.at_the_store() as (settings, session):
            return whole_night(session, settings, Readers(), caller=caller, as_of=datetime.now(UTC))

    @contextmanager
    def at_the_store(self) -> Generator[tuple[Any, Session]]:
        """As a task is: with the configuration and its store."""
        with mock.patch.dict(os.environ, self.environment), wiring.at_work() as (loaded, session):
            yield loaded.settings, session

    def tickets(self) -> list[str]:
        """Whose tickets there are, by worker id, the oldest first; one that is nobody's by its whole title."""
        answer = httpx.get(
            f"{self.tracker.url}rest/data/issue",
            params={"@fields": "title", "@sort": "id"},
            auth=("analyst", self.tracker.passwords["analyst"]),
            trust_env=False,
        )
        titles = [issue["title"] for issue in answer.raise_for_status().json()["data"]["collection"]]
        return [next((number for number in PEOPLE if number in title), title) for title in titles]


@contextmanager
def queued_company(folder: Path, *, approvers: Sequence[str]) -> Generator[QueuedCompany]:
    """Its servers, for as long as the block runs. `approvers`: who may answer what the guard holds."""
    with ExitStack() as stack:
        people = (
            directory.person(_login(number), cn=f"Person {number}", employeeNumber=number, mail=_mail(number))
            for number in PEOPLE
        )
        server = stack.enter_context(directory.directory(folder / "directory", *people))
        tracker = stack.enter_context(roundup_server(folder / "roundup"))
        mailbox = stack.enter_context(queue_server.opened(stack.enter_context(plain_moto.running()), "departures"))
        post = stack.enter_context(alerts.mail_server())
        _write_feed(folder / "hr.csv", ())
        path = folder / "queued.yaml"
        path.write_text(yaml.safe_dump(_configuration(folder, mailbox, approvers)), encoding="utf-8")
        connections: dict[str, ConnectionFields] = {
            "ldap": directory.connection(server),
            "http": tracker.connection("secops_roundup"),
            "aws": mailbox.connection,
        }
        environment = {
            "OFFBOARDING_CONFIG": str(path),
            "OFFBOARDING_EMBEDDED_FOLDER": str(folder / "stores"),
            **dict(variable(kind, fields) for kind, fields in connections.items()),
            "AIRFLOW_CONN_SOC_MAIL": post.connection(),
        }
        # Held, so that no task has to start the server again.
        with mock.patch.dict(os.environ, environment):
            stack.enter_context(embedded.server(wiring.embedded_folder(loading.load()), durable=False))
        yield QueuedCompany(
            folder=folder, mailbox=mailbox, tracker=tracker, slapd=server, post=post, environment=environment
        )


def _login(number: str) -> str:
    return f"w{number}"


def _mail(number: str) -> str:
    return f"w{number}@corp.example"


def _write_feed(path: Path, gone: Sequence[str]) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    rows = [
        [number, f"Person {number}", _mail(number), _login(number), "Seoul"]
        + (["left", "2019-03-04", yesterday] if number in gone else ["active", "2019-03-04", ""])
        + [f'"{SALARY}"']
        for number in PEOPLE
    ]
    path.write_text("\n".join(",".join(row) for row in [[*COLUMNS, "salary"], *rows]) + "\n", encoding="utf-8")


def _configuration(folder: Path, mailbox: Mailbox, approvers: Sequence[str]) -> dict[str, object]:
    return {
        "company": {"time_zone": "Asia/Seoul", "mail_domains": ["corp.example"]},
        "store": "embedded",
        "rosters": [
            {
                "name": "hr",
                "kind": "csv",
                "path": str(folder / "hr.csv"),
                "coverage": "full",
                "id_space": "hr",
                "login_realm": "corp",
                "zones": {"Seoul": "Asia/Seoul"},
                "columns": {name: name for name in COLUMNS},
            }
        ],
        "sources": [
            {
                "name": "corp-ldap",
                "kind": "ldap",
                "connection": "corp_ldap",
                "base_dn": directory.PEOPLE,
                "groups_dn": directory.SUFFIX,
                "id_space": "hr",
                "login_realm": "corp",
                "ppolicy_default": directory.POLICY,
                "witness": directory.WITNESS,
            }
        ],
        "trackers": [{"name": "secops", "kind": "roundup", "connection": "secops_roundup"}],
        "notifiers": [{"name": "soc", "kind": "smtp", "connection": "soc_mail", "to": ["soc@corp.example"]}],
        "messages": mailbox.settings.model_dump(mode="json", exclude_defaults=True),
        # By itself it would begin on 29 February alone.
        "policy": {"baseline": "ticket", "nightly": "0 0 29 2 *", "nightly_done_by": "06:00", "verify": "0 0 29 2 *"},
        "guard": {"leavers": {"absolute": 1}, **({"approvers": list(approvers)} if approvers else {})},
    }
