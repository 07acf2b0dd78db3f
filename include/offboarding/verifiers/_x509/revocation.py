"""Asking CRLs: those that are configured, and those that certificates name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509

from include.offboarding.errors import ConfigError, FatalError, RetriableError
from include.offboarding.verifiers._web.page import Web
from include.offboarding.verifiers._web.urls import checked_url
from include.offboarding.verifiers._x509.certificates import Certificate
from include.offboarding.verifiers._x509.crl import Crl, CrlError, issued, may_sign_crls, read_crl
from include.offboarding.verifiers._x509.settings import CRL_SCHEMES

PROJECT = Path(__file__).resolve().parents[4]
"""Relative paths start there."""

MOST_ASKED = 100
"""Addresses in one read: certificates name them, and whoever makes certificates could name thousands."""

_NOT_FOUND = "Ask the authority where its CRL is, and name it in crls."


class State(StrEnum):
    """What was found out."""

    GOOD = "good"
    REVOKED = "revoked"
    HELD = "held"
    UNKNOWN = "unknown"
    UNASKED = "unasked"
    """There is no CRL to ask, or none is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the CRLs say of a certificate."""

    state: State
    text: str
    """A clause."""
    validity: timedelta = timedelta(0)
    """For how long others may keep the CRL that says it."""


@dataclass(slots=True, kw_only=True)
class RevocationLists:
    """CRLs, each asked once in a read."""

    where: str
    web: Web
    as_of: datetime
    places: Sequence[str]
    """Configured ones."""
    distribution_points: bool
    issuers: Mapping[x509.Name, Sequence[Certificate]]
    """Certificates at hand, by their subjects."""
    trusted: frozenset[str]
    """Thumbprints of those among them that the configuration names as issuers."""
    asked: int = 0
    problems: list[str] = field(default_factory=list[str])
    """Sentences."""
    _found: dict[str, Crl | None] = field(default_factory=dict[str, Crl | None])

    def of(self, certificate: Certificate) -> Answer:
        """Whether it's revoked."""
        if certificate.is_own_issuer:
            return Answer(state=State.UNASKED, text="it's its own issuer, and no CRL can revoke it")
        places = list(self._places(certificate))
        if not places:
            return Answer(state=State.UNASKED, text="it names no CRL, and none is configured")
        issuers = self._issuers(certificate)
        if not issuers:
            text = f"no certificate of its issuer {certificate.issuer} is at hand. Put it among the files or in issuers"
            self._problem(f"certificate {certificate.parsed.serial_number:X}", text)
            return Answer(state=State.UNKNOWN, text=text.partition(". ")[0])
        answers = [self._answer(place, certificate, issuers) for place in places]
        for state in (State.REVOKED, State.HELD, State.GOOD):
            for answer in answers:
                if answer.state is state:
                    return answer
        return answers[0]

    def _places(self, certificate: Certificate) -> Iterator[str]:
        for place in self.places:
            crl = self._crl(place)
            # One that can't be read may be this issuer's.
            if crl is None or crl.is_by(certificate.parsed.issuer):
                yield place
        if self.distribution_points:
            yield from certificate.crl_urls

    def _issuers(self, certificate: Certificate) -> list[x509.Certificate]:
        return [
            issuer.parsed
            for issuer in self.issuers.get(certificate.parsed.issuer, ())
            if (issuer.thumbprint in self.trusted or (issuer.is_authority and may_sign_crls(issuer.parsed)))
            and issued(issuer.parsed, certificate.parsed)
        ]

    def _answer(self, place: str, certificate: Certificate, issuers: Sequence[x509.Certificate]) -> Answer:
        crl = self._crl(place)
        if crl is None:
            return Answer(state=State.UNKNOWN, text=f"its CRL {place or '(by directory)'} couldn't be asked")
        try:
            crl.believe(certificate.parsed, issuers, self.as_of)
        except CrlError as error:
            self._problem(place, str(error))
            return Answer(state=State.UNKNOWN, text=str(error).partition(". ")[0])
        entry = crl.entry(certificate.parsed.serial_number)
        if entry is None:
            text = f"not on the CRL of {crl.parsed.last_update_utc:%Y-%m-%d %H:%M} UTC"
            return Answer(state=State.GOOD, text=text, validity=crl.validity)
        why = f" ({entry.reason})" if entry.reason else ""
        text = f"{'on hold' if entry.on_hold else 'revoked'} since {entry.at:%Y-%m-%d %H:%M} UTC{why} by {place}"
        return Answer(state=State.HELD if entry.on_hold else State.REVOKED, text=text, validity=crl.validity)

    def _crl(self, place: str) -> Crl | None:
        """The CRL there; None, and a problem noted, where there's none that can be read."""
        if place not in self._found:
            self._found[place] = self._read(place)
        return self._found[place]

    def _read(self, place: str) -> Crl | None:
        try:
            return read_crl(place, self._body(place))
        except CrlError as error:
            self._problem(place, str(error))
        except ConfigError:
            raise
        except (RetriableError, FatalError) as error:
            self.problems.append(str(error))
        return None

    def _body(self, place: str) -> bytes:
        if place in self.places and "://" not in place:
            return self._file(place)
        try:
            checked_url(place, schemes=CRL_SCHEMES)
        except ValueError as error:
            scheme = place.partition(":")[0][:20] or "a directory's name"
            raise CrlError(
                f"a certificate names its CRL by {scheme}, and it's asked by http alone. Name the CRL in crls"
            ) from error
        if self.asked >= MOST_ASKED:
            raise CrlError(f"{MOST_ASKED} CRLs were asked already in this read. Split the collection")
        self.asked += 1
        return self.web.get(place, remedy=_NOT_FOUND).body

    def _file(self, place: str) -> bytes:
        try:
            return (PROJECT / place).read_bytes()
        except OSError as error:
            raise CrlError(f"can't be read ({error.strerror}). Let our user read it, or mend crls") from error

    def _problem(self, about: str, text: str) -> None:
        sentence = f"{self.where}: {f'{about}: ' if about else ''}{text}."
        if sentence not in self.problems:
            self.problems.append(sentence)
