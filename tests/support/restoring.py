"""A store's backup, and its restore from it, by PostgreSQL's own programs (docs/operations.md)."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from offboarding.store.cluster import binaries
from offboarding.store.connect import opened


def back_up(parameters: Mapping[str, str | int], file: Path) -> None:
    """Write the store as it is now."""
    _run(parameters, "pg_dump", "--schema=offboarding", "--format=custom", f"--file={file}")


def restore(parameters: Mapping[str, str | int], file: Path) -> None:
    """Put that in the store's place."""
    with opened(parameters) as session:
        session.execute("drop schema offboarding cascade")
    _run(parameters, "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", str(file))


def _run(parameters: Mapping[str, str | int], program: str, *arguments: str) -> None:
    environment = {
        "PATH": str(binaries()),
        "PGHOST": str(parameters["host"]),
        "PGPORT": str(parameters.get("port", "")),
        "PGUSER": str(parameters["user"]),
        "PGPASSWORD": str(parameters.get("password", "")),
    }
    subprocess.run([program, f"--dbname={parameters['dbname']}", *arguments], env=environment, check=True)
