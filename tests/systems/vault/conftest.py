"""A real Vault."""

from tests.systems.vault.logins import logins
from tests.systems.vault.vault import engine, vault

__all__ = ["engine", "logins", "vault"]
