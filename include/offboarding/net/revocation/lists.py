"""Asking CRLs: those that are configured, and those that certificates name."""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509

from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net import plain_file
from offboarding.net.page import Page, Web
from offboarding.net.revocation.certificates import X509Certificate
from offboarding.net.revocation.crl import Crl, CrlEntry, CrlError, read_crl
from offboarding.net.revocation.issuers import Issuers
from offboarding.net.revocation.settings import CRL_SCHEMES, AskedCrls
from offboarding.net.urls import checked_url

MOST_ASKED = 100
"""Addresses in one read: certificates name them, and whoever makes certificates could name thousands."""
AT_ONCE = 20
"""Addresses that are asked beside each other."""
MOST_SILENT_SECONDS = 60
"""How long a read waits, in all, for addresses that certificates name and that are asked one after the other."""

_NOT_FOUND = "Ask the authority where its CRL is, and name it in crls."


class State(StrEnum):
    """What was found out."""

    GOOD = "good"
    REVOKED = "revoked"
    HELD = "held"
    UNKNOWN = "unknown"
    UNASKED = "unasked"
    """There is no CRL to ask, or none is asked."""


_WORST_FIRST = (State.REVOKED, State.HELD, State.GOOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationStatus:
    """What the CRLs say of a certificate."""

    state: State
    text: str
    """A clause."""
    validity: timedelta = timedelta(0)
    """For how long others may keep the CRL that says it."""
    problems: tuple[str, ...] = ()
    """Why it isn't known, in sentences that name the CRL and the fix."""


@dataclass(slots=True, kw_only=True)
class RevocationLists:
    """CRLs, each asked once in a read."""

    where: str
    """What each sentence begins with."""
    web: Web
    as_of: datetime
    settings: AskedCrls
    issuers: Issuers
    issuer_missing: str
    """What to do where a certificate's issuer isn't among them, a clause."""
    asked: int = 0
    problems: list[str] = field(default_factory=list[str])
    """Sentences, each once."""
    _found: dict[str, Crl | str] = field(default_factory=dict[str, Crl | str])
    """By place: the CRL, or why there's none."""
    _ahead: dict[str, Future[Page]] = field(default_factory=dict[str, Future[Page]])
    _silent: float = 0

    def ask_ahead(self, certificates: Iterable[X509Certificate]) -> None:
        """Ask for the CRLs that these certificates name, beside each other: one that is silent delays no other's."""
        if not self.settings.distribution_points:
            return
        points = (point for each in certificates if self.issuers.who_signed(each) for point in each.crl_points)
        first = (next(filter(self._can_be_asked, point), None) for point in points)
        places = [place for place in dict.fromkeys(first) if place and place not in self.settings.crls][:MOST_ASKED]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            self._ahead = {place: pool.submit(self.web.get, place, remedy=_NOT_FOUND) for place in places}

    def of(self, certificate: X509Certificate) -> RevocationStatus:
        """Whether it's revoked. Raises ConfigError where ca_certs_file can't be used."""
        answer = self._of(certificate)
        self.problems += [problem for problem in answer.problems if problem not in self.problems]
        return answer

    def _of(self, certificate: X509Certificate) -> RevocationStatus:
        if certificate.is_own_issuer:
            return RevocationStatus(state=State.UNASKED, text="it's its own issuer, and no CRL can revoke it")
        points = list(self._points(certificate))
        if not points:
            return RevocationStatus(state=State.UNASKED, text=self._unasked(certificate))
        signers = self.issuers.who_signed(certificate)
        if not signers:
            text = f"no certificate of its issuer {certificate.issuer} is at hand"
            problem = f"certificate {certificate.serial:X}: {text}. {self.issuer_missing}"
            return RevocationStatus(state=State.UNKNOWN, text=text, problems=(f"{self.where}: {problem}.",))
        return self._asked(points, certificate, signers)

    def _points(self, certificate: X509Certificate) -> Iterator[tuple[str, ...]]:
        """Each a CRL, by the addresses at which it lies."""
        named = list(self._configured(certificate))
        # A delta alone says nothing: it completes a full one.
        full = [(place,) for place, crl in named if isinstance(crl, str) or not crl.is_delta]
        yield from full or [(place,) for place, _ in named]
        if self.settings.distribution_points:
            yield from certificate.crl_points

    def _configured(self, certificate: X509Certificate) -> Iterator[tuple[str, Crl | str]]:
        """Each place that the configuration names, and its CRL; of one that can't be read, which may be this issuer's,
        the sentence.
        """
        for place in self.settings.crls:
            crl = self._crl(place)
            if isinstance(crl, str) or crl.is_by(certificate.parsed.issuer):
                yield place, crl

    def _unasked(self, certificate: X509Certificate) -> str:
        if certificate.crl_points:
            return "the CRL that it names isn't asked, and none of its issuer's is configured"
        none = "none of its issuer's" if self.settings.crls else "none"
        return f"it names no CRL, and {none} is configured"

    def _asked(
        self, points: Sequence[tuple[str, ...]], certificate: X509Certificate, signers: Sequence[x509.Certificate]
    ) -> RevocationStatus:
        """A point that can't be asked by any of its addresses is a problem only where no other CRL answers."""
        askable = [point for point in points if any(map(self._can_be_asked, point))]
        answers = [self._by_point(point, certificate, signers) for point in askable]
        if not any(answer.state in _WORST_FIRST for answer in answers):
            answers += [self._by_point(point, certificate, signers) for point in points if point not in askable]
        problems = tuple(problem for answer in answers for problem in answer.problems)
        worst = next((answer for state in _WORST_FIRST for answer in answers if answer.state is state), answers[0])
        return RevocationStatus(state=worst.state, text=worst.text, validity=worst.validity, problems=problems)

    def _by_point(
        self, point: tuple[str, ...], certificate: X509Certificate, signers: Sequence[x509.Certificate]
    ) -> RevocationStatus:
        """By the first of its addresses whose CRL says anything: they are ways to the same one."""
        problems: list[str] = []
        text = ""
        for place in [each for each in point if self._can_be_asked(each)] or point:
            answer = self._by_place(place, certificate, signers)
            if answer.state is not State.UNKNOWN:
                return answer
            text = text or answer.text
            problems += answer.problems
        return RevocationStatus(state=State.UNKNOWN, text=text, problems=tuple(problems))

    def _by_place(
        self, place: str, certificate: X509Certificate, signers: Sequence[x509.Certificate]
    ) -> RevocationStatus:
        crl = self._crl(place)
        if isinstance(crl, str):
            shown = place if self._can_be_asked(place) else f"(by {_scheme(place)})"
            return RevocationStatus(state=State.UNKNOWN, text=f"its CRL {shown} couldn't be asked", problems=(crl,))
        try:
            crl.believe(certificate.parsed, signers, self.as_of)
            entry = crl.entry(certificate.parsed)
            if entry is None or entry.on_hold:
                crl, entry = self._completed(crl, entry, certificate, signers)
        except CrlError as error:
            return self._unknown(place, error)
        except Exception as error:  # noqa: BLE001 - a certificate and a CRL that strangers wrote cost themselves
            odd = CrlError(f"it can't be held against the certificate ({type(error).__name__}). Report it")
            return self._unknown(place, odd)
        if entry is None:
            return RevocationStatus(state=State.GOOD, text=f"not on {crl.told}", validity=crl.validity)
        why = f" ({entry.reason})" if entry.reason else ""
        what = "on hold" if entry.on_hold else "revoked"
        text = f"{what} since {entry.at:%Y-%m-%d %H:%M} UTC{why} by {crl.told}, {place}"
        return RevocationStatus(state=State.HELD if entry.on_hold else State.REVOKED, text=text, validity=crl.validity)

    def _completed(
        self, full: Crl, entry: CrlEntry | None, certificate: X509Certificate, signers: Sequence[x509.Certificate]
    ) -> tuple[Crl, CrlEntry | None]:
        """The CRL that has the last word, and its entry: a delta CRL's where there is one. Raises CrlError where one is
        named and none of those that are counts.
        """
        own = [place for place, crl in self._configured(certificate) if isinstance(crl, Crl) and crl.is_delta]
        named = (*full.delta_points, *certificate.delta_points) if self.settings.distribution_points else ()
        problem: CrlError | None = None
        for place in dict.fromkeys((*own, *named)):
            try:
                delta = self._delta(place)
                delta.believe(certificate.parsed, signers, self.as_of, base=full)
                changed = delta.entry(certificate.parsed) if delta.is_after(full) else None
            except CrlError as error:
                shown = place if self._can_be_asked(place) else f"(by {_scheme(place)})"
                problem = problem or CrlError(f"its delta CRL {shown} may say otherwise, and {error}")
            else:
                return (delta, None if changed.removed else changed) if changed else (full, entry)
        if problem:
            raise problem
        return full, entry

    def _delta(self, place: str) -> Crl:
        """The CRL there. Raises CrlError."""
        crl = self._crl(place)
        if isinstance(crl, str):
            raise CrlError("it can't be read. See what lies there, or name it in crls")
        return crl

    def _unknown(self, place: str, error: CrlError) -> RevocationStatus:
        text = str(error).partition(". ")[0]
        return RevocationStatus(state=State.UNKNOWN, text=text, problems=(self._sentence(place, error),))

    def _crl(self, place: str) -> Crl | str:
        """The CRL there; where there's none that can be read, a sentence that says why."""
        if place not in self._found:
            self._found[place] = self._read(place)
        return self._found[place]

    def _read(self, place: str) -> Crl | str:
        try:
            return read_crl(place, self._body(place))
        except CrlError as error:
            return self._sentence(place, error)
        except ConfigError:
            raise
        except (RetriableError, FatalError) as error:
            return str(error)

    def _body(self, place: str) -> bytes:
        if place in self.settings.crls and "://" not in place:
            return self._file(place)
        if not self._can_be_asked(place):
            raise CrlError(
                f"a certificate names its CRL by {_scheme(place)}, and it's asked by http alone. Name the CRL in crls"
            )
        if self.asked >= MOST_ASKED:
            raise CrlError(
                f"{MOST_ASKED} CRLs were asked already in this read. Set distribution_points: false, and name in crls"
                " those that count"
            )
        self.asked += 1
        asked = self._ahead.pop(place, None)
        return (asked.result() if asked else self._page(place)).body

    def _page(self, place: str) -> Page:
        if self._silent > MOST_SILENT_SECONDS and place not in self.settings.crls:
            raise CrlError("was not asked, since others did not answer in this read. Name it in crls")
        began = time.monotonic()
        try:
            return self.web.get(place, remedy=_NOT_FOUND)
        except RetriableError:
            self._silent += time.monotonic() - began
            raise

    def _file(self, place: str) -> bytes:
        most = self.settings.max_kilobytes
        try:
            body = plain_file.read(plain_file.PROJECT / place, most * 1024)
        except OSError as error:
            raise CrlError(f"can't be read ({error.strerror}). Let our user read it, or mend crls") from error
        if len(body) > most * 1024:
            raise CrlError(f"is larger than {most} KiB, and not read. If that's right, raise max_kilobytes")
        return body

    def _can_be_asked(self, place: str) -> bool:
        if place in self.settings.crls:
            return True
        try:
            checked_url(place, schemes=CRL_SCHEMES)
        except ValueError:
            return False
        return True

    def _sentence(self, place: str, error: CrlError) -> str:
        # What a certificate holds in an address's place may be anything, a person's name too.
        about = f"{place}: " if self._can_be_asked(place) else ""
        return f"{self.where}: {about}{error}."


def web_for(where: str, settings: AskedCrls) -> Web:
    """How CRLs are asked for, by what the user wrote."""
    return Web(
        where=where,
        internal=settings.internal,
        ca_certs_file=settings.ca_certs_file,
        seconds=settings.timeout_seconds,
        max_bytes=settings.max_kilobytes * 1024,
    )


def _scheme(place: str) -> str:
    scheme = place.partition(":")[0][:20]
    return scheme if scheme.isascii() and scheme.isalpha() else "a directory's name"
