"""Vendors' own clients, and others' who know nothing of ours, beside our readers: scripts/clients.sh.

Each is a script of `clients/`, in an environment of its own. It's told by JSON where to ask and as whom, and tells by
JSON what it saw.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from demo.unpacked import CACHE

PYTHON = CACHE / "venvs" / "clients" / "bin" / "python"
SCRIPTS = Path(__file__).with_name("clients")


def seen_by(client: str, /, **told: Any) -> Any:
    """What that client sees, where there is one; each of its mistakes is one of ours until proved otherwise."""
    if not PYTHON.exists():
        pytest.skip("no client of a vendor's is here: run scripts/clients.sh")
    done = subprocess.run(
        [PYTHON, SCRIPTS / f"{client}.py"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin", "NO_PROXY": "*"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
