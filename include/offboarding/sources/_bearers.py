"""Which of the accounts that a system lists some people may hold: by tags and names, as loosely as people type.

An account too many costs nothing here, since correlation decides; one too few is a leaver nobody looked at.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from offboarding.model import (
    Account,
    AccountKey,
    AccountRef,
    Fact,
    IdentityKey,
    IdentityKeyKind,
    ScopeRead,
    SubjectKind,
)


@dataclass(frozen=True, slots=True)
class Bearers:
    """The keys that are looked for."""

    wanted: frozenset[tuple[IdentityKeyKind, str]]

    @staticmethod
    def of(keys: Sequence[IdentityKey]) -> "Bearers":
        """From normalised keys, and how HR writes them."""
        written = ((key.kind, form) for key in keys for form in (key.raw, key.value, key.loose))
        return Bearers(frozenset((kind, form) for kind, text in written for form in _forms(kind, text)))

    def bear(self, native_id: str, keys: Iterable[AccountKey]) -> bool:
        """Whether an account of this id, with these keys, bears one of them."""
        own = (IdentityKeyKind.DIRECTORY_ID, native_id.casefold())
        return own in self.wanted or any(
            (key.kind, form) in self.wanted for key in keys for form in _forms(key.kind, key.value)
        )


def borne(found: Iterable[Fact], keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
    """Yield each account that bears one of the keys and isn't known yet, as one that was read; and every other fact."""
    bearers = Bearers.of(keys)
    theirs = {ref.native_id for ref in known}
    for fact in found:
        if not isinstance(fact, Account):
            yield fact
        elif fact.native_id not in theirs and bearers.bear(fact.native_id, fact.keys):
            yield fact
            yield ScopeRead(realm=fact.realm, scope=fact.native_id, kinds=(SubjectKind.ACCOUNT,))


def _forms(kind: IdentityKeyKind, text: str) -> Iterator[str]:
    """Yield a value as written, a mail without its plus-address, a number without what leads it (E001042: 1042)."""
    value = text.strip().casefold()
    if value:
        yield value
    if kind is IdentityKeyKind.MAIL and "@" in value:
        local, _, domain = value.rpartition("@")
        yield f"{local.partition('+')[0]}@{domain}"
    elif kind is IdentityKeyKind.NUMBER and (bare := value.lstrip("abcdefghijklmnopqrstuvwxyz-_#/ 0")):
        yield bare
