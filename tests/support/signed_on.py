"""An office whose people come into the cloud by the directory's word."""

from offboarding.config.settings import Settings
from tests.support.office import Office


class SignedOn(Office):
    """It names the directory as the cloud's identity provider."""

    said: bool = True
    """By the configuration."""

    @property
    def settings(self) -> Settings:
        """With that said."""
        settings = super().settings
        if not self.said:
            return settings
        directory, cloud = settings.sources
        return settings.model_copy(update={"sources": (directory, cloud.model_copy(update={"sign_on": "corp-ldap"}))})
