"""What is typed at a PostgreSQL server to shut a role, by psql(1).

The address is that of the checker's connection; whoever types is a superuser, or may alter the role. What the role is
called goes through SQL's quotes, and the statement through the shell's.
"""

import shlex

from psycopg.sql import SQL, Composed, Identifier, Literal

from offboarding.interfaces import AccountRemedies
from offboarding.model import Account, AccountAction, Remedy, say


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how it's kept from logging in, and from going on; nothing that it owns is lost."""
    account, login = action.account, action.account.login
    shut = _psql(account, SQL("alter role {} nologin").format(Identifier(login)))
    sessions = _psql(
        account,
        SQL("select pg_terminate_backend(pid) from pg_stat_activity where usename = {}").format(Literal(login)),
    )
    functions = _psql(
        account,
        SQL("select oid::regprocedure from pg_proc where prosecdef and pg_get_userbyid(proowner) = {}").format(
            Literal(login)
        ),
    )
    undo = _psql(account, SQL("alter role {} login").format(Identifier(login)))
    return (
        say("As an administrator of the server, let it log in no more:\n{command}", command=shut),
        say("End its sessions that are open, since they go on otherwise:\n{command}", command=sessions),
        say(
            "In each database, see which functions go on with its rights, and give them to another owner:\n{command}",
            command=functions,
        ),
        say("Undo:\n{command}", command=undo),
    )


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how it gets another password."""
    command = _psql(action.account, SQL("\\password {}").format(Identifier(action.account.login)))
    return (
        say("Set a new password, which psql asks for, and give it to the workload alone:\n{command}", command=command),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what a server knows of a role: no last use."""
    role = SQL("select * from pg_roles where rolname = {}").format(Literal(action.account.login))
    return (
        say(
            "First keep the server's log since then, and the role as it is; it notes no last use:\n{command}",
            command=_psql(action.account, role),
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _psql(account: Account, command: Composed) -> str:
    """Where it isn't noted how the server is reached, PGHOST and the like say it."""
    return shlex.join(["psql", *([account.reached_by] if account.reached_by else []), "-c", command.as_string()])
