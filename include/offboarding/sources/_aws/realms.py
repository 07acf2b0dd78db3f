"""What the systems within an AWS account are called, each a realm of its own: it is read, and seen whole, by itself.

The account's id alone is the realm of its users and roles: principals are theirs.
"""


def kms_realm(account_id: str) -> str:
    """An account's KMS in all regions: "111111111111/kms"."""
    return f"{account_id}/kms"


def secrets_realm(account_id: str) -> str:
    """An account's Secrets Manager and Parameter Store in all regions: "111111111111/secrets"."""
    return f"{account_id}/secrets"


def trail_realm(account_id: str) -> str:
    """An account's CloudTrail in all regions: "111111111111/cloudtrail"."""
    return f"{account_id}/cloudtrail"
