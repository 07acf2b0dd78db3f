"""A person's word that a key or an account is dead, where nobody else can be asked."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from offboarding.config.settings import Settings
from offboarding.decisions.fields import Key, Reason, Until
from offboarding.decisions.kinds import ConfiguredContext, Decided, decision, of_field
from offboarding.decisions.signing import said
from offboarding.model.days import day_ends
from offboarding.model.errors import FatalError
from offboarding.report.wording import moment
from offboarding.store.connect import Session
from offboarding.store.reading import key_views
from offboarding.store.reading.finding_views import whole_key
from offboarding.store.reading.key_views import Attestable

_FINDING = re.compile(r"(f-)?[0-9a-f]{4,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordGiven:
    """What is dead by a person's word."""

    about: Attestable
    until: datetime
    """Then it's asked about again."""


@decision(
    "attest",
    example='payment-callback --reason "replaced on 26 November; the provider refuses the old one, ticket 4711"',
)
def attest(context: ConfiguredContext, *, key: Key, until: Until | None = None, reason: Reason) -> Decided[WordGiven]:
    """Say that a key is dead which no verifier can be asked about, or that an account was taken away in a system that
    nobody can ask, and how you know. That ends, and is asked again: after policy.attest_days, or with `until` before.

    Raises FatalError where `key` isn't one key or the finding of such an account, a verifier can be asked about it, or
    the day is over or too far ahead.
    """
    reason = said(reason)
    with of_field("until"):
        ends = _until(context.settings, until, datetime.now(UTC))
    with of_field("key"):
        found = _called(context.session, key)
    key_views.attest(context.session, found, reason=reason, author=context.author, until=ends)
    last = moment(ends, context.zone)
    dead = f"{found.label} is dead by {context.author}'s word until {last}; then it's asked about again."
    return Decided(
        made=WordGiven(about=found, until=ends),
        ids={"key": found.material, "until": ends.isoformat()},
        says=[dead, "The next night closes what is open on it."],
    )


def _called(session: Session, word: str) -> Attestable:
    digits = _FINDING.fullmatch(word.strip().lower())
    if digits is None or (digits[1] is None and key_views.is_called(session, word)):
        return key_views.unasked(key_views.key_called(session, word))
    finding = whole_key(session, word)
    material = key_views.material_of_finding(session, finding)
    if material is not None:
        return key_views.unasked(key_views.key_called(session, material))
    if listed := key_views.listed_of_finding(session, finding):
        return listed
    raise FatalError(
        f"{word} isn't about a key, or about a leaver's account on the list of a system that nobody can ask: a person's"
        " word is for those alone."
    )


def _until(settings: Settings, day: date | None, now: datetime) -> datetime:
    days = settings.policy.attest_days
    longest = now + timedelta(days=days)
    if day is None:
        return longest
    until = day_ends(day, settings.company.time_zone)
    if until <= now:
        raise FatalError(f"until: {day} is over.")
    if until > longest + timedelta(days=1):
        raise FatalError(
            f"until: {day} is more than {days} days ahead (policy.attest_days): nobody's word counts longer."
        )
    return until
