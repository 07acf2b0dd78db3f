"""Make a vendor's OpenAPI description as small as tests need it: `python -m tests.support.described.trim NAME FILE`.

What stays: the operations of `USED`, with what they refer to, and no prose. Where each comes from says its README.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.described.server import description_of

FOLDER = Path(__file__).parent
NAVIGATION = "x-ms-navigationProperty"
"""What Microsoft marks as another thing, told only where it's expanded."""
PROSE = {"description", "example", "examples", "externalDocs", "summary", "tags", "operationId", "title", "default"}
ISSUES = "/repos/{owner}/{repo}/issues"
KEYS = "/repos/{owner}/{repo}/keys"
USED = {
    "entra_id": {
        "/applications": ["get"],
        "/applications/{application-id}": ["get"],
        "/applications/{application-id}/federatedIdentityCredentials": ["get"],
        "/applications/{application-id}/owners": ["get"],
        "/directory/deletedItems/microsoft.graph.user": ["get"],
        "/groups/{group-id}/transitiveMembers": ["get"],
        "/roleManagement/directory/roleAssignments": ["get"],
        "/roleManagement/directory/roleDefinitions": ["get"],
        "/roleManagement/directory/roleEligibilityScheduleInstances": ["get"],
        "/servicePrincipals": ["get"],
        "/servicePrincipals/{servicePrincipal-id}": ["get"],
        "/servicePrincipals/{servicePrincipal-id}/owners": ["get"],
        "/oauth2PermissionGrants": ["get"],
        "/users": ["get"],
        "/users/{user-id}": ["get"],
        "/users/{user-id}/oauth2PermissionGrants": ["get"],
    },
    "github": {
        "/installation/repositories": ["get"],
        "/user": ["get"],
        "/app": ["get"],
        "/app/installations/{installation_id}/access_tokens": ["post"],
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
    },
    "github_org": {
        "/user": ["get"],
        "/installation/repositories": ["get"],
        "/app": ["get"],
        "/app/installations/{installation_id}/access_tokens": ["post"],
        "/enterprises/{enterprise}/audit-log": ["get"],
        "/orgs/{org}": ["get"],
        "/orgs/{org}/audit-log": ["get"],
        "/orgs/{org}/installations": ["get"],
        "/orgs/{org}/credential-authorizations": ["get"],
        "/orgs/{org}/invitations": ["get"],
        "/orgs/{org}/members": ["get"],
        "/orgs/{org}/memberships/{username}": ["get"],
        "/orgs/{org}/outside_collaborators": ["get"],
        "/orgs/{org}/personal-access-tokens": ["get"],
        "/orgs/{org}/repos": ["get"],
        "/repos/{owner}/{repo}": ["get"],
        KEYS: ["get"],
        "/user/{account_id}": ["get"],
        "/user/memberships/orgs/{org}": ["get"],
        "/users/{username}/keys": ["get"],
    },
    "jira": {
        "/myself": ["get"],
        "/mypermissions": ["get"],
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
EXPANDED = {"owners", "principal", "federatedIdentityCredentials"}
"""Of what is told only where it's expanded, what is."""
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
BELOW = {"jira": "/rest/api/3"}
"""Below what a stub serves them."""


def trimmed(whole: dict[str, Any], name: str) -> dict[str, Any]:
    """The operations that are used, and what they refer to."""
    below = BELOW.get(name, "")
    paths = {
        path: {
            each: bare(part) for each, part in whole["paths"][below + path].items() if each in {*methods, "parameters"}
        }
        for path, methods in USED[name].items()
    }
    kept: dict[str, dict[str, Any]] = {}
    waiting = [*_referred(paths)]
    while waiting:
        _, _, kind, part = waiting.pop().split("/")
        if part not in kept.setdefault(kind, {}):
            kept[kind][part] = bare(whole["components"][kind][part])
            waiting += _referred(kept[kind][part])
    info = {each: whole["info"][each] for each in ("title", "version")}
    ordered = {kind: dict(sorted(parts.items())) for kind, parts in sorted(kept.items())}
    return {"openapi": whole["openapi"], "info": info, "paths": paths, "components": ordered}


def bare(part: Any, *, named: bool = False) -> Any:
    """Without prose; what stands under `properties` are names, and stay."""
    if isinstance(part, list):
        return [bare(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: each for name, each in part.items() if named or not (name in PROSE or name.startswith("x-"))}
    if named:
        kept = {name: each for name, each in kept.items() if name in EXPANDED or not _leads_on(each)}
    own = {name: bare(each, named=not named and name == "properties") for name, each in kept.items()}
    if own.get("nullable") is True and "enum" in own and None not in own["enum"]:
        own["enum"].append(None)  # OpenAPI 3.0.3 wants it said twice; vendors say it once, and answer null
    return own


def _leads_on(part: Any) -> bool:
    return isinstance(part, dict) and part.get(NAVIGATION) is True


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
    if name == "github_org":
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
    if name == "entra_id":
        _as_microsoft_tells(made)
    if name == "jira":
        # An answer of any kind at all is none: "Returned if the request is successful."
        for operation in (each for path in made["paths"].values() for each in path.values()):
            for answer in operation["responses"].values():
                if answer.get("content") == {"application/json": {"schema": {}}}:
                    del answer["content"]


def _as_microsoft_tells(made: dict[str, Any]) -> None:
    """What its pages say, and the description doesn't."""
    asked = {each["name"]: each for each in made["paths"]["/users"]["get"]["parameters"] if "name" in each}
    # https://learn.microsoft.com/en-us/graph/api/resources/signinactivity
    selected = asked["$select"]["schema"]["items"]["enum"]
    selected.append("signInActivity")
    named = made["paths"]["/users/{user-id}"]["get"]["parameters"]
    next(each for each in named if each.get("name") == "$select")["schema"]["items"]["enum"].append("signInActivity")
    moments = ("lastSignInDateTime", "lastNonInteractiveSignInDateTime", "lastSuccessfulSignInDateTime")
    user = made["components"]["schemas"]["microsoft.graph.user"]["allOf"][1]["properties"]
    activity: dict[str, Any] = {
        name: {"type": "string", "format": "date-time", "nullable": True} for name in moments
    } | {name.replace("DateTime", "RequestId"): {"type": "string", "nullable": True} for name in moments}
    user["signInActivity"] = {"type": "object", "nullable": True, "properties": activity, "additionalProperties": False}
    # What a deleted user's list takes is what users' does:
    # https://learn.microsoft.com/en-us/graph/api/directory-deleteditems-list
    deleted = made["paths"]["/directory/deletedItems/microsoft.graph.user"]["get"]["parameters"]
    next(each for each in deleted if each.get("name") == "$select")["schema"]["items"]["enum"] = selected
    for path in made["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "parameters" in operation:
                kept = [each for each in operation["parameters"] if not _is_spare(each)]
                # https://learn.microsoft.com/en-us/graph/query-parameters#skiptoken-parameter
                is_list = any(each.get("$ref", "").endswith("/top") for each in kept)
                following = {"name": "$skiptoken", "in": "query", "schema": {"type": "string"}}
                operation["parameters"] = [*kept, following] if is_list else kept
    for schema in made["components"]["schemas"].values():
        for part in (schema, *schema.get("allOf", ())):
            part.pop("discriminator", None)
            # Told only of what may be of several types: https://learn.microsoft.com/en-us/graph/traverse-the-graph
            if part.get("required") == ["@odata.type"]:
                del part["required"]
    # As Microsoft's SDK asks for the same, which is made of a newer description.
    same = {"$ref": "#/paths/~1directory~1deletedItems~1microsoft.graph.user"}
    made["paths"]["/directory/deletedItems/graph.user"] = same


def _is_spare(parameter: dict[str, Any]) -> bool:
    spare = {"$orderby", "ConsistencyLevel"}
    unused = {f"#/components/parameters/{name}" for name in ("skip", "search", "count")}
    return parameter.get("name") in spare or parameter.get("$ref") in unused


if __name__ == "__main__":
    name, file = sys.argv[1:]
    made = trimmed(json.loads(Path(file).read_text("utf-8")), name)
    _as_told(name, made)
    description_of(name).write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
