"""What lets an identity provider in: tokens that nobody keeps, each known by its SHA-256.

A token is 256 bits of chance, so that its plain hash can't be guessed. Its hash in Airflow's connection lets nobody in.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError

MOST = 2
"""At once, so that one can be changed for another without a gap."""
LEAST_CHARACTERS = 32
MAKING = (
    "Make a token: python -c 'import hashlib, secrets; t = secrets.token_urlsafe(32); "
    'print(t, "sha256:" + hashlib.sha256(t.encode()).hexdigest())\''
)
_WRITTEN = re.compile(r"sha256:([0-9a-f]{64})")


def digests(connection: ConnectionFields, where: str) -> Sequence[bytes]:
    """What the tokens of a roster are known by. Raises ConfigError where the password is anything else."""
    written = [_WRITTEN.fullmatch(word) for word in connection.password.split()]
    found = [bytes.fromhex(each[1]) for each in written if each]
    if len(found) != len(written) or not 0 < len(found) <= MOST:
        raise ConfigError(
            f"{where}: the password of connection {connection.conn_id} is to be sha256:... of a token, or of two with a"
            f" blank between, and no token itself. {MAKING}"
        )
    if len(set(found)) != len(found):
        raise ConfigError(f"{where}: the password of connection {connection.conn_id} has one hash twice: take one out.")
    return found


def whose(token: str, known: Mapping[str, Sequence[bytes]]) -> str | None:
    """The roster whose token it is; None of one that is two rosters'. Each is compared, whatever it begins with."""
    given = hashlib.sha256(token.encode()).digest()
    found = [roster for roster, each in known.items() for digest in each if hmac.compare_digest(digest, given)]
    return found[0] if len(found) == 1 and len(token) >= LEAST_CHARACTERS else None
