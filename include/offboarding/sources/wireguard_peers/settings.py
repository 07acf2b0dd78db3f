"""What a user may write for WireGuard servers."""

from pydantic import Field

from offboarding.sources._collected.files import CollectedSettings


class WireguardSettings(CollectedSettings):
    """As every kind of collected files, and whose the peers are."""

    register_file: str = Field(
        default="",
        description="A CSV file of this machine that says whose key is whose: public_key,login.",
    )
