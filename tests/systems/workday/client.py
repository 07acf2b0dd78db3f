"""What a client of Workday's reports sees of one, as CSV: each worker's profiles, their status and days."""

import csv
import io
import json
import os
import sys
from tempfile import NamedTemporaryFile
from urllib.parse import urlencode

import yaml
from workday_tools_nosrednakram.RaaSRest import RaaSRest

TOLD = json.load(sys.stdin)
os.environ["REQUESTS_CA_BUNDLE"] = TOLD["trusted"]  # requests' own


def signed_in() -> RaaSRest:
    """By name and password, which it takes from a file alone."""
    with NamedTemporaryFile("w", encoding="utf-8") as written:
        yaml.safe_dump({name: TOLD[name] for name in ("base_url", "tenant", "account", "password")}, written)
        written.flush()
        return RaaSRest(written.name)


def told(row: dict[str, str]) -> list[str | bool | None]:
    """Whether they are active, their first and their last day."""
    return [row["Worker_Status"] == "Active", row["Hire_Date"] or None, row["Termination_Date"] or None]


answer = signed_in().report(TOLD["report"], format="csv", extra_params=f"&{urlencode(TOLD['prompts'])}")
answer.raise_for_status()
seen: dict[str, list[list[str | bool | None]]] = {}
for each in csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")):
    seen.setdefault(each["Worker_ID"], []).append(told(each))
json.dump(seen, sys.stdout)
