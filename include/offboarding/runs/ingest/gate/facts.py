"""Accounts, credentials, keys and what is said of them, on their way from a source into the store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountKey,
    AuditEvent,
    Credential,
    Fact,
    Gap,
    IdentityKeyKind,
    Key,
    KeyAccess,
    Membership,
    ScopeRead,
    SubjectKind,
    Trust,
)
from offboarding.model.errors import FatalError
from offboarding.model.texts import defect, is_storable, label, sentence, visible
from offboarding.runs.ingest.gate.fits import fits, text_fields, texts_of_account, texts_of_credential
from offboarding.runs.ingest.gate.listing import Listing, mark

_LABELS_OF_ACCOUNT = text_fields(Account, "realm", "native_id", "login", "standing_reason")
_LABELS_OF_CREDENTIAL = text_fields(
    Credential, *("realm", "account_native_id", "native_id", "standing_reason", "fingerprint")
)
"""Texts that name a thing to people, and identify nothing."""
_SHOWN = frozenset(
    {"label", "group_label", "version", "algorithm", "carryable_reason", "standing_reason", "owner", "reason"}
    | {"actor_label", "privileged_by"}
)
"""Texts of keys and roles that are told to people, and identify nothing."""


class FactGate:
    """Of one read of a part of a source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._listing = Listing()
        self._number = 0
        self._lost = set[SubjectKind]()
        """Kinds of which a record without a usable id was left out: it may be any that is known."""
        self._groups_lost = False
        self._why = ""
        """What is said of the first such record."""
        self._of_account = defaultdict[str, set[SubjectKind]](set)
        """The same of one account's credentials."""

    def passed(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        """Each as it can be held, a Gap behind whatever couldn't be whole. Raises FatalError for a realm that can't."""
        for fact in facts:
            if isinstance(fact, Credential):
                if not fact.native_id.isspace() and fits(texts_of_credential(fact)):
                    yield fact
                else:
                    yield from self._credential(fact)
            elif isinstance(fact, Account):
                self._number += 1
                if not fact.native_id.isspace() and fits(texts_of_account(fact), fact.keys, fact.owner_labels):
                    yield fact
                else:
                    yield from self._account(fact)
            else:
                yield from self._beside(fact)
        if self._listing.more:
            text = f"{self._source}: {self._listing.more} more records hold values that can't be kept"
            yield Gap(realm="", text=text, red=True)

    def _beside(self, fact: Membership | Trust | Key | KeyAccess | AuditEvent | ScopeRead | Gap) -> Iterator[Fact]:
        if isinstance(fact, Gap):
            yield replace(fact, realm=label(fact.realm), text=sentence(fact.text))
        elif isinstance(fact, ScopeRead):
            yield from self._scope(fact)
        elif isinstance(fact, Membership):
            yield from self._membership(fact)
        elif isinstance(fact, Trust):
            yield from self._trust(fact)
        else:
            # Whose ids can't be held the store leaves out, and says so (store/key_reads.py).
            yield replace(fact, **_shown(fact))

    def _account(self, fact: Account) -> Iterator[Fact]:
        self._require_realm(fact.realm)
        why = defect(fact.native_id)
        if why:
            self._lost |= {fact.kind, *CREDENTIAL_KINDS}
            yield from self._unknown(fact.realm, f"account {self._number} of this read", fact.native_id, why)
            return
        left: list[str] = []
        yield replace(
            fact,
            **_labels(fact, _LABELS_OF_ACCOUNT),
            login=_login(left, fact.login),
            keys=tuple(_keys(left, fact.keys)),
            owner_labels=tuple(map(label, fact.owner_labels)),
            standing_reason=sentence(fact.standing_reason),
        )
        if left:
            names = ", ".join(dict.fromkeys(map(visible, left)))
            yield from self._gap(fact.realm, f"account {fact.native_id}: what {names} holds can't be kept")

    def _credential(self, fact: Credential) -> Iterator[Fact]:
        if defect(fact.account_native_id):
            return  # its account was left out, and that said
        why = defect(fact.native_id)
        if why:
            self._of_account[fact.account_native_id].add(fact.kind)
            text = (
                f"{self._source}: account {fact.account_native_id}: a credential ({fact.kind}) has an id that can't be"
                f" kept, since {why} (SHA-256 {mark(fact.native_id)}). It isn't checked: mend or remove it"
            )
            yield ScopeRead(realm=fact.realm, scope=fact.account_native_id, kinds=(fact.kind,), error=text)
            return
        yield replace(
            fact,
            **_labels(fact, _LABELS_OF_CREDENTIAL),
            standing_reason=sentence(fact.standing_reason),
            fingerprint="" if defect(fact.fingerprint) else fact.fingerprint,
        )

    def _membership(self, fact: Membership) -> Iterator[Fact]:
        why = defect(fact.group_native_id) or defect(fact.account_native_id)
        if why:
            self._groups_lost = True
            yield from self._unknown(fact.realm, "a membership", fact.group_native_id + fact.account_native_id, why)
        else:
            yield replace(fact, group_label=label(fact.group_label))

    def _trust(self, fact: Trust) -> Iterator[Fact]:
        why = defect(fact.native_id) or defect(fact.principal) or defect(fact.principal_realm)
        if why:
            self._lost.add(SubjectKind.ROLE)
            yield from self._unknown(fact.realm, "a role's trust", fact.native_id + fact.principal, why)
        else:
            yield replace(fact, **_shown(fact))

    def _scope(self, fact: ScopeRead) -> Iterator[Fact]:
        self._require_realm(fact.realm)
        if defect(fact.scope):
            return  # its account was left out, and that said
        lost = self._lost
        if fact.scope:
            # Of one account, or of roles whose ids begin so: whose was left out may be any of these.
            lost = self._of_account.get(fact.scope, set()) | (self._lost & {SubjectKind.ROLE})
        groups = None if self._groups_lost else fact.groups
        kept = tuple(kind for kind in fact.kinds if kind not in lost) if lost else fact.kinds
        yield replace(fact, kinds=kept, groups=groups, error=sentence(fact.error))
        without = tuple(kind for kind in fact.kinds if kind in lost)
        if without and not fact.scope:
            yield ScopeRead(realm=fact.realm, scope="", kinds=without, error=sentence(fact.error or self._why))

    def _unknown(self, realm: str, what: str, ids: str, why: str) -> Iterator[Gap]:
        text = f"{what} has an id that can't be kept, since {why} (SHA-256 {mark(ids)}). Nothing of its kind looks gone"
        self._why = self._why or self._left_unchecked(text)
        return self._gap(realm, text)

    def _gap(self, realm: str, text: str) -> Iterator[Gap]:
        if self._listing.add(text):
            yield Gap(realm=realm, text=self._left_unchecked(text), red=True)

    def _left_unchecked(self, text: str) -> str:
        return f"{self._source}: {text}. It isn't checked: mend or remove it"

    def _require_realm(self, realm: str) -> None:
        if why := defect(realm):
            raise FatalError(
                f"{self._source}: what the system calls itself can't be kept, since {why}. See whether the connection"
                " leads to the system that is meant"
            )


def _labels(fact: Account | Credential, names: Sequence[str]) -> dict[str, Any]:
    return {name: label(getattr(fact, name)) for name in names}


def _login(left: list[str], login: str) -> str:
    if is_storable(login):
        return label(login)
    left.append("the login")
    return ""


def _keys(left: list[str], keys: Sequence[AccountKey]) -> Iterator[AccountKey]:
    for key in keys:
        if is_storable(key.value):
            yield key
        elif key.kind is IdentityKeyKind.NAME:
            # It weighs nothing: it's only shown.
            yield replace(key, value=visible(key.value))
        else:
            left.append(key.name)


def _shown(fact: Key | KeyAccess | AuditEvent | Trust) -> dict[str, Any]:
    """What of it is told to people, made visible, and nothing where that changes nothing."""
    texts = {each.name: str(getattr(fact, each.name)) for each in fields(fact) if each.name in _SHOWN}
    kept = {name: label(text) if "label" in name else sentence(text) for name, text in texts.items()}
    return {} if kept == texts else kept
