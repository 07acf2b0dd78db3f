"""How whoever gave a list is asked to take somebody off its system."""

from offboarding.interfaces import AccountRemedies
from offboarding.model import AccountAction, Remedy, say


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return whom to ask, for what, and how it's undone."""
    owner, account = action.account.reached_by or "whoever gave the list", action.account.label
    return (
        say(
            "Ask {owner} to take {account} away in the system, and its sessions and devices, and for a new list."
            " One that is newer than the departure, and doesn't name it, closes this.",
            owner=owner,
            account=account,
        ),
        say("Undo: {owner} lets {account} in again.", owner=owner, account=account),
    )


REMEDIES: AccountRemedies = {Remedy.DISABLE: disable}
