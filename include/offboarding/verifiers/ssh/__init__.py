"""SSH: what the sshd of a fleet accept, by their files, collected into a folder (docs/configuration/ssh.md).

An authority's key works for as long as one host's TrustedUserCAKeys names it and no list of that host's revokes it. A
file that is missing, empty or cut off never makes a key look gone.

Formats: sshd(8) (AUTHORIZED_KEYS FILE FORMAT), sshd_config(5) (TrustedUserCAKeys, RevokedKeys), OpenSSH's
PROTOCOL.certkeys and PROTOCOL.krl.
"""

from offboarding.interfaces import ConnectionFields, KeySource, ReadContext
from offboarding.verifiers.ssh.settings import SshSettings

Settings = SshSettings


def build(settings: SshSettings, connection: ConnectionFields | None, part: str, context: ReadContext) -> KeySource:
    """The verifier of one fleet, by its realm; no file is opened before its first fact is wanted."""
    # cryptography isn't needed to read the configuration.
    from offboarding.verifiers.ssh.verifier import SshVerifier  # noqa: PLC0415 - see interfaces

    del connection
    return SshVerifier(settings, next(fleet for fleet in settings.fleets if fleet.realm == part), context)
