"""The source that the kind builds: a host's collected file, read anew for each call."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

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
from offboarding.model.errors import FatalError, RetriableError
from offboarding.net import plain_file
from offboarding.sources._bearers import borne
from offboarding.sources.ssh_hosts.admission import elsewhere
from offboarding.sources.ssh_hosts.collection import (
    HEAD,
    CollectionError,
    HostCollection,
    machine_of,
    read_collection,
)
from offboarding.sources.ssh_hosts.settings import SshHostSettings
from offboarding.sources.ssh_hosts.users import HostDescriber, UserFacts

ACCOUNT, KEY = SubjectKind.ACCOUNT, SubjectKind.SSH_KEY
LARGEST = 32 * 1024 * 1024
"""Bytes of a host's file."""
_AHEAD = timedelta(days=1)
"""By which a host's clock may be wrong before its file counts as none."""


class SshHosts:
    """One host's users as a `Source`."""

    def __init__(self, settings: SshHostSettings, host: str, context: ReadContext) -> None:
        self._settings = settings
        self._host = host
        self._context = context
        self._where = f"sources.{settings.name}: {host}"
        self._folder = plain_file.PROJECT / settings.folder
        self._asked = Counter[str]()

    @property
    def requests(self) -> RequestCounts:
        """Files so far."""
        return RequestCounts(**self._asked)

    def collect(self) -> Iterator[Fact]:
        """Yield every user with their keys, and one ScopeRead of the realm at the end.

        Raises RetriableError where there's no file yet, FatalError where it's cut off, too old or can't be read.
        """
        host = self._read("inventory")
        self._need_no_twin(host)
        yield from self._gaps(host)
        for facts in self._described(host):
            yield from self._told(facts)
            if facts.unread:
                yield self._scope(host, facts, KEY)
        yield ScopeRead(realm=realm(host), scope="", kinds=(ACCOUNT, KEY))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people and isn't known yet. Raises as `collect`."""
        host = self._read("inventory")
        self._need_no_twin(host)
        yield ScopeRead(realm=realm(host), scope="", kinds=())
        yield from self._gaps(host)
        yield from borne((facts.account for facts in self._described(host)), keys, known)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these users as the newest file has them, each with ScopeReads; one that isn't there, by those alone.

        Raises as `collect`.
        """
        if not accounts:
            return
        host = self._read("detail")
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

    def _read(self, purpose: str) -> HostCollection:
        self._asked[purpose] += 1
        try:
            host = read_collection(self._body(self._host, LARGEST))
        except CollectionError as error:
            raise FatalError(f"{self._where}: its file {error}.") from error
        assert host.made_at is not None, "a collection says when it was made"
        age, made = self._context.as_of - host.made_at, f"{host.made_at:%Y-%m-%d %H:%M} UTC"
        if age > timedelta(hours=self._settings.max_age_hours):
            raise FatalError(
                f"{self._where}: its file is of {made}, and may be {self._settings.max_age_hours:g} hours old. See"
                " whether it's still collected."
            )
        if age < -_AHEAD:
            raise FatalError(f"{self._where}: its file says it's of {made}, which is to come. Mend the host's clock.")
        return host

    def _body(self, name: str, most: int) -> bytes:
        path = self._folder / name
        try:
            body = plain_file.read(path, most)
        except FileNotFoundError as error:
            why = "Collect it, or take it out of machines"
            raise RetriableError(
                f"{self._where}: there is no file {name} in {self._settings.folder}. {why}."
            ) from error
        except OSError as error:
            said = error.strerror or type(error).__name__
            raise FatalError(
                f"{self._where}: {name} in {self._settings.folder} can't be read ({said}). Let our user read it"
                " (docs/permissions/ssh_hosts.md)."
            ) from error
        if len(body) > most == LARGEST:
            raise FatalError(f"{self._where}: its file is larger than {LARGEST // 1024 // 1024} MiB. Collect it anew.")
        return body

    def _need_no_twin(self, host: HostCollection) -> None:
        """Two files of one machine would each show what the other tells as gone."""
        for other in self._settings.machines:
            if other == self._host:
                continue
            try:
                head = plain_file.read(self._folder / other, HEAD)
            except OSError:
                continue  # its own task says so
            if machine_of(head) == host.machine:
                raise FatalError(
                    f"{self._where}: it and {other} are one machine by their /etc/machine-id. If they were made of one"
                    " image, give each its own (systemd-machine-id-setup); else mend the collection."
                )

    def _gaps(self, host: HostCollection) -> Iterator[Gap]:
        red, said = list[str](), list[str]()
        if host.odd:
            red.append(f"{host.odd} of the lines in /etc/passwd can't be read as users: mend them")
        if self._host == self._settings.machines[0]:
            red += self._unlisted()
        if others := elsewhere(host, "passwd"):
            said.append(f"users that come from {', '.join(others)}, and their keys on this host")
        if any(user.settings.get("authorizedkeyscommand", ["none"])[0] != "none" for user in host.users):
            said.append("keys that AuthorizedKeysCommand tells")
        said += ["cron and at jobs, timers and services of a shut user", "sshd that run by other configurations"]
        for text in red:
            yield Gap(realm=realm(host), text=f"{self._where}: {text}", red=True)
        yield Gap(realm=realm(host), text=f"{self._where}: not looked at: {'; '.join(said)}", red=False)

    def _unlisted(self) -> Iterator[str]:
        for path in sorted(self._folder.iterdir()):
            if path.name not in self._settings.machines and not path.name.startswith("."):
                yield f"{_shown(path)} lies in {self._settings.folder} and isn't among machines: list it or take it out"


def realm(host: HostCollection) -> str:
    """The machine, whatever it's called."""
    return f"linux:{host.machine}"


def _shown(path: Path) -> str:
    return path.name if path.name.isprintable() else repr(path.name.encode("utf-8", "surrogateescape"))
