"""What a user may write for the signing keys of an Okta org."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, Tells
from offboarding.sources._http.settings import HttpSourceSettings
from offboarding.sources.okta._api.scopes import AUTHORIZATION_SERVERS, ROLES


class OktaSigningKeysSettings(HttpSourceSettings):
    """An org's authorization servers, and who may have them sign."""

    tested: ClassVar[HowTested] = HowTested(
        Against.DESCRIPTION, "Okta's, as its own client has it; that client as second caller"
    )

    tells: ClassVar[Tells] = "keys"

    access: bool = Field(default=True, description="Whose admin roles let them change an authorization server is read.")

    @property
    def scopes(self) -> tuple[str, ...]:
        """What an app asks for."""
        return (AUTHORIZATION_SERVERS, *((ROLES,) if self.access else ()))
