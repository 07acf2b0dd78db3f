"""A fleet as facts: what its sshd accept, and what of it couldn't be told."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog

from offboarding.custody.thumbprints import material_by_reference
from offboarding.interfaces import ReadContext
from offboarding.model import Exportable, Fact, Gap, Key, RequestCounts, Standing, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.net.sshkeys.identity import SECURITY_KEYS, SshCertificate, SshPublicKey
from offboarding.verifiers._collected.telling import red_gaps, scope
from offboarding.verifiers.ssh.entries import CollectedCertificate, Role, TrustedKey, TrustStanding
from offboarding.verifiers.ssh.fleet import Collected, read_certificates, read_fleet
from offboarding.verifiers.ssh.judging import FleetJudge, revoked_of
from offboarding.verifiers.ssh.settings import Fleet, SshSettings

log = structlog.get_logger("offboarding.verifiers")

_PUBLIC = "Files of sshd show the public half only: where the private one lies isn't known from here."
_TOKEN = "A security token holds the private half: it can't be copied, and the token itself can be taken along."
_LABELS = {
    Role.CA: "certificate authority for every login",
    Role.ACCOUNT_CA: "certificate authority for a login",
    Role.KEY: "key",
}


class SshVerifier:
    """One fleet."""

    def __init__(self, settings: SshSettings, fleet: Fleet, context: ReadContext) -> None:
        self.requests: RequestCounts = RequestCounts()
        self._settings = settings
        self._fleet = fleet
        self._context = context
        self._where = f"verifiers.{settings.name}: {fleet.realm}"
        self._cache = timedelta(hours=settings.cache_hours)

    def collect(self) -> Iterator[Fact]:
        """Yield every key that a sshd of the fleet accepts, what else must be said, and how complete that is.

        Raises FatalError where the folder can't be listed.
        """
        collected = read_fleet(self._fleet, self._where, self._context.as_of)
        problems = [*collected.folder.problems, *self._certificates_elsewhere(collected)]
        judge = self._judge(collected)
        keys = list(self._keys(collected, judge, whole=not problems))
        yield from keys
        unasked = [f"{self._where}: {path} {why}." for path, why in judge.revoked.problems.items()]
        yield from red_gaps(self._fleet.realm, self._where, collected.folder.alarms)
        yield from red_gaps(self._fleet.realm, self._where, unasked)
        yield from red_gaps(self._fleet.realm, self._where, problems)
        for text in collected.folder.notes():
            yield Gap(realm=self._fleet.realm, text=text, red=False)
        yield scope(self._fleet.realm, self._where, len(problems))
        self.requests = RequestCounts(inventory=collected.folder.read, overhead=judge.revoked.runs)
        log.info("ssh files read", keys=len(keys), files=collected.folder.read, problems=len(problems))

    def _certificates_elsewhere(self, collected: Collected) -> list[str]:
        """A certificate counts wherever its authority is trusted, in whichever fleet's folder it lies."""
        problems: list[str] = []
        for fleet in self._settings.fleets:
            if fleet.realm != self._fleet.realm:
                where = f"verifiers.{self._settings.name}: {fleet.realm}"
                try:
                    found = read_certificates(fleet, where, self._context.as_of, collected)
                except FatalError as error:
                    problems.append(str(error))
                else:
                    problems += [f"{self._where}: certificates of {fleet.realm}: {text}" for text in found]
        return problems

    def _judge(self, collected: Collected) -> FleetJudge:
        revoked = revoked_of(collected.revocations)
        asked: dict[str, SshPublicKey | SshCertificate] = {
            native_id: entry.key for native_id, entry in collected.entries.items()
        }
        asked |= {native_id: held.certificate for native_id, held in collected.certificates.items()}
        revoked.ask(asked)
        authorities = defaultdict[str, list[TrustedKey]](list)
        for entry in collected.entries.values():
            if entry.role is not Role.KEY:
                authorities[entry.key.fingerprint].append(entry)
        return FleetJudge(as_of=self._context.as_of, revoked=revoked, authorities=authorities)

    def _keys(self, collected: Collected, judge: FleetJudge, *, whole: bool) -> Iterator[Key]:
        for native_id, entry in sorted(collected.entries.items()):
            yield self._entry(native_id, entry, _sure(judge.of_entry(entry), whole=whole))
        for native_id, held in sorted(collected.certificates.items()):
            verdict = judge.of_certificate(held)
            if verdict is not None:
                yield self._certificate(native_id, held, _sure(verdict, whole=whole), verifies=True)
            elif held.own:
                yield self._certificate(native_id, held, self._elsewhere(held), verifies=False)

    def _entry(self, native_id: str, entry: TrustedKey, verdict: TrustStanding) -> Key:
        first, more = entry.places[0], len(entry.places) - 1
        lies = f"{first.shown}" + (f" and {more} more" if more else "")
        comment = f" ({first.comment})" if first.comment else ""
        # Trusted until its last place ends; one that never does keeps it for good.
        ends = [place.expires_at for place in entry.places]
        return self._key(
            native_id,
            entry.key,
            name=f"{self._fleet.realm}/{native_id if entry.role is Role.KEY else entry.role}",
            label=f"{_LABELS[entry.role]} {entry.key.type} {entry.key.fingerprint}{comment} in {lies}",
            verdict=verdict,
            verifies=True,
            expires_at=max((end for end in ends if end), default=None) if all(ends) else None,
        )

    def _certificate(
        self, native_id: str, held: CollectedCertificate, verdict: TrustStanding, *, verifies: bool
    ) -> Key:
        certificate = held.certificate
        called = certificate.key_id or native_id
        logins = {0: "any login", 1: "1 login"}.get(certificate.principals, f"{certificate.principals} logins")
        about = f"serial {certificate.serial}, {logins}, by {certificate.ca_fingerprint}"
        return self._key(
            native_id,
            certificate.key,
            name=called,
            label=f"certificate {called} ({about}) of {certificate.key.fingerprint} in {held.path} line {held.line}",
            verdict=verdict,
            verifies=verifies,
            expires_at=certificate.expires_at,
            version=str(certificate.serial),
        )

    def _elsewhere(self, held: CollectedCertificate) -> TrustStanding:
        if not held.certificate.for_user:
            reason = "a machine's certificate: whether clients trust its authority isn't known from here"
        else:
            reason = f"no file of {self._fleet.realm} trusts its authority {held.certificate.ca_fingerprint}"
        return TrustStanding(standing=Standing.UNKNOWN, reason=reason)

    def _key(
        self,
        native_id: str,
        key: SshPublicKey,
        *,
        name: str,
        label: str,
        verdict: TrustStanding,
        verifies: bool,
        expires_at: datetime | None,
        version: str = "",
    ) -> Key:
        return Key(
            realm=self._fleet.realm,
            native_id=native_id,
            material=key.material or material_by_reference(self._fleet.realm, native_id),
            kind=SubjectKind.SIGNING_KEY,
            name=name,
            label=label,
            version=version,
            algorithm=key.type,
            carryable=Exportable.UNKNOWN,
            carryable_reason=_TOKEN if key.type in SECURITY_KEYS else _PUBLIC,
            verifies=verifies,
            standing=verdict.standing,
            standing_reason=verdict.reason,
            cache=self._cache,
            ssh_fingerprint=key.fingerprint,
            expires_at=expires_at,
        )


def _sure(verdict: TrustStanding, *, whole: bool) -> TrustStanding:
    """What couldn't be read may accept it still."""
    if whole or verdict.standing is not Standing.DEAD:
        return verdict
    return TrustStanding(standing=Standing.UNKNOWN, reason=f"{verdict.reason}; not all of the fleet could be read")
