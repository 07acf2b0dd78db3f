"""One page over TLS, at most so large, within so many seconds, from the host that was asked."""

import re
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.net.addresses import AddressError, addresses_of
from offboarding.net.transport import DeadlineTransport
from offboarding.net.urls import checked_url

MOST_REDIRECTS = 3
LONGEST_CACHE = timedelta(days=365)
"""A page that may be kept for longer is taken to say this."""

_MAX_AGE = re.compile(r"(?:^|[,\s])(?:s-maxage|max-age)\s*=\s*\"?(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came."""

    url: str
    body: bytes = field(repr=False)
    media_type: str
    max_age: timedelta
    """How long others may keep it, by its Cache-Control; 0 where it doesn't say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """How pages are asked for."""

    where: str
    """What each message begins with: "verifiers.login"."""
    internal: bool
    """Addresses that aren't public may be asked."""
    ca_certs_file: str | None
    """PEM file of the authorities to trust; None: those of the system."""
    seconds: float
    """For one page, redirects included."""
    max_bytes: int

    def get(self, url: str, *, remedy: str, headers: Mapping[str, str] | None = None) -> Page:
        """The page. `remedy`: what to do where the address turns out wrong or closed to us, a sentence.

        Redirects are followed on the same scheme, host and port alone. Raises RetriableError (no answer, 408, 429,
        5xx) and FatalError (anything else).
        """
        asked, until = url, time.monotonic() + self.seconds
        with self._transport() as transport:
            for _ in range(MOST_REDIRECTS + 1):
                answer, body = self._answer(transport, asked, headers or {}, until)
                if answer.status_code not in {301, 302, 303, 307, 308}:
                    return self._page(asked, answer, body, remedy)
                asked = self._redirected(asked, answer.headers.get("location", ""))
        raise FatalError(f"{self.where}: {url}: it redirects more than {MOST_REDIRECTS} times. {remedy}")

    def _transport(self) -> DeadlineTransport:
        if self.ca_certs_file and not Path(self.ca_certs_file).is_file():
            raise ConfigError(f"{self.where}: ca_certs_file: there is no file {self.ca_certs_file} on this machine.")
        try:
            context = ssl.create_default_context(cafile=self.ca_certs_file)
        except ssl.SSLError as error:
            raise ConfigError(f"{self.where}: ca_certs_file: {self.ca_certs_file} holds no PEM certificate.") from error
        return DeadlineTransport(context, addresses_of=partial(addresses_of, internal=self.internal))

    def _answer(
        self, transport: DeadlineTransport, url: str, headers: Mapping[str, str], until: float
    ) -> tuple[httpx.Response, bytes]:
        """Return the answer and its body.

        httpx.Client would parse a Location before it can be refused here, and would keep cookies.
        """
        what = f"{self.where}: {url}"
        asked = {"Accept": "application/json, */*;q=0.1", "Accept-Encoding": "identity", **headers}
        left = {"timeout": {"read": until - time.monotonic()}}
        try:
            answer = transport.handle_request(httpx.Request("GET", url, headers=asked, extensions=left))
            return answer, self._body(what, answer)
        except httpx.TimeoutException as error:
            raise RetriableError(f"{what}: no whole answer within {self.seconds:g} seconds. Is it up?") from error
        except AddressError as error:
            raise FatalError(f"{what}: {error}.") from error
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:
            raise self._unreached(what, error) from error

    def _unreached(self, what: str, error: Exception) -> OffboardingError:
        said = str(error) or type(error).__name__
        if "CERTIFICATE_VERIFY_FAILED" in said:
            reason = said.partition("certificate verify failed: ")[2].partition(" (_ssl")[0] or said
            return FatalError(f"{what}: its certificate isn't trusted: {reason}. Mend it, or set ca_certs_file.")
        return RetriableError(f"{what}: no answer ({said}). Is it up, and its name right?")

    def _body(self, what: str, answer: httpx.Response) -> bytes:
        body = bytearray()
        for chunk in answer.iter_raw():
            body += chunk
            self._bounded(what, len(body))
        if answer.headers.get("content-encoding", "").lower() == "gzip":
            return self._unzipped(what, bytes(body))
        return bytes(body)

    def _unzipped(self, what: str, body: bytes) -> bytes:
        """We didn't ask for it, and some stores hold nothing else."""
        try:
            plain = zlib.decompressobj(wbits=31).decompress(body, self.max_bytes + 1)
        except zlib.error as error:
            raise FatalError(f"{what}: what it says to be gzip is damaged.") from error
        self._bounded(what, len(plain))
        return plain

    def _bounded(self, what: str, size: int) -> None:
        if size > self.max_bytes:
            raise FatalError(
                f"{what}: it's larger than {self.max_bytes // 1024} KiB, and nothing of it was read. If that's right,"
                " raise max_kilobytes."
            )

    def _page(self, url: str, answer: httpx.Response, body: bytes, remedy: str) -> Page:
        status, headers = answer.status_code, answer.headers
        if status == 200:
            media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
            return Page(url=url, body=body, media_type=media_type, max_age=_max_age(headers.get("cache-control", "")))
        if status in {408, 429} or status >= 500:
            raise RetriableError(f"{self.where}: {url}: {status}, it's busy or ill: try again in a minute.")
        raise FatalError(f"{self.where}: {url}: {status}. {remedy}")

    def _redirected(self, url: str, location: str) -> str:
        """Where it leads to. What follows a host may be a token, and isn't said."""
        try:
            target = checked_url(urljoin(url, location), schemes=("https", "http"))
        except ValueError as error:
            raise FatalError(f"{self.where}: {url}: it redirects to what is no address: {error}.") from error
        there = urlsplit(target)
        if _origin(target) != _origin(url):
            raise FatalError(
                f"{self.where}: {url}: it redirects to {there.scheme}://{there.netloc}, which isn't followed. If that"
                " is the place, write it instead."
            )
        return target


def _max_age(cache_control: str) -> timedelta:
    ages = [int(age) for age in _MAX_AGE.findall(cache_control)]
    return min(timedelta(seconds=max(ages, default=0)), LONGEST_CACHE)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
