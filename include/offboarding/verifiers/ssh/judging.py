"""Whether sshd still accepts a key: by where it's trusted, until when, and what is revoked there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.model import Standing
from offboarding.net.sshkeys.identity import SshCertificate, SshPublicKey
from offboarding.verifiers.ssh.entries import (
    CollectedCertificate,
    Role,
    TrustedKey,
    TrustedLine,
    TrustStanding,
    together,
)
from offboarding.verifiers.ssh.revocation import RevocationError, RevocationFile, Revocations


@dataclass(slots=True, kw_only=True)
class Revoked:
    """What the fleet's lists say: by each host's own, and by those that are every host's."""

    by_host: Mapping[str, Sequence[Revocations]]
    runs: int = 0
    """How often ssh-keygen was asked."""
    problems: dict[str, str] = field(default_factory=dict[str, str])
    """Path of a list that can't be asked -> why, a clause."""
    _said: dict[str, RevocationFile] = field(default_factory=dict[str, RevocationFile])

    def ask(self, asked: Mapping[str, SshPublicKey | SshCertificate]) -> None:
        """Ask each list about all of these, equal lists once."""
        answers: dict[bytes, RevocationFile | RevocationError] = {}
        for revocations in (each for lists in self.by_host.values() for each in lists):
            if revocations.body not in answers:
                answers[revocations.body] = self._answer(revocations, asked)
            answer = answers[revocations.body]
            if isinstance(answer, RevocationError):
                self.problems[revocations.path] = str(answer)
            else:
                self._said[revocations.path] = answer

    def _answer(
        self, revocations: Revocations, asked: Mapping[str, SshPublicKey | SshCertificate]
    ) -> "RevocationFile | RevocationError":
        try:
            said = revocations.ask(asked)
        except RevocationError as error:
            return error
        self.runs += said.runs
        return said

    def verdict(self, name: str, host: str) -> TrustStanding | None:
        """What a host's lists say of it; None where they say nothing against it."""
        paths = [each.path for each in (*self.by_host.get(host, ()), *(self.by_host.get("", ()) if host else ()))]
        for path in paths:
            if path in self._said and name in self._said[path].revoked:
                return TrustStanding(standing=Standing.DEAD, reason=f"revoked by {path}")
        for path in paths:
            if path not in self._said or name in self._said[path].unasked:
                return TrustStanding(standing=Standing.UNKNOWN, reason=f"whether {path} revokes it couldn't be asked")
        return None


def revoked_of(lists: Iterable[tuple[str, Revocations]]) -> Revoked:
    """From (host, list) each."""
    by_host = defaultdict[str, list[Revocations]](list)
    for host, revocations in lists:
        by_host[host].append(revocations)
    return Revoked(by_host=by_host)


_TRUSTED = {
    Role.CA: "trusted by TrustedUserCAKeys",
    Role.ACCOUNT_CA: "trusted by cert-authority",
    Role.KEY: "accepted by authorized_keys",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetJudge:
    """What is known of a fleet, for whoever asks how a key stands."""

    as_of: datetime
    revoked: Revoked
    authorities: Mapping[str, Sequence[TrustedKey]]
    """Fingerprint -> where that authority is trusted."""

    def of_entry(self, entry: TrustedKey) -> TrustStanding:
        """A key that stands in files."""
        return together([self._at(entry, place) for place in entry.places])

    def _at(self, entry: TrustedKey, place: TrustedLine) -> TrustStanding:
        against = self.revoked.verdict(entry.native_id, place.host)
        if place.expires_at is not None and place.expires_at <= self.as_of:
            return TrustStanding(standing=Standing.DEAD, reason=f"its expiry-time is over at {place.shown}")
        if against is not None:
            return against
        if entry.key.type == "ssh-dss":
            return TrustStanding(
                standing=Standing.UNKNOWN, reason=f"DSA at {place.shown}: OpenSSH 7.0 and later refuse it by default"
            )
        if place.odd_options:
            reason = f"sshd may refuse the options at {place.shown}, which it can't read"
            return TrustStanding(standing=Standing.UNKNOWN, reason=reason)
        limits = [name for name in place.options if name != "cert-authority"]
        limited = f" (limited by {', '.join(limits)})" if limits else ""
        return TrustStanding(standing=Standing.WORKS, reason=f"{_TRUSTED[entry.role]} at {place.shown}{limited}")

    def of_certificate(self, held: CollectedCertificate) -> TrustStanding | None:
        """A certificate; None where this fleet has no say in it."""
        certificate = held.certificate
        if not held.own and certificate.ca_fingerprint not in self.authorities:
            return None
        if certificate.damaged:
            return TrustStanding(
                standing=Standing.DEAD, reason="its signature isn't its authority's: every sshd refuses it"
            )
        # Unlike many that verify X.509, sshd always looks at a certificate's own end.
        if certificate.expires_at is not None and certificate.expires_at <= self.as_of:
            return TrustStanding(
                standing=Standing.DEAD, reason=f"it ended on {certificate.expires_at:%Y-%m-%d %H:%M} UTC"
            )
        trusting = self.authorities.get(certificate.ca_fingerprint, ()) if certificate.for_user else ()
        verdicts = [self._certified(held, entry, place) for entry in trusting for place in entry.places]
        return together(verdicts) if verdicts else None

    def _certified(self, held: CollectedCertificate, entry: TrustedKey, place: TrustedLine) -> TrustStanding:
        against = self.revoked.verdict(held.native_id, place.host)
        of_authority = self._at(entry, place)
        if of_authority.standing is Standing.DEAD:
            return TrustStanding(standing=Standing.DEAD, reason=f"its authority is refused: {of_authority.reason}")
        if against is not None:
            return against
        if of_authority.standing is Standing.UNKNOWN:
            return of_authority
        reason = f"signed by {entry.key.fingerprint}, {of_authority.reason}"
        return TrustStanding(standing=Standing.WORKS, reason=reason)
