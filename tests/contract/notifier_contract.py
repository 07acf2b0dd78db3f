"""What every notifier must do (interfaces.Notifier), against the service, or what answers as it documents.

    class TestContract(NotifierContract):
        pass

with one fixture: `service`, which hears what is told.
"""

from collections.abc import Sequence
from typing import Protocol

import pytest

from offboarding.interfaces import ConnectionFields, Notifier
from offboarding.model import Alert
from offboarding.model.errors import FatalError, OffboardingError, RetriableError

ALERT = Alert(
    key="hold:1", subject="Held: roster hr & 60 leavers", body="60 new leavers {{ where }} <5 are usual>\nLook."
)


def by_airflow() -> ConnectionFields:
    """The connection of a kind whose notifier is Airflow's, which looks for it itself."""
    raise AssertionError


class Service(Protocol):
    """Where alerts arrive, and what can go wrong there."""

    secrets: Sequence[str]
    """What must show nowhere: passwords, tokens. At least one."""

    def notifier(self, name: str = "told-at-once") -> Notifier:
        """As a configuration of this name gives it, by a connection that works."""
        ...

    def refused(self) -> Sequence[Notifier]:
        """Notifiers whose message the service refuses, whoever tries again: a wrong secret, nobody of that name."""
        ...

    def away(self) -> Notifier:
        """One whose service doesn't answer."""
        ...

    def heard(self) -> Sequence[str]:
        """The text of each message that arrived, as a person reads it."""
        ...


class NotifierContract:
    """The suite."""

    def test_an_alert_arrives_as_it_was_written(self, service: Service) -> None:
        service.notifier().tell(ALERT)

        (text,) = service.heard()
        assert ALERT.subject in text
        assert ALERT.body in text

    def test_it_is_known_by_its_name_in_the_configuration(self, service: Service) -> None:
        assert service.notifier("soc-of-the-night").name == "soc-of-the-night"

    def test_what_no_other_try_mends_is_fatal_and_says_where(self, service: Service) -> None:
        assert service.refused()
        for notifier in service.refused():
            with pytest.raises(FatalError, match=rf"^notifiers\.{notifier.name}: ") as caught:
                notifier.tell(ALERT)
            self._names_no_secret(service, caught.value)
        assert service.heard() == []

    def test_one_that_is_away_is_tried_again(self, service: Service) -> None:
        notifier = service.away()

        with pytest.raises(RetriableError, match=rf"^notifiers\.{notifier.name}: ") as caught:
            notifier.tell(ALERT)
        self._names_no_secret(service, caught.value)

    def test_it_shows_no_secret(self, service: Service) -> None:
        assert service.secrets
        assert not [secret for secret in service.secrets if secret in repr(service.notifier())]

    def _names_no_secret(self, service: Service, error: OffboardingError) -> None:
        assert not [secret for secret in service.secrets if secret in str(error)]
