"""What is typed on a Linux host to shut a user, or to take a key from one.

Whoever types is root there. A user's own files are written with that user's rights alone: a link that lies in their
place leads to nothing that isn't theirs.
"""

import shlex

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import AccountAction, Remedy, SubjectKind, say
from offboarding.sources.ssh_hosts.users import AUTHORITY

_WITHOUT = (
    'cp -p "$1" "$1.before" && while IFS= read -r line || [ -n "$line" ]; do'
    ' printf "%s\\n" "$line" | ssh-keygen -lf - 2>/dev/null | grep -qF "$2" || printf "%s\\n" "$line";'
    ' done < "$1.before" > "$1"'
)


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how it's shut, and opened again."""
    return _key(action) if action.subject.kind is SubjectKind.SSH_KEY else _account(action)


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what a host knows of a user."""
    log = f"journalctl --no-pager -t sshd -t sshd-session | grep -F -- {shlex.quote(action.account.login)}"
    return (
        say(
            "On {host}, as root, first keep what its log knows of the user; older systems have it in /var/log:\n"
            "{command}",
            host=_host(action),
            command=log,
        ),
    )


REMEDIES: AccountRemedies = {Remedy.DISABLE: disable, Remedy.KEEP_TRACES: keep_traces}


def _account(action: AccountAction) -> tuple[str, ...]:
    login = action.account.login
    return (
        say(
            "On {host}, as root, keep how the account stands, then let it expire, since a lock alone stops no key:\n"
            "{command}",
            host=_host(action),
            command=f"chage -l -- {shlex.quote(login)}\n"
            + shlex.join(["usermod", "--lock", "--expiredate", "1", "--", login]),
        ),
        say(
            "See what of it still runs, since sessions go on otherwise, and what is to run, then end it:\n{command}",
            command="\n".join(
                (
                    shlex.join(["ps", "-o", "pid,lstart,args", "-u", _number(action)]),
                    shlex.join(["crontab", "-l", "-u", login]),
                    shlex.join(["pkill", "-KILL", "-u", _number(action)]),
                )
            ),
        ),
        say(
            "Undo, with the day on which it expired before, if any, in place of ''; without --unlock where its"
            " password was locked before:\n{command}",
            command=f"usermod --unlock --expiredate '' -- {shlex.quote(login)}",
        ),
    )


def _key(action: AccountAction) -> tuple[str, ...]:
    login = action.account.login
    as_user = shlex.join(["runuser", "-u", login, "--"])
    fingerprint = shlex.quote(action.subject.native_id.removeprefix(AUTHORITY))
    return (
        say(
            "On {host}, as root, take the key out of the file that is named above as what lets it in (FILE), and keep"
            " the file as it was; where the file is root's, leave out what stands before sh:\n{command}",
            host=_host(action),
            command=f"{as_user} sh -c {shlex.quote(_WITHOUT)} sh FILE {fingerprint}",
        ),
        say(
            "Sessions that it opened go on. See what runs, and end what is theirs:\n{command}",
            command=shlex.join(["ps", "-o", "pid,lstart,args", "-u", _number(action)]),
        ),
        say("Undo:\n{command}", command=f"{as_user} cp -p FILE.before FILE"),
    )


def _number(action: AccountAction) -> str:
    """By which processes are known; a name with a blank would be two."""
    return action.account.native_id.partition("/")[0]


def _host(action: AccountAction) -> str:
    return action.account.reached_by or "the host"


EXAMPLES = RemedyExamples(things=(SubjectKind.ACCOUNT, SubjectKind.SSH_KEY))
