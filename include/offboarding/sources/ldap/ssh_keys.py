"""The SSH keys in an entry's attributes."""

import re
from collections.abc import Iterable

from offboarding.model import SubjectKind
from offboarding.net.sshkeys.lines import KeyFileLine, lines
from offboarding.sources.ldap.entry import Entry

Keys = tuple[tuple[str, KeyFileLine], ...]
"""SSH keys, each with the attribute that it stood in."""
_BEHIND_NUL = re.compile(rb"\0[^\n]*")


def ssh_keys_in(entry: Entry, names: Iterable[str], problems: list[tuple[SubjectKind, str]]) -> Keys:
    """Return the SSH keys in these attributes, each once; values that hold none are added to `problems`.

    A value may hold several lines, since people paste whole files. What stands behind a NUL in one is read by no sshd.
    """
    found: dict[str, tuple[str, KeyFileLine]] = {}
    values = ((name, _BEHIND_NUL.sub(b"", value)) for name in names for value in entry.raw(name))
    for name, line in ((name, line) for name, value in values for line in lines(value, options=True)):
        if isinstance(line, KeyFileLine):
            found.setdefault(line.fingerprint, (name, line))
        else:
            problems.append((SubjectKind.SSH_KEY, f"a value of {name} is no SSH public key: it {line.why}"))
    return tuple(found.values())
