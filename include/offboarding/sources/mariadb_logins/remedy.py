"""What is typed at a server to shut an account, by mariadb(1) or mysql(1).

The address is that of the checker's connection; whoever types may create users. The account's two names go through
SQL's quotes, and the statement through the shell's.
"""

import shlex

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, say

_TWO_PASSWORDS = "mysql, an old password kept"
_OF_MYSQL = ("mysql", _TWO_PASSWORDS)


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how it's kept from logging in, and from going on; nothing of it is lost."""
    account = action.account
    shut = _typed(account, f"alter user {account.label} account lock")
    sessions = _typed(
        account,
        f"select id, user, host from information_schema.processlist where user = {_literal(account.login)}",  # noqa: S608 - `_literal` quotes it
    )
    undo = _typed(account, f"alter user {account.label} account unlock")
    return (
        say("As an administrator of the server, lock it:\n{command}", command=shut),
        say(
            "See its sessions that are open, since they go on otherwise, and end each of them (kill ID):\n{command}",
            command=sessions,
        ),
        *_old_password(account),
        say("Undo:\n{command}", command=undo),
    )


def _old_password(account: Account) -> tuple[str, ...]:
    if account.product != _TWO_PASSWORDS:
        return ()
    discard = _typed(account, f"alter user {account.label} discard old password")
    return (
        say(
            "An old password of it still works beside the new one, and would again after an unlock. Take it away; that "
            "can't be undone:\n{command}",
            command=discard,
        ),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what a server knows of an account: no last use."""
    grants = f"show grants for {action.account.label}"
    return (
        say(
            "First keep the server's logs since then, and what the account may do; no last use is noted:\n{command}",
            command=_typed(action.account, grants),
        ),
    )


REMEDIES: AccountRemedies = {Remedy.DISABLE: disable, Remedy.KEEP_TRACES: keep_traces}


def _typed(account: Account, statement: str) -> str:
    """Where it isn't noted how the server is reached, the user's own options say it."""
    program = "mysql" if account.product in _OF_MYSQL else "mariadb"
    host, _, port = account.reached_by.rpartition(" ")
    socket = ["-S", account.reached_by] if account.reached_by else []
    reached = ["-h", host, "-P", port] if host else socket
    return shlex.join([program, *reached, "-e", statement])


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


EXAMPLES = RemedyExamples(products=("", "mysql", "mysql, an old password kept"), reached_by="HOST PORT")
