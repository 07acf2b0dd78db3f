"""The fingerprint of an SSH public key."""

import base64


def fingerprint_of(text: str) -> str:
    """The fingerprint of a public key in OpenSSH's form, "" where it is none.

    The key's blob begins with the name of its type once more (RFC 4253, section 6.6).
    """
    from offboarding.custody.thumbprints import ssh_fingerprint  # noqa: PLC0415 - it takes cryptography: interfaces

    kind, _, rest = text.partition(" ")
    try:
        blob = base64.b64decode(rest.partition(" ")[0], validate=True)
    except ValueError:  # binascii's own, or what isn't ASCII
        return ""
    if not kind or not blob[4:].startswith(kind.encode()):
        return ""
    return ssh_fingerprint(blob)
