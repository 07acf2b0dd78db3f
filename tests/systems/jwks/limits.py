"""What docs/limits.md says of it."""

from offboarding.verifiers.jwks.settings import JwksSettings
from tests.support.limits import KB, default

BOUNDS: dict[str, tuple[float, str]] = {
    "JWKS: a page, or a file": (default(JwksSettings, "max_kilobytes") * KB, "max_kilobytes"),
    "JWKS: a page, redirects included": (default(JwksSettings, "timeout_seconds"), "timeout_seconds"),
}
