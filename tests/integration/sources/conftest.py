"""Real directories, and a real Vault."""

from tests.support.directory import certified, crowded, limited
from tests.support.vault import engine, vault

__all__ = ["certified", "crowded", "engine", "limited", "vault"]
