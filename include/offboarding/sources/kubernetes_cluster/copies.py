"""Of one cluster: certificates and tokens that lie in collected kubeconfigs, and what becomes of each.

A certificate is this cluster's where the API server takes its authority, and a token where the service account of its
uid is there. A file that is gone ends neither: whoever had it may have another.
"""

from collections.abc import Iterator
from functools import cached_property

from cryptography import x509

from offboarding.interfaces import ReadContext
from offboarding.model import Account, Credential, Fact, Gap, ScopeRead, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.net.service.api import Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.authorities import client_authorities, signed_by
from offboarding.sources.kubernetes_cluster.certificates import ClientCertificate, client_certificate, end_of
from offboarding.sources.kubernetes_cluster.client import CORE, KubernetesApi, part
from offboarding.sources.kubernetes_cluster.held import (
    HeldToken,
    copied,
    copy_id,
    held_kubeconfigs,
    is_shared,
    token_in,
    token_of,
)
from offboarding.sources.kubernetes_cluster.identities import ClusterIdentities
from offboarding.sources.kubernetes_cluster.kubeconfigs import HeldCredential
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings
from offboarding.sources.kubernetes_cluster.tokens import TOKEN, TokenSecrets

_ACCOUNT, _CERTIFICATE = SubjectKind.ACCOUNT, SubjectKind.CERTIFICATE
_Copy = tuple[HeldCredential, HeldToken | ClientCertificate]


class Copies:
    """By one look at a cluster."""

    def __init__(
        self, api: KubernetesApi, purpose: Purpose, settings: KubernetesSettings, context: ReadContext
    ) -> None:
        self._api = api
        self._purpose: Purpose = purpose
        self._settings = settings
        self._context = context
        self._held = held_kubeconfigs(settings, context)
        self._standing = dict[str, bool]()

    @property
    def are_whole(self) -> bool:
        """Whether each machine, and each file of the folder, was read."""
        return not self._held.unread and not self._held.unlisted

    def gaps(self, realm: str) -> Iterator[Gap]:
        """Yield what of kubeconfigs isn't looked at."""
        for text in (*self._held.unread, *self._held.unlisted):
            yield Gap(realm=realm, text=text, red=True)
        for text in self._held.open_to_all:
            why = (
                "every user of the machine may read it: take that right away, and whatever it lets in by is theirs too"
            )
            yield Gap(realm=realm, text=f"{text}: {why}", red=True)
        if others := self._held.others:
            where = f"sources.{self._settings.name}"
            yield Gap(realm=realm, text=f"{where}: in kubeconfigs, not looked at: {others}", red=False)

    def certificates(self) -> dict[str, ClientCertificate]:
        """Those of this cluster, by their native ids. Raises FatalError where its authorities aren't told."""
        return {native_id: found for native_id, (found, chain) in self._certificates.items() if self._takes(chain)}

    def refuses(self, native_id: str) -> bool:
        """Whether one lies there, and the API server doesn't take its authority. Raises as `certificates`."""
        found = self._certificates.get(native_id)
        return found is not None and not self._takes(found[1])

    def everybody_s(self, made: ClusterIdentities) -> Iterator[Account]:
        """Yield each copy that lies with somebody else than whom it lets in as. Raises FatalError."""
        for native_id, (held, what) in self._copies.items():
            if self._ended(native_id, what) is False:
                yield made.of_copy(native_id, held, what)

    def at(self, native_id: str, made: ClusterIdentities) -> Iterator[Fact]:
        """Yield what is told of one copy now. Raises FatalError where that can't be told."""
        kinds = (_ACCOUNT, TOKEN if token_in(native_id) else _CERTIFICATE)
        held, what = self._copies.get(native_id, (None, token_in(native_id)))
        ended = self._ended(native_id, what)
        if not ended and held is None:
            raise FatalError(self._elsewhere(native_id))
        if not ended and held and what:
            account = made.of_copy(native_id, held, what)
            yield account
            yield ScopeRead(realm=made.realm, scope=native_id, kinds=kinds[:1])
            yield _credential(account, what)
            kinds = kinds[1:]
        yield ScopeRead(realm=made.realm, scope=native_id, kinds=kinds)

    def _elsewhere(self, native_id: str) -> str:
        if self._held.unread:
            return self._held.unread[0]
        end = end_of(copied(native_id))
        until = f"until {end:%Y-%m-%d %H:%M} UTC: nobody can revoke it" if end else "as long as its service account"
        return (
            f"{self._api.where}: the kubeconfig is gone, or holds something else, and that ends nothing: what was in it"
            f" goes on {until}. See the ticket for what does end it"
        )

    @cached_property
    def _copies(self) -> dict[str, _Copy]:
        found = dict[str, _Copy]()
        for held in self._held.credentials:
            if not is_shared(held):
                continue
            if token := token_of(held):
                found.setdefault(copy_id(held, token.native_id), (held, token))
            elif held.certificates and held.has_key:
                certificate = client_certificate(held.certificates[0])
                if certificate.user and held.holder != self._settings.login_of(certificate.user):
                    found.setdefault(copy_id(held, certificate.native_id), (held, certificate))
        return found

    def _ended(self, native_id: str, what: HeldToken | ClientCertificate | None) -> bool | None:
        """Whether it lets in nowhere any more, or never did here. None where only its end is known, and is to come."""
        end = what.ends_at if what else end_of(copied(native_id))
        if end and end <= self._context.as_of:
            return True
        if isinstance(what, HeldToken):
            if native_id not in self._standing:
                self._standing[native_id] = self._stands(what)
            return not self._standing[native_id]
        return self.refuses(copied(native_id)) if what else None

    def _stands(self, token: HeldToken) -> bool:
        """Whether what it's a token of is there; of a Secret it's not asked what is in it."""
        path = f"{CORE}/namespaces/{part(token.namespace)}/serviceaccounts/{part(token.name)}"
        owner = self._api.metadata(path, self._purpose, "serviceaccounts/NAME")
        if owner is None or owner.metadata.uid != token.uid:
            return False
        if not token.secret or not self._settings.secrets:
            return True
        unread = UnreadRows()
        kept = {
            each.name for each in TokenSecrets(self._api, self._purpose, unread, token.namespace).of(owner.metadata)
        }
        return token.secret in kept or bool(unread.told)

    @cached_property
    def _certificates(self) -> dict[str, tuple[ClientCertificate, tuple[x509.Certificate, ...]]]:
        chains = (each.certificates for each in self._held.credentials if each.certificates)
        read = ((client_certificate(chain[0]), chain) for chain in chains)
        return {found.native_id: (found, chain) for found, chain in read if found.user}

    @cached_property
    def _authorities(self) -> tuple[x509.Certificate, ...]:
        with self._api.requests.of_all():
            return client_authorities(self._api, self._purpose)

    def _takes(self, chain: tuple[x509.Certificate, ...]) -> bool:
        return signed_by(self._authorities, chain)


def _credential(account: Account, what: HeldToken | ClientCertificate) -> Credential:
    return Credential(
        realm=account.realm,
        account_native_id=account.native_id,
        kind=TOKEN if isinstance(what, HeldToken) else _CERTIFICATE,
        native_id=what.digest if isinstance(what, HeldToken) else what.fingerprint,
        label=what.called,
        standing=account.standing,
        standing_reason=account.standing_reason,
        created_at=account.created_at,
        expires_at=what.ends_at,
    )
