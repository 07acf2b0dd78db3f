"""Accounts, credentials, keys and what is said of them, on their way from a source into the store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace

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
                if fits(texts_of_credential(fact)):
                    yield fact
                else:
                    yield from self._credential(fact)
            elif isinstance(fact, Account):
                self._number += 1
                if fits(texts_of_account(fact), fact.keys, fact.owner_labels):
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

    def _account(self, told: Account) -> Iterator[Fact]:
        self._require_realm(told.realm)
        why = defect(told.native_id)
        if why:
            self._lost |= {told.kind, *CREDENTIAL_KINDS}
            yield from self._unknown(told.realm, f"account {self._number} of this read", told.native_id, why)
            return
        left: list[str] = []
        yield replace(
            told,
            **_labels(told, _LABELS_OF_ACCOUNT),
            login=_login(left, told.login),
            keys=tuple(_keys(left, told.keys)),
            owner_labels=tuple(map(label, told.owner_labels)),
            standing_reason=sentence(told.standing_reason),
        )
        if left:
            names = ", ".join(dict.fromkeys(map(visible, left)))
            yield from self._gap(told.realm, f"account {told.native_id}: what {names} holds can't be kept")

    def _credential(self, told: Credential) -> Iterator[Fact]:
        if defect(told.account_native_id):
            return  # its account was left out, and that said
        why = defect(told.native_id)
        if why:
            self._of_account[told.account_native_id].add(told.kind)
            text = (
                f"{self._source}: account {told.account_native_id}: a credential ({told.kind}) has an id that can't be"
                f" kept, since {why} (SHA-256 {mark(told.native_id)}). It isn't checked: mend or remove it"
            )
            yield ScopeRead(realm=told.realm, scope=told.account_native_id, kinds=(told.kind,), error=text)
            return
        yield replace(
            told,
            **_labels(told, _LABELS_OF_CREDENTIAL),
            standing_reason=sentence(told.standing_reason),
            fingerprint="" if defect(told.fingerprint) else told.fingerprint,
        )

    def _membership(self, told: Membership) -> Iterator[Fact]:
        why = defect(told.group_native_id) or defect(told.account_native_id)
        if why:
            self._groups_lost = True
            yield from self._unknown(told.realm, "a membership", told.group_native_id + told.account_native_id, why)
        else:
            yield replace(told, group_label=label(told.group_label))

    def _trust(self, told: Trust) -> Iterator[Fact]:
        why = defect(told.native_id) or defect(told.principal) or defect(told.principal_realm)
        if why:
            self._lost.add(SubjectKind.ROLE)
            yield from self._unknown(told.realm, "a role's trust", told.native_id + told.principal, why)
        else:
            yield replace(told, **_shown(told))

    def _scope(self, told: ScopeRead) -> Iterator[Fact]:
        self._require_realm(told.realm)
        if defect(told.scope):
            return  # its account was left out, and that said
        lost = self._of_account.get(told.scope, set()) if told.scope else self._lost
        groups = None if self._groups_lost else told.groups
        kept = tuple(kind for kind in told.kinds if kind not in lost) if lost else told.kinds
        yield replace(told, kinds=kept, groups=groups, error=sentence(told.error))
        without = tuple(kind for kind in told.kinds if kind in lost)
        if without and not told.scope:
            yield ScopeRead(realm=told.realm, scope="", kinds=without, error=sentence(told.error or self._why))

    def _unknown(self, realm: str, what: str, ids: str, why: str) -> Iterator[Gap]:
        text = f"{what} has an id that can't be kept, since {why} (SHA-256 {mark(ids)}). Nothing of its kind looks gone"
        self._why = self._why or self._told(text)
        return self._gap(realm, text)

    def _gap(self, realm: str, text: str) -> Iterator[Gap]:
        if self._listing.add(text):
            yield Gap(realm=realm, text=self._told(text), red=True)

    def _told(self, text: str) -> str:
        return f"{self._source}: {text}. It isn't checked: mend or remove it"

    def _require_realm(self, realm: str) -> None:
        if why := defect(realm):
            raise FatalError(
                f"{self._source}: what the system calls itself can't be kept, since {why}. See whether the connection"
                " leads to the system that is meant"
            )


def _labels(told: Account | Credential, names: Sequence[str]) -> dict[str, str]:
    return {name: label(getattr(told, name)) for name in names}


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


def _shown(told: Key | KeyAccess | AuditEvent | Trust) -> dict[str, str]:
    """What of it is told to people, made visible, and nothing where that changes nothing."""
    texts = {each.name: str(getattr(told, each.name)) for each in fields(told) if each.name in _SHOWN}
    kept = {name: label(text) if "label" in name else sentence(text) for name, text in texts.items()}
    return {} if kept == texts else kept
