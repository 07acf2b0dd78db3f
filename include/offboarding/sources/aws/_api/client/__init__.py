"""Asking AWS: sessions, and which accounts and regions there are; what was asked, denied, or went wrong."""
