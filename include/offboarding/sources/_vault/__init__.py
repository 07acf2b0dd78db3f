"""Vault, or OpenBao: its transit engine's keys, and whom its policies let use them."""
