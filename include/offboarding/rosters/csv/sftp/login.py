"""A login on an SFTP server, once the server has shown a key that the connection names."""

import io
import re
import socket
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.destinations import keep_unlogged

if TYPE_CHECKING:
    from paramiko import PKey, SFTPClient, Transport

    from offboarding.net.sshkeys.identity import SshPublicKey

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
"""Of silence, and for the whole of a login."""
_PORT = 22
_KEY = re.compile(r"((?:ssh|ecdsa)-[\w.@-]+)[ \t]+(AAAA[0-9A-Za-z+/]+={0,2})(?![^\s,])")
"""A public key as OpenSSH writes it, in authorized_keys as in known_hosts."""
_LOG = "offboarding.rosters.sftp"


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpServer:
    """Who is asked, and as whom."""

    host: str
    port: int
    login: str
    host_keys: "Collection[SshPublicKey]"
    """Of which it must show one."""

    def __str__(self) -> str:
        """For people."""
        return self.host if self.port == _PORT else f"{self.host}:{self.port}"


def server_of(address: str, connection: ConnectionFields | None, where: str) -> tuple[SftpServer, str]:
    """Who is meant, and the path there. Raises ConfigError; nothing is contacted."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(f"{where}: path is no address ({error}): write sftp://HOST/FOLDER/.") from error
    if connection is None or not connection.login:
        raise ConfigError(f"{where}: nobody logs in. Name an Airflow connection in `connection` that has a login.")
    named = f"{where}: connection {connection.conn_id}"
    if connection.host and host and connection.host.lower() != host:
        raise ConfigError(f"{named} names the host {connection.host}, and path {host}: mend one of them.")
    if not (connection.password or connection.extra.get("private_key")):
        raise ConfigError(f"{named} has neither a password nor private_key in its extra: give it one.")
    return SftpServer(
        host=connection.host or host,
        port=connection.port or port or _PORT,
        login=connection.login,
        host_keys=_host_keys(named, connection, connection.host or host),
    ), re.sub("^[^:]*://[^/]*", "", address) or "/"


def session(server: SftpServer, connection: ConnectionFields | None, where: str) -> tuple["Transport", "SFTPClient"]:
    """Log in. Nothing of ours is sent before the server's key is seen to be one of those that the connection names."""
    import paramiko  # noqa: PLC0415 - see interfaces
    from paramiko.ssh_exception import IncompatiblePeer  # noqa: PLC0415 - see interfaces

    assert connection
    key = _private_key(f"{where}: connection {connection.conn_id}", connection)
    try:
        transport = paramiko.Transport(socket.create_connection((server.host, server.port), CONNECT_SECONDS))
    except (OSError, paramiko.SSHException) as error:
        raise RetriableError(
            f"{where}: {server} can't be reached ({type(error).__name__}). It is tried again."
        ) from error
    try:
        _greeted(transport, server)
        _checked(transport.get_remote_server_key(), server, where, connection)
        _logged_in(transport, server, connection, key)
        client = _files(transport, server, where)
    except paramiko.AuthenticationException as error:
        transport.close()
        raise FatalError(
            f"{where}: {server} refuses {server.login} ({_how(connection)}). Mend connection {connection.conn_id}, or "
            "have its key or password entered there."
        ) from error
    except IncompatiblePeer as error:
        transport.close()
        raise FatalError(
            f"{where}: {server} and we have no way of speaking in common ({error}). Have its "
            "algorithms renewed, or paramiko where the tasks run."
        ) from error
    except (OSError, EOFError, paramiko.SSHException) as error:
        transport.close()
        raise RetriableError(
            f"{where}: {server} broke off before it gave a file ({type(error).__name__}). It is tried again."
        ) from error
    except BaseException:
        transport.close()
        raise
    return transport, client


def _greeted(transport: "Transport", server: SftpServer) -> None:
    """Agree on a key of a kind that is named, where the server has one."""
    known = {each.type for each in server.host_keys}
    transport.set_log_channel(_LOG)
    keep_unlogged(_LOG)
    options = transport.get_security_options()
    options.key_types = sorted(options.key_types, key=lambda each: _of_blob(each) not in known)
    transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = ANSWER_SECONDS
    transport.start_client(timeout=ANSWER_SECONDS)


def _of_blob(algorithm: str) -> str:
    """What a key says itself that it is, of the algorithm that signs by it (RFC 8332)."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def _checked(shown: "PKey", server: SftpServer, where: str, connection: ConnectionFields) -> None:
    if shown.asbytes() not in {each.blob for each in server.host_keys}:
        named = " or ".join(each.fingerprint for each in server.host_keys)
        raise FatalError(
            f"{where}: {server} shows the key {shown.fingerprint} ({shown.get_name()}), which isn't "
            f"host_key of connection {connection.conn_id}: {named}."
            " Neither a password nor a key of ours was used. Ask whoever runs the server: if its key is a new one, "
            "write that into host_key; else somebody stands between."
        )


def _logged_in(transport: "Transport", server: SftpServer, connection: ConnectionFields, key: "PKey | None") -> None:
    from paramiko import AuthenticationException  # noqa: PLC0415 - see interfaces

    left = transport.auth_publickey(server.login, key) if key else ["password"]
    if left and connection.password:
        transport.auth_password(server.login, connection.password)
    if not transport.is_authenticated():
        raise AuthenticationException(f"it wants more: {', '.join(left)}")


def _files(transport: "Transport", server: SftpServer, where: str) -> "SFTPClient":
    from paramiko import SFTPClient, SSHException  # noqa: PLC0415 - see interfaces

    try:
        client = SFTPClient.from_transport(transport)
    except SSHException as error:
        if not transport.is_active():
            raise
        raise FatalError(
            f"{where}: {server} lets {server.login} in, and to no files. Have SFTP allowed for it."
        ) from error
    assert client
    client.get_channel().settimeout(ANSWER_SECONDS)  # pyrefly: ignore[missing-attribute] - it's open
    return client


def _how(connection: ConnectionFields) -> str:
    used = ["its private_key"] if connection.extra.get("private_key") else []
    return " and ".join([*used, *(["its password"] if connection.password else [])])


def _host_keys(named: str, connection: ConnectionFields, host: str) -> "Collection[SshPublicKey]":
    """As `ssh-keyscan` writes them, or one alone; what is cut off is none."""
    from offboarding.net.sshkeys.identity import IdentityError, SshPublicKey, identity  # noqa: PLC0415 - see interfaces

    given = str(connection.extra.get("host_key") or "")
    found = list[SshPublicKey]()
    for match in _KEY.finditer(given):
        with suppress(IdentityError):
            key = identity(match[1], match[2])
            found += [key] if isinstance(key, SshPublicKey) else []
    if not found:
        what = "holds no public key of a host" if given else "is missing"
        raise ConfigError(
            f"{named}: host_key in its extra {what}, so nobody knows which server answers. Write there what "
            f"`ssh-keyscan {host}` prints (ssh-ed25519 AAAA...), once whoever runs the server has confirmed it."
        )
    return found


def _private_key(named: str, connection: ConnectionFields) -> "PKey | None":
    """The login's own. Raises ConfigError, which says nothing of what it holds."""
    import paramiko  # noqa: PLC0415 - see interfaces

    given = str(connection.extra.get("private_key") or "")
    passphrase = str(connection.extra.get("private_key_passphrase") or "")
    if not given:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(given), passphrase or None)
        except paramiko.PasswordRequiredException:
            fix = "write its passphrase as private_key_passphrase beside it"
            raise ConfigError(f"{named}: private_key in its extra is encrypted: {fix}.") from None
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise ConfigError(
        f"{named}: private_key in its extra can't be read, or not by private_key_passphrase. Give it an OpenSSH or PEM "
        "key (Ed25519, ECDSA, RSA), line ends included."
    ) from None
