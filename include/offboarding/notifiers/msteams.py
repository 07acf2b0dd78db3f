"""Microsoft Teams, through a workflow that posts to a channel whatever is sent to its address as an Adaptive Card.

https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
https://learn.microsoft.com/en-us/connectors/teams/ (trigger "When a Teams webhook request is received")

Whoever knows the address may post: its host is the connection's, and what follows it the connection's password.
Airflow has no notifier for it.
"""

from dataclasses import dataclass
from typing import cast

from offboarding.interfaces import ConnectionFields, NotifierSettings
from offboarding.model import Alert
from offboarding.model.errors import FatalError, keep_out
from offboarding.net.service.address import address_of, client_of, needed
from offboarding.net.service.asking import Asker, check, in_short

Settings = NotifierSettings

TIMEOUT_SECONDS = 20
MOST_LINES = 100
MOST_OF_A_LINE = 200
"""Characters: a message holds 28 KB."""
FIXES = {
    400: "Make the workflow of Teams' own template for alerts (docs/configuration.md)",
    401: "Copy the workflow's address anew: host into the connection's host, all that follows it into its password",
    403: "Copy the workflow's address anew: host into the connection's host, all that follows it into its password",
    404: "The workflow is gone or switched off, or its address was copied in part",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsAlerts:
    """A card an alert (a Notifier, see interfaces)."""

    name: str
    connection: str

    def tell(self, alert: Alert) -> None:
        """Send it. That the workflow has taken it is all that Microsoft answers."""
        where = f"notifiers.{self.name}"
        fields = self._fields(where)
        needed(where, fields, "host", "password")
        path = fields.password.strip().lstrip("/")
        keep_out(path, *path.split("sig=")[1:])
        client = client_of(
            where,
            fields,
            address_of(where, fields),
            headers={"Accept-Encoding": "identity"},
            seconds=TIMEOUT_SECONDS,
            exposed="the workflow's address",
        )
        asker = Asker(where, client)
        try:
            response = asker.ask("POST", path, body=_message(alert), called=self.connection)
        finally:
            asker.end()
        check(f"{where}: {self.connection}", response, in_short(response.text), FIXES)

    def _fields(self, where: str) -> ConnectionFields:
        from airflow.sdk import BaseHook  # noqa: PLC0415 - a second and more
        from airflow.sdk.exceptions import AirflowException  # noqa: PLC0415

        try:
            found = BaseHook.get_connection(self.connection)
        except AirflowException as error:
            raise FatalError(f"{where}: {self.connection}: {error} Make the connection in Airflow.") from error
        return ConnectionFields(
            conn_id=self.connection,
            host=found.host or "",
            port=found.port,
            schema=found.schema or "",
            password=found.password or "",
            extra=cast("dict[str, object]", found.extra_dejson),
        )


def _message(alert: Alert) -> dict[str, object]:
    """Lines of runs, which mark up nothing, as TextBlocks would."""
    lines = [line for line in alert.body.splitlines() if line.strip()]
    more = len(lines) - MOST_LINES
    shown = [*lines[:MOST_LINES], *([f"and {more} lines more"] if more > 0 else [])]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [_line(alert.subject, weight="bolder"), *(_line(line) for line in shown)],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _line(text: str, **looks: str) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text[:MOST_OF_A_LINE], **looks}]}


def build(settings: Settings) -> TeamsAlerts:
    """Ready to tell."""
    return TeamsAlerts(name=settings.name, connection=settings.connection)
