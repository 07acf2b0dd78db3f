"""Kind `ssh_hosts`: users of Linux hosts, and what lets them in by SSH (docs/configuration/ssh_hosts.md).

`collect.sh` tells of a host, on the host. Read from below: `collection` takes that apart, `pam` and `admission` say
what keeps a user out, `standing` what a password and a key are worth, `users` tells accounts, `source` reads the file.
"""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.sources._collected import files
from offboarding.sources.ssh_hosts.settings import SshHostSettings

Settings = SshHostSettings


def build(settings: SshHostSettings, connection: ConnectionFields | None, part: str, context: ReadContext) -> Source:
    """The source of one host; no file is opened before its first fact is wanted."""
    # cryptography isn't needed to read the configuration.
    from offboarding.sources.ssh_hosts.source import SshHosts  # noqa: PLC0415 - see interfaces

    del connection
    return SshHosts(settings, part, context)


def propose(where: str, connection: ConnectionFields | None, asker: Chooser) -> Proposal:
    """What a first configuration should say of a folder of them."""
    del connection, asker
    return files.propose(where, "ssh_hosts", "What links a user is the login: login_realm says whose logins these are.")
