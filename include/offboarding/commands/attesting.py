"""A person's word that a key is dead, where nobody else can be asked."""

import re
from argparse import Namespace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.offboarding import config
from include.offboarding.commands import DONE
from include.offboarding.commands.output import say
from include.offboarding.commands.stores import session_on
from include.offboarding.errors import FatalError
from include.offboarding.report.wording import moment
from include.offboarding.store import reading
from include.offboarding.store.connect import Session
from include.offboarding.store.reading import told_keys
from include.offboarding.store.reading.told_keys import KeyTold

_FINDING = re.compile(r"f-[0-9a-f]{4,32}")


def attest(given: Namespace) -> int:
    """It counts until its end; then the key is open again, and asked about."""
    if not given.author:
        raise FatalError("your login here has no name: say who decides with --author")
    loaded = config.load()
    zone, days = loaded.choice.time_zone, loaded.settings.policy.attest_days
    until = _until(given.until, datetime.now(UTC), zone, days)
    with session_on(loaded) as session:
        key = _called(session, given.key)
        told_keys.attest(session, key, reason=given.reason, author=given.author, until=until)
    say(
        f"{key.label} is dead by {given.author}'s word until {moment(until, zone)}; then it's asked about again.",
        "The next night closes what is open on it.",
    )
    return DONE


def _called(session: Session, word: str) -> KeyTold:
    if _FINDING.fullmatch(word.strip().lower()):
        finding = reading.whole_key(session, word)
        material = told_keys.material_of_finding(session, finding)
        if material is None:
            raise FatalError(
                f"{word} isn't about a key: a person's word is for keys that no verifier can be asked about."
            )
        return told_keys.key_called(session, material)
    return told_keys.key_called(session, word)


def _until(told: date | None, now: datetime, zone: str, days: int) -> datetime:
    longest = now + timedelta(days=days)
    if told is None:
        return longest
    until = datetime.combine(told + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    if until <= now:
        raise FatalError(f"--until: {told} is over.")
    if until > longest + timedelta(days=1):
        raise FatalError(
            f"--until: {told} is more than {days} days ahead (policy.attest_days): nobody's word counts longer."
        )
    return until
