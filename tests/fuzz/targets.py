"""Each parser of outside data, and what it may raise: that is told of one record, or of one file, by its reader.

A system's own are in its folder's fuzz.py.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography import x509

from offboarding.custody.reading import read as read_register
from offboarding.model.errors import ConfigError
from offboarding.net.revocation.certificates import CertificateFileError, certificates_in
from offboarding.net.revocation.crl import CrlError, read_crl
from offboarding.net.sshkeys.lines import fingerprint_of_key, lines
from offboarding.rosters._records.days import WrittenDays, database_day
from offboarding.runs import messages
from offboarding.waivers.reading import read as read_exceptions
from tests.fuzz.parsing import CORPUS, Target, read_file, read_text


def _crl(data: bytes) -> None:
    crl = read_crl("a place", data)
    serial = next((each.serial_number for each in crl.parsed), 1)
    certificate: Any = type("Certificate", (), {"serial_number": serial, "extensions": x509.Extensions([])})
    assert crl.told
    assert crl.validity is not None
    crl.entry(certificate)


def _days(text: str) -> Iterator[object]:
    yield WrittenDays(formats=("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"))(text, "Asia/Seoul")


OWN = (
    Target(folder=CORPUS / "messages", read=read_text(messages.read), raises=(messages.MessageRefusedError,)),
    Target(folder=CORPUS / "pem", read=lambda data: list(certificates_in(data)), raises=(CertificateFileError,)),
    Target(folder=CORPUS / "der", read=lambda data: list(certificates_in(data)), raises=(CertificateFileError,)),
    Target(folder=CORPUS / "crl", read=_crl, raises=(CrlError,)),
    Target(folder=CORPUS / "ssh", read=read_text(fingerprint_of_key)),
    Target(folder=CORPUS / "ssh", read=lambda data: list(lines(data, options=True))),
    Target(folder=CORPUS / "times", read=read_text(lambda text: list(_days(text))), raises=(ValueError,)),
    Target(
        folder=CORPUS / "times", read=read_text(lambda text: database_day(text, "Asia/Seoul")), raises=(ValueError,)
    ),
    Target(folder=CORPUS / "register", read=read_file(read_register), raises=(ConfigError,)),
    Target(folder=CORPUS / "exceptions", read=read_file(read_exceptions), raises=(ConfigError,)),
)


def targets() -> tuple[Target, ...]:
    """Return the core's, then each system's."""
    files = sorted((Path(__file__).parents[1] / "systems").glob("*/fuzz.py"))
    return (
        *OWN,
        *(each for file in files for each in importlib.import_module(f"tests.systems.{file.parent.name}.fuzz").TARGETS),
    )
