"""What a client of Personio's API sees of a company: its employees, and their days."""

import json
import os
import sys
from typing import Any

from personio_py import Employee, Personio

TOLD = json.load(sys.stdin)
ATTRIBUTES = ["id", "status", "hire_date", "termination_date"]
os.environ["REQUESTS_CA_BUNDLE"] = TOLD["trusted"]  # requests' own
client = Personio(TOLD["address"], TOLD["client"], TOLD["secret"])


def day(on: Any) -> str | None:
    return on and on.isoformat()


def page(offset: int) -> dict[str, Any]:
    """Its own get_employees asks for one page, and tokens don't rotate any more."""
    asked = {"limit": 50, "offset": offset, "attributes[]": ATTRIBUTES}
    return client.request_json("company/employees", params=asked, auth_rotation=False)


seen: list[Employee] = []
while rows := page(len(seen))["data"]:
    seen += [Employee.from_dict(each, client) for each in rows]
told = {each.id_: [[each.status == "active", day(each.hire_date), day(each.termination_date)]] for each in seen}
json.dump(told, sys.stdout)
