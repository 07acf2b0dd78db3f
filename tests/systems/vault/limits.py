"""What docs/limits.md says of it."""

from offboarding.sources.vault import auth as vault_auth
from offboarding.sources.vault._api import listing
from tests.support.limits import default

BOUNDS: dict[str, tuple[float, str]] = {
    "Vault's logins: requests about one account": (
        default(vault_auth.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "Vault's logins: a list of names": (listing.MOST_MEGABYTES << 20, ""),
}
