"""Microsoft Teams, by the request that a workflow's trigger takes, as Microsoft's pages describe it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from offboarding.interfaces import ConnectionFields, Notifier
from offboarding.model.errors import FatalError
from offboarding.notifiers.msteams import MOST_BYTES, MOST_LINES, Settings, build
from tests.contract.notifier_contract import ALERT, NotifierContract
from tests.support.alerts import free_port

pytestmark = pytest.mark.slow

SIGNATURE = "Zq8-of-the-test-workflow"
PATH = f"workflows/4d2e/triggers/manual/paths/invoke?api-version=2016-06-01&sv=1.0&sig={SIGNATURE}"


@dataclass(slots=True, kw_only=True)
class Workflow:
    """What stands behind the address."""

    port: int = 0
    cards: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    status: int = 0
    """What it answers whatever is sent; 0: as it should."""

    def taken(self, path: str, body: bytes) -> int:
        """The status that is answered."""
        if self.status:
            return self.status
        if path != f"/{PATH}":
            return 401
        if len(body) > 28 << 10:
            return 413
        try:
            (attachment,) = json.loads(body)["attachments"]
        except (ValueError, KeyError):
            return 400
        if attachment["contentType"] != "application/vnd.microsoft.card.adaptive":
            return 400
        self.cards.append(attachment["content"])
        return 202


@pytest.fixture
def workflow() -> Iterator[Workflow]:
    kept = Workflow()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = kept.taken(self.path, self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            if status == 302:
                self.send_header("location", f"http://127.0.0.1:{kept.port}/elsewhere?token=abc")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        kept.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A channel."""

    workflow: Workflow
    secrets: tuple[str, ...] = (SIGNATURE, "Zq8-of-another-workflow")

    def notifier(self, name: str = "told-at-once", password: str = PATH, port: int | None = None) -> Notifier:
        """Whose connection holds this address."""
        fields = ConnectionFields(
            conn_id="teams", schema="http", host="127.0.0.1", port=port or self.workflow.port, password=password
        )
        return build(Settings(name=name, kind="msteams", connection="teams"), lambda: fields)

    def refused(self) -> list[Notifier]:
        """Another workflow's signature, and no address at all."""
        return [self.notifier(password=PATH.replace(SIGNATURE, "Zq8-of-another-workflow")), self.notifier(password="")]

    def away(self) -> Notifier:
        """Nobody listens."""
        return self.notifier(port=free_port())

    def heard(self) -> list[str]:
        """A line a block."""
        return ["\n".join(block["inlines"][0]["text"] for block in card["body"]) for card in self.workflow.cards]


@pytest.fixture
def service(workflow: Workflow) -> Service:
    return Service(workflow=workflow)


class TestContract(NotifierContract):
    pass


def test_a_long_alert_is_counted(service: Service) -> None:
    service.notifier().tell(replace(ALERT, body="\n".join(f"line {at}" for at in range(MOST_LINES + 7))))

    assert service.heard()[0].endswith(f"line {MOST_LINES - 1}\nand 7 lines more")


@pytest.mark.parametrize("letter", ["가", '"', "\U0001f512"])
def test_a_message_holds_what_teams_takes(service: Service, letter: str) -> None:
    service.notifier().tell(replace(ALERT, body="\n".join([letter * 300] * MOST_LINES)))

    (card,) = service.workflow.cards
    (told,) = service.heard()
    *lines, last = told.splitlines()[1:]
    assert last == f"and {MOST_LINES - len(lines)} lines more"
    assert set(lines) == {letter * 200}
    assert MOST_BYTES - 1000 < len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode()) < MOST_BYTES


def test_it_follows_nowhere_else(service: Service) -> None:
    service.workflow.status = 302

    with pytest.raises(FatalError, match=r"302, it redirects to http://127\.0\.0\.1:\d+/elsewhere\. ") as caught:
        service.notifier().tell(ALERT)
    assert "token=abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [(PATH, '{"text": "no card"}', 400), (PATH.replace(SIGNATURE, "x"), "{}", 401)],
    ids=["no card", "another's signature"],
)
def test_control_the_workflow_of_these_tests_refuses_a_bad_request(
    workflow: Workflow, path: str, body: str, status: int
) -> None:
    answer = httpx.post(f"http://127.0.0.1:{workflow.port}/{path}", content=body, trust_env=False)

    assert (answer.status_code, workflow.cards) == (status, [])
