"""Vendors' own clients, and others' who know nothing of ours, beside our readers: scripts/clients.sh.

Each is a script `client.py` in its system's folder, run in an environment of its own. It reads as JSON where to ask and
as whom, and prints as JSON what it saw.
"""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from demo.unpacked import CACHE
from offboarding.interfaces import Roster
from offboarding.model import Account, Credential, EmploymentStatus, Standing
from tests.contract.source_contract import of

PYTHON = CACHE / "venvs" / "clients" / "bin" / "python"
SYSTEMS = Path(__file__).parents[1] / "systems"


def seen_by(client: str, /, **told: Any) -> Any:
    """What that client sees, where there is one; each of its mistakes is one of ours until proved otherwise."""
    if not PYTHON.exists():
        pytest.skip("no client of a vendor's is here: run scripts/clients.sh")
    done = subprocess.run(
        [PYTHON, SYSTEMS / client],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin", "NO_PROXY": "*"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def lets_in(facts: Sequence[Any]) -> dict[str, bool]:
    """Whether each account works, where that can be told."""
    return {each.native_id: each.standing is Standing.WORKS for each in of(Account, facts)}


def held(facts: Sequence[Any], *kinds: str) -> dict[str, set[str]]:
    """Credentials of these kinds, by account."""
    found: dict[str, set[str]] = {}
    for each in of(Credential, facts):
        if each.native_id.partition("/")[0] in kinds:
            found.setdefault(each.account_native_id, set()).add(each.native_id)
    return found


def working(roster: Roster) -> dict[str, list[list[Any]]]:
    """Of each of a worker's employments: whether it's active, its first and its last day."""
    found: dict[str, list[list[Any]]] = {}
    for worker in roster.read():
        for job in worker.employments:
            days = (day and day.isoformat() for day in (job.start_on, job.end_on))
            found.setdefault(worker.worker_id, []).append([job.status is EmploymentStatus.ACTIVE, *days])
    return found
