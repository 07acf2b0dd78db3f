"""What a user may write for an Okta org."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, Words
from offboarding.sources._http.settings import AccountwiseSettings
from offboarding.sources.okta._api.scopes import API_TOKENS, APPS, LOGS, ROLES, USERS


class OktaSettings(AccountwiseSettings):
    """An org's users, and what lets them in."""

    tested: ClassVar[HowTested] = HowTested(
        Against.DESCRIPTION, "Okta's, as its own client has it; that client as second caller"
    )

    sees_all: bool = Field(
        default=False,
        description="By your word: the reader's admin role shows it every user and every API token. Only said where it"
        " may not read its own roles.",
    )
    service_apps: bool = Field(
        default=True, description="Apps that get in by themselves are read, with who made them and what lets them in."
    )
    client_secrets: bool = Field(
        default=True,
        description="When a leaver's service apps got their secrets is read. Okta tells the values, too, to whoever may"
        " view client credentials: they're dropped unread.",
    )
    owner: Words[str] = Field(
        default=("owner", "managedBy"),
        description="Attributes of an app's profile that name its owner by mail, login or number; in any case.",
    )

    @property
    def scopes(self) -> tuple[str, ...]:
        """What an app asks for; of service apps, and of who made them, where they're wanted."""
        return (USERS, API_TOKENS, ROLES, *((APPS, LOGS) if self.service_apps else ()))
