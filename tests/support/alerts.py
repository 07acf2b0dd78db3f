"""Where alerts arrive in tests: a real mail server, a Slack that answers as its documentation says, and plain ears."""

import json
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from offboarding.model import Alert
from offboarding.model.errors import OffboardingError

MAIL_PASSWORD = "the-mail-password"
BOT_TOKEN = "xoxb-of-the-test"
CHANNEL = "#offboarding"


@dataclass(slots=True, kw_only=True)
class HeardNotifier:
    """A Notifier that keeps what it was told, unless it has an error."""

    name: str = "smtp"
    alerts: list[Alert] = field(default_factory=list[Alert])
    error: OffboardingError | None = None
    refuses: dict[str, OffboardingError] = field(default_factory=dict[str, OffboardingError])
    """By an alert's key."""
    tried: int = 0

    def tell(self, alert: Alert) -> None:
        """Keep it."""
        self.tried += 1
        if error := self.error or self.refuses.get(alert.key):
            raise error
        self.alerts.append(alert)


@dataclass(slots=True, kw_only=True)
class Mailbox:
    """A mail server's, and where it listens."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """No mail for anyone outside."""
        del server, session, options
        if not address.endswith("@corp.example"):
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as the base calls it
        """A mail."""
        del server, session
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # pyrefly: ignore[no-matching-overload]
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"

    def connection(self, **changes: Any) -> str:
        """As a variable in the environment holds it."""
        fields = {
            "conn_type": "smtp",
            "host": "127.0.0.1",
            "port": self.port,
            "login": "offboarding",
            "password": MAIL_PASSWORD,
            **changes,
        }
        extra = {"from_email": "offboarding@corp.example", "disable_ssl": True, "disable_tls": True, "retry_limit": 0}
        return json.dumps({**fields, "extra": extra})


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def mail_server() -> Generator[Mailbox]:
    """A mail server with a login, on a free port."""

    def asked(*given: Any) -> AuthResult:
        login = given[-1]
        assert isinstance(login, LoginPassword)
        return AuthResult(success=login.password == MAIL_PASSWORD.encode(), handled=False)

    box = Mailbox()
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=asked,
        auth_require_tls=False,
    )
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


@dataclass(slots=True, kw_only=True)
class Slack:
    """https://docs.slack.dev/reference/methods/chat.postMessage, as far as a plain message needs it."""

    port: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def answer(  # noqa: PLR0911 - an error each
        self, path: str, kind: str, token: str, body: bytes
    ) -> dict[str, Any]:
        """What Slack says to a request: errors come with status 200."""
        if path != "/api/chat.postMessage":
            return {"ok": False, "error": "unknown_method"}
        if not kind.startswith("application/json"):
            return {"ok": False, "error": "invalid_post_type"}
        if token != f"Bearer {BOT_TOKEN}":
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        try:
            told = json.loads(body)
        except json.JSONDecodeError:
            return {"ok": False, "error": "invalid_json"}
        if not isinstance(told, dict) or not isinstance(told.get("channel"), str):
            return {"ok": False, "error": "invalid_arguments"}
        if told["channel"] != CHANNEL:
            return {"ok": False, "error": "channel_not_found"}
        for name in ("blocks", "attachments"):
            given = told.get(name, [])
            if not isinstance(json.loads(given) if isinstance(given, str) else given, list):
                return {"ok": False, "error": f"invalid_{name}"}
        if not told.get("text"):
            return {"ok": False, "error": "no_text"}
        self.messages.append(told)
        return {"ok": True, "channel": "C0", "ts": f"1.{len(self.messages)}", "message": {"text": told["text"]}}

    @property
    def url(self) -> str:
        """Where its methods are."""
        return f"http://127.0.0.1:{self.port}/api/"

    def connection(self, token: str = BOT_TOKEN) -> str:
        """As a variable in the environment holds it."""
        return json.dumps({"conn_type": "slack", "password": token, "extra": {"base_url": self.url}})


@contextmanager
def slack_server() -> Generator[Slack]:
    """It, on a free port."""
    slack = Slack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kind, token = self.headers.get("Content-Type") or "", self.headers.get("Authorization") or ""
            told = json.dumps(slack.answer(self.path, kind, token, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    slack.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
