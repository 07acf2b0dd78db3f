"""KMS keys that sign or make MACs, in every enabled region of one AWS account a part: what they are, and who may use
them.

Costs a request for each key of any kind, and of those that sign or make MACs the requests of `KmsReader.read`; who has
access costs those of `Accesses`. Rights: docs/permissions/aws.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from offboarding.custody.thumbprints import material_by_reference
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Fact, Key, KeyAccess, SubjectKind
from offboarding.sources.aws._api.access.accesses import Accesses, tagged
from offboarding.sources.aws._api.access.actions import KMS_MACS, KMS_REPLICATES, KMS_SIGNS
from offboarding.sources.aws._api.access.effective import KeyTarget
from offboarding.sources.aws._api.access.values import Value
from offboarding.sources.aws._api.client.opening import destinations, discover
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.client.session import Opened
from offboarding.sources.aws._api.proposing import propose
from offboarding.sources.aws._api.regional import RegionalSource, RegionsRead, regional
from offboarding.sources.aws.kms.keys import MACS, KmsKey, KmsReader
from offboarding.sources.aws.kms.settings import Settings
from offboarding.sources.aws.kms.words import exportable, standing, verifies

__all__ = ["AwsKmsSource", "Settings", "build", "destinations", "discover", "propose"]

log = structlog.get_logger("offboarding.sources")

KINDS = (SubjectKind.SIGNING_KEY,)
SERVICES: Mapping[str, str] = dict.fromkeys(
    (
        *("DescribeKey", "GetKeyLastUsage", "GetKeyPolicy", "GetPublicKey"),
        *("ListAliases", "ListGrants", "ListKeys", "ListResourceTags"),
    ),
    "kms",
)
"""Policies' prefix of the calls that are made here."""
KEY_POLICY = "A key whose own policy names no `:root` of the account must name the role itself."


def build(settings: Settings, connection: ConnectionFields, part: str, context: ReadContext) -> "AwsKmsSource":
    """The source of one account's keys; AWS is not asked anything yet."""
    return AwsKmsSource(account=regional(settings, connection, part, SERVICES), settings=settings, context=context)


@dataclass(slots=True, kw_only=True)
class _KmsRead:
    """What a read has to keep in mind."""

    opened: Opened
    keys: Refusals
    details: Refusals
    far: RegionsRead
    accesses: Accesses
    found: int = 0
    others: int = 0
    unsaid: list[str] = field(default_factory=list[str])
    """Keys whose public half has no thumbprint."""


class AwsKmsSource(RegionalSource[Settings]):
    """The KMS keys of one AWS account."""

    def _read_regions(self, opened: Opened, regions: tuple[str, ...]) -> Iterator[Fact]:
        read = self._begin(opened)
        for region in regions:
            yield from self._region(read, region)
        log.info(
            "KMS keys read", realm=self.account.realm, regions=len(regions), keys=read.found, other_keys=read.others
        )
        scopes = read.far.scopes(KINDS, others=read.accesses.errors())
        unclear = (*read.accesses.gaps(), *read.unsaid)
        yield from self._conclude(scopes, unread=read.details.sentences(), unclear=unclear)

    def _begin(self, opened: Opened) -> _KmsRead:
        keys = Refusals(asker=self.account.asker, advice=KEY_POLICY)
        return _KmsRead(
            opened=opened,
            keys=keys,
            details=Refusals(asker=self.account.asker, advice=KEY_POLICY),
            far=RegionsRead(account_id=self.account.realm, refusals=keys),
            accesses=Accesses(
                iam=opened.iam(), refusals=keys, controls=self.account.controls(opened), now=self.context.as_of
            ),
        )

    def _region(self, read: _KmsRead, region: str) -> Iterator[Fact]:
        kms = read.opened.kms(region)
        reader = KmsReader(kms=kms, region=region, keys=read.keys, details=read.details)
        with read.far.reading(kms, "kms", region):
            found = list(reader.read())
        read.found += len(found)
        read.others += reader.others
        for key in found:
            if not key.material and key.usage != MACS and key.state in ("Enabled", "Updating"):
                read.unsaid.append(
                    f"{self.account.asker}: {key.arn} can't be recognised in other systems: {key.material_reason}"
                )
            yield self._key(key)
        yield from self._access(read.accesses, found)

    def _key(self, key: KmsKey) -> Key:
        may_leave, leave_reason = exportable(key)
        works, works_reason = standing(key)
        because = f" ({key.material_reason})" if key.material_reason and key.usage != MACS else ""
        return Key(
            realm=self.account.realm,
            native_id=_native_id(key),
            material=key.material or material_by_reference(self.account.realm, key.key_id),
            lasting_id=True,
            kind=SubjectKind.SIGNING_KEY,
            name=key.arn,
            label=f"{', '.join(key.aliases)} ({key.arn})" if key.aliases else key.arn,
            algorithm=key.spec,
            created_at=key.created_at,
            carryable=may_leave,
            carryable_reason=leave_reason,
            verifies=verifies(key),
            standing=works,
            standing_reason=f"{works_reason}{because}",
            expires_at=key.valid_to,
            last_used_at=key.last_used_at,
            owner=tagged(key.tags, self.settings.owner_tags),
        )

    def _access(self, accesses: Accesses, keys: list[KmsKey]) -> Iterator[KeyAccess]:
        targets = [self._target(key) for key in keys]
        granted = [
            access
            for key, target in zip(keys, targets, strict=True)
            for grant in key.grants or ()
            for access in accesses.by_grant(
                target,
                grant.grantee,
                grant.actions,
                Value(
                    holds=None if grant.constrained else True,
                    by=f"grant {grant.grant_id}",
                    keys=("its constraints",) if grant.constrained else (),
                ),
            )
        ]
        yield from accesses.of(targets, granted)

    def _target(self, key: KmsKey) -> KeyTarget:
        actions = KMS_MACS if key.usage == MACS else KMS_SIGNS
        return KeyTarget(
            realm=self.account.realm,
            key=key.arn,
            arn=key.arn,
            actions={**actions, **KMS_REPLICATES} if key.primary else actions,
            policy=key.policy,
            policy_rules=True,
            tags=key.tags,
        )


def _native_id(key: KmsKey) -> str:
    """A multi-Region key's id is the same in each of its regions."""
    return key.arn if key.multi_region else key.key_id
