"""Accounts: names that bindings give something, service accounts, and what lets in by itself.

A cluster keeps no users: a name is whoever some authenticator vouches for. What it does keep are service accounts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offboarding.interfaces import ReadContext
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.sources._owners import owner_keys
from offboarding.sources.kubernetes_cluster.answers import ObjectMeta
from offboarding.sources.kubernetes_cluster.bindings import EVERYBODY, Bindings, RoleGrant, groups_of, username_of
from offboarding.sources.kubernetes_cluster.certificates import ClientCertificate
from offboarding.sources.kubernetes_cluster.powers import Power, power
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings

USER, SERVICE_ACCOUNT, BOOTSTRAP = "user/", "serviceaccount/", "bootstrap/"
"""How native ids begin; a certificate's, in certificates.py."""
RESERVED = "system:"
"""How names begin that are the cluster's own."""
_MOST_NAMED = 5
_CERTIFICATE_OF = re.compile(r"client certificate [0-9a-f]+ of (.*)", re.DOTALL)
"""The label of one."""


class KubernetesProduct(StrEnum):
    """What an account is: how it's shut depends on it."""

    USER = "user"
    SERVICE_ACCOUNT = "service account"
    CERTIFICATE = "client certificate"
    BOOTSTRAP = "bootstrap token"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterIdentities:
    """What makes accounts of what one look at a cluster told."""

    realm: str
    address: str
    reader: str
    """As what user the reader gets in; "" where that isn't known."""
    bindings: Bindings
    settings: KubernetesSettings
    context: ReadContext

    def of_user(self, name: str) -> Account:
        """A name that bindings give something: authorised for certain, and whether anybody gets in as it, unknown."""
        login = self._login(name)
        privileged, by = self._power(name, (EVERYBODY,), complete=False)
        return Account(
            realm=self.realm,
            native_id=f"{USER}{name}",
            label=name,
            login=login,
            keys=tuple(_logins(login, name)),
            standing=Standing.UNKNOWN,
            standing_reason=f"Kubernetes: {_named(self.bindings.of_user(name))}, and whom the API server lets in as it,"
            " isn't told",
            product=KubernetesProduct.USER,
            reached_by=self.address,
            is_reader=name == self.reader,
            service_like=name.startswith(RESERVED) or self.context.is_workload(login, name),
            privileged=privileged,
            privileged_by=by,
        )

    def of_service_account(self, noted: ObjectMeta, secrets: Iterable[ObjectMeta]) -> Account:
        """One that is there. What of it is asked for and not kept in a Secret, nobody can list."""
        name, groups = username_of(noted.namespace, noted.name), groups_of(noted.namespace)
        given = self.bindings.of(name, groups)
        privileged, by = self._power(name, groups, complete=not self.bindings.error)
        standing, reason = Standing.UNKNOWN, f"{_named(given)}, and tokens that were asked for can't be listed"
        if not given and not self.bindings.error:
            standing, reason = Standing.DEAD, "no binding gives it anything"
        owners = [
            *self._owners(noted, "of the service account"),
            *(each for secret in secrets for each in self._owners(secret, f"of Secret {secret.name}")),
        ]
        return Account(
            realm=self.realm,
            native_id=f"{SERVICE_ACCOUNT}{noted.namespace}/{noted.name}/{noted.uid}",
            label=name,
            login=noted.name,
            keys=(*_logins(noted.name), *dict.fromkeys(owners)),
            created_at=noted.creationTimestamp,
            standing=standing,
            standing_reason=f"Kubernetes: {reason}",
            product=KubernetesProduct.SERVICE_ACCOUNT,
            reached_by=self.address,
            is_reader=name == self.reader,
            keeps_password=True,
            service_like=True,
            privileged=privileged,
            privileged_by=by,
        )

    def of_certificate(self, found: ClientCertificate) -> Account:
        """A client certificate: it lets in as its common name and its organizations say, until it ends."""
        login, groups = self._login(found.user), (*found.groups, EVERYBODY)
        privileged, by = self._power(found.user, groups, complete=not self.bindings.error)
        ended = found.ends_at <= self.context.as_of
        within = f" in {', '.join(found.groups)}" if found.groups else ""
        asked = found.requested_by if found.requested_by not in {found.user, login} else ""
        return Account(
            realm=self.realm,
            native_id=found.native_id,
            label=f"client certificate {found.fingerprint[:16]} of {found.user}",
            login=login,
            keys=tuple(_logins(login, found.user)),
            created_at=found.requested_at,
            created_by=asked,
            standing=Standing.DEAD if ended else Standing.WORKS,
            standing_reason=f"Kubernetes: signed for {found.user}{within}, {_until(found.ends_at)}",
            product=KubernetesProduct.CERTIFICATE,
            reached_by=self.address,
            has_own_login=False,
            is_reader=found.user == self.reader,
            service_like=found.user.startswith(RESERVED) or self.context.is_workload(login, found.user),
            privileged=privileged,
            privileged_by=by,
        )

    def of_bootstrap_token(self, noted: ObjectMeta) -> Account:
        """A token by which nodes join. When it ends stands among its Secret's values, which aren't read."""
        return Account(
            realm=self.realm,
            native_id=f"{BOOTSTRAP}{noted.name}/{noted.uid}",
            label=f"{noted.name} in {noted.namespace}",
            login="",
            keys=tuple(self._owners(noted, "of the Secret")),
            created_at=noted.creationTimestamp,
            standing=Standing.UNKNOWN,
            standing_reason="Kubernetes: a bootstrap token, whose end is among its Secret's values, which aren't read",
            product=KubernetesProduct.BOOTSTRAP,
            reached_by=self.address,
            keeps_password=True,
            password_set_at=noted.creationTimestamp,
            service_like=True,
        )

    def _login(self, name: str) -> str:
        """Without what the cluster writes before it."""
        for prefix in self.settings.username_prefixes:
            if name.startswith(prefix) and name != prefix:
                return name.removeprefix(prefix)
        return name

    def _power(self, name: str, groups: tuple[str, ...], *, complete: bool) -> Power:
        given = self.bindings.of(name, groups)
        return power(given, groups, self.context.privileged_names, complete=complete)

    def _owners(self, noted: ObjectMeta, where: str) -> Iterator[AccountKey]:
        words = {word.lower() for word in self.settings.owner}
        for sort, given in (("annotation", noted.annotations), ("label", noted.labels)):
            for name, value in sorted((given or {}).items()):
                if {name.lower(), name.lower().rpartition("/")[2]} & words and value.strip():
                    yield from owner_keys(value.strip(), f"{sort} {name} {where}")


def user_of(account: Account) -> str:
    """As whom a client certificate lets in, as bindings name it: the login may lack what stands before it there."""
    found = _CERTIFICATE_OF.fullmatch(account.label)
    return found[1] if found else account.login


def _logins(*names: str) -> Iterator[AccountKey]:
    for name in dict.fromkeys(names):
        yield AccountKey(kind=IdentityKeyKind.LOGIN, value=name, origin=IdentityKeyOrigin.ATTRIBUTE, name="name")


def _named(given: Iterable[RoleGrant]) -> str:
    """By what somebody is given something, in short; the same each night."""
    found = list(dict.fromkeys(each.binding for each in given))
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"given something by {', '.join(found[:_MOST_NAMED])}{more}" if found else "named by no binding that is told"


def _until(moment: datetime) -> str:
    return f"until {moment:%Y-%m-%d %H:%M} UTC"
