"""What a user may write for Linux hosts whose users are read."""

from offboarding.sources._collected.files import CollectedSettings


class SshHostSettings(CollectedSettings):
    """As every kind of collected files."""
