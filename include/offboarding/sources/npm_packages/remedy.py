"""What is typed to let a user of npm's publish nothing more of an organization's."""

import shlex

from offboarding.interfaces import AccountRemedies
from offboarding.model import AccountAction, Remedy, say


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how they are taken out, and put back. Their tokens lose these rights with them."""
    user, organization = shlex.quote(action.account.native_id), shlex.quote(action.account.reached_by or "ORG")
    return (
        say(
            "As an owner of the organization, keep which role they have there, then take them out:\n{command}",
            command=f"npm org ls {organization} {user}\nnpm org rm {organization} {user}",
        ),
        say(
            "That leaves them what they may by themselves: take them from each package that the reason names (PACKAGE),"
            " and see that nobody is left who shouldn't be:\n{command}",
            command=f"npm owner rm {user} PACKAGE\nnpm access list collaborators PACKAGE",
        ),
        say(
            "Undo, with the role that was kept (ROLE), and for each package:\n{command}",
            command=f"npm org set {organization} {user} ROLE\nnpm owner add {user} PACKAGE",
        ),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what the registry tells of what they published."""
    user = shlex.quote(action.account.native_id)
    every = "$(npm view PACKAGE versions --json | tr -d '[]\",')"
    return (
        say(
            "First keep which versions they published, of each package that the reason names (PACKAGE):\n{command}",
            # Of several versions at once npm leaves out what comes before a release, and of a package it tells the
            # last one's user.
            command="npm view PACKAGE time --json > FILE\n"
            f'for each in {every}; do npm view "PACKAGE@$each" version _npmUser --json; done >> FILE\n'
            f"grep -B 1 -- {user} FILE",
        ),
    )


REMEDIES: AccountRemedies = {Remedy.DISABLE: disable, Remedy.KEEP_TRACES: keep_traces}
