"""Whom of AWS a cluster on EKS lets in, by the ConfigMap aws-auth: a mapping is no way in by itself, the IAM user's is.

Who is found by which entry is as the authenticator has it (kubernetes-sigs/aws-iam-authenticator, pkg/mapper/configmap
and pkg/server): ARNs in small letters on both sides, with a user's path, since a session of a role alone has none; what
roles map before what users do, whoever's ARN it is; of one ARN the last.

https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import yaml
from pydantic import Field

from offboarding.model import Gap, Standing, Trust, counted, first_few
from offboarding.model.errors import FatalError
from offboarding.net.service.answers import Told
from offboarding.net.service.api import Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.authorities import ConfigMap
from offboarding.sources.kubernetes_cluster.bindings import EVERYBODY
from offboarding.sources.kubernetes_cluster.client import CORE, SYSTEM, KubernetesApi
from offboarding.sources.kubernetes_cluster.identities import ClusterIdentities
from offboarding.sources.kubernetes_cluster.powers import MASTERS

NAME = "aws-auth"
_USER = re.compile(r"arn:[^:]+:iam::(\d{12}):user/.+")
_MOST_NAMED = 5
_FILLED_IN = (("{{SessionName}}", ""), ("{{SessionNameRaw}}", ""))
"""In names, of a user's token, which has no session."""
_OF_INSTANCE, _OF_KEY = "{{EC2PrivateDNSName}}", "{{AccessKeyID}}"


class _Mapped(Told):
    arn: str
    username: str = ""
    groups: tuple[str, ...] | None = None


class _MappedUser(_Mapped):
    arn: str = Field(alias="userarn")


class _MappedRole(_Mapped):
    arn: str = Field(alias="rolearn")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAuth:
    """What it maps to users and groups of the cluster."""

    users: tuple[_MappedUser, ...] = ()
    roles: tuple[_MappedRole, ...] = ()
    accounts: tuple[str, ...] = ()

    def trusts(self, made: ClusterIdentities) -> Iterator[Trust]:
        """Yield each user of IAM's whom it lets in, joined to their account by the ARN."""
        for arn, each in {each.arn.lower(): each for each in (*self.users, *self.roles)}.items():
            if found := _USER.fullmatch(arn):
                yield _trust(made, found[1], arn, each)

    def gap(self, where: str, realm: str) -> Iterator[Gap]:
        """Yield whom it lets in beside, of whom their own AWS accounts tell."""
        arns = {each.arn.lower(): each.arn for each in (*self.roles, *self.users)}
        if said := [each for arn, each in arns.items() if not _USER.fullmatch(arn)]:
            named = first_few(said, _MOST_NAMED)
            text = f"{where}: {NAME} lets in whoever may be {named}: see who that is in their AWS accounts"
            yield Gap(realm=realm, text=text, red=False)
        if self.accounts:
            whole = counted(len(self.accounts), "AWS account")
            text = f"{where}: {NAME} lets in everybody of {whole} ({', '.join(self.accounts)}): map users or roles"
            yield Gap(realm=realm, text=text, red=True)


def aws_auth(api: KubernetesApi, purpose: Purpose, unread: UnreadRows) -> AwsAuth:
    """What is mapped; nothing where there is no such ConfigMap. Raises FatalError where that isn't told."""
    called = f"configmaps/{NAME}"
    found = api.maybe(f"{CORE}/namespaces/{SYSTEM}/{called}", purpose, ConfigMap, called)
    data = (found.data or {}) if found else {}
    users, roles, accounts = (_listed(api.where, data, each) for each in ("mapUsers", "mapRoles", "mapAccounts"))
    return AwsAuth(
        users=tuple(unread.rows(f"{api.where}: {called}: mapUsers", _MappedUser, users)),
        roles=tuple(unread.rows(f"{api.where}: {called}: mapRoles", _MappedRole, roles)),
        accounts=tuple(map(str, accounts)),
    )


def _listed(where: str, data: Mapping[str, str], key: str) -> list[object]:
    try:
        found: object = yaml.safe_load(data.get(key, "")) or []
    except (yaml.YAMLError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise FatalError(f"{where}: configmaps/{NAME}: its {key} can't be read as a list. Mend it")
    return [_in_small_letters(each) for each in cast("list[object]", found)]


def _in_small_letters(entry: object) -> object:
    """An entry's fields by the names that EKS' pages give them: the authenticator takes userARN and Groups as well.

    It makes JSON of them, in the order of their names, and folds those: of one field written twice the last counts
    (https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/mapper/configmap/configmap.go, ParseMap).
    """
    if not isinstance(entry, dict):
        return entry
    fields = {str(name): value for name, value in cast("dict[object, object]", entry).items()}
    return {name.casefold(): fields[name] for name in sorted(fields)}


def _trust(made: ClusterIdentities, account: str, arn: str, mapped: _Mapped) -> Trust:
    name, *groups = (_filled_in(each, account) for each in (mapped.username or mapped.arn, *(mapped.groups or ())))
    privileged, by = made.power_of(name, (*groups, EVERYBODY))
    given = made.bindings.of(name, (*groups, EVERYBODY))
    within = f" in {', '.join(groups)}" if groups else ""
    standing, reason = Standing.WORKS, f"{NAME} lets it in as {name}{within}"
    called = " ".join((name, *groups))
    if _OF_INSTANCE in called:
        standing, reason, privileged, by = Standing.DEAD, f"{reason}, which nobody but an instance is", False, ""
    elif _OF_KEY in called:
        privileged = privileged or None
    elif not given and MASTERS not in groups and not made.bindings.error:
        standing, reason = Standing.DEAD, f"{reason}, whom no binding gives anything"
    return Trust(
        realm=made.realm,
        native_id=f"{NAME}/{arn}",
        label=f"{NAME} of {made.address}: {name}{within}",
        principal_realm=account,
        principal=arn,
        standing=standing,
        standing_reason=f"Kubernetes: {reason}",
        privileged=privileged,
        privileged_by=by,
    )


def _filled_in(pattern: str, account: str) -> str:
    for place, value in (("{{AccountID}}", account), *_FILLED_IN):
        pattern = pattern.replace(place, value)
    return pattern
