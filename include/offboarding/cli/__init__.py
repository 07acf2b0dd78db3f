"""The command line. Reading commands open the store and nothing else: no Airflow, no roster, no source.

Exit codes, the same for every command (docs/commands.md):
"""

DONE = 0
REFUSED = 1
"""A sentence says what is wrong: the configuration, a key, a decision that can't be taken."""
USAGE = 2
"""The words given make no command."""
UNREACHABLE = 3
"""The store, or a system that the command needs, can't be reached or used."""
INTERRUPTED = 130
"""Ctrl-C, as shells have it."""

VERSION = "0.2.0"
"""Of the package, too (pyproject.toml)."""
