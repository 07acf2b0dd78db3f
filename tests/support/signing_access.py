"""Keys that can't leave, which Kim may have sign until the 13th; and what is told of that access."""

from collections.abc import Sequence
from datetime import timedelta

from offboarding.model import Exportable, Key, KeyAccess, ScopeRead, sentence
from offboarding.store.connect import Session
from tests.support.key_company import CLOUD, KIM_GONE, KIM_LEFT_AT, KIM_USER, KeyCompany
from tests.support.keys_read import access, signing_key

RULE, ENDED = "leaver-key-access", "the access has ended: seen by a whole read"


def kept(called: str, name: str) -> Key:
    """A key that can't leave the cloud."""
    return signing_key(called, realm=CLOUD, carryable=Exportable.NO, name=name)


def signs(key: Key) -> KeyAccess:
    """Kim's way to it."""
    return access(key, KIM_USER.label, carries=False, action="kms:Sign", reason="policy Signers")


def before_kim_left(session: Session, keys: Sequence[Key], scopes: Sequence[ScopeRead]) -> KeyCompany:
    """A company on the last night on which Kim works there."""
    company = KeyCompany(session=session)
    company.secrets.facts = [fact for key in keys for fact in (key, signs(key))]
    company.secrets.scopes = list(scopes)
    company.until(KIM_LEFT_AT - timedelta(hours=23))
    return company


def once_kim_left(session: Session, keys: Sequence[Key], scopes: Sequence[ScopeRead]) -> KeyCompany:
    """Two nights later, when it is told."""
    company = before_kim_left(session, keys, scopes)
    company.workers[0] = KIM_GONE
    company.judged(days=2)
    return company


def states(company: KeyCompany) -> dict[str, str]:
    """Of the findings on access, by key: its state, or why it closed."""
    rows = company.findings("f.subject_label", "f.state", "f.resolution", "f.resolution_details")
    return {label: sentence(why, details) or state for rule, label, state, why, details in rows if rule == RULE}
