"""Make a vendor's OpenAPI description as small as tests need it: `python -m tests.support.described.trim NAME FILE`.

What stays: the operations of `USED`, with what they refer to, and no prose. Where each comes from says its README.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PROSE = {"description", "example", "examples", "externalDocs", "summary", "tags", "operationId", "title", "default"}
ISSUES = "/repos/{owner}/{repo}/issues"
KEYS = "/repos/{owner}/{repo}/keys"
USED = {
    "github": {
        "/user": ["get"],
        "/installation/repositories": ["get"],
        "/app/installations/{installation_id}/access_tokens": ["post"],
        "/orgs/{org}": ["get"],
        "/orgs/{org}/credential-authorizations": ["get"],
        "/orgs/{org}/invitations": ["get"],
        "/orgs/{org}/members": ["get"],
        "/orgs/{org}/memberships/{username}": ["get"],
        "/orgs/{org}/outside_collaborators": ["get"],
        "/orgs/{org}/personal-access-tokens": ["get"],
        "/orgs/{org}/repos": ["get"],
        "/repos/{owner}/{repo}": ["get"],
        "/repos/{owner}/{repo}/assignees/{assignee}": ["get"],
        "/repos/{owner}/{repo}/labels": ["post"],
        "/repos/{owner}/{repo}/labels/{name}": ["get", "patch"],
        ISSUES: ["get", "post"],
        f"{ISSUES}/{{issue_number}}": ["get", "patch"],
        f"{ISSUES}/{{issue_number}}/comments": ["get", "post"],
        f"{ISSUES}/{{issue_number}}/events": ["get"],
        f"{ISSUES}/{{issue_number}}/labels": ["post"],
        f"{ISSUES}/{{issue_number}}/labels/{{name}}": ["delete"],
        f"{ISSUES}/comments/{{comment_id}}": ["delete"],
        KEYS: ["get"],
        "/user/{account_id}": ["get"],
        "/user/memberships/orgs/{org}": ["get"],
        "/users/{username}/keys": ["get"],
    },
    "jira": {
        "/myself": ["get"],
        "/status": ["get"],
        "/search/jql": ["get"],
        "/issue": ["post"],
        "/issue/createmeta/{projectIdOrKey}/issuetypes": ["get"],
        "/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}": ["get"],
        "/issue/{issueIdOrKey}": ["get", "put", "delete"],
        "/issue/{issueIdOrKey}/comment": ["get", "post"],
        "/issue/{issueIdOrKey}/comment/{id}": ["delete"],
        "/issue/{issueIdOrKey}/transitions": ["get", "post"],
        "/user/assignable/search": ["get"],
        "/user/properties/{propertyKey}": ["get", "put", "delete"],
    },
}
GRAPHQL = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["query"],
                    "properties": {"query": {"type": "string"}, "variables": {"type": "object"}},
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
                        "properties": {
                            "data": {"type": "object", "nullable": True},
                            "errors": {"type": "array", "items": {"type": "object"}},
                        },
                    }
                }
            }
        }
    },
}
"""What every question in GraphQL is; what is asked, GitHub describes in another language."""
BELOW = {"github": "", "jira": "/rest/api/3"}
"""Below what a stub serves them."""


def trimmed(whole: dict[str, Any], name: str) -> dict[str, Any]:
    """The operations that are used, and what they refer to."""
    below = BELOW[name]
    paths = {
        path: {
            each: _bare(part) for each, part in whole["paths"][below + path].items() if each in {*methods, "parameters"}
        }
        for path, methods in USED[name].items()
    }
    kept: dict[str, dict[str, Any]] = {}
    waiting = [*_referred(paths)]
    while waiting:
        _, _, kind, part = waiting.pop().split("/")
        if part not in kept.setdefault(kind, {}):
            kept[kind][part] = _bare(whole["components"][kind][part])
            waiting += _referred(kept[kind][part])
    info = {each: whole["info"][each] for each in ("title", "version")}
    ordered = {kind: dict(sorted(parts.items())) for kind, parts in sorted(kept.items())}
    return {"openapi": whole["openapi"], "info": info, "paths": paths, "components": ordered}


def _bare(part: Any, *, named: bool = False) -> Any:
    """Without prose; what stands under `properties` are names, and stay."""
    if isinstance(part, list):
        return [_bare(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: each for name, each in part.items() if named or not (name in PROSE or name.startswith("x-"))}
    own = {name: _bare(each, named=not named and name == "properties") for name, each in kept.items()}
    if own.get("nullable") is True and "enum" in own and None not in own["enum"]:
        own["enum"].append(None)  # OpenAPI 3.0.3 wants it said twice; vendors say it once, and answer null
    return own


def _referred(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _referred(each)
    elif isinstance(part, list):
        for each in part:
            yield from _referred(each)


def _as_told(name: str, made: dict[str, Any]) -> None:
    """What a description says in words alone."""
    if name == "github":
        # "You can also pass an `array` of labels directly."
        adding = made["paths"][f"{ISSUES}/{{issue_number}}/labels"]["post"]["requestBody"]["content"]
        labels = {"type": "array", "minItems": 1, "items": {"type": "string"}}
        adding["application/json"]["schema"]["oneOf"].append(labels)
        # As redirects and Link headers name a repository, whatever it's called
        # (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api).
        by_id = {"name": "repository_id", "in": "path", "required": True, "schema": {"type": "integer"}}
        listing = made["paths"][KEYS]["get"]
        named = {f"#/components/parameters/{name}" for name in ("owner", "repo")}
        kept = [each for each in listing["parameters"] if each.get("$ref") not in named]
        made["paths"]["/repositories/{repository_id}/keys"] = {"get": {**listing, "parameters": [by_id, *kept]}}
        named = made["paths"]["/repos/{owner}/{repo}"]["get"]
        made["paths"]["/repositories/{repository_id}"] = {"get": {**named, "parameters": [by_id]}}
        made["paths"]["/api/graphql"] = {"post": GRAPHQL}
        # As servers of a company's own tell it (GHUser.getSuspendedAt of hub4j/github-api).
        for schema in ("private-user", "public-user"):
            made["components"]["schemas"][schema]["properties"]["suspended_at"] = {"type": "string", "nullable": True}
    if name == "jira":
        # An answer of any kind at all is none: "Returned if the request is successful."
        for operation in (each for path in made["paths"].values() for each in path.values()):
            for answer in operation["responses"].values():
                if answer.get("content") == {"application/json": {"schema": {}}}:
                    del answer["content"]


if __name__ == "__main__":
    name, file = sys.argv[1:]
    made = trimmed(json.loads(Path(file).read_text("utf-8")), name)
    _as_told(name, made)
    (FOLDER / f"{name}.json").write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
