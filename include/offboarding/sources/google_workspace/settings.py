"""What a user may write for a company's Google Workspace."""

from pydantic import Field

from offboarding.sources._http.settings import HttpSourceSettings


class GoogleWorkspaceSettings(HttpSourceSettings):
    """A customer's users, and what lets them in."""

    tokens: bool = Field(
        default=False,
        description="Leavers' OAuth grants and app passwords are read. It takes a scope that could revoke them as well:"
        " Google has none that only reads.",
    )
    sees_all: bool = Field(
        default=False,
        description="By your word: the administrator's role is on the whole organization, and shows every user. Only"
        " said of one who isn't a super administrator.",
    )
