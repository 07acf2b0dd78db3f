"""What a fleet's sshd accept: each key once, with every place where it stands."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from offboarding.model import Standing
from offboarding.net.sshkeys.identity import SshCertificate, SshPublicKey


class Role(StrEnum):
    """What a key is to sshd."""

    CA = "ca"
    """It signs certificates for any login (TrustedUserCAKeys)."""
    ACCOUNT_CA = "account-ca"
    """It signs certificates for one login (cert-authority in authorized_keys)."""
    KEY = "key"
    """It logs in (authorized_keys)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedLine:
    """A line that makes a key count."""

    host: str
    """"" for a file that is every host's."""
    path: str
    line: int
    comment: str
    options: tuple[str, ...]
    expires_at: datetime | None
    odd_options: bool

    @property
    def shown(self) -> str:
        """For people."""
        return f"{self.path} line {self.line}"


@dataclass(slots=True, kw_only=True)
class TrustedKey:
    """A key in one role, in the order of its places."""

    role: Role
    key: SshPublicKey
    places: list[TrustedLine] = field(default_factory=list[TrustedLine])

    @property
    def native_id(self) -> str:
        """Of the copy."""
        return f"{self.role}:{self.key.fingerprint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedCertificate:
    """A certificate that was collected."""

    certificate: SshCertificate
    path: str
    line: int
    own: bool
    """It lay among this fleet's files; else among another's, whose authority this one may trust too."""

    @property
    def native_id(self) -> str:
        """Of the copy."""
        return f"cert:{self.certificate.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStanding:
    """How something stands at one place, or at all of them."""

    standing: Standing
    reason: str


def together(verdicts: list[TrustStanding]) -> TrustStanding:
    """What holds of several places: it works where it works in one, and is dead where it's dead in all."""
    for standing in (Standing.WORKS, Standing.UNKNOWN, Standing.DEAD):
        reasons = list(dict.fromkeys(verdict.reason for verdict in verdicts if verdict.standing is standing))
        if reasons:
            more = len(reasons) - 2
            text = "; ".join(reasons[:2]) + (f"; and {more} more places" if more > 0 else "")
            return TrustStanding(standing=standing, reason=text)
    return TrustStanding(standing=Standing.UNKNOWN, reason="no place is known that would accept it")
