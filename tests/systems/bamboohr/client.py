"""What a client made of BambooHR's own description sees of a company: its employees, and their days."""

import asyncio
import json
import os
import sys
from importlib import import_module
from typing import Any

TOLD = json.load(sys.stdin)
settings = {"BASE_URL": TOLD["address"], "BASIC_AUTH_USERNAME": TOLD["key"], "BASIC_AUTH_PASSWORD": "x"}
os.environ.update(settings, SSL_CERT_FILE=TOLD["trusted"])
client, models = import_module("server"), import_module("_models")  # they read the settings as they are imported


async def page(after: str | None) -> Any:
    asked = models.CursorPaginationQueryObject(limit=3, after=after)
    answer = await client.list_employees(filter_=None, sort=None, fields=",".join(TOLD["fields"]), page=asked)
    return answer if isinstance(answer, dict) else sys.exit(f"refused: {answer.structured_content['status']}")


async def whole() -> list[Any]:
    """Everybody, by the cursors that the answers give."""
    answer = await page(None)
    found: list[Any] = answer["data"]
    while after := answer["meta"]["page"]["nextCursor"]:
        answer = await page(after)
        found += answer["data"]
    assert len(found) == answer["meta"]["total"]
    return found


told = {
    each["employeeNumber"]: [[each["status"] == "Active", each["hireDate"], each["terminationDate"]]]
    for each in asyncio.run(whole())
}
json.dump(told, sys.stdout)
