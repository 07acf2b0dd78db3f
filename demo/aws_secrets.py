"""Secrets Manager and the Parameter Store as AWS lists them, out of moto's state: dates of versions, and no values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from moto.secretsmanager.models import ReplicaSecret

from demo.aws_kms import Answer, Fields, seconds
from demo.aws_moto_keys import parameters_of, secrets_of
from demo.aws_seed import AwsSeed

DEFAULT_SECRETS, DEFAULT_PARAMETERS = 100, 10
"""AWS's own page sizes."""


class SecretError(Exception):
    """An answer that is an error: AWS's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Secrets:
    """Both services in all accounts and regions."""

    def __init__(self, seed: AwsSeed) -> None:
        self._page_size = seed.page_size
        parameters = ((a.account_id, one) for a in seed.accounts for one in a.parameters)
        self._modified_by = {(account, one.name, one.version): one.modified_by for account, one in parameters}
        self._answers: Mapping[str, Callable[[str, str, Fields], Answer]] = {
            "secretsmanager:ListSecrets": self._list_secrets,
            "secretsmanager:ListSecretVersionIds": self._list_versions,
            "secretsmanager:GetResourcePolicy": self._get_policy,
            "ssm:DescribeParameters": self._describe_parameters,
        }

    def answer(self, action: str, account_id: str, region: str, fields: Fields) -> Answer | None:
        """What AWS answers; None: moto may answer this. Raises SecretError."""
        own = self._answers.get(action)
        return own(account_id, region, fields) if own else None

    def _list_secrets(self, account_id: str, region: str, fields: Fields) -> Answer:
        secrets = secrets_of(account_id, region).secrets.values()
        planned = bool(fields.get("IncludePlannedDeletion"))
        rows = [_secret(secret.to_dict()) for secret in secrets if planned or not secret.is_deleted()]
        return self._page("SecretList", rows, fields, DEFAULT_SECRETS)

    def _list_versions(self, account_id: str, region: str, fields: Fields) -> Answer:
        secret = secrets_of(account_id, region).secrets.get(str(fields["SecretId"]))
        if secret is None:
            raise SecretError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        rows = [
            {
                "VersionId": version_id,
                "CreatedDate": version["createdate"],
                **({"VersionStages": version["version_stages"]} if version["version_stages"] else {}),
            }
            for version_id, version in secret.versions.items()
            if version["version_stages"] or fields.get("IncludeDeprecated")
        ]
        page = self._page("Versions", rows, fields, DEFAULT_SECRETS)
        return {"ARN": secret.arn, "Name": secret.name, **page}

    def _get_policy(self, account_id: str, region: str, fields: Fields) -> Answer:
        secret = secrets_of(account_id, region).secrets.get(str(fields["SecretId"]))
        if secret is None:
            raise SecretError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        if secret.is_deleted():
            raise SecretError("InvalidRequestException", "The secret is marked for deletion.")
        source = secret.source if isinstance(secret, ReplicaSecret) else secret
        policy = {"ResourcePolicy": source.policy} if source.policy else {}
        return {"ARN": secret.arn, "Name": secret.name, **policy}

    def _describe_parameters(self, account_id: str, region: str, fields: Fields) -> Answer:
        filters = cast("list[dict[str, Any]]", fields.get("ParameterFilters") or [])
        found = parameters_of(account_id, region).describe_parameters([], filters)
        rows = [
            {
                "Name": one.name,
                "ARN": f"arn:aws:ssm:{region}:{account_id}:parameter/{one.name.removeprefix('/')}",
                "Type": one.parameter_type,
                "LastModifiedDate": seconds(one.last_modified_date),
                "LastModifiedUser": self._modified_by.get((account_id, one.name, one.version)) or "unknown",
                "Version": one.version,
                "Tier": one.tier,
                "DataType": one.data_type,
                **({"KeyId": one.keyid} if one.keyid else {}),
            }
            for one in found
        ]
        return self._page("Parameters", rows, fields, DEFAULT_PARAMETERS)

    def _page(self, name: str, rows: Sequence[Answer], fields: Fields, default: int) -> Answer:
        start = int(str(fields.get("NextToken", "0")))
        end = start + min(int(str(fields.get("MaxResults", default))), self._page_size)
        return {name: rows[start:end], **({"NextToken": str(end)} if end < len(rows) else {})}


def _secret(told: Mapping[str, object]) -> Answer:
    """AWS leaves out what there is nothing of, deprecated versions among it."""
    stages = cast("Mapping[str, Sequence[str]]", told.get("SecretVersionsToStages") or {})
    staged = {version: on for version, on in stages.items() if on}
    kept = {name: value for name, value in told.items() if value not in (None, "", {})}
    for replicated in ("ReplicationStatus", "VersionIdsToStages"):
        kept.pop(replicated, None)
    return {**kept, "SecretVersionsToStages": staged}
