"""A person's word that a key is dead, where nobody else can be asked."""

from argparse import Namespace

from include.offboarding import config
from include.offboarding.commands import DONE
from include.offboarding.commands.output import say
from include.offboarding.commands.stores import session_on
from include.offboarding.deciding import attesting
from include.offboarding.errors import FatalError
from include.offboarding.report.wording import moment


def attest(given: Namespace) -> int:
    """It counts until its end; then the key is open again, and asked about."""
    if not given.author:
        raise FatalError("your login here has no name: say who decides with --author")
    loaded = config.load()
    with session_on(loaded) as session:
        word = attesting.attest(
            session, loaded.settings, given.key, until=given.until, reason=given.reason, author=given.author
        )
    say(
        f"{word.key.label} is dead by {given.author}'s word until {moment(word.until, loaded.choice.time_zone)}; then"
        " it's asked about again.",
        "The next night closes what is open on it.",
    )
    return DONE
