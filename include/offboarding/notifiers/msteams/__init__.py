"""Microsoft Teams, through a workflow that posts to a channel whatever is sent to its address as an Adaptive Card.

https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
https://learn.microsoft.com/en-us/connectors/teams/ (trigger "When a Teams webhook request is received")

Whoever knows the address may post: its host is the connection's, and what follows it the connection's password.
Airflow has no notifier for it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from offboarding.interfaces import ConnectionFields
from offboarding.model import Alert, counted
from offboarding.model.redaction import keep_out
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.net.service.asking import Asker, check, in_short
from offboarding.notifiers.msteams.settings import Settings

TIMEOUT_SECONDS = 20
MOST_LINES = 100
MOST_OF_A_LINE = 200
"""Characters."""
MOST_BYTES = 28_000
"""Of a message: Teams takes 28 KB."""
FIXES = {
    400: "Make the workflow of Teams' own template for alerts (docs/configuration.md)",
    401: "Copy the workflow's address anew: host into the connection's host, all that follows it into its password",
    403: "Copy the workflow's address anew: host into the connection's host, all that follows it into its password",
    404: "The workflow is gone or switched off, or its address was copied in part",
}


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the workflow is."""
    return destination(f"notifiers.{settings.name}", connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsAlerts:
    """A card an alert (a Notifier, see interfaces)."""

    name: str
    connection: Callable[[], ConnectionFields] = field(repr=False)

    def tell(self, alert: Alert) -> None:
        """Send it. That the workflow has taken it is all that Microsoft answers."""
        where = f"notifiers.{self.name}"
        fields = self.connection()
        needed(where, fields, "host", "password")
        path = fields.password.strip().lstrip("/")
        keep_out(path, *path.split("sig=")[1:])
        client = client_of(
            where,
            fields,
            address_of(where, fields),
            headers={"Accept-Encoding": "identity", "Content-Type": "application/json"},
            seconds=TIMEOUT_SECONDS,
            exposed="the workflow's address",
        )
        asker = Asker(where, client)
        try:
            response = asker.ask("POST", path, content=_message(alert), called=fields.conn_id)
        finally:
            asker.end()
        check(f"{where}: {fields.conn_id}", response, in_short(response.text), FIXES)


def _message(alert: Alert) -> bytes:
    """As many of its lines as a message holds."""
    lines = [line for line in alert.body.splitlines() if line.strip()]
    shown = min(len(lines), MOST_LINES)
    while len(message := _with(alert.subject, lines, shown)) > MOST_BYTES:
        shown -= 1
    return message


def _with(subject: str, lines: list[str], shown: int) -> bytes:
    """Lines of runs, which mark up nothing, as TextBlocks would."""
    more = len(lines) - shown
    texts = [*lines[:shown], *([f"and {counted(more, 'line')} more"] if more else [])]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [_line(subject, weight="bolder"), *(_line(text) for text in texts)],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    message = {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _line(text: str, **looks: str) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text[:MOST_OF_A_LINE], **looks}]}


def build(settings: Settings, connection: Callable[[], ConnectionFields]) -> TeamsAlerts:
    """Ready to tell; the connection is looked for when something is told."""
    return TeamsAlerts(name=settings.name, connection=connection)
