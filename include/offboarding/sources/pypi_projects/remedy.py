"""What is done at PyPI to let a user publish a project no more: on its pages, since it takes no command for it."""

from offboarding.interfaces import AccountRemedies
from offboarding.model import AccountAction, Remedy, say


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how a role is taken, and given again."""
    address = f"{action.account.reached_by or 'https://HOST'}/manage/project/PROJECT/collaboration/"
    return (
        say(
            "As an owner of each project that the reason names (PROJECT), note which role the user {user} has there,"
            " and remove it; what their tokens may ends with it:\n{command}",
            user=action.account.native_id,
            command=address,
        ),
        say(
            "Look whether a workflow publishes that only they may change, and remove it as a publisher:\n{command}",
            command=address.replace("collaboration", "settings/publishing"),
        ),
        say(
            "Undo: invite the user {user} there, with the role that was noted; they have to accept:\n{command}",
            user=action.account.native_id,
            command=address,
        ),
    )


REMEDIES: AccountRemedies = {Remedy.DISABLE: disable}
