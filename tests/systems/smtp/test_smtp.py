"""Mail, through Airflow's notifier, by a real mail server."""

import gc
import html
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from offboarding.interfaces import Notifier
from offboarding.model.errors import FatalError
from offboarding.notifiers.smtp import Settings, build
from tests.contract.notifier_contract import ALERT, NotifierContract, by_airflow
from tests.support.alerts import MAIL_PASSWORD, Mailbox, free_port, mail_server

# Airflow's hook forgets to close a connection whose login or recipient was refused; Python may find it at any moment.
pytestmark = [pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"), pytest.mark.slow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A mail server."""

    box: Mailbox
    monkeypatch: pytest.MonkeyPatch
    secrets: tuple[str, ...] = (MAIL_PASSWORD, "another-password")

    def notifier(self, name: str = "told-at-once", to: str = "soc@corp.example", **changes: object) -> Notifier:
        """Whose connection holds these changes."""
        conn_id = f"told_at_once_{len(changes)}"
        self.monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", self.box.connection(**changes))
        return build(Settings(name=name, kind="smtp", connection=conn_id, to=(to,)), by_airflow)

    def refused(self) -> list[Notifier]:
        """A wrong password, and nobody of that name."""
        return [self.notifier(password="another-password"), self.notifier(to="soc@elsewhere.example")]

    def away(self) -> Notifier:
        """Nobody listens."""
        return self.notifier(port=free_port())

    def heard(self) -> list[str]:
        """Subject and body; a mail program shows HTML as what it stands for."""
        bodies = [mail.get_body() for mail in self.box.mails]
        texts = [html.unescape(str(body.get_content())) for body in bodies if body]
        return [f"{mail['Subject']}\n{text}" for mail, text in zip(self.box.mails, texts, strict=True)]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box
        # What the hook left open is no other test's.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture
def service(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service(box=mailbox, monkeypatch=monkeypatch)


class TestContract(NotifierContract):
    pass


def test_a_mail_is_from_whom_the_connection_says_and_holds_no_html_of_others(service: Service) -> None:
    service.notifier().tell(ALERT)

    (mail,) = service.box.mails
    assert (mail["To"], mail["From"]) == ("soc@corp.example", "offboarding@corp.example")
    body = mail.get_body()
    assert body is not None
    assert body.get_content().strip() == "<pre>60 new leavers {{ where }} &lt;5 are usual&gt;\nLook.</pre>"


def test_a_connection_that_nobody_made() -> None:
    told = build(Settings(name="soc", kind="smtp", connection="of_nobody", to=("soc@corp.example",)), by_airflow)

    with pytest.raises(FatalError, match="SMTP connection is not found"):
        told.tell(ALERT)
