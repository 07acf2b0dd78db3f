"""What Google's own client sees of a customer: its users, and what stands for each of them."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import httplib2
from google.oauth2.service_account import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

TOLD = json.load(sys.stdin)


def signed_in(scope: str) -> Any:
    key = Credentials.from_service_account_info(
        json.loads(TOLD["key"]), scopes=[f"https://www.googleapis.com/auth/{scope}"], subject=TOLD["reader"]
    )
    http = AuthorizedHttp(key, http=httplib2.Http(ca_certs=TOLD["trusted"]))
    return build(
        "admin", "directory_v1", http=http, static_discovery=True, client_options={"api_endpoint": TOLD["address"]}
    )


def users(listing: Any, *, deleted: bool) -> Iterator[dict[str, Any]]:
    asked = listing.list(customer="my_customer", maxResults=500, showDeleted=str(deleted).lower())
    while asked:
        answer = asked.execute()
        yield from answer.get("users", [])
        asked = listing.list_next(asked, answer)


def held(listing: Any, user: str, called: str, name: str) -> list[str] | int:
    """Which; the status where they're refused."""
    try:
        return [f"{called}/{each[name]}" for each in listing.list(userKey=user).execute().get("items", [])]
    except HttpError as error:
        return int(error.resp.status)


reader, security = signed_in(TOLD["users"]).users(), signed_in(TOLD["security"])
looked_at = [reader.get(userKey=mail).execute()["id"] for mail in TOLD["looked_at"]]
seen = {
    "present": {each["id"]: not (each["suspended"] or each["archived"]) for each in users(reader, deleted=False)},
    "deleted": [each["id"] for each in users(reader, deleted=True)],
    "tokens": {user: held(security.tokens(), user, "token", "clientId") for user in looked_at},
    "app_passwords": {user: held(security.asps(), user, "app-password", "codeId") for user in looked_at},
}
json.dump(seen, sys.stdout)
