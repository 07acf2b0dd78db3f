"""Full ARNs of what was asked for by a name, a partial ARN or a path.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from offboarding.model import AuditEvent
from offboarding.model.errors import FatalError
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws.cloudtrail.records import RecordedEvent

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

SECRETS_PAGE, PARAMETERS_PAGE = 100, 50
_Answer = TypeVar("_Answer")
_SUFFIX = 7
"""What AWS adds to a secret's name: a hyphen and six letters."""


@dataclass(frozen=True, slots=True)
class _NamedSecret:
    arn: str
    made_at: datetime | None


@dataclass(slots=True, kw_only=True)
class ResourceNames:
    """One account's names, asked for region by region, and only where an event bears one."""

    secrets_manager: Callable[[str], "SecretsManagerClient"] = field(repr=False)
    ssm: Callable[[str], "SSMClient"] = field(repr=False)
    account_id: str
    refusals: Refusals
    out_of_reach: str = ""
    """Why the account itself can't be asked at all."""
    _secrets: dict[str, Mapping[str, _NamedSecret]] = field(default_factory=dict[str, Mapping[str, _NamedSecret]])
    _paths: dict[tuple[str, str, bool], Sequence[str]] = field(
        default_factory=dict[tuple[str, str, bool], Sequence[str]]
    )

    def certain(self, recorded: RecordedEvent) -> Iterator[AuditEvent]:
        """Yield the event with its object's full ARN; of a path, one for each parameter below it.

        What can't be found (deleted since, or in another account) keeps the name that it was asked for by.
        """
        region = recorded.event.object.split(":")[3] if recorded.named or recorded.below else ""
        elsewhere = recorded.event.object_realm != self.account_id
        if recorded.below and not elsewhere:
            arns = self._below(region, recorded.below, recursive=recorded.recursive)
            yield from (replace(recorded.event, object=arn) for arn in arns)
            return
        found = self._secret(region, recorded) if recorded.named and not elsewhere else None
        yield replace(recorded.event, object=found) if found else recorded.event

    def _secret(self, region: str, recorded: RecordedEvent) -> str | None:
        if region not in self._secrets:
            self._secrets[region] = dict(self._ask(region, lambda: list(self._listed(region))) or ())
        arn, _, version = recorded.event.object.partition("#")
        secret = self._secrets[region].get(arn)
        if secret is None or (secret.made_at and secret.made_at > recorded.event.at):
            return None
        return f"{secret.arn}#{version}" if version else secret.arn

    def _listed(self, region: str) -> Iterator[tuple[str, _NamedSecret]]:
        """Yield each secret by its ARN with and without its end."""
        pages = self.secrets_manager(region).get_paginator("list_secrets")
        for page in pages.paginate(IncludePlannedDeletion=True, PaginationConfig={"PageSize": SECRETS_PAGE}):
            for entry in page["SecretList"]:
                arn, made_at = entry.get("ARN", ""), entry.get("CreatedDate")
                secret = _NamedSecret(arn, made_at.astimezone(UTC) if made_at else None)
                yield arn, secret
                yield arn[:-_SUFFIX], secret

    def _ask(self, region: str, call: Callable[[], _Answer]) -> _Answer | None:
        """What an account tells, whose events are known even where it can't be reached itself."""
        if self.out_of_reach:
            return None
        try:
            return self.refusals.ask(region, call)
        except FatalError as error:
            self.out_of_reach = str(error)
            return None

    def _below(self, region: str, path: str, *, recursive: bool) -> Sequence[str]:
        about = (region, path, recursive)
        if about not in self._paths:
            self._paths[about] = (
                self._ask(region, lambda: list(self._parameters(region, path, recursive=recursive))) or ()
            )
        return self._paths[about]

    def _parameters(self, region: str, path: str, *, recursive: bool) -> Iterator[str]:
        pages = (
            self.ssm(region)
            .get_paginator("describe_parameters")
            .paginate(
                ParameterFilters=[
                    {"Key": "Path", "Option": "Recursive" if recursive else "OneLevel", "Values": [path]}
                ],
                PaginationConfig={"PageSize": PARAMETERS_PAGE},
            )
        )
        for page in pages:
            yield from (entry["ARN"] for entry in page["Parameters"] if "ARN" in entry)
