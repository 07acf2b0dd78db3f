"""The source that the kind builds: whom a cluster authorises, and what lets in there."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import (
    Account,
    AccountRef,
    Credential,
    Fact,
    Gap,
    IdentityKey,
    RequestCounts,
    ScopeRead,
    SubjectKind,
)
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.kubernetes_cluster.answers import ObjectMeta
from offboarding.sources.kubernetes_cluster.aws_auth import aws_auth
from offboarding.sources.kubernetes_cluster.bindings import Bindings
from offboarding.sources.kubernetes_cluster.certificates import CERTIFICATE as OF_CERTIFICATES
from offboarding.sources.kubernetes_cluster.certificates import ClientCertificate, client_certificates, end_of
from offboarding.sources.kubernetes_cluster.client import CORE, KubernetesApi, part
from offboarding.sources.kubernetes_cluster.copies import Copies
from offboarding.sources.kubernetes_cluster.held import HELD
from offboarding.sources.kubernetes_cluster.identities import BOOTSTRAP, SERVICE_ACCOUNT, USER, ClusterIdentities
from offboarding.sources.kubernetes_cluster.powers import power
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings
from offboarding.sources.kubernetes_cluster.tokens import TOKEN, TokenSecrets, bootstrap_secrets, of_secret

log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)
CERTIFICATE = SubjectKind.CERTIFICATE
UNSEEN = (
    "whom OpenID Connect, webhooks, clouds' access entries and static tokens let in, and who is in which group",
    "client certificates that the authority's key made, or whose request is gone, as it is after an hour",
    "tokens of service accounts that were asked for, which nobody can list, and which may go on for years",
    "what webhooks and ABAC allow beside RBAC",
    "kubeconfigs in Secrets and ConfigMaps, and on machines that aren't listed",
)


class KubernetesSource:
    """One cluster as a `Source`."""

    def __init__(self, settings: KubernetesSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._api = KubernetesApi(settings, connection, self._where)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._api.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody; one ScopeRead for all of them, since all are accounts here."""
        look, unread = self._begun("inventory"), UnreadRows()
        whole = ScopeRead(realm=look.realm, scope="", kinds=KINDS, left_out=self._left_out(look.copies))
        yield from as_far_as_read(whole, self._everything(look, unread), unread)
        if self._settings.aws_auth:
            mapped = ScopeRead(realm=look.realm, scope="", kinds=(SubjectKind.ROLE,))
            yield from as_far_as_read(mapped, look.mapped(unread := UnreadRows()), unread)
        log.info("cluster read", realm=look.realm, requests=sum(self._api.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, of the whole lists: there's no search."""
        look, unread = self._begun("inventory"), UnreadRows()
        yield ScopeRead(realm=look.realm, scope="", kinds=())
        yield from borne(self._everything(look, unread), keys, known)
        if unread.told:
            raise FatalError(unread.told)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, each with its ScopeReads; what isn't there any more, by those alone."""
        if not accounts:
            return
        look = self._begun("detail")
        for ref in accounts:
            try:
                with self._api.requests.of_one(self._settings.max_requests_an_account):
                    found = list(look.at(ref))
            except FatalError as missing:  # one that can't be read costs itself
                found = [ScopeRead(realm=look.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))]
            yield from found

    def _left_out(self, copies: Copies) -> tuple[str, ...]:
        """How the native ids begin of what may be there and isn't told."""
        looked = {
            BOOTSTRAP: self._settings.secrets,
            HELD: bool(self._settings.kubeconfigs_machines) and copies.are_whole,
            OF_CERTIFICATES: copies.are_whole,
        }
        return tuple(begins for begins, is_looked_at in looked.items() if not is_looked_at)

    def _begun(self, purpose: Purpose) -> "_KubernetesRead":
        self._api.begin()
        return _KubernetesRead(self._api, purpose, self._settings, self._context)

    def _everything(self, look: "_KubernetesRead", unread: UnreadRows) -> Iterator[Fact]:
        yield look.gap()
        yield from look.copies.gaps(look.realm)
        yield from look.everybody(unread)


class _KubernetesRead:
    """One look at a cluster."""

    def __init__(
        self, api: KubernetesApi, purpose: Purpose, settings: KubernetesSettings, context: ReadContext
    ) -> None:
        """Raises NotAnsweredError where nobody tells which cluster it is."""
        self._api = api
        self._purpose: Purpose = purpose
        self._settings = settings
        self._context = context
        self.realm = f"kubernetes:{api.cluster()}"
        self._requested = dict[str, ClientCertificate]()

    def gap(self) -> Gap:
        """What isn't looked at. Raises NotAnsweredError where bindings aren't told."""
        unseen: list[str] = [*UNSEEN]
        given, named = self._made.bindings, self._context.privileged_names
        groups = [each for each in given.groups if power(given.of_group(each), (each,), named, complete=True)[0]]
        if groups:
            unseen.append(f"who is in groups that are privileged here: {', '.join(groups)}")
        if not self._settings.secrets:
            unseen.append("tokens in Secrets, since secrets is off")
        return Gap(realm=self.realm, text=f"{self._api.where}: not looked at: {'; '.join(unseen)}", red=False)

    def everybody(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield each account. What isn't told is said, and the others go on."""
        made = self._made
        if made.bindings.error:
            unread.sentences.append(made.bindings.error)
        yield from (made.of_user(name) for name in made.bindings.users)
        for read in (self._service_accounts, self._certificates, self._bootstrap_tokens, self._in_kubeconfigs):
            try:
                yield from read(unread)
            except NotAnsweredError as missing:
                unread.sentences.append(str(missing))

    def mapped(self, unread: UnreadRows) -> Iterator[Fact]:
        """Yield whom of AWS it lets in. Raises FatalError where that isn't told."""
        found = aws_auth(self._api, self._purpose, unread)
        yield from found.trusts(self._made)
        yield from found.gap(self._api.where, self.realm)

    def at(self, ref: AccountRef) -> Iterator[Fact]:
        """Yield what is told of one account. Raises FatalError."""
        if ref.native_id.startswith(USER):
            yield from self._user(ref.native_id)
        elif ref.native_id.startswith(SERVICE_ACCOUNT):
            yield from self._service_account(ref.native_id)
        elif ref.native_id.startswith(BOOTSTRAP):
            yield from self._bootstrap_token(ref.native_id)
        elif ref.native_id.startswith(HELD):
            yield from self.copies.at(ref.native_id, self._made)
        else:
            yield from self._certificate(ref.native_id)

    def _service_accounts(self, unread: UnreadRows) -> Iterator[Account]:
        found = self._api.listed_metadata(f"{CORE}/serviceaccounts", self._purpose, unread)
        # Without them nobody would be told whom a token's Secret names as an owner.
        secrets = TokenSecrets(self._api, self._purpose, unread) if self._settings.secrets else None
        for each in (row.metadata for row in found):
            yield self._made.of_service_account(each, secrets.of(each) if secrets else ())

    def _certificates(self, unread: UnreadRows) -> Iterator[Account]:
        self._requested = {each.native_id: each for each in client_certificates(self._api, self._purpose, unread)}
        return (self._made.of_certificate(each) for each in self._requested.values())

    def _bootstrap_tokens(self, unread: UnreadRows) -> Iterator[Account]:
        found = bootstrap_secrets(self._api, self._purpose, unread) if self._settings.secrets else []
        return (self._made.of_bootstrap_token(each) for each in found)

    def _in_kubeconfigs(self, unread: UnreadRows) -> Iterator[Account]:
        del unread
        for native_id, found in self.copies.certificates().items():
            if native_id not in self._requested:
                yield self._made.of_certificate(found)
        yield from self.copies.everybody_s(self._made)

    def _user(self, native_id: str) -> Iterator[Fact]:
        made, name = self._made, native_id.removeprefix(USER)
        if made.bindings.of_user(name):
            yield made.of_user(name)
        elif made.bindings.error:
            raise FatalError(made.bindings.error)
        yield ScopeRead(realm=self.realm, scope=native_id, kinds=KINDS)

    def _service_account(self, native_id: str) -> Iterator[Fact]:
        namespace, name, uid = (*native_id.removeprefix(SERVICE_ACCOUNT).split("/", 2), "", "")[:3]
        path = f"{CORE}/namespaces/{part(namespace)}/serviceaccounts/{part(name)}"
        found = self._api.metadata(path, self._purpose, "serviceaccounts/NAME")
        if found is None or found.metadata.uid != uid:
            # Another of its name takes none of its tokens: each names the id of whom it's for.
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=(*KINDS, TOKEN))
            return
        unread, secrets = UnreadRows(), list[ObjectMeta]()
        if self._settings.secrets:
            secrets = [*TokenSecrets(self._api, self._purpose, unread, namespace).of(found.metadata)]
        if unread.told:  # it may be one of its tokens, which name owners, too
            raise FatalError(unread.told)
        account = self._made.of_service_account(found.metadata, secrets)
        yield account
        yield ScopeRead(realm=self.realm, scope=native_id, kinds=KINDS)
        if self._settings.secrets:
            yield from (of_secret(account, each) for each in secrets)
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=(TOKEN,))

    def _bootstrap_token(self, native_id: str) -> Iterator[Fact]:
        if not self._settings.secrets:
            raise FatalError(f"{self._api.where}: bootstrap tokens aren't read, since secrets is off")
        unread = UnreadRows()
        every = map(self._made.of_bootstrap_token, bootstrap_secrets(self._api, self._purpose, unread))
        found = [each for each in every if each.native_id == native_id]
        yield from found
        yield ScopeRead(realm=self.realm, scope=native_id, kinds=KINDS, error="" if found else unread.told)

    def _certificate(self, native_id: str) -> Iterator[Fact]:
        """Once its request is gone, and it lies in no kubeconfig, nothing is told of it any more, but that it ends."""
        kinds, ends = (*KINDS, CERTIFICATE), end_of(native_id)
        found = self._signed.get(native_id) or self.copies.certificates().get(native_id)
        if found:
            account = self._made.of_certificate(found)
            yield account
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=KINDS)
            yield Credential(
                realm=self.realm,
                account_native_id=native_id,
                kind=CERTIFICATE,
                native_id=found.fingerprint,
                label=account.label,
                standing=account.standing,
                standing_reason=account.standing_reason,
                created_at=found.requested_at,
                expires_at=found.ends_at,
            )
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=(CERTIFICATE,))
            return
        error = ""
        if ends and ends > self._context.as_of and not self.copies.refuses(native_id):
            error = (
                f"{self._api.where}: the certificate's request is gone, as it is after an hour, and the certificate"
                f" goes on until {ends:%Y-%m-%d %H:%M} UTC: nobody can revoke it. Take from its user and groups what"
                " bindings give them"
            )
        yield ScopeRead(realm=self.realm, scope=native_id, kinds=kinds, error=error)

    @cached_property
    def copies(self) -> Copies:
        """In collected kubeconfigs."""
        return Copies(self._api, self._purpose, self._settings, self._context)

    @cached_property
    def _made(self) -> ClusterIdentities:
        """Raises NotAnsweredError where bindings aren't told."""
        with self._api.requests.of_all():
            bindings = Bindings(self._api, self._purpose)
        return ClusterIdentities(
            realm=self.realm,
            address=str(self._api.base).rstrip("/"),
            reader=self._api.reader,
            bindings=bindings,
            settings=self._settings,
            context=self._context,
        )

    @cached_property
    def _signed(self) -> dict[str, ClientCertificate]:
        """By native id. Raises FatalError where one can't be read: it may be the one that is looked for."""
        unread = UnreadRows()
        with self._api.requests.of_all():
            found = {each.native_id: each for each in client_certificates(self._api, self._purpose, unread)}
        if unread.told:
            raise FatalError(unread.told)
        return found
