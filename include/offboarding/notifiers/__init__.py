"""Who is told at once, beside the tickets: Airflow's own notifiers, each configured by an Airflow connection."""

from include.offboarding.interfaces import Notifier
from include.offboarding.notifiers.slack import SlackAlerts
from include.offboarding.notifiers.smtp import MailAlerts
from include.offboarding.settings import Settings


def build(settings: Settings) -> tuple[Notifier, ...]:
    """Those that the configuration names, ready."""
    own = settings.notify
    found: list[Notifier] = []
    if own.smtp:
        found.append(MailAlerts(connection=own.smtp, to=own.to))
    if own.slack:
        found.append(SlackAlerts(connection=own.slack, channel=own.channel))
    return tuple(found)
