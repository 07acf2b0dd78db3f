"""What a user may write for OpenVPN servers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.model import SubjectKind
from offboarding.sources._collected.files import CollectedSettings


class OpenvpnSettings(CollectedSettings):
    """As every kind of collected files, and which certificates there are, and whose."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "OpenVPN 2.6.14 and easy-rsa 3.2 of Debian, by handshakes")

    delays: ClassVar[Mapping[SubjectKind, timedelta]] = {SubjectKind.ACCOUNT: timedelta(hours=1)}
    """A session that is open is asked for its certificate when its key is renewed: reneg-sec, an hour unless it's set
    (https://openvpn.net/community-docs/community-articles/openvpn-2-6-manual.html)."""

    issued_folders: tuple[str, ...] = Field(
        default=(),
        description="Folders of this machine with what authorities issued: index.txt, ca.crt and certificates.",
    )
    register_file: str = Field(
        default="",
        description="A CSV file of this machine that says whose a certificate's name is: common_name,login.",
    )
