"""A file of this machine whose path is configured, and whose content somebody else puts there."""

import os
import stat
from pathlib import Path


def airflow_home() -> Path:
    """Where Airflow looks for its own files."""
    home = os.environ.get("AIRFLOW_HOME") or "~/airflow"
    return Path(os.path.expandvars(home)).expanduser().absolute()


def _project() -> Path:
    rooms = Path(__file__).resolve().parents[2]
    if rooms.name == "include":
        return rooms.parent
    # From a wheel the package lies among others, beside which nobody keeps a file.
    return airflow_home()


PROJECT = _project()
"""The folder that holds `include/`, where the package lies in one; of a wheel's user, Airflow's home. A path of the
configuration that isn't absolute begins here.
"""


def read(path: Path, most_bytes: int) -> bytes:
    """Its bytes, at most one more than so many. Raises OSError, too where it's a pipe or a device: those never end."""
    # Without waiting: a named pipe would keep us for good.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is no plain file")
        return file.read(most_bytes + 1)
