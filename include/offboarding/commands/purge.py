"""Forgetting people who left long ago."""

from argparse import Namespace
from datetime import UTC, datetime, timedelta

from include.offboarding import config
from include.offboarding.commands import DONE
from include.offboarding.commands.output import Column, note, say, table
from include.offboarding.commands.stores import session_on
from include.offboarding.errors import FatalError
from include.offboarding.report.wording import COMMAND, counted, moment
from include.offboarding.store.events import broken_at
from include.offboarding.store.purge import Purged, Reasons
from include.offboarding.store.purge import purge as forget

_WHAT = {
    "blank_workers": "workers' names, managers and locations",
    "drop_mails": "mail addresses of people",
    "blank_findings": "closed findings' labels, evidence and steps",
    "blank_accounts": "long gone accounts' labels, names and last use",
    "drop_account_keys": "mail addresses and names of long gone accounts",
    "blank_credentials": "long gone credentials' labels and last use",
    "blank_comments": "comments on closed tickets",
    "blank_notices": "reasons of notices",
    "blank_words": "reasons of words on departures",
    "blank_exceptions": "reasons of exceptions that have ended",
    "blank_alerts": "what people were told at once",
    "blank_roster_reads": "messages about HR's rows",
    "blank_source_reads": "messages about systems",
    "drop_event_keys": "mail addresses and logins of old events' sessions",
    "blank_events": "old events' actors",
    "blank_attestations": "reasons of words on keys that have ended",
}


def purge(given: Namespace) -> int:
    """Show what would be forgotten; with --yes, forget it, and make sure that the record of findings still holds."""
    loaded = config.load()
    policy, zone = loaded.settings.policy, loaded.settings.company.time_zone
    cut = datetime.now(UTC) - timedelta(days=policy.retention_days)
    with session_on(loaded) as session:
        purged = forget(session, cut, keep=not given.yes)
        broken = broken_at(session) if given.yes else None
    say(f"Older than policy.retention_days, {policy.retention_days}: before {moment(cut, zone)}.")
    _tell(purged, "Forgotten" if given.yes else "Would be forgotten")
    if broken is not None:
        raise FatalError(f"The record of findings doesn't hold at event {broken}: somebody changed or removed a row.")
    if given.yes:
        say("The record of findings holds: each event is what it was when it was written.")
    elif any(purged.rows.values()):
        note(f"Nothing was changed. To do it: {COMMAND} purge --yes")
    return DONE


def _tell(purged: Purged, heading: str) -> None:
    rows = [[_WHAT[step], f"{number:,}"] for step, number in purged.rows.items() if number]
    if rows:
        table([Column(name=heading), Column(name="Rows", right=True)], rows)
    else:
        say("Nothing is left to forget.")
    say(*_kept(purged.reasons))


def _kept(reasons: Reasons) -> list[str]:
    told = [f"{counted(reasons.persons, 'person', 'people')} left before that."]
    if reasons.with_finding:
        told.append(f"{reasons.with_finding:,} kept whole: a finding of theirs stands, or was closed since.")
    if reasons.still_told:
        told.append(f"{reasons.still_told:,} kept whole: HR's own feed tells them still, and would tell them again.")
    if reasons.with_account:
        told.append(
            f"{reasons.with_account:,} without their names, and with their mail addresses: an account is left that"
            " these prove to be theirs. Delete it there."
        )
    return told
