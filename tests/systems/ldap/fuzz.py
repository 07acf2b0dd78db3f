"""Its parsers of outside data, and what each may raise."""

from pathlib import Path

from offboarding.sources.ldap import certificates
from offboarding.sources.ldap.ber import DecodeError, decode_entry, message_end, operation
from offboarding.sources.ldap.times import filetime, generalized_time
from tests.fuzz.parsing import CORPUS, Target, read_text

HERE = Path(__file__).parent / "corpus"


def _message(data: bytes) -> None:
    names, at = dict[bytes, str](), 0
    while (end := message_end(data, at)) is not None and end <= len(data):
        _, _, body = operation(data, at)
        decode_entry(data, body, end, names)
        at = end


TARGETS = (
    Target(folder=CORPUS / "der", read=certificates.parse, raises=(certificates.CertificateFormatError,)),
    Target(folder=CORPUS / "times", read=read_text(generalized_time), raises=(ValueError,)),
    Target(folder=CORPUS / "times", read=read_text(filetime), raises=(ValueError,)),
    Target(folder=HERE / "ldap", read=_message, raises=(DecodeError, LookupError, TypeError)),
)
