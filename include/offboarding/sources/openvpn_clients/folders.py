"""What an authority issued, in a folder of the checker's machine: where it isn't on a server, as it should be."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from offboarding.model.errors import FatalError
from offboarding.net import plain_file
from offboarding.net.revocation.certificates import CertificateFileError, certificates_in
from offboarding.sources._collected import LARGEST
from offboarding.sources.openvpn_clients.collection import ToldFolder

_ENDINGS = (".crt", ".pem", ".cer")


def kept_folder(where: str, name: str) -> ToldFolder:
    """Its index, its authority as `ca.crt` beside that, and its certificates, also in folders below.

    Raises FatalError.
    """
    top = plain_file.PROJECT / name
    try:
        files = sorted(path for path in top.rglob("*") if path.is_file() and "private" not in path.parts)
        index = (top / "index.txt").read_text("utf-8", "backslashreplace") if (top / "index.txt").exists() else ""
    except OSError as error:
        raise _unread(where, name, error) from error
    if not files:
        raise FatalError(f"{where}: there is nothing in {name}. Put there what the authority issued.")
    found = ToldFolder(path=name, index=index.splitlines())
    for path in files:
        if path == top / "ca.crt":
            found.authorities += _certificates(where, path)
        elif path.suffix in _ENDINGS:
            found.certificates += _certificates(where, path)
    return found


def _certificates(where: str, path: Path) -> Iterator[str]:
    try:
        body = plain_file.read(path, LARGEST)
        if b"-----BEGIN CERTIFICATE-----" not in body and b"-----BEGIN " in body:
            return  # of keys' parameters and CRLs
        for each in certificates_in(body):
            yield _base64(each.parsed.public_bytes(Encoding.PEM))
    except OSError as error:
        raise _unread(where, str(path), error) from error
    except CertificateFileError as error:
        raise FatalError(f"{where}: {path} {error}.") from error


def _base64(pem: bytes) -> str:
    return "".join(pem.decode("ascii").split("\n")[1:-2])


def _unread(where: str, name: str, error: OSError) -> FatalError:
    return FatalError(
        f"{where}: {name} can't be read ({error.strerror}). Put there what the authority issued, and let our user"
        " read it."
    )
