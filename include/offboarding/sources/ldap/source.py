"""The source that the kind builds: opens the directory for each call, and counts what it asks."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import AccountRef, Fact, Gap, IdentityKey, RequestCounts, ScopeRead
from offboarding.sources.ldap.directory import Directory, survey
from offboarding.sources.ldap.revocation import certificate_judge
from offboarding.sources.ldap.session import ReadLimits, opened
from offboarding.sources.ldap.settings import LdapSettings, read_extra

LOG = structlog.get_logger("offboarding.sources")
DETAIL_CHUNK = 50
"""Accounts in one filter; servers parse hundreds, and a short filter is one they answer from their index."""


class LdapSource:
    """A directory as a `Source`."""

    def __init__(self, settings: LdapSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self.requests: RequestCounts = RequestCounts()
        self._settings = settings
        self._connection = connection
        self._context = context
        self._source = f"sources.{settings.name}"

    def collect(self) -> Iterator[Fact]:
        """Yield every account with its SSH keys, page by page, and one ScopeRead of the realm at the end.

        Raises IncompleteReadError where the server didn't give all of it, RetriableError where nobody answers,
        FatalError where login or certificate is refused, ConfigError.
        """
        with self._directory(detail=False) as directory:
            yield from self._warnings(directory.realm)
            yield from directory.collect()

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield the accounts that bear one of these keys, each with its ScopeRead; raises as `collect`.

        Accounts that are known already are `detail`'s: it finds them by their ids.
        """
        del known
        with self._directory(detail=False) as directory:
            yield from self._warnings(directory.realm)
            # A realm is told even where nobody is found.
            yield ScopeRead(realm=directory.realm, scope="", kinds=())
            yield from directory.collect_for(keys, DETAIL_CHUNK)
            yield from directory.gaps()

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield what these accounts are now, each with its ScopeRead; raises as `collect`.

        One that isn't there any more yields its ScopeRead alone, once `Directory.detail` has made sure of it.
        """
        if not accounts:
            return
        with self._directory(detail=True) as directory:
            yield from self._warnings(directory.realm)
            for at in range(0, len(accounts), DETAIL_CHUNK):
                yield from directory.detail(accounts[at : at + DETAIL_CHUNK])
            yield from directory.gaps()

    @contextmanager
    def _directory(self, *, detail: bool) -> Generator[Directory]:
        def count(reads: bool) -> None:  # noqa: FBT001 - called by Session
            self._count(reads=reads, detail=detail)

        judge = certificate_judge(self._source, self._settings.revocation, self._context.as_of, live=detail)
        with opened(self._connection, source=self._source, count=count, limits=self._limits()) as session:
            yield survey(session, self._settings, self._context, judge)
        if judge.lists:
            self.requests = replace(self.requests, detail=self.requests.detail + judge.lists.asked)

    def _limits(self) -> ReadLimits:
        return ReadLimits(
            message_bytes=self._settings.max_message_megabytes * 1024 * 1024,
            seconds=self._settings.max_read_minutes * 60,
        )

    def _count(self, *, reads: bool, detail: bool) -> None:
        now = self.requests
        if not reads:
            self.requests = replace(now, overhead=now.overhead + 1)
        elif detail:
            self.requests = replace(now, detail=now.detail + 1)
        else:
            self.requests = replace(now, inventory=now.inventory + 1)

    def _warnings(self, realm: str) -> Iterator[Gap]:
        """Without TLS the reader's password and everybody's data cross the network readable, each night anew."""
        if read_extra(self._connection).tls != "none":
            return
        LOG.warning("directory is read without TLS", source=self._settings.name)
        text = (
            f"{self._source}: read WITHOUT TLS: the reader's password crosses the network in the clear, and answers "
            "can be forged. Set the connection's extra tls to starttls or ldaps"
        )
        yield Gap(realm=realm, text=text, red=False)
