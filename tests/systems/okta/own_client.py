"""Okta's description of its API, as Okta's own client has it: `python -m tests.systems.okta.own_client`.

Okta publishes the description in no package; the client of PyPI is generated from it. What stands here of an operation
is read off the client's code, its parameters with their kinds and what is answered, without prose.
"""

import importlib
import inspect
import json
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

from okta import __version__
from pydantic import TypeAdapter

from tests.support.described.server import description_of

USED = {
    "api_token_api.ApiTokenApi": ["list_api_tokens"],
    "application_api.ApplicationApi": ["get_application", "list_applications"],
    "application_sso_public_keys_api.ApplicationSSOPublicKeysApi": ["list_jwk", "list_o_auth2_client_secrets"],
    "authorization_server_api.AuthorizationServerApi": ["list_authorization_servers"],
    "authorization_server_keys_api.AuthorizationServerKeysApi": ["list_authorization_server_keys"],
    "org_setting_metadata_api.OrgSettingMetadataApi": ["get_wellknown_org_metadata"],
    "role_assignment_a_user_api.RoleAssignmentAUserApi": [
        "list_assigned_roles_for_user",
        "list_users_with_role_assignments",
    ],
    "role_assignment_client_api.RoleAssignmentClientApi": ["list_roles_for_client"],
    "role_e_custom_permission_api.RoleECustomPermissionApi": ["list_role_permissions"],
    "system_log_api.SystemLogApi": ["list_log_events"],
    "user_api.UserApi": ["get_user", "list_users"],
    "user_o_auth_api.UserOAuthApi": ["list_refresh_tokens_for_user_and_client"],
    "user_resources_api.UserResourcesApi": ["list_user_clients"],
}
TYPED = {
    "api_token_api.ApiTokenApi": ["revoke_api_token"],
    "application_api.ApplicationApi": ["activate_application", "deactivate_application"],
    "application_sso_public_keys_api.ApplicationSSOPublicKeysApi": [
        "activate_o_auth2_client_json_web_key",
        "activate_o_auth2_client_secret",
        "create_o_auth2_client_secret",
        "deactivate_o_auth2_client_json_web_key",
        "deactivate_o_auth2_client_secret",
    ],
    "authorization_server_keys_api.AuthorizationServerKeysApi": ["rotate_authorization_server_keys"],
    "role_assignment_a_user_api.RoleAssignmentAUserApi": ["assign_role_to_user", "unassign_role_from_user"],
    "user_lifecycle_api.UserLifecycleApi": ["activate_user", "deactivate_user", "suspend_user", "unsuspend_user"],
    "user_o_auth_api.UserOAuthApi": ["revoke_token_for_user_and_client"],
    "user_sessions_api.UserSessionsApi": ["revoke_user_sessions"],
}
"""What tickets say is to be typed, whose answers nobody reads here."""
PROSE = {"title", "description", "default", "examples"}
SCHEMAS = "#/components/schemas/"
EITHER = "200ResponseInner"
"""How the classes end that the client writes for one of several."""
KEYS = ("OAuth2ClientJsonSigningKeyResponse", "OAuth2ClientJsonEncryptionKeyResponse")
ROLES = ("StandardRole", "CustomRole")
APPLICATION, OAUTH_CLIENT = "Application", "OpenIdConnectApplication"
OF_SIGN_ON = {
    "if": {"properties": {"signOnMode": {"const": "OPENID_CONNECT"}}, "required": ["signOnMode"]},
    "then": {"$ref": f"{SCHEMAS}{OAUTH_CLIENT}"},
}
"""An application is more than its base says, by how people sign on: the client chooses a class by that."""
TEXT = {"type": "string", "minLength": 1}
TOKEN = {
    # RFC 6749, 4.4 and RFC 7523, 2.2, as https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp has
    # it: the client has no operation for it.
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "scope", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        "scope": TEXT,
                        "client_assertion_type": {"const": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                        "client_assertion": TEXT,
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
                        "required": ["access_token", "token_type", "expires_in", "scope"],
                        "properties": {
                            "access_token": TEXT,
                            "token_type": {"const": "Bearer"},
                            "expires_in": {"type": "integer"},
                            "scope": TEXT,
                        },
                    }
                }
            }
        }
    },
}

ORG_KEYS = {
    # https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/OrgAS/#tag/OrgAS/operation/oauthKeys: the client
    # has no operation for it, and asks nobody who they are.
    "parameters": [],
    "responses": {
        "200": {
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["keys"],
                        "properties": {
                            "keys": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["kty", "kid", "n", "e"],
                                    "properties": {
                                        "kty": {"const": "RSA"},
                                        "alg": {"const": "RS256"},
                                        "use": {"const": "sig"},
                                        **dict.fromkeys(("kid", "n", "e", "status"), TEXT),
                                    },
                                    "additionalProperties": False,
                                },
                            }
                        },
                    }
                }
            }
        }
    },
}


def made() -> dict[str, Any]:
    """The whole of it."""
    paths: dict[str, Any] = {"/oauth2/v1/token": {"post": TOKEN}, "/oauth2/v1/keys": {"get": ORG_KEYS}}
    schemas: dict[str, Any] = {}
    for operations, answers in ((USED, True), (TYPED, False)):
        for place, methods in operations.items():
            module, name = place.split(".")
            api = getattr(importlib.import_module(f"okta.api.{module}"), name)
            for method in methods:
                path, verb, operation = _operation(api, method, schemas, answers=answers)
                paths.setdefault(path, {})[verb] = operation
    schemas[APPLICATION] |= OF_SIGN_ON
    _schema(_type(OAUTH_CLIENT), schemas)
    info = {"title": "Okta Admin Management, by okta of PyPI", "version": __version__}
    used = {name: schema for name, schema in sorted(schemas.items()) if not name.endswith(EITHER)}
    return {
        "openapi": "3.1.0",
        "info": info,
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": used},
    }


def _operation(api: Any, method: str, schemas: dict[str, Any], *, answers: bool) -> tuple[str, str, dict[str, Any]]:
    """(path, verb, what is said of it)"""
    written = inspect.getsource(getattr(api, f"_{method}_serialize"))
    (path,) = re.findall(r'resource_path="([^"]+)"', written)
    (verb,) = re.findall(r'method="([A-Z]+)"', written)
    hints = get_type_hints(getattr(api, method), include_extras=True)
    parameters = [
        {"name": told, "in": place, "required": place == "path", "schema": _schema(hints[own], schemas)}
        for place, told, own in _parameters(written)
    ]
    if not answers:
        return path, verb.lower(), {"parameters": parameters, "responses": {}}
    (answer,) = re.findall(r'"200": "([^"]+)"', inspect.getsource(getattr(api, method)))
    body = _schema(_type(answer), schemas)
    return (
        path,
        verb.lower(),
        {
            "parameters": parameters,
            "responses": {"200": {"content": {"application/json": {"schema": body}}}},
        },
    )


def _parameters(written: str) -> Iterator[tuple[str, str, str]]:
    """(where, as Okta calls it, as the client calls it)"""
    for told, own in re.findall(r'_path_params\["(\w+)"\] = (\w+)', written):
        yield "path", told, own
    for told, own in re.findall(r'_query_params\.append\(\("(\w+)", (\w+)', written):
        yield "query", told, own


def _type(name: str) -> Any:
    models = importlib.import_module("okta.models")
    if inner := re.fullmatch(r"List\[(\w+)\]", name):
        return list[getattr(models, inner[1])]  # pyrefly: ignore[invalid-annotation]
    return getattr(models, name)


def _schema(told: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    own = TypeAdapter(told).json_schema(by_alias=True, ref_template=f"{SCHEMAS}{{model}}")
    for name, schema in own.pop("$defs", {}).items():
        schemas[name] = _bare(schema)
    kept = _bare(own)
    some = [each for each in kept.get("anyOf", []) if each != {"type": "null"}]
    if len(some) == 1:
        return some[0]
    if "$ref" not in kept and told is not None and (name := getattr(told, "__name__", "")) and "properties" in kept:
        schemas[name] = kept
        return {"$ref": f"{SCHEMAS}{name}"}
    return kept


def _bare(part: Any, *, named: bool = False) -> Any:
    """Without prose; what stands under `properties` are names, and stay."""
    if isinstance(part, list):
        return [_bare(each) for each in part]
    if not isinstance(part, dict):
        return part
    if (named_either := str(part.get("$ref"))).endswith(EITHER):
        some = KEYS if "Jwk" in named_either else ROLES
        return {"anyOf": [{"$ref": f"{SCHEMAS}{name}"} for name in some]}
    kept = {name: each for name, each in part.items() if named or name not in PROSE}
    return {name: _bare(each, named=not named and name == "properties") for name, each in kept.items()}


if __name__ == "__main__":
    description_of("okta").write_text(json.dumps(made(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
