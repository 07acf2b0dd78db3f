"""The fingerprint of an SSH public key."""

import base64


def fingerprint_of(text: str) -> str:
    """The fingerprint of a public key in OpenSSH's form, "" where it is none.

    The key's blob begins with the name of its type once more (RFC 4253, section 6.6).
    """
    from offboarding.custody.thumbprints import ssh_fingerprint  # noqa: PLC0415 - it takes cryptography: interfaces

    kind, _, rest = text.partition(" ")
    try:
        blob, named = base64.b64decode(rest.partition(" ")[0], validate=True), kind.encode()
    except ValueError:  # binascii's own, what isn't ASCII, or half of a surrogate pair
        return ""
    if not named or not blob[4:].startswith(named):
        return ""
    return ssh_fingerprint(blob)
