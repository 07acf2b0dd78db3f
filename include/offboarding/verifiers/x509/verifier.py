"""A collection of certificates as facts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from offboarding.custody.thumbprints import material_by_reference
from offboarding.interfaces import ReadContext
from offboarding.model import Exportable, Fact, Gap, Key, RequestCounts, Standing, SubjectKind
from offboarding.net.revocation.certificates import CertificateFileError, X509Certificate, certificates_in
from offboarding.net.revocation.issuers import Issuers, read_issuers
from offboarding.net.revocation.lists import RevocationLists, RevocationStatus, State, web_for
from offboarding.verifiers._collected.folder import Folder, fits
from offboarding.verifiers._collected.telling import red_gaps, scope
from offboarding.verifiers.x509.settings import Certificates, X509Settings

log = structlog.get_logger("offboarding.verifiers")

_PUBLIC = "A certificate shows the public half only: where the private one lies isn't known from here."


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateStanding:
    """How a certificate stands with those who trust it."""

    standing: Standing
    reason: str
    verifies: bool
    """Whether it counts as a verifier's word on the key."""
    cache: timedelta = timedelta(0)


@dataclass(slots=True, kw_only=True)
class FoundCertificate:
    """A certificate, and the files that hold it, in their order."""

    certificate: X509Certificate
    paths: list[str]


class X509Verifier:
    """One collection."""

    def __init__(self, settings: X509Settings, collection: Certificates, context: ReadContext) -> None:
        self.requests: RequestCounts = RequestCounts()
        self._settings = settings
        self._collection = collection
        self._context = context
        self._where = f"verifiers.{settings.name}: {collection.realm}"

    def collect(self) -> Iterator[Fact]:
        """Yield every certificate's key, what else must be said, and how complete that is.

        Raises FatalError where the folder can't be listed, ConfigError for issuers or ca_certs_file that can't be read.
        """
        folder = Folder(self._collection, self._where, self._context.as_of)
        found = self._read(folder)
        lists = self._lists([each.certificate for each in found.values()])
        lists.ask_ahead(each.certificate for each in found.values() if each.certificate.ends_at > self._context.as_of)
        for each in found.values():
            yield self._key(each, self._verdict(each.certificate, lists))
        realm = self._collection.realm
        yield from red_gaps(realm, self._where, folder.alarms)
        yield from red_gaps(realm, self._where, lists.problems)
        yield from red_gaps(realm, self._where, folder.problems)
        for text in folder.notes():
            yield Gap(realm=realm, text=text, red=False)
        yield scope(realm, self._where, len(folder.problems))
        self.requests = RequestCounts(inventory=folder.read + lists.asked)
        log.info("certificates read", keys=len(found), files=folder.read, problems=len(folder.problems))

    def _read(self, folder: Folder) -> dict[str, FoundCertificate]:
        """By their thumbprints, in the order of their files' paths."""
        found: dict[str, FoundCertificate] = {}
        for file in folder.files(_any_of(self._collection.files)):
            before = len(found)
            try:
                for certificate in certificates_in(file.body):
                    each = found.setdefault(certificate.thumbprint, FoundCertificate(certificate=certificate, paths=[]))
                    each.paths.append(file.path)
            except CertificateFileError as error:
                # A private key in a file of its own was told already.
                if not (file.private and len(found) == before):
                    folder.problem(file.path, str(error))
        return found

    def _lists(self, certificates: Sequence[X509Certificate]) -> RevocationLists:
        where = f"verifiers.{self._settings.name}"
        named = read_issuers(f"{where}: issuers", self._settings.issuers)
        return RevocationLists(
            where=self._where,
            web=web_for(where, self._settings),
            as_of=self._context.as_of,
            settings=self._settings,
            issuers=Issuers.of(named, certificates),
            issuer_missing="Put it among the files or in issuers",
        )

    def _verdict(self, certificate: X509Certificate, lists: RevocationLists) -> CertificateStanding:
        as_of, ends = self._context.as_of, f"{certificate.ends_at:%Y-%m-%d %H:%M} UTC"
        if certificate.ends_at <= as_of:
            # Many that verify don't look at it: Storm-0558's was accepted 802 days later. So it's nobody's word.
            reason = f"it ended on {ends}, and whether those who verify look at that isn't known"
            return CertificateStanding(standing=Standing.UNKNOWN, reason=reason, verifies=False)
        answer = lists.of(certificate)
        if answer.state in {State.GOOD, State.UNASKED}:
            begins = f" from {certificate.starts_at:%Y-%m-%d %H:%M} UTC" if certificate.starts_at > as_of else ""
            return _says(Standing.WORKS, f"valid{begins} until {ends}, {answer.text}", answer)
        if answer.state is State.REVOKED and self._collection.checks_revocation:
            return _says(Standing.DEAD, answer.text, answer)
        if answer.state is State.REVOKED:
            reason = f"{answer.text}, and whether those who verify look at revocation isn't known (checks_revocation)"
            return _says(Standing.UNKNOWN, reason, answer)
        return _says(Standing.UNKNOWN, answer.text, answer)

    def _key(self, found: FoundCertificate, verdict: CertificateStanding) -> Key:
        certificate, more = found.certificate, len(found.paths) - 1
        serial = f"{certificate.serial:X}"
        realm, native_id = self._collection.realm, certificate.thumbprint
        what = "authority's certificate" if certificate.is_authority else "certificate"
        lies = found.paths[0] + (f" and {more} more" if more else "")
        return Key(
            realm=realm,
            native_id=native_id,
            material=certificate.material or material_by_reference(realm, native_id),
            kind=SubjectKind.SIGNING_KEY,
            name=certificate.subject or native_id,
            label=f"{what} {serial} by {certificate.issuer} of {certificate.subject or 'nobody'} in {lies}",
            version=serial,
            algorithm=certificate.algorithm,
            # Its first day is the certificate's: a renewal keeps the key, however old that is.
            created_at=None,
            carryable=Exportable.UNKNOWN,
            carryable_reason=_PUBLIC,
            verifies=verdict.verifies,
            standing=verdict.standing,
            standing_reason=verdict.reason,
            cache=max(timedelta(hours=self._settings.cache_hours), verdict.cache),
            expires_at=certificate.ends_at,
        )


def _says(standing: Standing, reason: str, answer: RevocationStatus) -> CertificateStanding:
    return CertificateStanding(standing=standing, reason=reason, verifies=True, cache=answer.validity)


def _any_of(patterns: Sequence[str]) -> Callable[[str], bool]:
    return lambda path: any(fits(path, pattern) for pattern in patterns)
