"""KMS as AWS answers, out of moto's state: paging, refusals by a key's state, and when a key was last used.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from moto.kms.models import Key

from demo.aws_key_seed import AwsKmsKeySeed
from demo.aws_moto_keys import kms_of
from demo.aws_seed import AwsSeed

Fields = Mapping[str, object]
Answer = Mapping[str, object]

DEFAULT_KEYS, DEFAULT_PAGE = 100, 50
"""AWS's own page sizes: of ListKeys, and of the others."""
_EVENT = "5c3e6c66-7d0c-4d39-8d5e-8a3b2f0c9e11"
_USES = frozenset({"Sign", "Verify", "GenerateMac", "VerifyMac"})
"""What counts as use, and wants an enabled key."""


class KmsError(Exception):
    """An answer that is an error: AWS's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Asked:
    account_id: str
    region: str
    fields: Fields

    @property
    def key(self) -> Key:
        backend = kms_of(self.account_id, self.region)
        named = str(self.fields["KeyId"])
        key_id = backend.any_id_to_key_id(named) if "alias/" in named else backend.get_key_id(named)
        found = backend.keys.get(key_id or "")
        if found is None or (named.startswith("arn:") and "alias/" not in named and named != found.arn):
            raise KmsError("NotFoundException", f"Key '{named}' does not exist")
        return found


class Kms:
    """KMS in all accounts and regions."""

    def __init__(self, seed: AwsSeed, now: Callable[[], datetime]) -> None:
        self._now = now
        self._page_size = seed.page_size
        self._seeds = {(a.account_id, key.key_id): key for a in seed.accounts for key in a.kms_keys}
        self._used: dict[tuple[str, str, str], tuple[str, datetime]] = {}
        self._answers: Mapping[str, Callable[[_Asked], Answer]] = {
            "DescribeKey": self._describe_key,
            "GetKeyLastUsage": self._get_key_last_usage,
            "GetKeyPolicy": self._get_key_policy,
            "GetPublicKey": self._get_public_key,
            "ListAliases": self._list_aliases,
            "ListGrants": self._list_grants,
            "ListKeys": self._list_keys,
            "ListResourceTags": self._list_resource_tags,
        }

    def answer(self, operation: str, account_id: str, region: str, fields: Fields) -> Answer | None:
        """What AWS answers; None: moto may answer this. Raises KmsError."""
        asked = _Asked(account_id, region, fields)
        if operation in _USES:
            _refuse_by_state(asked.key)
            self._used[account_id, region, asked.key.id] = operation, self._now()
        own = self._answers.get(operation)
        return own(asked) if own else None

    def _seed(self, asked: _Asked, key: Key) -> AwsKmsKeySeed | None:
        return self._seeds.get((asked.account_id, key.id))

    def _list_keys(self, asked: _Asked) -> Answer:
        keys = [{"KeyArn": key.arn, "KeyId": key.id} for key in kms_of(asked.account_id, asked.region).list_keys()]
        return self._page("Keys", keys, asked.fields, DEFAULT_KEYS)

    def _list_aliases(self, asked: _Asked) -> Answer:
        aliases = kms_of(asked.account_id, asked.region).list_aliases(str(asked.fields.get("KeyId", "")) or None)
        rows = [
            {"AliasArn": alias.alias_arn, "AliasName": alias.alias_name, "TargetKeyId": alias.target_key_id}
            for alias in aliases
        ]
        # Its own aliases AWS lists before their keys are made; they point nowhere then.
        unmade = "alias/aws/ebs"
        rows.append({"AliasArn": f"arn:aws:kms:{asked.region}:{asked.account_id}:{unmade}", "AliasName": unmade})
        return self._page("Aliases", rows, asked.fields, DEFAULT_PAGE)

    def _list_grants(self, asked: _Asked) -> Answer:
        key = asked.key
        rows = [
            {
                "KeyId": key.arn,
                "GrantId": grant.id,
                "GranteePrincipal": grant.grantee_principal,
                "Operations": grant.operations,
                "IssuingAccount": f"arn:aws:iam::{asked.account_id}:root",
                **({"Name": grant.name} if grant.name else {}),
                **({"Constraints": grant.constraints} if grant.constraints else {}),
            }
            for grant in key.grants.values()
        ]
        return self._page("Grants", rows, asked.fields, DEFAULT_PAGE)

    def _list_resource_tags(self, asked: _Asked) -> Answer:
        tags = kms_of(asked.account_id, asked.region).list_resource_tags(asked.key.id)["Tags"]
        return self._page("Tags", tags, asked.fields, DEFAULT_PAGE)

    def _get_key_policy(self, asked: _Asked) -> Answer:
        if asked.fields["PolicyName"] != "default":
            raise KmsError("NotFoundException", "No such policy exists")
        return {"Policy": asked.key.policy, "PolicyName": "default"}

    def _get_public_key(self, asked: _Asked) -> Answer:
        key = asked.key
        if key.key_usage != "SIGN_VERIFY":
            raise KmsError("UnsupportedOperationException", f"{key.arn} has no public key")
        _refuse_by_state(key)
        return {
            "KeyId": key.arn,
            "KeySpec": key.key_spec,
            "CustomerMasterKeySpec": key.key_spec,
            "KeyUsage": key.key_usage,
            "SigningAlgorithms": key.signing_algorithms,
            "PublicKey": base64.b64encode(key.private_key.public_key()).decode(),
        }

    def _describe_key(self, asked: _Asked) -> Answer:
        key = asked.key
        seed = self._seed(asked, key)
        told: dict[str, object] = {
            name: value for name, value in key.to_dict()["KeyMetadata"].items() if value not in (None, [])
        }
        if key.key_usage == "GENERATE_VERIFY_MAC":
            told |= {"MacAlgorithms": [key.key_spec.replace("_", "_SHA_")]}
            told.pop("SigningAlgorithms", None)
        if seed and seed.valid_to:
            told |= {"ValidTo": seed.valid_to.timestamp(), "ExpirationModel": "KEY_MATERIAL_EXPIRES"}
        if key.multi_region:
            told |= {"MultiRegion": True, "MultiRegionConfiguration": _regions(key, seed)}
        return {"KeyMetadata": {**told, "KeyId": key.id}}

    def _get_key_last_usage(self, asked: _Asked) -> Answer:
        key = asked.key
        seed = self._seed(asked, key)
        used = self._used.get((asked.account_id, asked.region, key.id))
        if used is None and seed and seed.last_used_at:
            used = "Sign" if key.key_usage == "SIGN_VERIFY" else "GenerateMac", seed.last_used_at
        since = seed.tracked_since if seed else None
        return {
            "KeyId": key.arn,
            "KeyCreationDate": key.creation_date,
            "TrackingStartDate": since.timestamp() if since else key.creation_date,
            "KeyLastUsage": {
                "Operation": used[0],
                "Timestamp": used[1].timestamp(),
                "CloudTrailEventId": _EVENT,
                "KmsRequestId": _EVENT,
            }
            if used
            else {},
        }

    def _page(self, name: str, rows: Sequence[Mapping[str, object]], fields: Fields, default: int) -> Answer:
        start = int(str(fields.get("Marker", "0")))
        end = start + min(int(str(fields.get("Limit", default))), self._page_size)
        more = {"NextMarker": str(end), "Truncated": True} if end < len(rows) else {"Truncated": False}
        return {name: rows[start:end], **more}


def _refuse_by_state(key: Key) -> None:
    state = key.key_state
    if state == "Disabled":
        raise KmsError("DisabledException", f"{key.arn} is disabled.")
    if state == "Unavailable":
        raise KmsError("KeyUnavailableException", f"{key.arn} is unavailable.")
    if state not in ("Enabled", "Updating"):
        words = {"PendingDeletion": "pending deletion", "PendingImport": "pending import"}.get(state, state)
        raise KmsError("KMSInvalidStateException", f"{key.arn} is {words}.")


def _regions(key: Key, seed: AwsKmsKeySeed | None) -> Answer:
    """The primary and its replicas; moto tells one configuration to all of them."""
    primary = seed.region if seed else key.region
    replicas = seed.replicas if seed else ()

    def named(region: str) -> Answer:
        return {"Arn": key.arn.replace(f":{key.region}:", f":{region}:"), "Region": region}

    return {
        "MultiRegionKeyType": "PRIMARY" if key.region == primary else "REPLICA",
        "PrimaryKey": named(primary),
        "ReplicaKeys": [named(region) for region in replicas],
    }


def seconds(moment: datetime) -> float:
    """Since 1970, as the JSON protocols write times; moto keeps them naive, in UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
