"""Whether a file holds a private key. It is looked for by how one begins; nothing of it is decoded, kept or shown."""

import re

_TEXT = re.compile(
    rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    rb"|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"
    rb"|PuTTY-User-Key-File-\d"
)
_WORDS = (b"PRIVATE KEY", b"PuTTY-User-Key-File-")
"""One of which stands in whatever that finds. To look for them first is what a file of holes costs."""
# A DER SEQUENCE that begins with a version: PKCS#1 and PKCS#8 (0), SEC1 and PKCS#8 of RFC 5958 (1), PKCS#12 (3). A
# certificate, a CRL and a SubjectPublicKeyInfo begin with another SEQUENCE, PKCS#7 with an object's identifier.
_DER = re.compile(rb"\x30(?:[\x00-\x7f]|\x80|\x81.|\x82..|\x83...)\x02\x01[\x00\x01\x03]", re.DOTALL)
_KEY_STORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
"""Java's JKS and JCEKS."""


def holds_private_key(body: bytes) -> bool:
    """Whether a private key, or a store that is made for them, stands in these bytes."""
    if _DER.match(body) or body.startswith(_KEY_STORES):
        return True
    # UTF-16, as some editors save it.
    return _holds_text(body) or (b"\0" in body and _holds_text(body.translate(None, b"\0")))


def _holds_text(body: bytes) -> bool:
    return any(word in body for word in _WORDS) and bool(_TEXT.search(body))
