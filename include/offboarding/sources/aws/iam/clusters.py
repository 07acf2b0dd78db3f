"""Users of IAM whom clusters on EKS let in by access entries: trusts, as a role's is. Read where regions are named.

https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from offboarding.model import Fact, Gap, ScopeRead, Standing, SubjectKind, Trust, counted, first_few
from offboarding.sources.aws._api.client.failures import CallerIdentity
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.client.session import Opened
from offboarding.sources.aws._api.inventory import Inventory

ROLE_ID = "AROA"
"""How the ids of roles begin (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)."""
ENTRY = "access-entry/"
"""How the native id of one begins; its region, its cluster and whom it lets in follow."""
_USER = re.compile(r"arn:[^:]+:iam::(\d{12}):user/.+")
_MOST_NAMED = 5
_BY_CONFIG_MAP = ("CONFIG_MAP", "API_AND_CONFIG_MAP")
_ADMINS = frozenset({"AmazonEKSClusterAdminPolicy"})
"""Of access policies, which give everything in the whole cluster; of others it isn't told here."""


def let_in(asker: CallerIdentity, opened: Opened, inventory: Inventory, regions: Iterable[str]) -> Iterator[Fact]:
    """Yield whom entries let in, what else lets people in there, and how far the account was read."""
    entries = _Entries(
        asker=asker,
        opened=opened,
        made_at={user.arn.lower(): user.created_at for user in inventory.users.values()},
        refusals=Refusals(asker=asker),
    )
    yield from entries.facts(regions)
    yield from entries.scopes()


@dataclass(slots=True, kw_only=True)
class _Entries:
    """One account's."""

    asker: CallerIdentity
    opened: Opened
    made_at: Mapping[str, datetime]
    """When each of the account's users was made, by ARN in small letters: an entry knows users by more than that."""
    refusals: Refusals
    """Why there may be others than are told."""
    whole: list[str] = field(default_factory=list[str])
    """How the native ids begin of what was read to its end."""

    def facts(self, regions: Iterable[str]) -> Iterator[Trust | Gap]:
        """Yield each user whom an entry lets in, and what else lets people in there."""
        for region in regions:
            client = cast("Any", self.opened.eks(region))
            with self._reading(f"{ENTRY}{region}/"):
                for name in self.refusals.ask_region(region, _every(client, "list_clusters", "clusters")) or ():
                    with self._reading(f"{ENTRY}{region}/{name}/"):
                        yield from self._cluster(client, region, str(name))

    def scopes(self) -> Iterator[ScopeRead]:
        """Yield how far the account was read: of trusts by how their ids begin, since of a region that isn't named any
        more nobody has seen that its entries are gone; and where EKS refused something, that there may be others.
        """
        realm, error = self.asker.account_id, ". ".join(self.refusals.sentences())
        yield ScopeRead(realm=realm, scope="", kinds=(SubjectKind.ACCOUNT,))
        if error:
            yield ScopeRead(realm=realm, scope="", kinds=(SubjectKind.ROLE,), error=error)
        for scope in (ROLE_ID, *self.whole):
            yield ScopeRead(realm=realm, scope=scope, kinds=(SubjectKind.ROLE,))

    @contextmanager
    def _reading(self, scope: str) -> Generator[None]:
        """Note that it was read to its end, in place of its parts, unless anything within wasn't told."""
        refused, parts = len(self.refusals), len(self.whole)
        yield
        if len(self.refusals) == refused:
            self.whole[parts:] = [scope]

    def _cluster(self, client: Any, region: str, name: str) -> Iterator[Trust | Gap]:
        where = f"EKS cluster {name} in {region}"
        answer = self.refusals.ask(where, lambda: client.describe_cluster(name=name))
        if answer is None:
            return
        # Clusters of before access entries have no mode, and go by the ConfigMap.
        mode = answer["cluster"].get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP")
        if mode in _BY_CONFIG_MAP:
            why = "goes by its ConfigMap aws-auth, too: the cluster's own source reads that with aws_auth"
            yield Gap(realm=self.asker.account_id, text=f"{self.asker}: {where} {why}", red=False)
        if mode == "CONFIG_MAP":
            return
        entries = _every(client, "list_access_entries", "accessEntries", clusterName=name)
        principals = self.refusals.ask(where, entries) or []
        users = [str(each) for each in principals if _USER.fullmatch(str(each))]
        if roles := [str(each) for each in principals if not _USER.fullmatch(str(each))]:
            named = f"{counted(len(roles), 'role')} ({first_few(roles, _MOST_NAMED)})"
            text = f"{self.asker}: {where} lets in {named}: see who may take them on"
            yield Gap(realm=self.asker.account_id, text=text, red=False)
        for arn in users:
            yield from self._entry(client, region, name, arn)

    def _entry(self, client: Any, region: str, name: str, arn: str) -> Iterator[Trust]:
        where = f"EKS cluster {name} in {region}"
        named = {"clusterName": name, "principalArn": arn}
        answer = self.refusals.ask(where, lambda: client.describe_access_entry(**named))
        listed = self.refusals.ask(
            where, _every(client, "list_associated_access_policies", "associatedAccessPolicies", **named)
        )
        if answer is None or listed is None:
            return
        entry = answer["accessEntry"]
        policies = [(str(each["policyArn"]).rpartition("/")[2], each.get("accessScope", {})) for each in listed]
        admin = [policy for policy, scope in policies if policy in _ADMINS and scope.get("type") == "cluster"]
        given = [_said(policy, scope) for policy, scope in policies]
        given += [f"group {group}" for group in entry.get("kubernetesGroups", ())]
        standing = Standing.WORKS
        reason = (
            f"its access entry lets it in as {entry.get('username') or arn}, with {', '.join(given) or 'no policy'}"
        )
        made_at, begun_at = self.made_at.get(arn.lower()), entry.get("createdAt")
        if made_at and begun_at and made_at > begun_at:
            standing, reason = Standing.DEAD, "its access entry is an older user's of that name, whom it alone lets in"
        yield Trust(
            realm=self.asker.account_id,
            native_id=f"{ENTRY}{region}/{name}/{arn}",
            label=where,
            principal_realm=arn.split(":")[4],
            principal=arn,
            standing=standing,
            standing_reason=f"EKS: {reason}",
            privileged=True if admin else None,
            privileged_by=admin[0] if admin else "",
        )


def _every(client: Any, call: str, key: str, **given: str) -> Callable[[], list[Any]]:
    """What a list of EKS' tells on all of its pages, for whoever asks."""
    return lambda: [each for page in client.get_paginator(call).paginate(**given) for each in page[key]]


def _said(policy: str, scope: Mapping[str, Any]) -> str:
    namespaces = ", ".join(scope.get("namespaces", ()))
    return f"{policy} in {namespaces}" if scope.get("type") == "namespace" else policy
