"""Accounts: names that bindings give something, service accounts, and what lets in by itself.

A cluster keeps no users: a name is whoever some authenticator vouches for. What it does keep are service accounts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offboarding.interfaces import ReadContext
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing, first_few
from offboarding.sources._owners import owner_keys
from offboarding.sources.kubernetes_cluster.answers import ObjectMeta
from offboarding.sources.kubernetes_cluster.bindings import EVERYBODY, Bindings, RoleGrant, groups_of, username_of
from offboarding.sources.kubernetes_cluster.certificates import ClientCertificate
from offboarding.sources.kubernetes_cluster.held import HeldToken
from offboarding.sources.kubernetes_cluster.kubeconfigs import HeldCredential
from offboarding.sources.kubernetes_cluster.powers import Power, power
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings

USER, SERVICE_ACCOUNT, BOOTSTRAP = "user/", "serviceaccount/", "bootstrap/"
"""How native ids begin; a certificate's, in certificates.py."""
RESERVED = "system:"
"""How names begin that are the cluster's own."""
_MOST_NAMED = 5
_CERTIFICATE_OF = re.compile(r"client certificate [0-9a-f]+ of (.*?)(, in /.* on [^ ]*)?", re.DOTALL)
"""The label of one."""


class KubernetesProduct(StrEnum):
    """What an account is: how it's shut depends on it."""

    USER = "user"
    SERVICE_ACCOUNT = "service account"
    CERTIFICATE = "client certificate"
    BOOTSTRAP = "bootstrap token"
    COPY = "copy in a kubeconfig"


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
        login = self.settings.login_of(name)
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
        privileged, by = self.power_of(name, groups)
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
        login, groups = self.settings.login_of(found.user), (*found.groups, EVERYBODY)
        privileged, by = self.power_of(found.user, groups)
        ended = found.ends_at <= self.context.as_of
        asked = found.requested_by if found.requested_by not in {found.user, login} else ""
        return Account(
            realm=self.realm,
            native_id=found.native_id,
            label=found.called,
            login=login,
            keys=tuple(_logins(login, found.user)),
            created_at=found.requested_at,
            created_by=asked,
            standing=Standing.DEAD if ended else Standing.WORKS,
            standing_reason=f"Kubernetes: signed for {found.user}{_within(found.groups)}, {_until(found.ends_at)}",
            product=KubernetesProduct.CERTIFICATE,
            reached_by=self.address,
            has_own_login=False,
            is_reader=found.user == self.reader,
            service_like=found.user.startswith(RESERVED) or self.context.is_workload(login, found.user),
            privileged=privileged,
            privileged_by=by,
        )

    def of_copy(self, native_id: str, held: HeldCredential, what: HeldToken | ClientCertificate) -> Account:
        """A copy in somebody's home of what lets in as somebody else, or as nobody in particular."""
        if isinstance(what, HeldToken):
            name, groups = username_of(what.namespace, what.name), groups_of(what.namespace)
            standing, created_at = Standing.UNKNOWN, what.issued_at
            reason = f"{_ends(what.ends_at)}, and whether it's taken, nobody without it can ask"
        else:
            name, groups = what.user, (*what.groups, EVERYBODY)
            standing, created_at = Standing.WORKS, what.requested_at
            reason = f"signed for {name}{_within(what.groups)}, {_until(what.ends_at)}"
        privileged, by = self.power_of(name, groups)
        return Account(
            realm=self.realm,
            native_id=native_id,
            label=f"{what.called}, in {held.path} on {held.machine}",
            login=held.holder,
            keys=tuple(_logins(held.holder)),
            created_at=created_at,
            standing=standing,
            standing_reason=f"Kubernetes: {reason}",
            product=KubernetesProduct.COPY,
            reached_by=self.address,
            has_own_login=False,
            service_like=not held.is_person_s or self.context.is_workload(held.holder),
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

    def power_of(self, name: str, groups: tuple[str, ...]) -> Power:
        """Of somebody whose groups are known."""
        return self._power(name, groups, complete=not self.bindings.error)

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
    return f"given something by {first_few(found, _MOST_NAMED)}" if found else "named by no binding that is told"


def _within(groups: Sequence[str]) -> str:
    return f" in {', '.join(groups)}" if groups else ""


def _ends(moment: datetime | None) -> str:
    return _until(moment) if moment else "it never ends"


def _until(moment: datetime) -> str:
    return f"until {moment:%Y-%m-%d %H:%M} UTC"
