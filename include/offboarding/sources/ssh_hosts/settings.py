"""What a user may write for Linux hosts whose users are read."""

from typing import ClassVar

from offboarding.interfaces import Against, HowTested
from offboarding.sources._collected.files import CollectedSettings


class SshHostSettings(CollectedSettings):
    """As every kind of collected files."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "OpenSSH 10.0 of Debian")
