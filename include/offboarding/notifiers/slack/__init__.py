"""Slack, through Airflow's notifier: chat.postMessage as a bot that is a member of the channel.

The connection (type slack) holds the bot's token as its password:
https://airflow.apache.org/docs/apache-airflow-providers-slack/stable/connections/slack.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from offboarding.interfaces import ConnectionFields
from offboarding.model import Alert
from offboarding.model.errors import FatalError, RetriableError
from offboarding.notifiers.slack.settings import Settings

LATER = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"})
"""https://docs.slack.dev/reference/methods/chat.postMessage: errors that another try may not meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAlerts:
    """A message an alert (a Notifier, see interfaces)."""

    name: str
    connection: str
    channel: str

    def tell(self, alert: Alert) -> None:
        """Send it."""
        from airflow.providers.slack.notifications.slack import SlackNotifier  # noqa: PLC0415 - a second and more
        from airflow.sdk.exceptions import AirflowException  # noqa: PLC0415 - see interfaces
        from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415 - see interfaces

        # Called by its method: rendering it as a template would take apart what an alert says.
        message = SlackNotifier(
            slack_conn_id=self.connection,
            channel=self.channel,
            text=f"*{_plain(alert.subject)}*\n{_plain(alert.body)}",
            username="offboarding",
            unfurl_links=False,
            unfurl_media=False,
            timeout=20,
        )
        try:
            message.notify({})
        except SlackApiError as error:
            reason = str(cast("Mapping[str, object]", error.response).get("error"))
            # Its errors are words; whoever answers in its place may send anything, the token too.
            self._refused(error, reason if re.fullmatch(r"[a-z_]{1,60}", reason) else "no answer of Slack's own")
        except (OSError, SlackClientError) as error:
            said = type(error).__name__
            raise RetriableError(f"notifiers.{self.name}: {self.connection} takes no message now ({said}).") from error
        except AirflowException as error:
            raise FatalError(f"notifiers.{self.name}: {self.connection}: {error} {_MEND}") from error

    def _refused(self, error: Exception, said: str) -> None:
        if said in LATER:
            raise RetriableError(f"notifiers.{self.name}: Slack takes no message now ({said}).") from error
        text = f"notifiers.{self.name}: Slack refuses a message to {self.channel} ({said}). {_MEND}"
        raise FatalError(text) from error


_MEND = "Mend the connection's token (its password), or invite the bot to the channel."


def _plain(text: str) -> str:
    """As https://docs.slack.dev/messaging/formatting-message-text/#escaping says."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def build(settings: Settings, connection: Callable[[], ConnectionFields]) -> SlackAlerts:
    """Ready to tell; Airflow's own notifier looks for the connection itself."""
    del connection
    return SlackAlerts(name=settings.name, connection=settings.connection, channel=settings.channel)
