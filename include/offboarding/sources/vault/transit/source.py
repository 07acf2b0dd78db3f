"""The transit engines of a cluster, as facts."""

from collections.abc import Iterator, Sequence

import structlog

from offboarding.model import KEY_KINDS, Gap, Key, KeyAccess, RequestCounts, ScopeRead
from offboarding.model.errors import FatalError
from offboarding.sources.vault._api.client import PERMISSIONS, UnansweredPathError, Vault
from offboarding.sources.vault.transit.access import Holders, access, holders
from offboarding.sources.vault.transit.keys import TransitKey, versions

log = structlog.get_logger("offboarding.sources")

_AT_LOGIN = (
    "policies that come from an auth method's own roles (AppRole, LDAP groups, OIDC roles) and from tokens without an"
    " entity aren't inventoried: whoever gets in that way isn't among those who may use a key"
)


class TransitSource:
    """One cluster."""

    def __init__(self, where: str, vault: Vault, mounts: Sequence[str], *, access: bool) -> None:
        self._where = where
        self._vault = vault
        self._mounts = mounts
        self._access = access

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._vault.asked)

    def collect(self) -> Iterator[Key | KeyAccess | Gap | ScopeRead]:
        """Yield every version of every key, whom policies let use it, and how complete that is."""
        with self._vault.opened():
            realm = self._vault.realm()
            errors = list[str]()
            found = list(self._keys(errors))
            known, gaps = self._holders(realm, errors)
            for mount, key in found:
                yield from versions(realm, mount, key)
                yield from access(realm, mount, key, known)
            yield from gaps
            for mount in self._mounts:  # of another's keys nobody has seen that they are gone
                yield ScopeRead(
                    realm=realm, scope=f"{mount}/", kinds=KEY_KINDS, access=self._access, error=self._error(errors)
                )
            log.info("transit read", keys=len(found), unread=len(errors), requests=sum(self._vault.asked.values()))

    def _keys(self, errors: list[str]) -> Iterator[tuple[str, TransitKey]]:
        for mount in self._mounts:
            try:
                names = self._vault.listed(f"{mount}/keys")
            except UnansweredPathError as error:
                grant = f"Check the token, and grant list on {mount}/keys ({PERMISSIONS})."
                raise FatalError(f"{self._where}: {error}. {grant if error.denied else 'Mend mounts.'}") from None
            for name in names:
                try:
                    key = self._vault.read(f"{mount}/keys/{name}", TransitKey)
                except UnansweredPathError as error:
                    errors.append(str(error))
                    continue
                if key is not None:  # else it was deleted meanwhile
                    yield mount, key

    def _holders(self, realm: str, errors: list[str]) -> tuple[Holders, list[Gap]]:
        """Whoever bears policies. Where that may not be read, the read isn't whole: access told before isn't gone."""
        nobody = Holders(rules={}, unread=())
        if not self._access:
            return nobody, [self._gap(realm, "access: false: whom policies let use a key isn't read")]
        try:
            known = holders(self._vault)
        except UnansweredPathError as error:
            errors.append(f"{error}, so who may use a key isn't known (or set access: false)")
            return nobody, []
        notes = [*([f"taken for anything: {'; '.join(known.unread)}"] if known.unread else []), _AT_LOGIN]
        return known, [self._gap(realm, note) for note in notes]

    def _gap(self, realm: str, text: str) -> Gap:
        return Gap(realm=realm, text=f"{self._where}: {text}.", red=False)

    def _error(self, errors: Sequence[str]) -> str:
        if not errors:
            return ""
        more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        return f"{self._where}: {errors[0]}{more}: nothing is taken to be gone. Grant what {PERMISSIONS} lists."
