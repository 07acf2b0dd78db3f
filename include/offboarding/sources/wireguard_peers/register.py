"""Whose key is whose, as the company's own register says: no server knows it."""

import csv
import io

from offboarding.model.errors import FatalError
from offboarding.net import plain_file
from offboarding.sources._collected import LARGEST
from offboarding.sources.wireguard_peers.collection import PUBLIC_KEY

_HEADER = ["public_key", "login"]


def read_register(where: str, name: str) -> dict[str, tuple[str, ...]]:
    """Each key with whoever it is said to be of; more than one where lines differ.

    Raises FatalError where any of it can't be read: whom the missing line names would look like nobody's.
    """
    try:
        body = plain_file.read(plain_file.PROJECT / name, LARGEST)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise FatalError(
            f"{where}: the register {name} can't be read ({said}). Put it there, and let our user read it."
        ) from error
    if len(body) > LARGEST:
        raise FatalError(f"{where}: the register {name} is larger than {LARGEST // 1024 // 1024} MiB. Make it smaller.")
    return registered(where, name, body)


def registered(where: str, name: str, body: bytes) -> dict[str, tuple[str, ...]]:
    """What such a file says. Raises FatalError."""
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError):
        # Not `from error`: it may hold what stands there.
        raise FatalError(f"{where}: the register {name} isn't CSV in UTF-8. Mend it.") from None
    if not rows or rows[0] != _HEADER:
        raise FatalError(f"{where}: the register {name} doesn't begin with {','.join(_HEADER)}. Mend its first line.")
    found: dict[str, tuple[str, ...]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not row:
            continue
        if len(row) != len(_HEADER) or not PUBLIC_KEY.fullmatch(row[0].strip()) or not row[1].strip():
            raise FatalError(f"{where}: row {number} of the register {name} is no public key and login. Mend it.")
        key, login = row[0].strip(), row[1].strip()
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), login)))
    return found
