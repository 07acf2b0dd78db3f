"""Google's description of its Directory API as OpenAPI: `python -m tests.systems.google_workspace.discovery FOLDER`.

FOLDER holds the discovery documents that google-api-python-client carries (googleapiclient/discovery_cache/documents).
What stays are the operations that are used, without prose. Two things are stricter than Google's: an answer has no
property that isn't named, and where a user holds `any`, what holds is Google's own schema of one.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.described.server import description_of

USED = {"users": ["get", "list"], "tokens": ["list"], "asps": ["list"]}
TYPED = {
    "admin.directory_v1": {"users": ["patch", "signOut"], "tokens": ["delete"], "asps": ["delete"]},
    "admin.reports_v1": {"activities": ["list"]},
}
"""What tickets say is to be typed, whose answers nobody reads here."""
KEPT = ("type", "enum", "items", "$ref", "properties", "additionalProperties", "required", "minimum", "maximum")
SCHEMAS = "#/components/schemas/"
ANY = {"externalIds": "UserExternalId", "sshPublicKeys": "UserSshPublicKey"}
"""What of a user is a list of these, by Google's pages; the document has the schemas, and doesn't say where."""
TEXT = {"type": "string", "minLength": 1}
TOKEN = {
    # RFC 7523, 2.1, as https://developers.google.com/identity/protocols/oauth2/service-account has it.
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "assertion"],
                    "properties": {
                        "grant_type": {"const": "urn:ietf:params:oauth:grant-type:jwt-bearer"},
                        "assertion": TEXT,
                    },
                    "additionalProperties": False,
                }
            }
        },
    },
    "responses": {
        "200": {
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["access_token", "token_type", "expires_in"],
                        "properties": {
                            "access_token": TEXT,
                            "token_type": {"const": "Bearer"},
                            "expires_in": {"type": "integer"},
                        },
                    }
                }
            }
        }
    },
}


def made(documents: Path) -> dict[str, Any]:
    """The whole of it."""
    directory = _document(documents, "admin.directory_v1")
    paths: dict[str, Any] = {"/token": {"post": TOKEN}}
    wanted = set[str]()
    for method in _methods(directory, USED):
        assert method["httpMethod"] == "GET"
        told = method["response"]
        wanted.add(told["$ref"])
        answer = {"200": {"content": {"application/json": {"schema": _schema(told, "")}}}}
        paths[f"/{method['path']}"] = {"get": {"parameters": _parameters(directory, method), "responses": answer}}
    for name, operations in TYPED.items():
        document = _document(documents, name)
        for method in _methods(document, operations):
            operation: dict[str, Any] = {"parameters": _parameters(document, method), "responses": {}}
            if "request" in method:
                body = {"application/json": {"schema": _schema(method["request"], "")}}
                operation["requestBody"] = {"required": True, "content": body}
            paths.setdefault(f"/{method['path']}", {})[method["httpMethod"].lower()] = operation
    info = {"title": directory["title"], "version": f"{directory['version']} {directory['revision']}"}
    schemas = dict(sorted(_schemas(directory["schemas"], wanted).items()))
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _document(documents: Path, name: str) -> dict[str, Any]:
    return json.loads((documents / f"{name}.json").read_text("utf-8"))


def _methods(document: dict[str, Any], operations: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for resource, names in operations.items():
        yield from (document["resources"][resource]["methods"][name] for name in names)


def _parameters(document: dict[str, Any], method: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": told.get("location", "query"),
            "required": told.get("required", False),
            "schema": _schema(told, name),
        }
        for name, told in sorted({**document["parameters"], **method["parameters"]}.items())
    ]


def _schemas(told: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    kept, waiting = dict[str, Any](), [*wanted]
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = _schema(told[name], "")
            waiting += [part.partition('"')[0] for part in json.dumps(kept[name]).split(f'"{SCHEMAS}')[1:]]
    return kept


def _schema(told: dict[str, Any], name: str) -> dict[str, Any]:
    if told.get("type") == "any":
        one = ANY.get(name)
        return {"type": "array", "items": {"$ref": f"{SCHEMAS}{one}"}} if one else {}
    own = {each: told[each] for each in KEPT if each in told}
    if "$ref" in own:
        return {"$ref": f"{SCHEMAS}{own['$ref']}"}
    for bound in ("minimum", "maximum"):
        if bound in own:
            own[bound] = int(own[bound])
    if told.get("format") == "date-time":
        own["format"] = "date-time"
    if "items" in own:
        own["items"] = _schema(own["items"], name)
    if "properties" in own:
        own["properties"] = {each: _schema(part, each) for each, part in own["properties"].items()}
        own["additionalProperties"] = False
    elif "additionalProperties" in own:
        own["additionalProperties"] = _schema(own["additionalProperties"], name)
    return own


if __name__ == "__main__":
    made_of = json.dumps(made(Path(sys.argv[1])), indent=1)
    description_of("google_workspace").write_text(f"{made_of}\n", encoding="utf-8")
