"""How a key is replaced so that the old one is refused everywhere; what that takes in a system, its kind knows.

The order is what matters (NIST SP 800-57 part 1, 8.3; RFC 7517 leaves it to whoever publishes): verifiers learn the
new key before the signer uses it, and unlearn the old one after the last thing that it signed has ended. Where a
leaver may already use it, the old key goes first.
"""

import shlex
from collections.abc import Iterator

from offboarding.model import KeyAction, KeyCase, Remedy, Step, SubjectKind, say

KEEP_LOGS = say(
    "First of all keep the access logs of whatever verifies with it, and of where it lies: once "
    "keys change, what was signed with the old one is harder to tell."
)


def rotation(case: KeyCase) -> tuple[Step, ...]:
    """Return the steps of a planned rotation, then what differs where the key may be in use already."""
    if case.kind is SubjectKind.SHARED_SECRET:
        return (KEEP_LOGS, *_secret(case), _suspected_secret(), *_checks(case))
    return (KEEP_LOGS, *_signing(case), _suspected_key(), *_checks(case))


def access(case: KeyCase, principals: tuple[str, ...]) -> tuple[Step, ...]:
    """Return how access is cut of a key that can't leave its system: that suffices."""
    return (
        say("The material can't leave, so that the key need not be rotated: cutting this access is enough."),
        *(KeyAction(remedy=Remedy.CUT_ACCESS, copy=copy, principals=principals) for copy in case.copies),
        say("It closes once a read of the policies no longer shows them."),
    )


def _signing(case: KeyCase) -> Iterator[Step]:
    hours = max((copy.key.cache.total_seconds() / 3600 for copy in case.copies if copy.key.verifies), default=0)
    wait = (
        say("Wait {hours} hours, the longest that any verifier keeps what it read.", hours=f"{hours:g}")
        if hours
        else ""
    )
    yield say("Make a new key; nobody exports or copies it.")
    yield from _where_it_stands(case, Remedy.ISSUE)
    yield say("Publish the new one to every verifier, beside the old one.")
    yield from ((wait,) if wait else ())
    yield say("Let the signer use the new key.")
    yield say(
        "Wait until the last thing that the old key signed has ended (the longest life of a token or certificate)."
    )
    yield say("Take the old key from every verifier:")
    yield from _where_it_stands(case, Remedy.WITHDRAW)
    yield say("See that the old key is refused: a token or signature made with it before must fail at each verifier.")
    yield say("Delete copies in files, images, build systems and on laptops.")


def _secret(case: KeyCase) -> Iterator[Step]:
    yield say("Make a new secret, and let nobody read it who needn't.")
    yield from _where_it_stands(case, Remedy.ISSUE)
    yield say("Give it to whatever uses the old one; better a login for each person or workload than one for all.")
    yield say("Let the system that accepts it refuse the old one, and try the old one there: it must fail.")
    yield say("Delete copies in files, pages, images, build systems and on laptops.")


def _suspected_key() -> str:
    return say(
        "Does anything point to its use already (a signature nobody can explain)? Then the old key goes "
        "first: take it from every verifier now, accept the outage, end sessions, and publish the new "
        "key after that."
    )


def _suspected_secret() -> str:
    return say(
        "Does anything point to its use already? Then change it where it's accepted now, accept the "
        "outage, end open sessions, and hand out the new one after that."
    )


def _checks(case: KeyCase) -> Iterator[str]:
    yield (
        say(
            "Not held by them, or registered by mistake? Say so here, and mend include/custody.yaml: an "
            "entry that stood there still counts, since they held it then. What is known of it:\n{command}",
            command=_command("custody", "--key", case.label),
        )
    )


def _where_it_stands(case: KeyCase, remedy: Remedy) -> Iterator[KeyAction]:
    for copy in case.copies:
        if copy.untrusted_since is None:
            yield KeyAction(remedy=remedy, copy=copy)


def _command(*words: str) -> str:
    return "python -m offboarding " + " ".join(shlex.quote(word) for word in words)
