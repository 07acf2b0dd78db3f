"""Real directories, and a real Vault."""

from tests.support.directory import certified, crowded, limited
from tests.support.vault import engine, vault
from tests.support.vault_logins import logins

__all__ = ["certified", "crowded", "engine", "limited", "logins", "vault"]
