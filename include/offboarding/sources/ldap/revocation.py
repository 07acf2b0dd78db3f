"""How a certificate on an entry stands: by its dates, and by its CRL where that is asked.

Who accepts a certificate asks its issuer's signature, its dates and perhaps its CRL: rarely the directory, and never
whether a password is locked.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.model import Gap, Standing
from offboarding.net.revocation.certificates import CertificateFileError, certificate_of
from offboarding.net.revocation.issuers import Issuers, read_issuers
from offboarding.net.revocation.lists import RevocationLists, RevocationStatus, State, web_for
from offboarding.sources.ldap.certificates import EntryCertificate
from offboarding.sources.ldap.settings import RevocationSettings
from offboarding.sources.ldap.standing import AccountStanding

_STANDINGS = {
    State.GOOD: Standing.WORKS,
    # Nobody can see it revoked.
    State.UNASKED: Standing.WORKS,
    # It can be lifted again.
    State.HELD: Standing.UNKNOWN,
    State.UNKNOWN: Standing.UNKNOWN,
    State.REVOKED: Standing.DEAD,
}
_IN_SPITE = "a locked password doesn't stop whoever accepts its issuer"
_MOST_NAMED = 5
"""Certificates by name in one sentence: a CRL that can't be asked concerns everybody's."""


@dataclass(slots=True, kw_only=True)
class CertificateJudge:
    """Says whether certificates can be used."""

    as_of: datetime
    lists: RevocationLists | None
    """None: no CRL is asked, whoever's it is."""
    live: bool
    """A look at some accounts; in the inventory nothing is asked."""
    _unanswered: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    """By why it isn't known: of which certificates."""

    def judge(self, certificate: EntryCertificate, attribute: str, native_id: str) -> AccountStanding:
        """A certificate that stands in this attribute of this account. Raises ConfigError (ca_certs_file)."""
        ends = f"{certificate.expires_at:%Y-%m-%d %H:%M} UTC"
        if certificate.expires_at < self.as_of:
            return AccountStanding(standing=Standing.DEAD, reason=f"expired on {ends}")
        starts = f", from {certificate.starts_at:%Y-%m-%d} on" if certificate.starts_at > self.as_of else ""
        until = f"in {attribute}{starts}, until {ends}"
        if self.lists is None:
            reason = f"{until}: {_IN_SPITE}; a revocation isn't visible here"
            return AccountStanding(standing=Standing.WORKS, reason=reason)
        if not self.live:
            # An inventory's word counts where the live look fails: so it says nothing that it hasn't asked.
            reason = f"{until}: whether it's revoked is asked of leavers' accounts alone, live"
            return AccountStanding(standing=Standing.UNKNOWN, reason=reason)
        return _judged(self._answer(self.lists, certificate, native_id), until)

    def gaps(self, realm: str) -> Iterator[Gap]:
        """Each reason why something isn't known about revocation, with whom it concerns, once all has been judged."""
        for problem, certificates in self._unanswered.items():
            named, more = certificates[:_MOST_NAMED], len(certificates) - _MOST_NAMED
            whose = "; ".join(named) + (f"; and {more} more" if more > 0 else "")
            yield Gap(realm=realm, text=f"{problem} Not known because of it, whether it's revoked: {whose}", red=True)

    def _answer(self, lists: RevocationLists, certificate: EntryCertificate, native_id: str) -> RevocationStatus:
        try:
            answer = lists.of(certificate_of(certificate.parsed))
        except CertificateFileError as error:
            text = "what it says of its CRL can't be decoded"
            answer = RevocationStatus(state=State.UNKNOWN, text=text, problems=(f"{lists.where}: an entry {error}.",))
        # By its serial number: the rest of its label may be a person's name.
        what = f"certificate {certificate.serial:X} of account {native_id}"
        for problem in answer.problems:
            self._unanswered[problem].append(what)
        return answer


def certificate_judge(
    source: str, settings: RevocationSettings | None, as_of: datetime, *, live: bool
) -> CertificateJudge:
    """The judge of one read. Raises ConfigError where the issuers can't be read, in an inventory too."""
    if settings is None:
        return CertificateJudge(as_of=as_of, lists=None, live=live)
    lists = RevocationLists(
        where=source,
        web=web_for(source, settings),
        as_of=as_of,
        settings=settings,
        issuers=Issuers.of(read_issuers(f"{source}.revocation.issuers", settings.issuers)),
        issuer_missing="Put it in revocation.issuers",
    )
    return CertificateJudge(as_of=as_of, lists=lists, live=live)


def _judged(answer: RevocationStatus, until: str) -> AccountStanding:
    standing = _STANDINGS[answer.state]
    if standing is Standing.DEAD:
        return AccountStanding(standing=standing, reason=answer.text)
    in_spite = f": {_IN_SPITE}" if standing is Standing.WORKS else ""
    return AccountStanding(standing=standing, reason=f"{until}, {answer.text}{in_spite}")
