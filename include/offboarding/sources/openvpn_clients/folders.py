"""What an authority issued, in a folder of the checker's machine: where it isn't on a server, as it should be."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from offboarding.model.errors import FatalError
from offboarding.net import plain_file
from offboarding.net.revocation.certificates import CertificateFileError, certificates_in
from offboarding.sources._collected.files import LARGEST
from offboarding.sources.openvpn_clients.collection import ToldFolder

_ENDINGS = (".crt", ".pem", ".cer")


def kept_folder(where: str, name: str) -> ToldFolder:
    """Its index, its authority as `ca.crt` beside that, and its certificates, also in folders below.

    Raises FatalError where one of these files can't be read; what isn't as it should be in one costs itself.
    """
    top, found = plain_file.PROJECT / name, ToldFolder(path=name)
    try:
        below = list(_below(top))
        for path in below:
            _add_file(found, top, path)
    except OSError as error:
        raise FatalError(
            f"{where}: {name} can't be read ({error.strerror}). Put there what the authority issued, and let our user"
            " read it."
        ) from error
    if not below:
        raise FatalError(f"{where}: there is nothing in {name}. Put there what the authority issued.")
    return found


def _below(top: Path) -> Iterator[Path]:
    for folder, within, files in os.walk(top, onerror=_refuse):  # Path.rglob takes what can't be listed for empty
        within[:] = sorted(each for each in within if each != "private")
        yield from (Path(folder, name) for name in sorted(files))


def _refuse(error: OSError) -> None:
    raise error


def _add_file(found: ToldFolder, top: Path, path: Path) -> None:
    is_index = path == top / "index.txt"
    if not is_index and path.suffix not in _ENDINGS:
        return
    body = plain_file.read(path, LARGEST)
    if len(body) > LARGEST:
        found.odd.append(f"{path} is larger than {LARGEST // 1024 // 1024} MiB: make it smaller")
    elif is_index:
        found.index = body.decode("utf-8", "backslashreplace").splitlines()
    elif b"-----BEGIN CERTIFICATE-----" in body or b"-----BEGIN " not in body:  # no keys' parameters, no CRLs
        _add_certificates(found, top, path, body)


def _add_certificates(found: ToldFolder, top: Path, path: Path, body: bytes) -> None:
    into = found.authorities if path == top / "ca.crt" else found.certificates
    try:
        for each in certificates_in(body):
            into.append(_base64(each.parsed))
    except CertificateFileError as error:
        found.odd.append(f"{path} {error}")


def _base64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
