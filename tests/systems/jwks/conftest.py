"""A login service that publishes its keys."""

from tests.systems.jwks.login import running_login, service

__all__ = ["running_login", "service"]
