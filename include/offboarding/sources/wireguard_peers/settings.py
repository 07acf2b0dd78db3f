"""What a user may write for WireGuard servers."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.sources._collected.files import CollectedSettings


class WireguardSettings(CollectedSettings):
    """As every kind of collected files, and whose the peers are."""

    tested: ClassVar[HowTested] = HowTested(
        Against.REAL,
        "wireguard-go 0.0.20231211 and `wg` of Debian, by packets; files of systemd-networkd and "
        "NetworkManager as their pages write them",
    )

    register_file: str = Field(
        default="",
        description="A CSV file of this machine that says whose key is whose: public_key,login.",
    )
