"""The fingerprint of an SSH public key."""

import base64
import hashlib


def ssh_fingerprint(text: str) -> str:
    """The SHA256 fingerprint that `ssh-keygen -l` prints for a public key in OpenSSH's form, "" where it is none.

    The key's blob begins with the name of its type once more (RFC 4253, section 6.6).
    """
    kind, _, rest = text.partition(" ")
    try:
        blob = base64.b64decode(rest.partition(" ")[0], validate=True)
    except ValueError:  # binascii's own, or what isn't ASCII
        return ""
    if not kind or not blob[4:].startswith(kind.encode()):
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
