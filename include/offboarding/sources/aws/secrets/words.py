"""What a version's stages mean: whether it's the one that counts, and what can be said of those before it.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html
"""

from offboarding.model import Standing
from offboarding.sources.aws.secrets.secrets import CURRENT, PENDING, PREVIOUS, Secret, SecretVersion

CARRYABLE = "Whoever may read it can copy its value."


def standing(secret: Secret, version: SecretVersion) -> tuple[Standing, str]:
    """Whether this version is the one that counts, and the clause for it."""
    if secret.deleted_at:
        return Standing.UNKNOWN, (
            f"marked for deletion on {secret.deleted_at:%Y-%m-%d}: nobody can fetch it, and what accepted it may still"
        )
    if CURRENT in version.stages:
        return Standing.WORKS, f"the current version ({CURRENT})"
    if PENDING in version.stages:
        return Standing.UNKNOWN, f"being rotated in ({PENDING})"
    if PREVIOUS in version.stages and secret.rotated:
        return Standing.UNKNOWN, f"{_superseded(secret)}; its rotation may alternate between two logins ({PREVIOUS})"
    if others := sorted(version.stages - {PREVIOUS}):
        return Standing.UNKNOWN, f"staged {', '.join(others)}: whoever asks for that stage gets it"
    return Standing.DEAD, _superseded(secret) if version.stages else f"deprecated; {_superseded(secret)}"


def verifies(secret: Secret) -> bool:
    """Whether what is current tells what is accepted: not once it's marked for deletion, which ends no acceptance."""
    return secret.deleted_at is None


def _superseded(secret: Secret) -> str:
    current = next((version for version in secret.versions if CURRENT in version.stages), None)
    if current is None:
        return "no longer current, and no version is"
    on = f" on {current.created_at:%Y-%m-%d}" if current.created_at else ""
    return f"superseded{on} by version {current.version_id}"
