"""A bound connection to a directory: verified TLS, searches that end in success or in an error of ours."""

import ssl
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from ldap3 import NONE, Server
from ldap3.core.exceptions import (
    LDAPCommunicationError,
    LDAPExceptionError,
    LDAPInvalidFilterError,
    LDAPResponseTimeoutError,
    LDAPStartTLSError,
)

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.settings import DEFAULT_READ_MINUTES
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, RetriableError
from offboarding.sources.ldap.ber import DecodeError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.paging import SearchPage, read_pages
from offboarding.sources.ldap.ranges import completed, is_cut
from offboarding.sources.ldap.reached import port_of, reached_by
from offboarding.sources.ldap.results import INSUFFICIENT_ACCESS, NO_SUCH_OBJECT, STANDS, SUCCESS, Refusal, error_for
from offboarding.sources.ldap.settings import (
    DEFAULT_MESSAGE_MEGABYTES,
    LdapConnectionExtra,
    read_extra,
)
from offboarding.sources.ldap.strategy import PAGED_RESULTS, EndlessError, EntryConnection, ResponseBounds
from offboarding.sources.ldap.tls import VerifiedTls

CONNECT_SECONDS = 10
ANSWER_SECONDS = 120
"""Longest silence before a page; a page itself may take longer. The whole login has as long."""
EVERYTHING = "(objectClass=*)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """How much one message may hold after the login, and how long all of a read may take."""

    message_bytes: int = DEFAULT_MESSAGE_MEGABYTES * 1024 * 1024
    seconds: float = DEFAULT_READ_MINUTES * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLookup:
    """What reading one entry by its DN gave."""

    entry: Entry | None
    denied: bool = False
    """The server says that it's there and not for us."""


class Session:
    """One conversation. `source` begins every error; `tally` is called once a request."""

    def __init__(
        self, connection: EntryConnection, *, source: str, reader: str, reached_by: str, tally: Callable[[], None]
    ) -> None:
        self._connection = connection
        self.source = source
        self.reached_by = reached_by
        self.reader = reader
        self._tally = tally
        self._says_of_reference: Callable[[str], str | None] = _nothing_of_it
        self._limits_fix = ""
        self.passed_over: dict[str, None] = {}
        """What is to be told of parts of the tree that lie elsewhere and needn't be read, each once."""

    def adopt(self, says_of_reference: Callable[[str], str | None], limits_fix: str) -> None:
        """Take this kind of directory's word on references (`Flavor.says_of_reference`) and limits."""
        self._says_of_reference = says_of_reference
        self._limits_fix = limits_fix

    def search(self, base: str, condition: str, attributes: Sequence[str], *, page_size: int) -> Iterator[list[Entry]]:
        """Yield everything at and below `base` that meets the filter, a page at a time. Raises as `read_pages`."""

        def ask(cookie: bytes) -> SearchPage:
            return self._ask(base, condition, attributes, scope="SUBTREE", page_size=page_size, cookie=cookie)

        return read_pages(ask, where=f"{self.source}: {base}", reader=self.reader, limits_fix=self._limits_fix)

    def whole(self, base: str, condition: str, attributes: Sequence[str]) -> list[Entry]:
        """Everything at and below `base` that meets the filter, in one answer, for what can't page (cn=config)."""
        page = self._ask(base, condition, attributes, scope="SUBTREE", page_size=None, cookie=b"")
        if page.refusal.code != SUCCESS:
            where = f"{self.source}: {base}"
            raise error_for(page.refusal, where=where, reader=self.reader, entries=0, limits_fix=self._limits_fix)
        return page.entries

    def read(self, dn: str, attributes: Sequence[str]) -> EntryLookup:
        """Read one entry. No entry where it isn't there or is hidden; any other refusal is raised."""
        page = self._ask(dn, EVERYTHING, attributes, scope="BASE", page_size=None, cookie=b"")
        if page.refusal.code in {NO_SUCH_OBJECT, INSUFFICIENT_ACCESS}:
            return EntryLookup(entry=None, denied=page.refusal.code == INSUFFICIENT_ACCESS)
        if page.refusal.code != SUCCESS:
            where = f"{self.source}: {dn}"
            raise error_for(page.refusal, where=where, reader=self.reader, entries=0, limits_fix=self._limits_fix)
        entry = next(iter(page.entries), None)
        return EntryLookup(entry=entry, denied=entry is None and self._is_passed_over(dn))

    def _is_passed_over(self, dn: str) -> bool:
        """Whether an entry stands there of which nothing is shown. 389-ds says success to whoever may not see an entry,
        and to whoever asks for one that isn't there; but it acknowledges paging only where there was something to page.
        """
        return self._ask(dn, EVERYTHING, ("1.1",), scope="BASE", page_size=1, cookie=b"").cookie is not None

    def _ask(
        self,
        base: str,
        condition: str,
        attributes: Sequence[str],
        *,
        scope: Literal["BASE", "SUBTREE"],
        page_size: int | None,
        cookie: bytes,
    ) -> SearchPage:
        self._tally()
        connection = cast("Any", self._connection)
        with _our_errors(self.source, self._connection):
            connection.search(
                base,
                condition,
                search_scope=scope,
                # An alias is an entry of its own; whatever it points at is read where it lies, once.
                dereference_aliases="NEVER",
                attributes=list(attributes),
                paged_size=page_size,
                paged_criticality=True,
                paged_cookie=cookie or None,
            )
            return self._page(connection.response, connection.result)

    def _page(self, responses: list[Entry | dict[str, Any]], result: dict[str, Any]) -> SearchPage:
        entries = [response for response in responses if isinstance(response, Entry)]
        references = tuple(
            url for response in responses if not isinstance(response, Entry) for url in response.get("uri", ())
        )
        control = result.get("controls", {}).get(PAGED_RESULTS)
        return SearchPage(
            entries=[self._whole(entry).without_options() for entry in entries],
            references=tuple(url for url in references if not self._passes_over(url)),
            refusal=refusal_of(result),
            cookie=control["value"]["cookie"] if control else None,
        )

    def _whole(self, entry: Entry) -> Entry:
        if not is_cut(entry):
            return entry
        return completed(entry, self._piece, where=f"{self.source}: {entry.dn}")

    def _piece(self, dn: str, attribute: str) -> Entry | None:
        """One piece of a long attribute, as it comes."""
        self._tally()
        connection = cast("Any", self._connection)
        with _our_errors(self.source, self._connection):
            connection.search(dn, EVERYTHING, search_scope="BASE", dereference_aliases="NEVER", attributes=[attribute])
            return next((found for found in connection.response if isinstance(found, Entry)), None)

    @contextmanager
    def client(self) -> Generator[EntryConnection]:
        """ldap3's own connection, for what a reader never asks; its errors are ours."""
        self._tally()
        with _our_errors(self.source, self._connection):
            yield self._connection

    def _passes_over(self, url: str) -> bool:
        said = self._says_of_reference(url)
        if said:
            self.passed_over[said] = None
        return said is not None


def _nothing_of_it(url: str) -> str | None:
    """Until the kind of directory is known, every reference counts."""
    del url
    return None


@contextmanager
def opened(
    connection: ConnectionFields,
    *,
    source: str,
    count: Callable[[bool], None],
    limits: ReadLimits = ReadLimits(),
    read_only: bool = True,
) -> Generator[Session]:
    """A session for as long as the block runs. `count` is called once a request, with whether it reads anything.

    `read_only`: the client itself refuses whatever would change something (revoke.py alone says otherwise).

    Raises ConfigError for a connection that can't be right, RetriableError where nobody answers, FatalError where the
    certificate or the login is refused.
    """
    client = _client(connection, read_extra(connection), source, read_only=read_only)
    try:
        _log_in(client, read_extra(connection), source, lambda: count(False))
        strategy = client.entries_strategy
        until = time.monotonic() + limits.seconds
        strategy.bounds = replace(strategy.bounds, message_bytes=limits.message_bytes, until=until)
        yield Session(
            client,
            source=source,
            reader=connection.login,
            reached_by=reached_by(connection, read_extra(connection)),
            tally=lambda: count(True),
        )
    finally:
        # A goodbye that fails on a dead socket changes nothing that was read.
        with suppress(LDAPExceptionError, OSError):
            cast("Any", client).unbind()


def _client(
    connection: ConnectionFields, extra: LdapConnectionExtra, source: str, *, read_only: bool
) -> EntryConnection:
    with _our_errors(source, None):
        server = Server(
            connection.host,
            port=port_of(connection, extra),
            use_ssl=extra.tls == "ldaps",
            tls=VerifiedTls(extra.ca_certs_file),
            get_info=NONE,
            connect_timeout=CONNECT_SECONDS,
        )
    bounds = ResponseBounds(silence_seconds=ANSWER_SECONDS, until=time.monotonic() + ANSWER_SECONDS)
    return EntryConnection(server, connection.login, connection.password, bounds=bounds, read_only=read_only)


def _log_in(client: EntryConnection, extra: LdapConnectionExtra, source: str, tally: Callable[[], None]) -> None:
    conversation = cast("Any", client)
    with _our_errors(source, client):
        conversation.open(read_server_info=False)
        if extra.tls == "starttls":
            tally()
            conversation.start_tls(read_server_info=False)
            if client.entries_strategy.unread_bytes:
                raise FatalError(f"{source}: the server sent data in the clear behind StartTLS: someone is in between.")
        tally()
        conversation.bind(read_server_info=False)
        refusal = refusal_of(conversation.result)
    if refusal.code != SUCCESS:
        raise error_for(refusal, where=source, reader=str(conversation.user), entries=0)


@contextmanager
def _our_errors(source: str, client: EntryConnection | None) -> Generator[None]:
    """Turn ldap3's errors into ours. Their texts hold addresses and codes; none holds what was sent."""
    at = f"{client.server.host}:{client.server.port}" if client else "the connection"
    try:
        yield
    except DecodeError as error:
        raise IncompleteReadError(f"{source}: {at} sent what is no LDAP message: {error}. {STANDS}") from error
    except EndlessError as error:
        raise IncompleteReadError(f"{source}: {at} sent {error}. {STANDS}") from error
    except LDAPInvalidFilterError as error:
        raise ConfigError(
            f"{source}.user_filter: this is no LDAP filter (RFC 4515): {error}. Look at disabled_when, too."
        ) from error
    except (LDAPCommunicationError, LDAPResponseTimeoutError, LDAPStartTLSError, OSError) as error:
        refusal = client.server.tls.refusal if client else None
        if refusal is not None:
            raise FatalError(_certificate(source, at, refusal)) from refusal
        if isinstance(error, LDAPStartTLSError):
            raise FatalError(
                f"{source}: {at} doesn't start TLS ({error}). Mend it, or set extra tls: ldaps; for a trial none, which"
                " sends the password in the clear (docs/configuration.md#sources)."
            ) from error
        raise RetriableError(f"{source}: {at} can't be reached or hung up ({error}). {STANDS}") from error
    except LDAPExceptionError as error:
        raise FatalError(f"{source}: {at}: {error}") from error


def _certificate(source: str, at: str, refusal: ssl.SSLError) -> str:
    reason = refusal.verify_message if isinstance(refusal, ssl.SSLCertVerificationError) else str(refusal)
    return (
        f"{source}: the TLS certificate of {at} isn't trusted: {reason.rstrip('.')}.\n"
        "  Connect by the name in the certificate, and name the authority that signed it in the connection's extra "
        "ca_certs_file."
    )


def refusal_of(result: dict[str, Any]) -> Refusal:
    """What the server said to the last request, success too."""
    return Refusal(
        code=int(result["result"]),
        description=str(result["description"]),
        text=str(result.get("message") or ""),
        referrals=tuple(result.get("referrals") or ()),
    )
