"""A JWKS as facts: who publishes which key, and what of it couldn't be told."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import cast

import structlog

from offboarding.custody.thumbprints import material_by_reference
from offboarding.model import Exportable, Gap, Key, RequestCounts, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.net.page import Page, Web
from offboarding.verifiers.jwks.entries import JwksEntry, entries
from offboarding.verifiers.jwks.places import JwksPlace, Published

log = structlog.get_logger("offboarding.verifiers")

_MOST_NAMED = 10
"""Kids in one sentence."""

_LEAKED = "Its private half stands in the published JWKS: anybody may have it."
_SHARED = "A symmetric key: whoever verifies with it holds it."
_PUBLIC = "A JWKS shows the public half only: where the private one lies isn't known from here."


class JwksVerifier:
    """One place where a JWKS is published."""

    def __init__(self, where: str, place: JwksPlace, cache: timedelta) -> None:
        self._where = where
        self._place = place
        self._cache = cache
        self._requests = 0

    @property
    def requests(self) -> RequestCounts:
        """A page each."""
        return RequestCounts(inventory=self._requests)

    def collect(self) -> Iterator[Key | Gap | ScopeRead]:
        """Yield every published key, what else must be said, and how complete that is."""
        published = self._place.published(self._get)
        found = list(entries(_list(self._where, published)))
        read = [each for each in found if isinstance(each, JwksEntry)]
        signing = [each for each in read if not each.encrypts]
        named = [each for each in signing if each.native_id or (each.symmetric and each.private_members)]
        keys = list(self._keys(published, named))
        yield from keys
        gaps = list(self._gaps(published, read))
        yield from gaps
        lost = [each for each in signing if each not in named]
        error = self._lost(published, lost, [each for each in found if isinstance(each, int)])
        yield ScopeRead(realm=published.realm, scope="", kinds=(SubjectKind.SIGNING_KEY,), error=error)
        log.info("jwks read", keys=len(keys), gaps=len(gaps), unread=len(found) - len(read) + len(lost))

    def _get(self, web: Web, url: str, remedy: str, headers: Mapping[str, str]) -> Page:
        self._requests += 1
        return web.get(url, remedy=remedy, headers=headers)

    def _keys(self, published: Published, named: Sequence[JwksEntry]) -> Iterator[Key]:
        """Each material under each kid, once."""
        seen = set[tuple[str, str]]()
        nameless = 0
        for entry in named:
            nameless += not entry.native_id
            native_id = entry.native_id or f"oct-{nameless}"
            key = self._key(published, entry, native_id)
            if (key.native_id, key.material) not in seen:
                seen.add((key.native_id, key.material))
                yield key

    def _key(self, published: Published, entry: JwksEntry, native_id: str) -> Key:
        carryable, reason = _carryable(entry)
        under = f"kid {entry.kid}" if entry.kid else f"no kid ({native_id[:16]})"
        return Key(
            realm=published.realm,
            native_id=native_id,
            material=entry.material or material_by_reference(published.realm, native_id),
            kind=SubjectKind.SIGNING_KEY,
            name=published.realm,
            label=f"{under} of {published.realm}",
            algorithm=entry.algorithm,
            carryable=carryable,
            carryable_reason=reason,
            verifies=True,
            standing=Standing.WORKS,
            standing_reason=f"published at {published.address} under {under}",
            cache=max(self._cache, published.max_age),
            expires_at=entry.certificate_ends_at,
        )

    def _gaps(self, published: Published, read: Sequence[JwksEntry]) -> Iterator[Gap]:
        for entry in read:
            if entry.private_members:
                yield self._gap(published, _leak(entry), red=True)
        for clause in (*published.notes, *_clauses(read)):
            yield self._gap(published, f"{clause}.", red=False)

    def _gap(self, published: Published, text: str, *, red: bool) -> Gap:
        return Gap(realm=published.realm, text=f"{self._where}: {published.address}: {text}", red=red)

    def _lost(self, published: Published, lost: Sequence[JwksEntry], no_objects: Sequence[int]) -> str:
        """What is published and can't be told from anything else: the read isn't whole."""
        reasons = [f"entry {entry.position} has no kid, and {entry.why}" for entry in lost]
        reasons += [f"entry {position} is no object" for position in no_objects]
        if not reasons:
            return ""
        return (
            f"{self._where}: {published.address}: {_several(reasons)}: no key there is taken to be gone. Ask whoever"
            " runs it to give each key a kid, or to take these away."
        )


def _list(where: str, published: Published) -> list[object]:
    keys = published.document.get("keys")
    if isinstance(keys, list):
        return cast("list[object]", keys)
    what = "it's a discovery page: write its issuer under issuers" if "jwks_uri" in published.document else ""
    raise FatalError(f"{where}: {published.address}: {what or 'it has no list called keys, so it is no JWKS'}.")


def _carryable(entry: JwksEntry) -> tuple[Exportable, str]:
    if entry.private_members:
        return Exportable.YES, _LEAKED
    return Exportable.UNKNOWN, _SHARED if entry.symmetric else _PUBLIC


def _leak(entry: JwksEntry) -> str:
    what = "symmetric key" if entry.symmetric else "PRIVATE half of the key"
    return (
        f"THE {what} under {entry.shown} IS PUBLISHED (members {', '.join(entry.private_members)}): anybody may sign"
        " with it. Take it down, replace the key at once, and look for what was signed meanwhile. Nothing of it is kept"
        " here."
    )


def _clauses(read: Sequence[JwksEntry]) -> Iterator[str]:
    """What is odd or left out, and no reason to act tonight."""
    if not read:
        yield "it publishes no key at all: nothing can be verified with it, unless by a shared key that no JWKS shows"
    encrypting = [entry.shown for entry in read if entry.encrypts]
    if encrypting:
        yield f"{_several(encrypting)}: for encryption, which verifies no signature: not looked at"
    twice = _of_several_keys(read)
    if twice:
        yield f"{_several(twice)}: stands for several keys at once, and each counts (RFC 7517, section 4.5)"
    by_name = [f"{entry.shown} ({entry.why})" for entry in read if _by_kid_alone(entry)]
    if by_name:
        yield f"{_several(by_name)}: known by its kid alone, so the same key under another kid isn't recognised"
    if any(entry.odd_kid for entry in read):
        yield f"{sum(entry.odd_kid for entry in read)} with a kid that can't be kept: named by the thumbprint instead"
    odd = [entry.shown for entry in read if entry.odd_certificate]
    if odd:
        yield f"{_several(odd)}: its x5c holds no certificate of this key, so when that ends isn't known"


def _by_kid_alone(entry: JwksEntry) -> bool:
    return not entry.material and bool(entry.kid) and not entry.encrypts


def _of_several_keys(read: Sequence[JwksEntry]) -> list[str]:
    materials = defaultdict[str, set[str]](set)
    nameless = Counter[str]()
    for entry in read:
        if entry.kid and not entry.encrypts:
            # What can't be told apart counts as different.
            nameless[entry.kid] += not entry.material
            materials[entry.kid].add(entry.material or f"{nameless[entry.kid]}")
    return [f"kid {kid}" for kid, held in materials.items() if len(held) > 1]


def _several(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_NAMED
    return "; ".join(texts[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
