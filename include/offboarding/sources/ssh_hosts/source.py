"""The source that the kind builds: a host's collected file, read anew for each call."""

from collections.abc import Iterator, Sequence

from offboarding.interfaces import ReadContext
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
from offboarding.sources._bearers import borne
from offboarding.sources._collected.files import MachineFile
from offboarding.sources.ssh_hosts.admission import elsewhere
from offboarding.sources.ssh_hosts.collection import HostCollection, read_collection
from offboarding.sources.ssh_hosts.settings import SshHostSettings
from offboarding.sources.ssh_hosts.users import HostDescriber, UserFacts

ACCOUNT, KEY = SubjectKind.ACCOUNT, SubjectKind.SSH_KEY


class SshHosts:
    """One host's users as a `Source`."""

    def __init__(self, settings: SshHostSettings, host: str, context: ReadContext) -> None:
        self._host = host
        self._context = context
        self._file = MachineFile(settings, host, context)
        self._where = self._file.where

    @property
    def requests(self) -> RequestCounts:
        """Files so far."""
        return self._file.requests

    def collect(self) -> Iterator[Fact]:
        """Yield every user with their keys, and one ScopeRead of the realm at the end.

        Raises RetriableError where there's no file yet, FatalError where it's cut off, too old or can't be read.
        """
        host = self._file.read("inventory", read_collection)
        yield from self._gaps(host)
        for facts in self._described(host):
            yield from self._told(facts)
            if facts.unread:
                yield self._scope(host, facts, KEY)
        yield ScopeRead(realm=realm(host), scope="", kinds=(ACCOUNT, KEY))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people and isn't known yet. Raises as `collect`."""
        host = self._file.read("inventory", read_collection)
        yield ScopeRead(realm=realm(host), scope="", kinds=())
        yield from self._gaps(host)
        yield from borne((facts.account for facts in self._described(host)), keys, known)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these users as the newest file has them, each with ScopeReads; one that isn't there, by those alone.

        Raises as `collect`.
        """
        if not accounts:
            return
        host = self._file.read("detail", read_collection)
        yield from self._gaps(host)
        there = {facts.account.native_id: facts for facts in self._described(host)}
        for ref in accounts:
            facts = there.get(ref.native_id)
            if facts is None:
                yield ScopeRead(
                    realm=realm(host), scope=ref.native_id, kinds=(ACCOUNT, KEY), error=self._other(host, ref)
                )
                continue
            yield from self._told(facts)
            yield ScopeRead(
                realm=realm(host), scope=ref.native_id, kinds=(ACCOUNT,) if facts.unread else (ACCOUNT, KEY)
            )
            if facts.unread:
                yield self._scope(host, facts, KEY)

    def _told(self, facts: UserFacts) -> Iterator[Account | Credential | Gap]:
        yield facts.account
        yield from facts.credentials
        for text in facts.unread:
            yield Gap(realm=facts.account.realm, text=f"{self._where}: {text}", red=True)

    def _scope(self, host: HostCollection, facts: UserFacts, kind: SubjectKind) -> ScopeRead:
        error = f"{self._where}: {facts.unread[0]}"
        return ScopeRead(realm=realm(host), scope=facts.account.native_id, kinds=(kind,), error=error)

    def _other(self, host: HostCollection, ref: AccountRef) -> str:
        """Another machine under the same name says nothing of what became of this one's users."""
        if ref.realm == realm(host):
            return ""
        return (
            f"{self._where}: this is another machine than the account was seen on. If it was set up anew, the next"
            " night tells; else mend the collection."
        )

    def _described(self, host: HostCollection) -> Iterator[UserFacts]:
        return HostDescriber(host=host, called=self._host, realm=realm(host), context=self._context).users()

    def _gaps(self, host: HostCollection) -> Iterator[Gap]:
        red, said = list[str](), list[str]()
        if host.odd:
            red.append(f"{host.odd} of the lines in /etc/passwd can't be read as users: mend them")
        red += self._file.unlisted()
        if others := elsewhere(host, "passwd"):
            said.append(f"users that come from {', '.join(others)}, and their keys on this host")
        if any(user.settings.get("authorizedkeyscommand", ["none"])[0] != "none" for user in host.users):
            said.append("keys that AuthorizedKeysCommand tells")
        said += ["cron and at jobs, timers and services of a shut user", "sshd that run by other configurations"]
        for text in red:
            yield Gap(realm=realm(host), text=f"{self._where}: {text}", red=True)
        yield Gap(realm=realm(host), text=f"{self._where}: not looked at: {'; '.join(said)}", red=False)


def realm(host: HostCollection) -> str:
    """The machine, whatever it's called."""
    return f"linux:{host.machine}"
