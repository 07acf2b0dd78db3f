"""TLS that is verified by `ssl` itself.

ldap3 verifies nothing unless told to, and its own check of names uses `ssl.match_hostname`, which Python 3.12 removed:
a certificate for an IP address then always fails. `ssl.create_default_context` checks chain, name and address.
"""

import ssl
from typing import Any, cast

from ldap3 import Tls


class VerifiedTls(Tls):
    """Checks the server's certificate and that it is for the host we asked for. Keeps why it was refused."""

    def __init__(self, ca_certs_file: str | None) -> None:
        cast("Any", super()).__init__(validate=ssl.CERT_REQUIRED, ca_certs_file=ca_certs_file)
        self.refusal: ssl.SSLError | None = None
        """ldap3 keeps only the text of what went wrong; whoever opened the connection needs the error."""

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 - ldap3's own
        """Put TLS around the connection's socket. Called by ldap3, for LDAPS and StartTLS."""
        try:
            context = ssl.create_default_context(cafile=self.ca_certs_file)
            connection.socket = context.wrap_socket(
                connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
            )
            if not do_handshake:
                connection.socket.do_handshake()
        except ssl.SSLError as error:
            self.refusal = error
            raise
