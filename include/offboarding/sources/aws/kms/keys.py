"""KMS keys that sign or make MACs, as KMS tells of them in one region.

https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from offboarding.custody.thumbprints import PublicKeyError, material_of_spki
from offboarding.sources.aws._api.client.failures import error_code
from offboarding.sources.aws._api.client.refusals import Refusals, Unanswered, asked
from offboarding.sources.aws._api.policy.statements import ResourceStatement, resource_statements

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_kms.type_defs import GrantListEntryTypeDef, KeyMetadataTypeDef

SIGNS, MACS = "SIGN_VERIFY", "GENERATE_VERIFY_MAC"
EXTERNAL = "EXTERNAL"
"""The origin of imported material."""
PAGE_SIZE = 1000
ALIASES_PAGE, TAGS_PAGE = 100, 50
"""The most that AWS gives."""
_SHOWN = frozenset({"Enabled", "Updating"})
_BY_STATE = frozenset({"DisabledException", "KMSInvalidStateException", "KeyUnavailableException"})
"""What KMS answers where the state has changed since: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"""
_NOT_TOLD = frozenset({"UnsupportedOperationException", "NotFoundException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who may do what with a key, by a grant."""

    grant_id: str
    grantee: str
    """An ARN, an id of somebody who was deleted, or a service's name."""
    actions: frozenset[str]
    """As policies write them: "kms:Sign"."""
    constrained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsKey:
    """A customer's key that signs or makes MACs."""

    key_id: str
    arn: str
    region: str
    usage: str
    spec: str
    state: str
    origin: str
    created_at: datetime | None
    """None of imported material, which may be older than the key that it was imported into."""
    deletion_at: datetime | None
    valid_to: datetime | None
    """When its imported material expires."""
    multi_region: bool
    primary: bool
    """Of a multi-Region key: whether it's the one that the others are copies of."""
    material: str
    """"jkt:..."; "" where KMS shows no public half."""
    material_reason: str
    """Why it shows none."""
    aliases: tuple[str, ...]
    tags: Mapping[str, str] | None = field(repr=False)
    """By key in lower case; None: not told."""
    policy: tuple[ResourceStatement, ...] | None = field(repr=False)
    """None: it couldn't be read."""
    grants: tuple[Grant, ...] | None
    last_used_at: datetime | None


@dataclass(slots=True, kw_only=True)
class KmsReader:
    """One region. Raises as `asked`; what isn't answered is kept in the refusals."""

    kms: "KMSClient" = field(repr=False)
    region: str
    keys: Refusals
    """What was denied without which keys, or who has access to them, aren't known."""
    details: Refusals
    """What was denied that only names and owners come from."""
    others: int = 0
    """How many keys there are besides that neither sign nor make MACs."""

    def read(self) -> Iterator[KmsKey]:
        """Yield every key: a request each, and of one that signs five more, of one that makes MACs four, and pages."""
        # Aliases are asked where there is a key to name, which in most regions there isn't.
        listed = self.keys.ask_region(self.region, self._listed)
        found = [metadata for arn in listed or () if (metadata := self._described(arn))]
        if not found:
            return
        aliases = self.details.ask(self.region, self._aliases) or {}
        for metadata in found:
            if key := self._key(metadata, aliases.get(metadata["KeyId"], ())):
                yield key

    def _listed(self) -> Sequence[str]:
        pages = self.kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": PAGE_SIZE})
        return [key.get("KeyArn", "") for page in pages for key in page["Keys"]]

    def _described(self, arn: str) -> "KeyMetadataTypeDef | None":
        """None where it's of no concern, was deleted meanwhile, or may not be looked at."""
        metadata = self.keys.ask(arn, lambda: self.kms.describe_key(KeyId=arn)["KeyMetadata"])
        if metadata is None:
            return None
        if metadata.get("KeyUsage") not in {SIGNS, MACS} or metadata.get("KeyManager") == "AWS":
            self.others += 1
            return None
        return metadata

    def _key(self, metadata: "KeyMetadataTypeDef", aliases: tuple[str, ...]) -> KmsKey | None:
        """None where its public half may not be read: then it can't be told which key it is."""
        arn = metadata.get("Arn", "")
        identity = self._material(metadata)
        if identity is None:
            return None
        material, reason = identity
        policy = self.keys.ask(arn, lambda: self._policy(arn))
        regions = metadata.get("MultiRegionConfiguration", {})
        return KmsKey(
            key_id=metadata["KeyId"],
            arn=arn,
            region=self.region,
            usage=metadata.get("KeyUsage", ""),
            spec=metadata.get("KeySpec", ""),
            state=metadata.get("KeyState", "unknown"),
            origin=metadata.get("Origin", "unknown"),
            # Imported material is older than the key that was made to hold it.
            created_at=_utc(metadata.get("CreationDate")) if metadata.get("Origin") != EXTERNAL else None,
            deletion_at=_utc(metadata.get("DeletionDate")),
            valid_to=_utc(metadata.get("ValidTo")),
            multi_region=metadata.get("MultiRegion", False),
            primary=regions.get("MultiRegionKeyType") == "PRIMARY",
            material=material,
            material_reason=reason,
            aliases=aliases,
            tags=self.details.ask(arn, lambda: self._tags(arn)),
            policy=policy,
            grants=self.keys.ask(arn, lambda: tuple(self._grants(arn))),
            last_used_at=self._last_used_at(arn),
        )

    def _material(self, metadata: "KeyMetadataTypeDef") -> tuple[str, str] | None:
        """By the public half, which KMS shows of an enabled key alone, or why there's none; None: it's denied."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        arn, state = metadata.get("Arn", ""), metadata.get("KeyState", "")
        if metadata.get("KeyUsage") == MACS:
            return "", "a MAC key has no public half"
        if state not in _SHOWN:
            return "", f"KMS shows no public half while the key is {state}"
        try:
            answer = self.keys.ask(arn, lambda: self.kms.get_public_key(KeyId=arn))
            return (material_of_spki(answer["PublicKey"]), "") if answer else None
        except ClientError as error:
            if error_code(error) not in _BY_STATE:
                raise
            return "", f"KMS shows no public half ({error_code(error)})"
        except PublicKeyError as error:
            return "", f"its public half has no thumbprint: {error}"

    def _policy(self, arn: str) -> tuple[ResourceStatement, ...]:
        answer = self.kms.get_key_policy(KeyId=arn, PolicyName="default")
        return resource_statements(json.loads(answer["Policy"]))

    def _grants(self, arn: str) -> Iterator[Grant]:
        pages = self.kms.get_paginator("list_grants").paginate(KeyId=arn, PaginationConfig={"PageSize": ALIASES_PAGE})
        for page in pages:
            yield from map(_grant, page["Grants"])

    def _aliases(self) -> Mapping[str, tuple[str, ...]]:
        """By key id."""
        found: dict[str, tuple[str, ...]] = {}
        pages = self.kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": ALIASES_PAGE})
        for alias in (alias for page in pages for alias in page["Aliases"]):
            if key_id := alias.get("TargetKeyId"):
                found[key_id] = tuple(sorted((*found.get(key_id, ()), alias.get("AliasName", ""))))
        return found

    def _tags(self, arn: str) -> Mapping[str, str]:
        pages = self.kms.get_paginator("list_resource_tags").paginate(
            KeyId=arn, PaginationConfig={"PageSize": TAGS_PAGE}
        )
        return {tag["TagKey"].lower(): tag["TagValue"].strip() for page in pages for tag in page["Tags"]}

    def _last_used_at(self, arn: str) -> datetime | None:
        """None too where AWS doesn't tell, or not us: it decides nothing.

        https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        try:
            answer = asked(lambda: self.kms.get_key_last_usage(KeyId=arn))
        except ClientError as error:
            if error_code(error) not in _NOT_TOLD:
                raise
            return None
        return None if isinstance(answer, Unanswered) else _utc(answer.get("KeyLastUsage", {}).get("Timestamp"))


def _grant(grant: "GrantListEntryTypeDef") -> Grant:
    return Grant(
        grant_id=grant.get("GrantId", ""),
        grantee=grant.get("GranteePrincipal") or grant.get("GranteeServicePrincipal", ""),
        actions=frozenset(f"kms:{operation}" for operation in grant.get("Operations", [])),
        constrained=bool(grant.get("Constraints")),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
