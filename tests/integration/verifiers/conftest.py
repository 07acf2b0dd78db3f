"""A login service that publishes its keys."""

from tests.support.jwks import running_login, service

__all__ = ["running_login", "service"]
