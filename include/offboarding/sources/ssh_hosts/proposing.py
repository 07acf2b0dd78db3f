"""A first configuration of hosts: those whose files are there."""

from offboarding.interfaces import Proposal
from offboarding.model.errors import ConfigError
from offboarding.net import plain_file
from offboarding.sources.ssh_hosts.collection import HEAD, machine_of


def propose(where: str) -> Proposal:
    """The machines of a folder. Raises ConfigError where there's none."""
    folder = plain_file.PROJECT / where
    try:
        machines = [path.name for path in sorted(folder.iterdir()) if _is_one(path.name, where)]
    except OSError as error:
        raise ConfigError(
            f"{where}: the folder can't be listed ({error.strerror}). Collect hosts' files there."
        ) from error
    if not machines:
        raise ConfigError(f"{where}: no file there is of a host. Collect them first (docs/permissions/ssh_hosts.md).")
    notes = ("What links a user is the login: login_realm says whose logins these are.",)
    return Proposal(settings={"folder": where, "machines": machines}, notes=notes)


def _is_one(name: str, where: str) -> bool:
    try:
        return bool(machine_of(plain_file.read(plain_file.PROJECT / where / name, HEAD)))
    except OSError:
        return False
