"""Mail, through Airflow's SMTP notifier.

The connection (type smtp) holds server, login and, as `from_email` in its extra, the sender:
https://airflow.apache.org/docs/apache-airflow-providers-smtp/stable/connections/smtp.html
"""

import html
import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from offboarding.interfaces import ConnectionFields
from offboarding.model import Alert
from offboarding.model.errors import FatalError, RetriableError
from offboarding.notifiers.smtp.settings import Settings

REFUSED = (smtplib.SMTPAuthenticationError, smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused)
"""What no repetition mends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAlerts:
    """A mail an alert (a Notifier, see interfaces)."""

    name: str
    connection: str
    to: tuple[str, ...]

    def tell(self, alert: Alert) -> None:
        """Send it."""
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier  # noqa: PLC0415 - a second and more
        from airflow.sdk.exceptions import AirflowException  # noqa: PLC0415 - see interfaces

        # Called by its method: rendering it as a template would take apart what an alert says.
        mail = SmtpNotifier(
            smtp_conn_id=self.connection,
            to=list(self.to),
            subject=alert.subject,
            html_content=f"<pre>{html.escape(alert.body)}</pre>",
            mime_subtype="alternative",
        )
        where = f"notifiers.{self.name}: {self.connection}"
        try:
            mail.notify({})
        except REFUSED as error:
            raise FatalError(f"{where} refuses a mail ({_said(error)}). {_MEND}") from error
        except OSError as error:
            raise RetriableError(f"{where} takes no mail now ({_said(error)}).") from error
        except (AirflowException, ValueError) as error:
            raise FatalError(f"{where}: {error} {_MEND}") from error


_MEND = "Mend the connection: host, port, login, password, and from_email in its extra."


def _said(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def build(settings: Settings, connection: Callable[[], ConnectionFields]) -> MailAlerts:
    """Ready to tell; Airflow's own notifier looks for the connection itself."""
    del connection
    return MailAlerts(name=settings.name, connection=settings.connection, to=settings.to)
