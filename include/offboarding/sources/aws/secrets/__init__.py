"""Secrets Manager's secrets and the Parameter Store's SecureStrings, in every enabled region of one AWS account a part:
their versions with dates and stages, and who may read them. Their values are never asked for.

Costs two requests a secret and one a parameter, beside pages of lists, two for each key that encrypts them, and those
of `Accesses`. Rights: docs/permissions/aws.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import structlog

from offboarding.custody.thumbprints import material_by_reference
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Exportable, Fact, Gap, Key, Standing, SubjectKind
from offboarding.sources.aws._api.access.accesses import Accesses, tagged
from offboarding.sources.aws._api.access.actions import PARAMETER, SECRET
from offboarding.sources.aws._api.access.effective import KeyTarget
from offboarding.sources.aws._api.client.opening import destinations, discover
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.client.session import Opened
from offboarding.sources.aws._api.proposing import propose
from offboarding.sources.aws._api.regional import RegionalSource, RegionsRead, regional
from offboarding.sources.aws.secrets.encrypting import EncryptingKeys
from offboarding.sources.aws.secrets.secrets import Parameter, ParameterReader, Secret, SecretReader, SecretVersion
from offboarding.sources.aws.secrets.settings import SecretSettings as Settings
from offboarding.sources.aws.secrets.words import CARRYABLE, standing, verifies

__all__ = ["AwsSecretsSource", "Settings", "build", "destinations", "discover", "propose"]

log = structlog.get_logger("offboarding.sources")

KINDS = (SubjectKind.SHARED_SECRET, SubjectKind.SIGNING_KEY)
SERVICES: Mapping[str, str] = {
    **dict.fromkeys(("ListSecrets", "ListSecretVersionIds", "GetResourcePolicy"), "secretsmanager"),
    **dict.fromkeys(("DescribeParameters", "ListTagsForResource"), "ssm"),
    **dict.fromkeys(("DescribeKey", "GetKeyPolicy"), "kms"),
}
"""Policies' prefix of the calls that are made here."""
_NO = frozenset({"", "false", "no", "0"})


def build(settings: Settings, connection: ConnectionFields, part: str, context: ReadContext) -> "AwsSecretsSource":
    """The source of one account's secrets; AWS is not asked anything yet."""
    return AwsSecretsSource(account=regional(settings, connection, part, SERVICES), settings=settings, context=context)


@dataclass(slots=True, kw_only=True)
class _SecretsRead:
    """What a read has to keep in mind."""

    opened: Opened
    secrets: Refusals
    details: Refusals
    far: RegionsRead
    accesses: Accesses
    encrypting: EncryptingKeys
    found: int = 0


class AwsSecretsSource(RegionalSource[Settings]):
    """The secrets of one AWS account."""

    def _read_regions(self, opened: Opened, regions: tuple[str, ...]) -> Iterator[Fact]:
        read = self._begin(opened)
        for region in regions:
            yield from self._secrets(read, region)
            if self.settings.parameters:
                yield from self._parameters(read, region)
        left_out = read.far.left_out
        log.info("secrets read", realm=self.account.realm, regions=len(regions), secrets=read.found, left_out=left_out)
        scopes = read.far.scopes(KINDS, others=read.accesses.errors())
        yield from self._conclude(scopes, unread=read.details.sentences(), unclear=read.accesses.gaps())
        yield from self._limits(left_out)

    def _begin(self, opened: Opened) -> _SecretsRead:
        secrets, details = Refusals(asker=self.account.asker), Refusals(asker=self.account.asker)
        return _SecretsRead(
            opened=opened,
            secrets=secrets,
            details=details,
            far=RegionsRead(account_id=self.account.realm, refusals=secrets),
            accesses=Accesses(
                iam=opened.iam(), refusals=secrets, controls=self.account.controls(opened), now=self.context.as_of
            ),
            encrypting=EncryptingKeys(realm=self.account.realm, clients=opened.kms, refusals=details),
        )

    def _limits(self, left_out: int) -> Iterator[Gap]:
        if left_out:
            text = f"{left_out} left out by `include` and `exclude`: not looked at"
            yield Gap(realm=self.account.realm, text=f"{self.account.asker}: {text}", red=False)
        if not self.settings.parameters:
            text = "SecureStrings of the Parameter Store aren't looked at, by `parameters: false`"
            yield Gap(realm=self.account.realm, text=f"{self.account.asker}: {text}", red=False)

    def _secrets(self, read: _SecretsRead, region: str) -> Iterator[Fact]:
        client = read.opened.secrets_manager(region)
        with read.far.reading(client, "secretsmanager", region) as left_out:
            reader = SecretReader(
                client=client, region=region, wanted=self._wanted, secrets=read.secrets, left_out=left_out
            )
            found = list(reader.read())
        read.found += len(found)
        for secret in found:
            for version in secret.versions:
                yield self._of_secret(secret, version)
        alive = (secret for secret in found if not secret.deleted_at)
        yield from read.accesses.of(
            [target for secret in alive for target in self._secret_targets(secret, read.encrypting)]
        )

    def _parameters(self, read: _SecretsRead, region: str) -> Iterator[Fact]:
        client = read.opened.ssm(region)
        with read.far.reading(client, "ssm", region) as left_out:
            reader = ParameterReader(
                client=client,
                region=region,
                account_id=self.account.realm,
                wanted=self._wanted,
                parameters=read.secrets,
                details=read.details,
                left_out=left_out,
            )
            found = list(reader.read())
        read.found += len(found)
        yield from map(self._of_parameter, found)
        yield from read.accesses.of([self._parameter_target(one, read.encrypting) for one in found])

    def _wanted(self, name: str) -> bool:
        return _matches(name, self.settings.include) and not _matches(name, self.settings.exclude)

    def _kind(self, name: str, tags: Mapping[str, str] | None) -> SubjectKind:
        said = tagged(tags, self.settings.signing_key_tags).lower() not in _NO
        signs = said or _matches(name, self.settings.signing_keys)
        return SubjectKind.SIGNING_KEY if signs else SubjectKind.SHARED_SECRET

    def _of_secret(self, secret: Secret, version: SecretVersion) -> Key:
        works, why = standing(secret, version)
        return Key(
            realm=self.account.realm,
            native_id=f"{secret.arn}#{version.version_id}",
            material=material_by_reference(self.account.realm, f"{secret.primary_arn}#{version.version_id}"),
            kind=self._kind(secret.name, secret.tags),
            name=secret.arn,
            label=f"{secret.name}, version {version.version_id} ({secret.region})",
            version=version.version_id,
            created_at=version.created_at,
            carryable=Exportable.YES,
            carryable_reason=CARRYABLE,
            verifies=verifies(secret),
            standing=works,
            standing_reason=f"Secrets Manager: {why}",
            owner=tagged(secret.tags, self.settings.owner_tags),
        )

    def _of_parameter(self, parameter: Parameter) -> Key:
        native_id = f"{parameter.arn}#{parameter.version}"
        return Key(
            realm=self.account.realm,
            native_id=native_id,
            material=material_by_reference(self.account.realm, native_id),
            kind=self._kind(parameter.name, parameter.tags),
            name=parameter.arn,
            label=f"{parameter.name}, version {parameter.version} ({parameter.region})",
            version=parameter.version,
            created_at=parameter.modified_at,
            carryable=Exportable.YES,
            carryable_reason=CARRYABLE,
            verifies=True,
            standing=Standing.WORKS,
            standing_reason="Parameter Store: the current version",
            owner=tagged(parameter.tags, self.settings.owner_tags),
        )

    def _secret_targets(self, secret: Secret, encrypting: EncryptingKeys) -> Iterator[KeyTarget]:
        """To read it, its value must be decrypted too; to say who may read it, not."""
        needs = encrypting.needed(secret.kms_key_id, secret.region, "secretsmanager")
        for carries in (True, False):
            yield KeyTarget(
                realm=self.account.realm,
                key=secret.arn,
                arn=secret.arn,
                actions={action: takes for action, takes in SECRET.items() if takes is carries},
                policy=secret.policy,
                policy_rules=False,
                tags=secret.tags,
                needs=needs if carries else (),
            )

    def _parameter_target(self, parameter: Parameter, encrypting: EncryptingKeys) -> KeyTarget:
        return KeyTarget(
            realm=self.account.realm,
            key=parameter.arn,
            arn=parameter.arn,
            actions=PARAMETER,
            policy=(),
            policy_rules=False,
            tags=parameter.tags,
            needs=encrypting.needed(parameter.kms_key_id, parameter.region, "ssm"),
        )


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
