"""Lines as people, scripts and attackers write them into authorized_keys, and the keys that OpenSSH finds in them."""

import base64
import random
import re
import subprocess
from collections.abc import Sequence

from offboarding.net.sshkeys.wire import string

_OPTIONS = ("no-pty", "restrict", "command=", "from=", "cert-authority", "expiry-time=", "environment=", "x", "ssh-rsa")
_IN_VALUES = ('\\"', '\\"', "\\\\", "\\", " ", ",", "'", "#", "a", "10.0.0.0/8", "ssh-rsa", "\u200b", "é", "=")
_NOISE = (
    '"',
    '"',
    "\\",
    '\\"',
    " ",
    "\t",
    ",",
    "#",
    "\v",
    "\x1c",
    "\x85",
    "\xa0",
    "\ufeff",
    "x",
    "ssh-new",
    "rsa-sha2-512",
)
"""What lies between keys: quotes, what escapes them, white space of every kind, options, and names of types."""
_BLANKS = re.compile(r"[ \t]{2,}")
_FOUND = re.compile(r"\d+ (SHA256:\S+) .*\((\S+)\)")


def drawn(rounds: int, seed: int) -> list[str]:
    """Draw lines that hold one key or more, each in one line alone; the same for each seed.

    No two blanks follow each other, and no line holds a carriage return: behind options ssh-keygen takes one blank
    alone, and it ends a line at a carriage return. sshd does neither.
    """
    draw = random.Random(seed)  # noqa: S311 - the same lines each time
    return [_BLANKS.sub(" ", _line(draw)) for _ in range(rounds)]


def _line(draw: random.Random) -> str:
    before = ",".join(_option(draw) for _ in range(draw.choice((0, 1, 1, 2, 3))))
    line = f"{before} {_key(draw)} {draw.choice((_key(draw), 'kim@laptop', ''))}".lstrip(draw.choice((" ", "")))
    for _ in range(draw.choice((0, 0, 1, 2))):
        at = draw.randrange(len(line))
        line = line[:at] + draw.choice(_NOISE) + line[at + draw.randint(0, 1) :]
    return line


def _option(draw: random.Random) -> str:
    name = draw.choice(_OPTIONS)
    if not name.endswith("="):
        return name
    value = "".join(draw.choice((*_IN_VALUES, f" {_key(draw)} ")) for _ in range(draw.randint(0, 4)))
    return f'{name}"{value}"'


def _key(draw: random.Random) -> str:
    kind = draw.choice(("ssh-ed25519", "ssh-ed25519", "ssh-rsa"))
    numbers = (b"\1\0\1", b"\0\xff" + draw.randbytes(254) + b"\1") if kind == "ssh-rsa" else (draw.randbytes(32),)
    return f"{kind} {base64.b64encode(b''.join(map(string, (kind.encode(), *numbers)))).decode()}"


def found_by_openssh(lines: Sequence[str]) -> list[str]:
    """The fingerprints of the plain keys that ssh-keygen finds in lines, in their order."""
    given = "".join(f"{line}\n" for line in lines).encode()
    done = subprocess.run(["ssh-keygen", "-l", "-f", "-"], input=given, capture_output=True, check=False, timeout=60)
    matches = map(_FOUND.fullmatch, done.stdout.decode("utf-8", "replace").splitlines())
    return [match[1] for match in matches if match and not match[2].endswith("-CERT")]
