"""Secrets and SecureStrings as AWS lists them: names, versions, dates and stages, and never a value.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.policy.statements import ResourceStatement, resource_statements

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_secretsmanager.type_defs import SecretListEntryTypeDef, SecretVersionsListEntryTypeDef
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_ssm.type_defs import ParameterMetadataTypeDef

CURRENT, PREVIOUS, PENDING = "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"
SECRETS_PAGE, PARAMETERS_PAGE = 100, 50
"""The most that AWS gives."""

Wanted = Callable[[str], bool]
"""Whether a secret of this name is to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretVersion:
    """A version of a secret that has a value."""

    version_id: str
    created_at: datetime | None
    stages: frozenset[str]
    """Empty: deprecated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret of Secrets Manager in one region."""

    arn: str
    name: str
    region: str
    primary_region: str
    """Where it was made; `region` itself unless it's a replica."""
    versions: tuple[SecretVersion, ...]
    tags: Mapping[str, str] = field(repr=False)
    """By key in lower case."""
    kms_key_id: str
    """What encrypts it; "" for AWS's own key."""
    rotated: bool
    """Whether something rotates it: a Lambda function, or the service that owns it."""
    deleted_at: datetime | None
    """Since when it's marked for deletion."""
    policy: tuple[ResourceStatement, ...] | None = field(repr=False)
    """None: it couldn't be read."""

    @property
    def primary_arn(self) -> str:
        """The ARN where it was made: replicas keep its name and its letters."""
        return self.arn.replace(f":{self.region}:", f":{self.primary_region}:", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A SecureString, by its current version."""

    arn: str
    name: str
    region: str
    version: str
    modified_at: datetime | None
    kms_key_id: str
    """An alias, an id or an ARN; "" for AWS's own key."""
    tags: Mapping[str, str] | None = field(repr=False)
    """By key in lower case; None: not told."""


@dataclass(slots=True, kw_only=True)
class SecretReader:
    """One region's secrets. Raises as `asked`; what isn't answered is kept in the refusals."""

    client: "SecretsManagerClient" = field(repr=False)
    region: str
    wanted: Wanted
    secrets: Refusals
    """What was denied without which secrets, or who has access to them, aren't known."""
    left_out: list[str]
    """ARNs of those that aren't wanted."""

    def read(self) -> Iterator[Secret]:
        """Yield every secret that has a value: pages of lists, and two requests each."""
        for entry in self.secrets.ask_region(self.region, self._listed) or ():
            if not self.wanted(entry.get("Name", "")):
                self.left_out.append(entry.get("ARN", ""))
            elif secret := self._secret(entry):
                yield secret

    def _listed(self) -> list["SecretListEntryTypeDef"]:
        pages = self.client.get_paginator("list_secrets").paginate(
            IncludePlannedDeletion=True, PaginationConfig={"PageSize": SECRETS_PAGE}
        )
        return [entry for page in pages for entry in page["SecretList"]]

    def _secret(self, entry: "SecretListEntryTypeDef") -> Secret | None:
        arn = entry.get("ARN", "")
        versions = self.secrets.ask(arn, lambda: tuple(self._versions(arn)))
        if not versions:
            return None
        deleted_at = _utc(entry.get("DeletedDate"))
        return Secret(
            arn=arn,
            name=entry.get("Name", ""),
            region=self.region,
            primary_region=entry.get("PrimaryRegion", self.region),
            versions=versions,
            tags={tag.get("Key", "").lower(): tag.get("Value", "").strip() for tag in entry.get("Tags", [])},
            kms_key_id=entry.get("KmsKeyId", ""),
            rotated=bool(entry.get("RotationLambdaARN")) or entry.get("RotationEnabled", False),
            deleted_at=deleted_at,
            # AWS shows no policy of a secret that is marked for deletion, and hands out no value.
            policy=() if deleted_at else self.secrets.ask(arn, lambda: self._policy(arn)),
        )

    def _versions(self, arn: str) -> Iterator[SecretVersion]:
        """Page by the token: boto3 has no paginator for this call."""
        token: str | None = ""
        while token is not None:
            more = {"NextToken": token} if token else {}
            answer = self.client.list_secret_version_ids(
                SecretId=arn, IncludeDeprecated=True, MaxResults=SECRETS_PAGE, **more
            )
            yield from map(_version, answer["Versions"])
            token = answer.get("NextToken") or None

    def _policy(self, arn: str) -> tuple[ResourceStatement, ...]:
        policy = self.client.get_resource_policy(SecretId=arn).get("ResourcePolicy")
        return resource_statements(json.loads(policy)) if policy else ()


@dataclass(slots=True, kw_only=True)
class ParameterReader:
    """One region's SecureStrings. Raises as SecretReader.

    GetParameterHistory knows the dates of earlier versions, and hands out the values with them: whoever may ask it may
    have them decrypted by AWS's own key. So nobody here asks, and no such right is wanted: what counts is the current
    version, and the night on which an earlier one was replaced was seen.
    """

    client: "SSMClient" = field(repr=False)
    region: str
    account_id: str
    wanted: Wanted
    parameters: Refusals
    details: Refusals
    left_out: list[str]
    """ARNs of those that aren't wanted."""

    def read(self) -> Iterator[Parameter]:
        """Yield every SecureString: pages of lists, and one request each."""
        for entry in self.parameters.ask_region(self.region, self._listed) or ():
            if self.wanted(entry.get("Name", "")):
                yield self._parameter(entry)
            else:
                self.left_out.append(self._arn(entry))

    def _listed(self) -> list["ParameterMetadataTypeDef"]:
        pages = self.client.get_paginator("describe_parameters").paginate(
            ParameterFilters=[{"Key": "Type", "Option": "Equals", "Values": ["SecureString"]}],
            PaginationConfig={"PageSize": PARAMETERS_PAGE},
        )
        return [entry for page in pages for entry in page["Parameters"]]

    def _parameter(self, entry: "ParameterMetadataTypeDef") -> Parameter:
        name, arn, key_id = entry.get("Name", ""), self._arn(entry), entry.get("KeyId", "")
        return Parameter(
            arn=arn,
            name=name,
            region=self.region,
            version=str(entry.get("Version", "")),
            modified_at=_utc(entry.get("LastModifiedDate")),
            kms_key_id="" if key_id == "alias/aws/ssm" else key_id,
            tags=self.details.ask(arn, lambda: self._tags(name)),
        )

    def _arn(self, entry: "ParameterMetadataTypeDef") -> str:
        partition, name = self.client.meta.partition, entry.get("Name", "")
        made_up = f"arn:{partition}:ssm:{self.region}:{self.account_id}:parameter/{name.removeprefix('/')}"
        return entry.get("ARN", made_up)

    def _tags(self, name: str) -> Mapping[str, str]:
        answer = self.client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
        return {tag["Key"].lower(): tag["Value"].strip() for tag in answer["TagList"]}


def _version(version: "SecretVersionsListEntryTypeDef") -> SecretVersion:
    return SecretVersion(
        version_id=version.get("VersionId", ""),
        created_at=_utc(version.get("CreatedDate")),
        stages=frozenset(version.get("VersionStages", [])),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
