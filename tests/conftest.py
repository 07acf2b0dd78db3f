"""What every test gets: an Airflow of its own, no way to the real AWS, no settings of the person who runs it."""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PROJECT = Path(__file__).parents[1]

# Before anything imports airflow or boto3, which read these once; a bare pytest has nothing that `make test` sets.
for name in list(os.environ):
    if re.match(r"(AIRFLOW__|AIRFLOW_CONN_|AIRFLOW_VAR_|AWS_|OFFBOARDING_|PG[A-Z])", name):
        del os.environ[name]
AIRFLOW_HOME = tempfile.mkdtemp(prefix="offboarding-airflow-")
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)
os.environ |= {
    "AIRFLOW_HOME": AIRFLOW_HOME,
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
}

# What is drawn at random is the same each time, but where more of it is asked for (`make fuzz`).
# Whether drawing is slow is the machine's affair.
settings.register_profile(
    "tests",
    derandomize=not any(name.endswith("_EXAMPLES") for name in os.environ),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tests")

pytest_plugins = [
    "tests.support.garbage",
    "tests.support.memory",
    "tests.support.database",
    "tests.support.lasting",
    "tests.support.parallel",
    "tests.support.tallies",
    "tests.support.fetched",
]
"""What stays isn't looked through for garbage; the store and folders in memory, for whoever asks for them; servers that
tests share; how tests are spread over processes; what they count; and
which servers they need.
"""


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """What one test takes for a password ("another") is a word of the next one's errors."""
    from offboarding.model import redaction

    before = set(redaction._secrets)
    yield
    redaction._secrets.intersection_update(before)
