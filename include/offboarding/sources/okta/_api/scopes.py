"""What an app may be granted to read (https://developer.okta.com/docs/api/oauth2/)."""

USERS, API_TOKENS, ROLES, APPS, LOGS, AUTHORIZATION_SERVERS = (
    "okta.users.read",
    "okta.apiTokens.read",
    "okta.roles.read",
    "okta.apps.read",
    "okta.logs.read",
    "okta.authorizationServers.read",
)
_SCOPE_OF = (
    ("/api-tokens", API_TOKENS),
    ("/roles", ROLES),
    ("/iam/", ROLES),
    ("/apps", APPS),
    ("/logs", LOGS),
    ("/authorizationServers", AUTHORIZATION_SERVERS),
)
"""By a part of the path."""


def scope_of(path: str) -> str:
    """Which scope a path takes; any other is of users."""
    return next((scope for part, scope in _SCOPE_OF if part in path), USERS)
