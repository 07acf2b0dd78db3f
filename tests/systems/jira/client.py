"""What a client of Jira's API, of Cloud's or Data Center's, sees of our tickets."""

import json
import sys
from typing import Any

from jira import JIRA

TOLD = json.load(sys.stdin)


def signed_in() -> JIRA:
    told = {"server": TOLD["address"], "rest_api_version": "3" if TOLD["mail"] else "2", "verify": TOLD["trusted"]}
    by = {"basic_auth": (TOLD["mail"], TOLD["token"])} if TOLD["mail"] else {"token_auth": TOLD["token"]}
    asking = JIRA(options=told, get_server_info=False, max_retries=0, **by)
    # What it would ask the server for, to call fields of a company's own by their names.
    asking._fields_cache_value = {"summary": "summary"}
    asking.deploymentType = "Cloud" if TOLD["mail"] else "Server"
    return asking


def found(label: str) -> Any:
    """The one issue that bears it."""
    search = client.enhanced_search_issues if TOLD["mail"] else client.search_issues
    (issue,) = search(f'labels = "{label}" ORDER BY created ASC, key ASC', maxResults=0, fields=FIELDS)
    return issue


FIELDS = ["summary", "labels", "status", "priority", "duedate"]
client = signed_in()
seen = {
    label: [each.key, each.fields.summary, each.fields.status.statusCategory.key, each.fields.duedate]
    for label, each in ((label, found(label)) for label in TOLD["labels"])
}
json.dump(seen, sys.stdout)
