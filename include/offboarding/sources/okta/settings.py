"""What a user may write for an Okta org."""

from pydantic import Field

from offboarding.sources._http.settings import HttpSourceSettings


class OktaSettings(HttpSourceSettings):
    """An org's users, and what lets them in."""

    sees_all: bool = Field(
        default=False,
        description="By your word: the reader's admin role shows it every user and every API token. Only said where it"
        " may not read its own roles.",
    )
