"""Forgetting people who left long ago."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.options import command, option
from offboarding.cli.output import Column, note, say, table
from offboarding.cli.stores import session_on
from offboarding.config import loading
from offboarding.model import counted
from offboarding.model.errors import FatalError
from offboarding.report.wording import COMMAND, moment
from offboarding.store.events import broken_at
from offboarding.store.purge import Purged, Reasons
from offboarding.store.purge import purge as forget


@command("purge")
def purge(
    *, yes: Annotated[bool, option("--yes", text="do it (default: only show what would be forgotten)")] = False
) -> int:
    """Forget names, mails and last use of people who left longer ago than policy.retention_days; shows it first.

    With --yes, makes sure that the record of findings still holds.
    """
    loaded = loading.load()
    policy, zone = loaded.settings.policy, loaded.settings.company.time_zone
    cut = datetime.now(UTC) - timedelta(days=policy.retention_days)
    with session_on(loaded) as session:
        purged = forget(session, cut, keep=not yes)
        broken = broken_at(session) if yes else None
    say(f"Older than policy.retention_days, {policy.retention_days}: before {moment(cut, zone)}.")
    _show(purged, "Forgotten" if yes else "Would be forgotten")
    if broken is not None:
        raise FatalError(f"The record of findings doesn't hold at event {broken}: somebody changed or removed a row.")
    if yes:
        say("The record of findings holds: each event is what it was when it was written.")
    elif any(purged.rows.values()):
        note(f"Nothing was changed. To do it: {COMMAND} purge --yes")
    return DONE


def _show(purged: Purged, heading: str) -> None:
    rows = [[what, f"{number:,}"] for what, number in purged.rows.items() if number]
    if rows:
        table([Column(name=heading), Column(name="Rows", right=True)], rows)
    else:
        say("Nothing is left to forget.")
    say(*_kept(purged.reasons))


def _kept(reasons: Reasons) -> list[str]:
    lines = [f"{counted(reasons.persons, 'person', 'people')} left before that."]
    if reasons.with_finding:
        lines.append(f"{reasons.with_finding:,} kept whole: a finding of theirs stands, or was closed since.")
    if reasons.still_told:
        lines.append(f"{reasons.still_told:,} kept whole: HR's own feed tells them still, and would tell them again.")
    if reasons.with_account:
        lines.append(
            f"{reasons.with_account:,} without their names, and with their mail addresses: an account is left that"
            " these prove to be theirs. Delete it there."
        )
    return lines
