"""A notifier for other DAGs, such as the one that exports HR's list: it tells whoever our own `notifiers` name.

on_failure_callback=OffboardingNotifier(subject="HR's export failed", body="{{ dag_run.run_id }}: see its log.")
"""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseNotifier

from offboarding import wiring
from offboarding.model import Alert
from offboarding.model.errors import ConfigError
from offboarding.runs import pipeline


class OffboardingNotifier(BaseNotifier):
    """Tells these words, which may hold Jinja, by mail or in Slack. No name belongs into them.

    Raises ConfigError where the configuration names nobody, RetriableError where somebody couldn't be told.
    """

    template_fields: Sequence[str] = ("subject", "body")

    def __init__(self, *, subject: str, body: str) -> None:
        super().__init__()
        self.subject = subject
        self.body = body

    def notify(self, context: Any) -> None:
        """Once, now, and past the store: it may be what is away."""
        notifiers = wiring.told_at_once()
        if not notifiers:
            raise ConfigError("notifiers: nobody is named there, so nobody is told. See docs/configuration.md.")
        key = f"told:{context['run_id']}" if "run_id" in context else "told"
        pipeline.tell_now(notifiers, Alert(key=key, subject=self.subject, body=self.body))
