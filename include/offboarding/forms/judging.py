"""What was seen, judged: a use after the departure, a short read, a key that nobody can be asked about."""

from include.offboarding.deciding import attesting, judging
from include.offboarding.forms.fields import Finding, Key, Reason, Roster, Run, Until
from include.offboarding.forms.kinds import Desk, Ids, decision
from include.offboarding.keys import short_finding


@decision("verdict")
def verdict(desk: Desk, *, finding: Finding, reason: Reason) -> Ids:
    """What a use after the departure was."""
    key = judging.give_verdict(desk.session, finding, reason=reason, author=desk.author)
    return {"finding": short_finding(key)}


@decision("accept-read")
def accept_read(desk: Desk, *, run: Run, roster: Roster, reason: Reason) -> Ids:
    """A short read is the truth, those who vanished have left, or an older file is right, which the next run takes."""
    accepted = judging.accept_read(desk.session, run, roster, reason=reason, author=desk.author)
    return {"run": run, "roster": roster, "left": accepted.left}


@decision("attest")
def attest(desk: Desk, *, key: Key, until: Until | None = None, reason: Reason) -> Ids:
    """A key is dead that no verifier can be asked about."""
    word = attesting.attest(desk.session, desk.settings, key, until=until, reason=reason, author=desk.author)
    return {"key": word.key.material, "until": word.until.isoformat()}
