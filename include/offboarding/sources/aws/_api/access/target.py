"""A key that somebody may reach, and a request for it as policies' conditions see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from offboarding.sources.aws._api.access.principals import Principal
from offboarding.sources.aws._api.policy.statements import ResourceStatement

_RESOURCE_TAG = ":resourcetag/"
_TAG_KEYS = frozenset({"secretsmanager", "ssm"})
"""Services with a condition key of their own for a resource's tags, beside aws:ResourceTag.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTarget:
    """A key that somebody may reach, as AWS's policies see it."""

    realm: str
    """The key's, as KeyAccess has it; the account that holds it stands in its ARN."""
    key: str
    """What KeyAccess calls it: the native id of a copy, or the name of all versions."""
    arn: str
    """What Resource patterns are matched with."""
    actions: Mapping[str, bool]
    """Each action that matters, as AWS writes it, and whether it takes the material away (see actions.py)."""
    policy: tuple[ResourceStatement, ...] | None = field(repr=False)
    """Its own policy (`resource_statements`); () where it has none, None where it couldn't be read."""
    policy_rules: bool
    """Its own policy must allow, or hand over to the account's identity policies (KMS); False: either will do."""
    tags: Mapping[str, str] | None = field(default=None, repr=False)
    """By key in lower case; None: not known."""
    context: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """What such a request is known to say under further condition keys, in lower case (`kms:viaservice`)."""
    needs: "tuple[KeyTarget, ...]" = ()
    """What must be reachable besides: the KMS key that encrypts a secret, with `kms:Decrypt` as its action."""

    @property
    def region(self) -> str:
        """Where it lies."""
        return self.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        """Whose it is."""
        return self.arn.split(":")[4]


@dataclass(frozen=True, slots=True)
class Request:
    """A principal's request for a key, as condition keys see it."""

    principal: Principal
    target: KeyTarget
    organization_id: str | None = None
    """The principal's account's; "" where it's in none, None where that isn't known."""

    def value(self, key: str) -> str | None:
        """What it says; the resource's own keys too."""
        if key in self.target.context:
            return self.target.context[key]
        if tag := self._resource_tag(key):
            return (self.target.tags or {}).get(tag)
        if self._is_about_organization(key):
            return self.organization_id or None
        known = {
            "aws:requestedregion": self.target.region,
            "aws:resourceaccount": self.target.account_id,
            # Whoever wants to can ask over TLS.
            "aws:securetransport": "true",
        }
        return known.get(key) or self.principal.value(key)

    def lacks(self, key: str) -> bool:
        """What it's known not to say."""
        if tag := self._resource_tag(key):
            return self.target.tags is not None and tag not in self.target.tags
        if _RESOURCE_TAG in key:
            return True
        if self._is_about_organization(key):
            return self.organization_id == ""
        return self.principal.lacks(key)

    def variable(self, key: str) -> str | None:
        """The same values."""
        return self.value(key)

    def _is_about_organization(self, key: str) -> bool:
        own = self.principal.realm == self.target.account_id
        return key == "aws:principalorgid" or (own and key == "aws:resourceorgid")

    def _resource_tag(self, key: str) -> str:
        """The tag that a condition key is about, in lower case; "" where the resource's service has no such key."""
        service, _, tag = key.partition(_RESOURCE_TAG)
        own = service in _TAG_KEYS and service == self.target.arn.split(":")[2]
        return tag if own or service == "aws" else ""
