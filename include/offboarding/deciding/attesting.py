"""A person's word that a key is dead, where nobody else can be asked."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from include.offboarding.deciding.signing import signed
from include.offboarding.errors import FatalError
from include.offboarding.model.days import day_ends
from include.offboarding.settings import Settings
from include.offboarding.store.connect import Session
from include.offboarding.store.reading import told_keys
from include.offboarding.store.reading.told_findings import whole_key
from include.offboarding.store.reading.told_keys import KeyTold

_FINDING = re.compile(r"f-[0-9a-f]{4,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordGiven:
    """A key that is dead by a person's word."""

    key: KeyTold
    until: datetime
    """Then it's asked about again."""


def attest(
    session: Session, settings: Settings, word: str, *, until: date | None, reason: str, author: str
) -> WordGiven:
    """It counts until the end of that day in the company's zone, and at most, and by default, `policy.attest_days`.

    `word`: what a key is called, or the key of a finding about one. Raises FatalError where that isn't one key, a
    verifier can be asked about it, or the day is over or too far ahead.
    """
    reason, author = signed(reason, author)
    ends = _until(settings, until, datetime.now(UTC))
    key = _called(session, word)
    told_keys.attest(session, key, reason=reason, author=author, until=ends)
    return WordGiven(key=key, until=ends)


def _called(session: Session, word: str) -> KeyTold:
    if _FINDING.fullmatch(word.strip().lower()):
        material = told_keys.material_of_finding(session, whole_key(session, word))
        if material is None:
            raise FatalError(
                f"{word} isn't about a key: a person's word is for keys that no verifier can be asked about."
            )
        return told_keys.key_called(session, material)
    return told_keys.key_called(session, word)


def _until(settings: Settings, told: date | None, now: datetime) -> datetime:
    days = settings.policy.attest_days
    longest = now + timedelta(days=days)
    if told is None:
        return longest
    until = day_ends(told, settings.company.time_zone)
    if until <= now:
        raise FatalError(f"until: {told} is over.")
    if until > longest + timedelta(days=1):
        raise FatalError(
            f"until: {told} is more than {days} days ahead (policy.attest_days): nobody's word counts longer."
        )
    return until
