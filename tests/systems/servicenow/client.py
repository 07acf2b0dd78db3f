"""What ServiceNow's own client sees of incidents, and what it does to one: it writes a note, and resolves it."""

import json
import sys

from pysnc import ServiceNowClient

TOLD = json.load(sys.stdin)
client = ServiceNowClient(TOLD["address"], (TOLD["user"], TOLD["password"]), verify=TOLD["trusted"])

incidents = client.GlideRecord("incident", batch_size=3)
incidents.order_by("sys_created_on")
incidents.query()
seen = {
    each.get_value("sys_id"): [
        each.get_value("correlation_id"),
        each.get_value("short_description"),
        each.get_value("description"),
        each.get_value("state"),
        each.get_display_value("work_notes"),
    ]
    for each in incidents
}
assert incidents.get_row_count() == len(seen)

one = client.GlideRecord("incident")
assert one.get("correlation_id", TOLD["resolves"])
resolved = {"state": "6", "close_code": "Resolved by caller", "close_notes": "Done.", "work_notes": "Looked at it."}
for name, value in resolved.items():
    one.set_value(name, value)
assert one.update()
json.dump(seen, sys.stdout)
